"""What finds a case, within which scope, and what the database does for it."""

from datetime import date

import pytest

from adminapp import database, dates, divisions, sealing
from adminapp.auth import users
from adminapp.scope import acting
from adminapp.search import adoption, cases
from adminapp.workflow.transition import Move, edit
from schemas.case import AnyCase
from tests.conftest import HERE, THERE
from tests.views.conftest import ID_NUMBER
from tests.views.conftest import cases as make  # noqa: F401 - fixture

VILLAGE, AWAY = divisions.villages(HERE)[0].code, divisions.villages(THERE)[0].code
ACCOUNT = "6217995580012345679"
FIELDS = {"number": 1, "name": 1}


def found(username, text, query=None, **options):
    actor = users.actor_of(users.get(username))
    with acting(actor):
        return cases.find(AnyCase._get_collection(), actor, text, query or {}, FIELDS, **options)


def names(rows):
    return [row["name"] for row in rows]


@pytest.mark.parametrize(
    "typed",
    ["龙甲虚构", "甲虚", "虚构", "ljxg", "xg", "longjiaxugou", "jiaxugou", "longjia", " 龙 甲 虚构 ", "ＬＪＸＧ", ID_NUMBER, ID_NUMBER.lower()],
)
def test_a_person_is_found_by(make, typed):  # noqa: F811
    make.open(VILLAGE, "龙甲虚构")
    assert names(found("clerk.tuojiang", typed).rows) == ["龙甲虚构"]


def test_a_case_is_found_by_parts_of_its_number(make):  # noqa: F811
    number = make.open(VILLAGE, "龙甲虚构").number
    for part in (number, number[:12], number[9:], number[9:].lower(), number[-9:], number[-5:], number[-5:].lstrip("0")):
        assert names(found("clerk.tuojiang", part).rows) == ["龙甲虚构"], part


@pytest.mark.parametrize("typed", ["", " ", ".*", "$where", "^", "吴", "wu", "99999", "433123195603074217", "\x00", "a" * 300, "‮"])
def test_nothing_is_found_by(make, typed):  # noqa: F811
    make.open(VILLAGE, "龙甲虚构")
    assert found("clerk.tuojiang", typed) == cases.Found()


@pytest.mark.parametrize("typed", ["龙家虚构", "龙虚构", "龙甲虚拟", "longjaxugou", "lonjiaxugou"])
def test_one_slip_finds_the_name_as_similar(make, typed):  # noqa: F811
    make.open(VILLAGE, "龙甲虚构")
    make.open(AWAY, "龙甲虚构")
    answer = found("clerk.tuojiang", typed)
    assert answer.rows == [] and [row["name"] for row in answer.near] == ["龙甲虚构"]


def test_similar_names_follow_when_few_are_found(make):  # noqa: F811
    make.open(VILLAGE, "龙甲虚构")
    make.open(VILLAGE, "龙家虚构")
    answer = found("clerk.tuojiang", "龙甲虚构")
    assert (names(answer.rows), names(answer.near)) == (["龙甲虚构"], ["龙家虚构"])


def test_the_whole_name_comes_before_longer_ones(make):  # noqa: F811
    make.open(VILLAGE, "龙甲", on=date(2026, 9, 1))
    make.open(VILLAGE, "龙甲虚构", on=date(2026, 9, 2))
    assert names(found("clerk.tuojiang", "龙甲").rows) == ["龙甲", "龙甲虚构"]


def test_each_finds_the_own_places_only(make, people):  # noqa: F811
    mine = people["assistant.tuojiang"].villages[0]
    other = next(one.code for one in divisions.villages(HERE) if one.code not in people["assistant.tuojiang"].villages)
    for village, name in ((mine, "龙甲虚构"), (other, "龙乙虚构"), (AWAY, "龙丙虚构")):
        make.open(village, name)
    assert sorted(names(found("reviewer", "龙").rows)) == ["龙丙虚构", "龙乙虚构", "龙甲虚构"]
    assert sorted(names(found("clerk.tuojiang", "虚构").rows)) == ["龙乙虚构", "龙甲虚构"]
    assert names(found("assistant.tuojiang", "虚构").rows) == ["龙甲虚构"]
    assert names(found("assistant.tuojiang", "龙家虚构").near) == ["龙甲虚构"]
    assert len(found("clerk.tuojiang", ID_NUMBER).rows) == 2


def test_an_account_leads_to_its_cases_within_scope_and_is_logged(make):  # noqa: F811
    here, there = make.open(VILLAGE, "龙甲虚构"), make.open(AWAY, "龙乙虚构")
    uses = [{"case": case.id, "township": case.township, "village": case.village} for case in (here, there)]
    key = sealing.key_of(ACCOUNT)
    database.raw("bank_accounts").insert_one({"_id": key, "uses": uses, "township": [HERE, THERE], "village": [VILLAGE, AWAY]})
    assert names(found("clerk.tuojiang", ACCOUNT).rows) == ["龙甲虚构"]
    assert names(found("reviewer", ACCOUNT[:4] + " " + ACCOUNT[4:]).rows) == ["龙乙虚构", "龙甲虚构"]
    log = list(database.raw("audit").find({"kind": "search"}))
    assert len(log) == 2 and ACCOUNT not in str(log)


def test_suggestions_look_up_no_number(make):  # noqa: F811
    make.open(VILLAGE)
    assert found("clerk.tuojiang", ID_NUMBER, log=False) == cases.Found()
    assert database.raw("audit").count_documents({"kind": "search"}) == 0


def test_changing_the_name_changes_what_finds_the_case(make, login):  # noqa: F811
    case = make.open(VILLAGE, "龙甲虚构")
    clerk = make.clerk(HERE)
    with acting(clerk), dates.frozen(date(2026, 9, 16)):
        edit(Move(case, make.engine.registry.of(case), clerk, make.engine.standards, {}), {"applicant_name": "吴乙虚构"}, case.rev)
    assert found("clerk.tuojiang", "吴乙").rows and not found("clerk.tuojiang", "龙甲").near


def test_older_cases_become_findable_by_sound(make):  # noqa: F811
    make.open(VILLAGE, "龙甲虚构")
    database.raw("cases").update_many({}, {"$unset": {"sounds": 1}, "$set": {"terms": []}})
    assert not found("clerk.tuojiang", "龙家虚构").near
    assert (adoption.adopt(), adoption.adopt()) == (1, 0)
    assert found("clerk.tuojiang", "龙家虚构").near and found("clerk.tuojiang", "龙甲").rows


class Recorder:
    """Stands for the cases: keeps what is asked and finds nothing."""

    def __init__(self):
        self.asked = []

    def find(self, query, projection, **options):
        self.asked.append((query, options))
        return []


TYPED = ["龙甲虚构", "龙", "lx", "longxiao", "433123109", "00012", "202600012", "DBR202600012", ID_NUMBER]


@pytest.mark.parametrize("query", [{}, {"type": "temporary"}, {"type": "temporary", "state": "draft"}])
@pytest.mark.parametrize("username", ["clerk.tuojiang", "reviewer", "assistant.tuojiang"])
def test_every_search_is_carried_by_an_index_of_words(make, username, query):  # noqa: F811
    actor, recorder = users.actor_of(users.get(username)), Recorder()
    for text in TYPED:
        with acting(actor):
            cases.find(recorder, actor, text, query, FIELDS)
    assert len(recorder.asked) >= len(TYPED)
    for asked, options in recorder.asked:
        within = {"$and": [actor.filter(), asked]} if actor.filter() else asked
        plan = database.current().command("explain", {"find": "cases", "filter": within, **options})
        stages = set(_stages(plan["queryPlanner"]["winningPlan"]))
        assert "IXSCAN" in stages and not {"COLLSCAN", "SORT"} & stages, (asked, options)


def _stages(plan):
    yield plan["stage"]
    for each in [plan.get("inputStage"), *plan.get("inputStages", ())]:
        if each:
            yield from _stages(each)


