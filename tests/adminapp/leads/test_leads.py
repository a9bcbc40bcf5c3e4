"""Leads come from villages within reach, are answered in time or late, lead to one application, and stay with their place."""

from datetime import date

import pytest

from adminapp import dates
from adminapp.errors import Conflict, Forbidden, Invalid, NotFound
from adminapp.leads import leads
from adminapp.scope import Actor, acting
from tests.story import CLERK, HEAD, OTHER_VILLAGE, STRANGER, VILLAGE

DAY = date(2026, 9, 16)
ASSISTANT = Actor("assistant", "协理虚构", frozenset({"village_assistant"}), frozenset({VILLAGE[:9]}), frozenset({VILLAGE}))
COLLEAGUE = Actor("colleague", "同村虚构", frozenset({"village_assistant"}), frozenset({VILLAGE[:9]}), frozenset({VILLAGE}))
VALUES = {
    "village": VILLAGE, "name": "石老虚构", "phone": "13800000011", "address": "2 组 7 号", "kind": "elder", "situation": "独居，摔伤卧床", "urgent": False,
    "known_by": "visit",
}  # fmt: skip


@pytest.fixture(autouse=True)
def stored(engine):
    """Every test runs in the database of stories."""


def reported(actor=ASSISTANT, on=DAY, **values):
    with acting(actor), dates.frozen(on):
        return leads.report(VALUES | values, actor)


def test_the_time_to_answer_follows_the_figures_of_the_day():
    usual, urgent = reported(), reported(name="石急虚构", urgent=True)
    assert (usual["due"], urgent["due"]) == ("2026-09-22", "2026-09-17") and usual["clause"].startswith("社会救助法第三十九条")
    assert usual["_id"] == "XS433123109-2026-0001" and usual["month"] == "2026-09"


@pytest.mark.parametrize(
    ("values", "field"),
    [({"village": OTHER_VILLAGE}, "village"), ({"village": "$ne"}, "village"), ({"name": ""}, "name"), ({"address": ""}, "address"), ({"kind": "x"}, "kind"),
     ({"situation": "穷"}, "situation")],
)  # fmt: skip
def test_what_is_missing_or_beyond_reach_is_refused_at_its_field(values, field):
    with pytest.raises(Invalid) as refused:
        reported(**values)
    assert list(refused.value.problems[0]) == [field]


def test_the_same_person_is_not_reported_twice_while_the_first_is_open():
    lead = reported()
    with pytest.raises(Invalid) as refused:
        reported(COLLEAGUE)
    assert "已经报过" in refused.value.problems[0]["name"][0]
    with acting(CLERK), dates.frozen(DAY):
        leads.not_needed(lead, "solved", "子女已接走照料", CLERK)
    assert reported(COLLEAGUE)["_id"] != lead["_id"]


def test_who_may_not_report_does_not():
    with pytest.raises(Forbidden):
        reported(HEAD)


def test_an_assistant_finds_only_what_was_handed_in():
    lead = reported()
    with acting(ASSISTANT):
        assert [row["_id"] for row in leads.listed(ASSISTANT)] == [lead["_id"]] and leads.get(lead["_id"], ASSISTANT)
    with acting(COLLEAGUE):
        assert leads.listed(COLLEAGUE) == []
        with pytest.raises(NotFound):
            leads.get(lead["_id"], COLLEAGUE)
    with acting(STRANGER), pytest.raises(NotFound):
        leads.get(lead["_id"], STRANGER)
    with acting(ASSISTANT), dates.frozen(DAY), pytest.raises(Forbidden):
        leads.not_needed(lead, "solved", "子女已接走照料", ASSISTANT)


@pytest.mark.parametrize(
    ("on", "note", "sentence"),
    [(None, "卧床，无人照料", "请填写走访日期"), (date(2026, 9, 15), "卧床，无人照料", "早于线索报告"),
     (date(2026, 9, 18), "卧床，无人照料", "还没有到"), (DAY, "", "请写明走访看到")],
)  # fmt: skip
def test_a_visit_needs_a_day_that_can_be_and_what_was_seen(on, note, sentence):
    lead = reported()
    with acting(CLERK), dates.frozen(DAY), pytest.raises(Invalid, match=sentence):
        leads.visit(lead, on, note, CLERK)


def test_help_opens_one_application_with_what_is_known(engine):
    registry, table = engine
    lead = reported()
    with acting(CLERK), dates.frozen(DAY):
        done, case = leads.help_apply(lead, registry.get("demo"), CLERK, table)
        assert (case.state, case.name, case.village) == ("draft", "石老虚构", VILLAGE)
        assert (done["state"], done["case"], done["case_number"]) == ("helped", case.id, case.number)
        with pytest.raises(Conflict):
            leads.help_apply(lead, registry.get("demo"), CLERK, table)  # the same button, pressed in another window
        with pytest.raises(Invalid, match="不能再办理"):
            leads.help_apply(done, registry.get("demo"), CLERK, table)
        assert leads.cases().count_documents({}) == 1


@pytest.mark.parametrize("written", [False, True])
def test_who_presses_again_after_a_death_in_between_gets_the_same_application(engine, monkeypatch, written):
    registry, table = engine
    lead, real = reported(), leads.open_case

    def die(*args, **options):
        if written:
            real(*args, **options)
        raise KeyboardInterrupt

    with acting(CLERK), dates.frozen(DAY):
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(leads, "open_case", die)
            leads.help_apply(lead, registry.get("demo"), CLERK, table)
        again = leads.get(lead["_id"], CLERK)
        done, case = leads.help_apply(again, registry.get("demo"), CLERK, table)
        assert leads.cases().count_documents({}) == 1 and case.id == again["opening"] and case.number
        assert (done["state"], done["case"], done["case_number"]) == ("helped", case.id, case.number)


def test_two_who_open_the_same_application_at_once_open_one(engine):
    registry, table = engine
    with acting(CLERK), dates.frozen(DAY):
        case = leads.open_case(registry.get("demo"), CLERK, VILLAGE, {"applicant_name": "石老虚构"}, table)
        with pytest.raises(Conflict):
            leads.open_case(registry.get("demo"), CLERK, VILLAGE, {"applicant_name": "石老虚构"}, table, ident=case.id)


def test_an_application_that_is_there_is_tied_by_its_number(engine):
    registry, table = engine
    first, second = reported(), reported(name="石二虚构")
    with acting(CLERK), dates.frozen(DAY):
        _lead, case = leads.help_apply(first, registry.get("demo"), CLERK, table)
        with pytest.raises(Invalid, match="没有这个编号"):
            leads.link(second, "0000", CLERK)
        assert leads.link(second, f" {case.number} ", CLERK)["case"] == case.id


def test_an_answer_after_its_day_counts_the_working_days():
    lead = reported()
    with acting(CLERK), dates.frozen(date(2026, 9, 29)):
        done = leads.refer(lead, "县残联", "办理残疾人证", CLERK)
    assert done["late"] == 4  # Sunday the 20th was worked, Friday the 25th is a holiday


@pytest.mark.parametrize(("office", "note"), [("", "办理残疾人证"), ("县残联", "")])
def test_a_referral_says_where_and_what(office, note):
    lead = reported()
    with acting(CLERK), dates.frozen(DAY), pytest.raises(Invalid, match="请写明转给"):
        leads.refer(lead, office, note, CLERK)


def test_figures_count_each_lead_once_in_the_month_it_came():
    first, second = reported(), reported(name="石急虚构", urgent=True)
    reported(name="石八虚构", on=date(2026, 8, 20))
    with acting(CLERK), dates.frozen(date(2026, 9, 22)):
        leads.not_needed(first, "over", "有车有房，收入稳定", CLERK)
        leads.refer(second, "县残联", "办理残疾人证", CLERK)
        found = leads.figures(["2026-09", "2026-08", "2026-07"])
    assert found["2026-09"] == {"reported": 2, "urgent": 1, "in_time": 1, "late": 1, "open": 0, "helped": 0, "referred": 1, "not_needed": 1}
    assert found["2026-08"]["open"] == 1 and found["2026-07"]["reported"] == 0
    with acting(STRANGER):
        assert leads.figures(["2026-09"])["2026-09"]["reported"] == 0
