"""The way of a release: nothing half-right passes, nobody approves their own work, an edit begins it anew."""

from datetime import date

import pytest

from adminapp import conflicts, database, dates, drafts
from adminapp.errors import Conflict, Forbidden, Invalid, NotFound
from adminapp.releases import checking, flow, store
from adminapp.releases.model import APPROVED, CANCELLED, CHECKED, DRAFT, SCHEDULED, SIMULATED, SUBMITTED
from adminapp.standards import Standards, from_text, to_text
from tests.adminapp.releases.conftest import LONG, TIAN, XIANG


def test_a_release_goes_its_way_and_keeps_every_step(world):
    row = world.to(APPROVED, world.draft())
    assert [entry["event"] for entry in row["history"]] == ["create", "check", "simulate", "simulated", "submit", "approve"]
    assert row["number"] == "2026-001" and row["title"] == "演示救助二版"
    assert row["approval"]["digest"] == row["digest"] and row["approval"]["simulation_digest"] == row["simulation"]["digest"]
    assert row["history"][-1]["note"] == "同意" and row["history"][-1]["by_name"] == "田虚构"


def test_numbers_count_within_the_year_and_a_draft_is_in_one_release(world):
    draft = world.draft()
    first = world.release(draft)
    with pytest.raises(Conflict, match=f"已在发布方案“演示救助二版”（{first['number']}）中"):
        world.release(draft)
    assert world.release(world.raise_standard())["number"] == "2026-002"
    assert store.holding(draft.id)["_id"] == first["_id"]
    flow.cancel(first["_id"], first["rev"], XIANG)
    assert store.holding(draft.id) is None
    assert world.release(draft)["number"] == "2026-003"


def test_a_release_without_drafts_or_with_an_absent_one_is_refused(world):
    with pytest.raises(Invalid, match="选择要发布的草稿"):
        flow.begin([], XIANG)
    with pytest.raises(NotFound):
        flow.begin(["$ne"], XIANG)
    draft = world.draft()
    drafts.close(draft.id, draft.rev, XIANG)
    with pytest.raises(Conflict, match="已经结束"):
        flow.begin([draft.id], XIANG)


# Checking


def checked(world, draft):
    row = world.release(draft)
    return flow.check(row["_id"], row["rev"], world.engine, XIANG)


def test_problems_keep_a_release_where_it_is_and_are_all_named(world):
    row = checked(world, world.written(posted=["nobody"], steps=[{"step": "survey"}]))
    assert row["state"] == DRAFT and not row["check"]["ok"]
    said = row["check"]["items"][0]["problems"]
    assert any("nobody" in text for text in said) and any(text.startswith("办理步骤：") for text in said), said


def test_a_golden_case_that_fails_blocks_and_shows_the_difference(world):
    terms = [{"id": "gap", "label": "补差", "value": '(standard("dibao.urban") - per_head) * count(members) / 2'}]
    row = checked(world, world.written(amount={"terms": terms, "rounding": "up_yuan", "adjustable": True}))
    assert row["state"] == DRAFT and row["check"]["count"] == 1
    failed = row["check"]["items"][0]["golden"]["failed"]
    assert [each["name"] for each in failed] == ["三口之家年收入九千元"]
    assert failed[0]["differences"] == ["金额应为 1,470.00 元，算得 735.00 元"]


def test_golden_cases_that_hold_are_counted(world):
    row = checked(world, world.draft())
    assert row["check"]["items"][0]["golden"] == {"passed": 1, "failed": []} and row["check"]["items"][0]["remarks"] == []


def test_a_raise_that_breaks_golden_cases_of_another_type_is_stopped(world):
    row = checked(world, world.raise_standard(since="2026-09-01"))
    assert row["state"] == DRAFT
    assert [(each["key"], each["failed"][0]["name"]) for each in row["check"]["others"]] == [("demo", "三口之家年收入九千元")]
    assert checking.problems_in(row["check"])[0].startswith("“演示救助”的样例“三口之家年收入九千元”：金额应为 1,470.00 元")


def test_a_standard_in_force_cannot_be_edited_even_past_the_designer(world):
    item = flow.pinned(world.raise_standard().id)
    rows = [row | {"value": "900.00"} if (row["key"], row["from"]) == ("dibao.urban", max(
        value.since for value in world.engine.standards.standard("dibao.urban").values)) else row for row in from_text(item["text"]).to_rows()]  # fmt: skip
    report = checking.check([item | {"text": to_text(Standards.from_rows(rows))}], world.engine)
    assert [problem[:9] for problem in report["items"][0]["problems"]] == ["“城市低保标准”自"] and not report["ok"]
    without = [row for row in rows if row["key"] != "dibao.urban"]
    report = checking.check([item | {"text": to_text(Standards.from_rows(without))}], world.engine)
    assert "不能缺少" in report["items"][0]["problems"][0]


def test_what_the_matrix_decides_otherwise_is_remarked(world, monkeypatch):
    draft = world.written(excludes=[{"programme": "dibao", "reason": "已享受低保"}])
    row = checked(world, draft)
    assert row["check"]["ok"] and row["check"]["items"][0]["remarks"] == []  # the matrix is silent about the pair
    monkeypatch.setattr(conflicts, "matrix", lambda: conflicts.Matrix([conflicts.Rule("demo", "dibao", "allowed", date(2026, 1, 1))]))
    row = flow.check(row["_id"], row["rev"], world.engine, XIANG)
    assert row["check"]["ok"] and row["check"]["items"][0]["remarks"] == ["“已享受低保”没有作用：待遇叠加规则写明可以同时享受“dibao”"]


def test_a_draft_begun_before_another_publication_is_refused(world):
    draft = world.draft()
    row = world.release(draft)
    world.engine.registry.publish(
        world.engine.registry.get("demo").source.replace("name: 演示救助", "name: 演示救助（新）", 1), "cli", world.engine.standards.types()
    )
    row = flow.check(row["_id"], row["rev"], world.engine, XIANG)
    assert not row["check"]["ok"] and "起草以后已发布第 2 版" in row["check"]["items"][0]["problems"][0]


# Edits


@pytest.mark.parametrize("state", [CHECKED, SIMULATED, SUBMITTED, APPROVED])
def test_a_later_edit_makes_it_a_draft_again(world, state):
    draft = world.draft()
    row = world.to(state, draft)
    world.draft("又改了名")
    row = flow.settle(store.get(row["_id"]), TIAN)
    assert row["state"] == DRAFT and row["approval"] is None and row["check"] is None and row["simulation"] is None
    assert row["history"][-1]["event"] == "changed"


def test_an_edit_that_was_taken_back_changes_nothing(world):
    draft = world.draft()
    row = world.to(SUBMITTED, draft)
    world.draft("又改了名")
    drafts.undo(draft.id, XIANG)
    assert flow.settle(store.get(row["_id"]), TIAN)["state"] == SUBMITTED


def test_two_hands_at_once_one_of_them_is_told(world):
    row = world.release(world.draft())
    flow.check(row["_id"], row["rev"], world.engine, XIANG)
    with pytest.raises(Conflict, match="刚刚被他人办理"):
        flow.check(row["_id"], row["rev"], world.engine, LONG)


def test_drafts_are_added_and_taken_out_and_it_begins_anew(world):
    draft, table = world.draft(), world.raise_standard()
    row = world.to(SIMULATED, draft)
    row = flow.edit(row["_id"], row["rev"], XIANG, draft_ids=[draft.id, table.id], reason="提标")
    assert row["state"] == DRAFT and [item["kind"] for item in row["items"]] == ["type", "standards"] and row["reason"] == "提标"
    assert store.holding(table.id)["_id"] == row["_id"]
    row = flow.edit(row["_id"], row["rev"], XIANG, draft_ids=[table.id])
    assert store.holding(draft.id) is None
    with pytest.raises(Invalid, match="至少要有一份草稿"):
        flow.edit(row["_id"], row["rev"], XIANG, draft_ids=[])


# Approval


def test_who_wrote_any_of_it_cannot_approve(world):
    draft = world.draft()
    world.draft("龙改过", actor=LONG)
    row = world.to(SUBMITTED, draft)
    for maker in (XIANG, LONG):
        assert not flow.may_approve(row, maker)
        with pytest.raises(Forbidden, match="请由另一人批准"):
            flow.approve(row["_id"], row["rev"], maker)
    assert store.get(row["_id"])["state"] == SUBMITTED
    assert flow.approve(row["_id"], row["rev"], TIAN)["state"] == APPROVED


def test_nothing_is_approved_before_it_was_sent(world):
    row = world.to(SIMULATED, world.draft())
    with pytest.raises(Conflict, match="现在是“已试算”，不能批准"):
        flow.approve(row["_id"], row["rev"], TIAN)


def test_returning_needs_a_reason_and_begins_anew(world):
    row = world.to(SUBMITTED, world.draft())
    with pytest.raises(Invalid, match="写明退回的理由"):
        flow.give_back(row["_id"], row["rev"], TIAN, "  ")
    row = flow.give_back(row["_id"], row["rev"], TIAN, "请附财政意见")
    assert row["state"] == DRAFT and row["history"][-1]["note"] == "请附财政意见"


def test_sent_is_recalled_and_scheduled_is_undone(world):
    row = world.to(SUBMITTED, world.draft())
    row = flow.recall(row["_id"], row["rev"], XIANG)
    assert row["state"] == SIMULATED
    row = world.step("APPROVED", world.step("SUBMITTED", row))
    row = flow.schedule(row["_id"], row["rev"], XIANG, date(2026, 10, 1), {})
    assert row["state"] == SCHEDULED and row["scheduled"] == "2026-10-01"
    assert flow.unschedule(row["_id"], row["rev"], XIANG)["state"] == APPROVED


@pytest.mark.parametrize("day", [date(2026, 9, 16), date(2026, 9, 1), date(2028, 1, 1)])
def test_a_day_that_cannot_be_meant_is_refused(world, day):
    row = world.to(APPROVED, world.draft())
    with dates.frozen(date(2026, 9, 16)), pytest.raises(Invalid, match="明天以后、一年以内"):
        flow.schedule(row["_id"], row["rev"], XIANG, day, {})


def test_a_cancelled_release_takes_nothing_any_more(world):
    row = world.release(world.draft())
    row = flow.cancel(row["_id"], row["rev"], XIANG)
    assert row["state"] == CANCELLED
    with pytest.raises(Conflict, match="已作废"):
        flow.check(row["_id"], row["rev"], world.engine, XIANG)


def test_queries_of_releases_use_their_indexes(world):
    world.release(world.draft())
    for query, index in (({"holds": "x"}, "holds"), ({"state": {"$in": [DRAFT]}}, "state")):
        plan = database.raw(store.COLLECTION).find(query).explain()["queryPlanner"]["winningPlan"]
        assert index in str(plan), plan
