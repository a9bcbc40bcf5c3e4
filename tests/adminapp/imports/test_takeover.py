"""Recipients the county had before: the amount they have, the engine's beside it, paid from the first month of this program, by two persons."""

from datetime import date
from pathlib import Path

import pytest

from adminapp import awards, database, dates, decisions, divisions
from adminapp.errors import NotFound
from adminapp.identity import make_id
from adminapp.imports import batches, undoing
from adminapp.imports.columns import BENEFIT
from adminapp.policy import APPROVER
from adminapp.scope import ALL, Actor
from adminapp.workflow import events
from tests.adminapp.imports.conftest import DAY, workbook
from tests.adminapp.imports.test_import import photograph
from tests.story import CLERK, VILLAGE

TYPE = Path(__file__).parents[3] / "schemas" / "relief_types" / "old_age.yaml"
HEADS = ["姓名", "公民身份号码", "村（社区）", "户籍情况", "户名", "银行账号（一卡通）", "开户银行", "最初享受月", "月金额", "审批日期"]
OTHER = Actor("approver", "县审批虚构", frozenset({APPROVER}), ALL)
OLD, YOUNG = make_id("433199", date(1940, 5, 1), 31), make_id("433199", date(1960, 5, 1), 31)
HOME = divisions.name_of(VILLAGE)


@pytest.fixture
def old_age(world):
    """Return the world with the allowance of the old in place of the small type."""
    registry = world.engine.registry
    registry.publish(TYPE.read_text("utf-8"), "test", world.engine.standards.types())
    world.published = registry.get("old_age")
    return world


def row(name, number, amount, since="2023-05", decided="2023-04-20", account="800000000000001"):
    return [name, number, HOME, "本县户籍", name, account, "虚构银行", since, amount, decided]


def checked(world, *rows, **more):
    return world.check(world.upload(workbook(("名册", [HEADS, *rows])), mode=BENEFIT), complete=False, **more)


def right_amount(world):
    return world.engine.standards.value("old_age.80", DAY) // 100


def taken(world, *rows):
    submitted = world.act(checked(world, *rows), "submit")
    return world.act(submitted, "approve", OTHER)


def test_who_is_taken_over_is_paid_from_the_first_month_of_this_program_by_a_decision_that_holds(old_age):
    batch = taken(old_age, row("龙老虚构", OLD, str(right_amount(old_age))))
    assert (batch["state"], batch["counts"]["taken"], batch["counts"]["differences"]) == (batches.APPLIED, 1, 0)
    [case] = database.raw("cases").find()
    assert (case["state"], case["start_month"], case["decided_on"].date(), case["outbox"]) == ("in_benefit", "2026-10", date(2023, 4, 20), [])
    [award] = database.raw("awards").find()
    assert awards.amount_in(award, "2026-10") == case["amount"] and awards.amount_in(award, "2026-09") == 0
    [decision] = database.raw("decisions").find()
    with dates.frozen(DAY):
        assert decisions.Recomputer(old_age.engine.registry, old_age.engine.standards).recompute(decision)["amount"] == case["amount"]
    [record] = case["records"]
    assert (record["kind"], record["data"]["since"]) == ("takeover", "2023-05") and list(events.verify()) == []


def test_the_account_is_seen_by_two_persons(old_age):
    taken(old_age, row("龙老虚构", OLD, str(right_amount(old_age))))
    [account] = database.raw("bank_accounts").find()
    [use] = account["uses"]
    assert (account["state"], use["by"], use["verified_by"]) == ("VERIFIED", CLERK.id, OTHER.id)


def test_another_amount_is_kept_and_told(old_age):
    batch = checked(old_age, row("龙老虚构", OLD, "777.50"), row("龙少虚构", YOUNG, "50", account="800000000000002"))
    texts = [each["text"] for each in database.raw(batches.ROWS).find({"kind": "difference"}, sort=[("n", 1)])]
    assert batch["counts"]["differences"] == 2 and batch["counts"]["amount"] == 82750
    assert "按现行规定应为" in texts[0] and "777.50" in texts[0] and "没有达到规定年龄" in texts[1]
    old_age.act(old_age.act(batch, "submit"), "approve", OTHER)
    found = {case["name"]: case for case in database.raw("cases").find()}
    decision = found["龙老虚构"]["decision"]
    assert (decision["amount"], decision["computed"]) == (77750, right_amount(old_age) * 100)
    assert found["龙少虚构"]["amount"] == 5000 and found["龙少虚构"]["decision"]["eligible"] is False


def test_what_is_lacking_or_cannot_be_is_told_at_its_cell(old_age):
    rows = [row("龙老虚构", OLD, ""), row("龙老虚构", OLD, "50", since="2030-01"), row("龙老虚构", OLD, "50", since="五月")]
    batch = checked(old_age, *rows)
    texts = [each["text"] for each in database.raw(batches.ROWS).find({"kind": "bad"}, sort=[("n", 1)])]
    assert batch["counts"]["bad"] == 3
    assert "请填写“现月金额”" in texts[0] and "晚于下个月" in texts[1] and "2026-09" in texts[2]


def test_nobody_lets_in_what_they_brought(old_age):
    both = Actor("both", "两岗虚构", frozenset({APPROVER, "county_reviewer"}), ALL)
    batch = old_age.upload(workbook(("名册", [HEADS, row("龙老虚构", OLD, "50")])), both, mode=BENEFIT)
    batch = old_age.act(old_age.check(batch, both, complete=False), "submit", both)
    with pytest.raises(NotFound):
        old_age.act(batch, "approve", both)


def test_undo_takes_award_decision_and_account_back_unless_money_moved(old_age):
    before = photograph()
    batch = taken(old_age, row("龙老虚构", OLD, "50"))
    [award] = database.raw("awards").find()
    database.raw("payment_lines").insert_one({"_id": "x/1", "batch": "x", "award": award["_id"], "slot": "x", "period": "2026-10"})
    kept = old_age.act(batch, "undo")
    assert kept["state"] == batches.APPLIED and "已经列入发放名册" in old_age.job(kept)["problems"][0]["text"]
    database.raw("payment_lines").delete_many({})
    assert old_age.act(kept, "undo")["state"] == batches.UNDONE
    after = photograph()
    assert {name for name in set(before) | set(after) if before.get(name) != after.get(name)} == set()


def test_a_case_changed_while_the_import_is_taken_back_keeps_all_that_belongs_to_it(old_age, monkeypatch):
    batch = taken(old_age, row("龙老虚构", OLD, "50"), row("龙少虚构", YOUNG, "50", account="800000000000002"))
    case, look, looked = database.raw("cases").find_one({"name": "龙老虚构"}), undoing._touched, []

    def changed_behind(notes):
        yield from look(notes)
        looked.append(notes)
        if len(looked) == 2:  # the look before the removal
            database.raw("cases").update_one({"_id": case["_id"]}, {"$inc": {"rev": 1}})

    monkeypatch.setattr(undoing, "_touched", changed_behind)
    kept = old_age.act(batch, "undo")
    assert kept["state"] == batches.APPLIED
    assert [(each["item"], each["text"]) for each in old_age.job(kept)["problems"]] == [(case["number"], "撤销期间有人办理")]
    assert database.raw("cases").distinct("_id") == database.raw("awards").distinct("_id") == [case["_id"]]
    for name in ("decisions", "events"):
        assert database.raw(name).distinct("case") == [case["_id"]], name
