"""What a visit finds otherwise is seen, taken over on purpose, or explained; it never changes the application by itself."""

from datetime import date

import pytest

from adminapp import dates
from adminapp.errors import Conflict, Forbidden, Invalid
from adminapp.scope import acting
from adminapp.visits.compared import as_declared, differences
from adminapp.visits.taking import take_over
from adminapp.workflow import events
from adminapp.workflow.transition import edit, offered, perform
from tests.adminapp.visits.conftest import DAY, visit
from tests.story import CLERK, move

ROWS = [{"name": "龙䶮虚构", "relation": "self", "wages": 100000, "since": date(2025, 1, 1)}, {"name": "吴妻虚构"}]


def found(engine, case):
    step = move(engine, case)
    record = case.last_record("visit")
    return {item.label: (item.declared, item.found) for item in differences(record["data"], step.relief_type, step.values)}


def test_a_form_filled_as_declared_differs_in_nothing(engine, case):
    step = move(engine, case)
    filled = as_declared(step.relief_type, step.values)
    assert filled["s_savings"] == 500000 and [row["name"] for row in filled["s_members"]] == ["龙䶮虚构", "吴妻虚构"]
    assert "s_plate" not in filled and set(filled["s_members"][0]) == {"name", "relation", "wages", "since"}
    visit(engine, case, **filled)
    assert found(engine, case) == {}


def test_each_value_found_otherwise_is_told_with_both_sides(engine, case):
    rows = [{**ROWS[0], "wages": 150000, "since": date(2024, 6, 1)}, {"name": "吴妻虚构", "relation": "child"}]
    visit(engine, case, s_savings=1, s_members=rows)
    assert found(engine, case) == {
        "存款": ("5,000.00", "0.01"),
        "家庭成员 龙䶮虚构 工资": ("1,000.00", "1,500.00"),
        "家庭成员 龙䶮虚构 打工起始": ("2025-01-01", "2024-06-01"),
        "家庭成员 吴妻虚构 关系": ("", "子女"),
    }


def test_a_blank_of_the_visit_says_nothing(engine, case):
    visit(engine, case, s_members=[{"name": "龙䶮虚构"}, {"name": "吴妻虚构"}])
    assert found(engine, case) == {}


def test_who_was_met_and_not_declared_and_who_was_declared_and_not_met_are_told(engine, case):
    visit(engine, case, s_members=[ROWS[0], {"name": "龙客虚构", "relation": "child"}])
    assert found(engine, case) == {"家庭成员 龙客虚构": ("没有申报", "调查时在家"), "家庭成员 吴妻虚构": ("已申报", "调查时没有")}


def test_a_field_that_the_application_does_not_show_is_not_compared(engine, case):
    visit(engine, case, s_plate="湘U00001")
    assert found(engine, case) == {}  # has_car is blank: there is no plate to compare with


def take(engine, case, *keys, rev=None, on=DAY):
    with acting(CLERK), dates.frozen(on):
        return take_over(move(engine, case, on=on), list(keys), case.rev if rev is None else rev)


def keys(engine, case):
    step = move(engine, case)
    return {item.label: item.key for item in differences(case.last_record("visit")["data"], step.relief_type, step.values)}


def test_chosen_findings_become_an_edit_that_names_the_visit(engine, case):
    visit(engine, case, s_savings=700000, s_members=[{**ROWS[0], "wages": 150000, "since": date(2024, 6, 1)}, ROWS[1]])
    known = keys(engine, case)
    take(engine, case, known["家庭成员 龙䶮虚构 工资"], known["存款"])
    with acting(CLERK):
        case.reload()
    assert case.x_savings == 700000 and case.x_members[0].wages == 150000 and case.x_members[0].since == date(2025, 1, 1)
    assert case.x_members[1].name == "吴妻虚构" and case.x_members[1].id_number  # the other row and what the form does not show stay
    last = events.history(case.id)[0]
    assert last["action"] == "edit" and last["data"]["visit"] == case.last_record("visit")["id"]
    assert {item["label"] for item in last["data"]["changes"]} == {"家庭成员", "存款"}
    assert list(found(engine, case)) == ["家庭成员 龙䶮虚构 打工起始"]
    take(engine, case, keys(engine, case)["家庭成员 龙䶮虚构 打工起始"])
    assert case.x_members[0].since == date(2024, 6, 1) and found(engine, case) == {}


def test_nothing_chosen_changes_nothing(engine, case):
    visit(engine, case, s_savings=1)
    with pytest.raises(Invalid, match="请勾选"):
        take(engine, case)
    with pytest.raises(Invalid, match="已经处理过"):
        take(engine, case, "savings", "income")
    with pytest.raises(Conflict):
        take(engine, case, "savings", rev=case.rev - 1)
    assert case.x_savings == 500000


def test_a_row_of_one_side_only_cannot_be_taken_over(engine, case):
    visit(engine, case, s_members=[ROWS[0]])
    with pytest.raises(Invalid, match="已经处理过"):
        take(engine, case, keys(engine, case)["家庭成员 吴妻虚构"])


def test_the_opinion_waits_until_every_difference_is_taken_over_or_explained(engine, case):
    visit(engine, case, s_savings=700000)
    with acting(CLERK), dates.frozen(DAY), pytest.raises(Invalid, match="有 1 处与申报不一致（存款）"):
        perform(move(engine, case), "form_opinion")
    take(engine, case, "savings")
    with acting(CLERK), dates.frozen(DAY):
        perform(move(engine, case), "form_opinion")
    assert case.state == "opinion"


def test_a_reason_for_keeping_what_was_declared_holds_for_that_visit_only(engine, case):
    visit(engine, case, s_savings=700000)
    with acting(CLERK), dates.frozen(DAY):
        assert "keep_declared" in offered(move(engine, case))
        perform(move(engine, case, reason="其中 2000 元为代管的村集体款，有收据"), "keep_declared")
        assert "keep_declared" not in offered(move(engine, case))
    visit(engine, case, s_savings=900000)
    with acting(CLERK), dates.frozen(DAY):
        with pytest.raises(Invalid, match="与申报不一致"):
            perform(move(engine, case), "form_opinion")
        perform(move(engine, case, reason="同上"), "keep_declared")
        perform(move(engine, case), "form_opinion")


def test_a_case_that_left_the_survey_is_not_changed_by_a_visit(engine, case):
    visit(engine, case, s_savings=700000)
    with acting(CLERK), dates.frozen(DAY):
        perform(move(engine, case, reason="另有说明"), "keep_declared")
        perform(move(engine, case), "form_opinion")
    with pytest.raises(Forbidden, match="不能修改内容"):
        take(engine, case, "savings")


def test_one_cell_of_a_table_is_a_change_like_any_other(engine, case):
    """An edit that touched only cells of rows that were there used to be dropped without a word."""
    rows = [{"row": row.row, "name": row.name, "wages": 777} for row in case.x_members]
    with acting(CLERK), dates.frozen(DAY):
        listed = edit(move(engine, case), {"members": rows}, case.rev)
        case.reload()
    assert [item["field"] for item in listed] == ["members"] and [row.wages for row in case.x_members] == [777, 777]
    assert case.x_members[0].id_number == "433123195603074216" and case.x_members[0].since == date(2025, 1, 1)
