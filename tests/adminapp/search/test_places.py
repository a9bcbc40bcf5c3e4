"""Villages by name, initials and pinyin, within reach of who asks."""

import pytest

from adminapp import divisions, pinyin
from adminapp.scope import ALL, Actor
from adminapp.search import places
from tests.conftest import HERE, THERE

COUNTY = Actor("c", "县虚构", townships=ALL)
VILLAGE = divisions.villages(HERE)[0]


@pytest.mark.parametrize("word", [VILLAGE.name, VILLAGE.name[:2], pinyin.initials(VILLAGE.name)[:3], pinyin.spell(VILLAGE.name)])
def test_finds_a_village_by_any_of_its_spellings(word):
    assert VILLAGE.code in [one.code for one in places.find(COUNTY, word, 400)]


@pytest.mark.parametrize("word", ["", "村", "z", "没有这个村", ".*", "$where"])
def test_one_sign_or_nonsense_finds_nothing(word):
    assert places.find(COUNTY, word) == []


def test_a_township_finds_its_own_and_an_assistant_the_own_village():
    away = divisions.villages(THERE)[0]
    clerk = Actor("k", "经办虚构", townships=frozenset({HERE}))
    helper = Actor("h", "协理虚构", townships=frozenset({HERE}), villages=frozenset({VILLAGE.code}))
    assert [one.code for one in places.find(COUNTY, away.name, 400) if one.code == away.code] == [away.code]
    assert away.code not in [one.code for one in places.find(clerk, away.name, 400)]
    assert HERE in [one.code for one in places.find(clerk, divisions.name_of(HERE))]
    assert places.find(helper, divisions.name_of(HERE)) == []
    assert [one.code for one in places.find(helper, VILLAGE.name)] == [VILLAGE.code]
