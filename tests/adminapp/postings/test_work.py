"""What waits of postings, objections and complaints stands in the work list of who has to do it, carried by indexes."""

from datetime import date

import pytest

from adminapp import casework, dates, policy, worklist
from adminapp.complaints import course as complaints
from adminapp.scope import ALL, Actor, acting
from adminapp.worklist import reading
from tests import plans
from tests.adminapp.postings.village import AFTER, ASSISTANT, CLERK, DAY, FAR, VILLAGE

OURS = {"posting_hang", "posting_end", "objections", "complaints"}
COUNTY = Actor("reviewer", "县级虚构", frozenset({"county_reviewer"}), ALL)


@pytest.fixture(autouse=True)
def _registered():
    casework.register()


def waiting(actor, on=DAY):
    with dates.frozen(on), acting(actor):
        return [(item.what, item.due) for item in worklist.rows(worklist.Asked(actor, today=on)) if item.source in OURS]


def test_a_sheet_waits_for_village_and_township_until_it_is_closed(village):
    village.case()
    [posting] = village.prepare()
    assert waiting(CLERK) == waiting(ASSISTANT) == [("张贴并上传照片", DAY)] and waiting(FAR) == []
    posting = village.hang(posting)
    assert waiting(CLERK) == []
    assert [what for what, _due in waiting(ASSISTANT, AFTER)] == ["撤下公示表"]
    village.take_down(posting)
    assert [what for what, _due in waiting(CLERK, AFTER)] == ["办结公示"] and waiting(ASSISTANT, AFTER) == []


def test_an_objection_waits_for_the_township_alone(village):
    cases, posting = village.posted(1)
    village.object(posting, cases[0])
    assert waiting(CLERK, date(2026, 9, 18)) == [("登记公示异议", date(2026, 9, 20))]
    assert waiting(ASSISTANT, date(2026, 9, 18)) == []


def test_a_complaint_waits_for_the_county_and_never_for_the_place_it_is_about(village):
    with dates.frozen(DAY):
        complaints.receive({"content": "x", "subject": "village", "township": VILLAGE[:9]})
    assert [what for what, _due in waiting(COUNTY)] == ["交办投诉举报"] and waiting(CLERK) == []


@pytest.mark.parametrize("role", sorted(policy.CASE_WORKERS))
def test_every_read_is_carried_by_its_index(village, role):
    places = ALL if role in policy.COUNTY else frozenset({VILLAGE[:9]})
    actor = Actor(role, role, frozenset({role}), places, frozenset({VILLAGE}) if role == policy.ASSISTANT else None)
    for show in worklist.PILES:
        asked = worklist.Asked(actor, show=show, today=DAY)
        for source in (worklist.SOURCES[key] for key in OURS):
            for query in reading.queries(source, asked):
                found = plans.of_find(source.collection, query.filter, query.hint, {source.due: 1} if query.dated else None, worklist.LIMIT)
                assert not {"COLLSCAN", "SORT"} & found, (role, query)
