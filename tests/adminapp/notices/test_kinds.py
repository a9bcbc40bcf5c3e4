"""Every notice that exists can be earned and worded."""

from adminapp.notices.draft import BUILDERS
from adminapp.notices.due import RECORDS
from adminapp.notices.kinds import DECISIONS, KINDS, PAPERS, TITLES


def test_every_kind_can_be_printed_and_is_earned_by_a_record():
    assert set(TITLES) == set(RECORDS.values()) == set(BUILDERS) == set(KINDS) - PAPERS
    assert {key for key, kind in KINDS.items() if kind.decides} == DECISIONS
    assert all(KINDS[key].title == title for key, title in TITLES.items())
