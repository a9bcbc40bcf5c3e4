"""Every notice that exists can be earned and worded."""

from adminapp.notices.draft import BUILDERS
from adminapp.notices.due import RECORDS
from adminapp.notices.kinds import TITLES


def test_every_kind_can_be_printed_and_is_earned_by_a_record():
    assert set(TITLES) == set(RECORDS.values()) == set(BUILDERS)
