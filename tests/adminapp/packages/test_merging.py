"""Province and county both change a type: both changes hold, the same place changed twice is a conflict that is listed."""

from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adminapp.packages.merging import OURS, THEIRS, merge

BASE = {
    "key": "demo",
    "name": "演示",
    "sections": [{"id": "a", "title": "甲", "fields": [{"id": "x", "label": "一"}, {"id": "y", "label": "二"}, {"id": "z", "label": "三"}]}],
    "posted": ["name", "village"],
}


def changed(*edits):
    made = deepcopy(BASE)
    for edit in edits:
        edit(made)
    return made


def fields(made):
    return made["sections"][0]["fields"]


def label(place, text):
    return lambda made: fields(made)[place].update(label=text)


def test_changes_of_different_places_both_hold():
    merged = merge(BASE, changed(label(0, "县改")), changed(label(1, "省改"), lambda made: made.update(name="省名")))
    assert merged.value == changed(label(0, "县改"), label(1, "省改"), lambda made: made.update(name="省名"))
    assert merged.conflicts == []


def test_the_same_place_changed_twice_is_listed_and_ours_stays_until_somebody_decides():
    ours, theirs = changed(label(0, "县改")), changed(label(0, "省改"))
    merged = merge(BASE, ours, theirs)
    assert merged.value == ours
    assert merged.conflicts == [{"path": "sections[a].fields[x].label", "base": "一", "ours": "县改", "theirs": "省改", "taken": ""}]
    assert merge(BASE, ours, theirs, default=THEIRS).value == theirs
    assert merge(BASE, ours, theirs, {"sections[a].fields[x].label": OURS}, default=THEIRS).value == ours


def test_what_one_side_added_stands_where_it_stood():
    ours = changed(lambda made: fields(made).insert(1, {"id": "county", "label": "县加"}))
    theirs = changed(lambda made: fields(made).append({"id": "province", "label": "省加"}))
    assert [item["id"] for item in fields(merge(BASE, ours, theirs).value)] == ["x", "county", "y", "z", "province"]


def test_our_order_stays_when_we_changed_it():
    ours = changed(lambda made: fields(made).reverse())
    theirs = changed(lambda made: fields(made).insert(1, {"id": "province", "label": "省加"}))
    assert [item["id"] for item in fields(merge(BASE, ours, theirs).value)] == ["z", "y", "x", "province"]


def test_removed_there_and_changed_here_is_a_conflict_removed_and_untouched_is_gone():
    gone = changed(lambda made: fields(made).pop(1))
    assert merge(BASE, BASE, gone).value == gone
    merged = merge(BASE, changed(label(1, "县改")), gone)
    assert fields(merged.value)[1]["label"] == "县改" and merged.conflicts[0]["path"] == "sections[a].fields[y]"
    assert merge(BASE, changed(label(1, "县改")), gone, default=THEIRS).value == gone


def test_lists_of_words_merge_by_word():
    ours, theirs = changed(lambda made: made["posted"].append("amount")), changed(lambda made: made["posted"].remove("village"))
    assert merge(BASE, ours, theirs).value["posted"] == ["name", "amount"]


def add(made, id):
    if id not in [item["id"] for item in fields(made)]:
        fields(made).append({"id": id, "label": "新"})


EDITS = st.lists(
    st.one_of(
        st.tuples(st.integers(0, 2), st.sampled_from("甲乙丙")).map(lambda pair: label(pair[0] % 2, pair[1])),
        st.sampled_from("pqr").map(lambda id: lambda made: add(made, id)),
        st.just(lambda made: made["posted"].reverse()),
    ),
    max_size=6,
)


@pytest.mark.parametrize("side", [OURS, THEIRS])
@given(EDITS, EDITS)
def test_a_merge_with_an_untouched_side_is_the_other_and_with_itself_nothing(side, first, second):
    ours, theirs = changed(*first), changed(*second)
    assert merge(BASE, ours, BASE).value == ours and merge(BASE, BASE, theirs).value == theirs
    assert merge(BASE, ours, ours) == merge(BASE, ours, BASE)
    merged = merge(BASE, ours, theirs, default=side)
    assert all(each["taken"] == side for each in merged.conflicts)
    both = {item["id"] for item in fields(ours)} | {item["id"] for item in fields(theirs)}
    assert {item["id"] for item in fields(merged.value)} == both
