"""Changes of a running award: proposed, heard, confirmed by another person, decided anew month by month."""

from datetime import date

import pytest

from adminapp import database as connection
from adminapp import decisions, sealing
from adminapp.awards import amount_in, deaths, spell_in
from adminapp.errors import Forbidden, Invalid
from adminapp.scope import acting
from adminapp.workflow import events
from adminapp.workflow.transition import offered
from tests.running import APPROVER, CLERK, HEAD, IDS, row, standards
from tests.story import OTHER_VILLAGE, VILLAGE

DAY, LATER = date(2026, 3, 10), date(2026, 8, 12)


def award(case):
    return connection.raw("awards").find_one({"_id": case.pk})


def amounts(case, *months):
    return [amount_in(award(case), month) for month in months]


def refused(world, case, action, on=DAY, actor=CLERK, **data):
    with pytest.raises(Invalid) as error:
        world.take(case, actor, action, on, reason="测试", **data)
    return "；".join(map(str, error.value.problems))


def test_a_household_of_three_is_paid_its_gap(granted):
    # 740.00 a month for each, less 9,000.00 a year for all: 740 - 250 = 490 for each of three.
    assert amounts(granted, "2026-01", "2026-02", "2026-12") == [0, 147000, 147000]


def test_a_birth_adds_a_member_from_the_next_month(engine, granted):
    engine.change(granted, "add_member", DAY, code="birth", from_month="2026-04", members=[row("baby")])
    # 740 - 187.50 for each of four.
    assert amounts(granted, "2026-03", "2026-04") == [147000, 221000]
    assert granted.amount == 221000 and granted.state == "in_benefit" and granted.pending == {}
    assert [item.name for item in granted.x_members][-1] == "龙四虚构"
    assert sealing.key_of(IDS["baby"]) in award(granted)["people"]
    spell = spell_in(award(granted), "2026-04")
    assert (spell["cause"], spell["size"]) == ("member_add", 4)


def test_what_is_proposed_waits_sealed_and_changes_nothing(engine, granted):
    before = engine.take(granted, CLERK, "add_member", DAY, code="birth", from_month="2026-04", members=[row("baby")], reason="测试")
    assert before.state == "change_pending" and amounts(granted, "2026-04") == [147000] and len(granted.x_members) == 3
    stored = connection.raw("cases").find_one({"_id": granted.pk})
    assert IDS["baby"] not in str(stored) and IDS["baby"] not in str(events.history(granted.pk))
    assert stored["pending"]["operations"][0]["rows"][0]["id_number"].startswith(sealing.PREFIX)
    told = granted.last_record("change")["data"]
    assert (told["old_amount"], told["new_amount"], told["kind"]) == (147000, 221000, "member_add")
    assert told["changes"] == [{"field": "members", "label": "共同生活成员增加", "before": "", "after": "龙四虚构（子女）"}]


def test_a_proposal_can_be_withdrawn(engine, granted):
    engine.change(granted, "add_member", DAY, confirm=False, code="birth", from_month="2026-04", members=[row("baby")])
    engine.take(granted, CLERK, "cancel_change", DAY, reason="填错")
    assert granted.state == "in_benefit" and granted.pending == {} and amounts(granted, "2026-04") == [147000]


def test_who_proposes_does_not_confirm(engine, granted):
    both = type(HEAD)(CLERK.id, "兼任虚构", HEAD.roles, HEAD.townships)
    engine.change(granted, "add_member", DAY, confirm=False, code="birth", from_month="2026-04", members=[row("baby")])
    assert "发起人不能自己确认" in refused(engine, granted, "apply_change", actor=both)


def test_a_death_is_heard_reduces_and_is_recorded(engine, granted):
    data = {"member": engine.member(granted, "child"), "code": "death", "date": date(2026, 8, 3), "from_month": "2026-09"}
    engine.change(granted, "remove_member", LATER, confirm=False, **data)
    assert "先听取当事人意见" in refused(engine, granted, "apply_change", LATER, HEAD)
    engine.hear(granted, LATER)
    engine.take(granted, HEAD, "apply_change", LATER)
    # 740 - 375 for each of two, and one tenth of 740 for the head, who is 60 since June.
    assert amounts(granted, "2026-08", "2026-09") == [147000, 80400]
    assert deaths.of([sealing.key_of(IDS["child"])])[sealing.key_of(IDS["child"])]["on"] == "2026-08-03"
    assert len(granted.x_members) == 2


def test_before_the_law_a_reduction_needed_no_hearing(engine, granted):
    data = {"member": engine.member(granted, "child"), "code": "married", "date": DAY, "from_month": "2026-04"}
    engine.change(granted, "remove_member", DAY, **data)
    assert amounts(granted, "2026-04") == [73000]


def test_an_income_that_rises_reduces_from_its_month(engine, granted):
    engine.change(granted, "change_content", LATER, hear=True, kind="income", from_month="2026-09", changes={"income": 1800000})
    # 740 - 500 for each of three, and 74 for the head.
    assert amounts(granted, "2026-08", "2026-09") == [147000, 79400]
    assert granted.x_income == 1800000
    [change] = granted.last_record("change")["data"]["changes"]
    assert change == {"field": "income", "label": "家庭年收入", "before": "9,000.00", "after": "18,000.00"}


def test_conditions_that_are_no_longer_met_end_the_award_and_do_not_change_it(engine, granted):
    found = refused(engine, granted, "change_content", kind="income", from_month="2026-04", changes={"income": 9000000})
    assert "不符合条件：人均收入高于标准" in found and "办理终止" in found
    assert granted.state == "in_benefit"


def test_a_change_that_changes_nothing_is_refused(engine, granted):
    assert "没有修改任何内容" in refused(engine, granted, "change_content", kind="income", from_month="2026-04", changes={"income": 900000})


@pytest.mark.parametrize(
    ("month", "sentence"), [("2026-01", "本件从 2026-02 起发放"), ("2027-04", "最晚填写 2027-03"), ("2024-01", "本件从 2026-02 起发放")]
)
def test_a_month_out_of_reach_is_refused(engine, granted, month, sentence):
    assert sentence in refused(engine, granted, "change_content", kind="income", from_month=month, changes={"income": 100})


def test_a_change_backwards_decides_each_month_on_what_it_was_then(engine, granted):
    """A death in May that is told in August: the income changed in July, so the months before keep the income of before."""
    engine.change(granted, "change_content", date(2026, 6, 10), kind="income", from_month="2026-07", changes={"income": 600000})
    engine.change(
        granted, "remove_member", LATER, hear=True, member=engine.member(granted, "child"), code="death", date=date(2026, 4, 20), from_month="2026-05"
    )
    # May and June: 740 - 375 of two; from July 740 - 250 of two and 74 for the head of sixty.
    assert amounts(granted, "2026-04", "2026-05", "2026-06", "2026-07", "2026-09") == [147000, 73000, 73000, 105400, 105400]
    assert [spell["cause"] for spell in award(granted)["spells"]] == ["open", "member_remove", "member_remove"]


def test_every_decision_of_a_changed_award_can_be_made_anew(engine, granted):
    engine.change(granted, "change_content", date(2026, 6, 10), kind="income", from_month="2026-07", changes={"income": 600000})
    engine.change(granted, "add_member", LATER, code="birth", from_month="2026-04", members=[row("baby")])
    again = decisions.Recomputer(engine.registry, engine.table)
    rows = list(connection.raw("decisions").find({"case": granted.pk}))
    assert len(rows) == 4
    for found in rows:
        assert again.recompute(found)["amount"] == found["decision"]["amount"]


def test_a_new_member_of_another_household_is_refused_with_what_to_do(engine, granted):
    other = engine.grant(engine.new(head="aunt", income=100))
    found = refused(engine, granted, "add_member", code="joined", from_month="2026-04", members=[row("aunt")])
    assert f"有人已在同一项目的另一份待遇中（{other.number}）" in found and "先核实并终止另一份" in found


def test_the_head_is_not_removed_but_succeeded(engine, granted):
    found = refused(engine, granted, "remove_member", member=engine.member(granted, "head"), code="death", date=DAY, from_month="2026-04")
    assert "停旧建新" in found


def test_two_heads_are_refused(engine, granted):
    assert "要有且只有一行本人" in refused(engine, granted, "add_member", code="joined", from_month="2026-04", members=[row("baby", "self")])


def test_a_member_who_is_gone_from_the_table_is_refused(engine, granted):
    assert "成员表中已没有这个人" in refused(engine, granted, "remove_member", member="none", code="moved", date=DAY, from_month="2026-04")


def test_what_changed_since_the_proposal_is_proposed_anew(engine, granted):
    engine.change(granted, "add_member", DAY, confirm=False, code="birth", from_month="2026-04", members=[row("baby")])
    engine.table = standards(("2026-04-01", 80000))
    assert "撤销变更后重新发起" in refused(engine, granted, "apply_change", actor=HEAD)


def test_three_refusals_take_the_own_share_only(engine, granted):
    member = engine.member(granted, "spouse")
    for day in (date(2026, 8, 3), date(2026, 8, 10)):
        engine.take(granted, CLERK, "record_refusal", day, member=member, date=day, offer="护林员", answer="无正当理由")
    assert "登记拒绝就业 2 次，满 3 次" in refused(engine, granted, "reduce_share", LATER, member=member, from_month="2026-09")
    engine.take(granted, CLERK, "record_refusal", LATER, member=member, date=LATER, offer="保洁员", answer="无正当理由")
    engine.change(granted, "reduce_share", LATER, hear=True, member=member, from_month="2026-09")
    # 490 for each of two, and 74 for the head of sixty; the one who refused still counts as a person.
    assert amounts(granted, "2026-08", "2026-09") == [147000, 105400]
    assert sealing.key_of(IDS["spouse"]) not in award(granted)["people"]


def test_an_amount_is_typed_only_where_the_type_allows_it_and_never_above(engine, granted):
    assert "不高于计算金额" in refused(engine, granted, "adjust_amount", new_amount=150000, from_month="2026-04")
    engine.change(granted, "adjust_amount", DAY, new_amount=100000, from_month="2026-04")
    spell = spell_in(award(granted), "2026-04")
    assert spell["amount"] == 100000 and sum(part["amount"] for part in spell["components"]) == 100000
    assert granted.decision["computed"] == 147000 and granted.decision["adjusted_by"] == CLERK.name
    with acting(CLERK):
        move = engine.move(granted)
        move.published.relief_type.amount.__dict__["adjustable"] = False
        try:
            assert "adjust_amount" not in offered(move)
        finally:
            move.published.relief_type.amount.__dict__["adjustable"] = True


def test_another_account_changes_no_amount_and_no_decision(engine, granted, database):
    number = "6217000000000000000"
    with pytest.raises(Invalid, match="没有修改任何内容"):
        engine.take(granted, CLERK, "change_account", DAY, account_name=None, account_number=None, reason="补办")
    engine.change(granted, "change_account", DAY, account_name="龙一虚构", account_number=number)
    assert granted.x_account_number == number and amounts(granted, "2026-04") == [147000]
    assert database.decisions.count_documents({"case": granted.pk}) == 1
    assert number not in str(database.events.find_one({"case": granted.pk}, sort=[("seq", -1)]))
    again = decisions.Recomputer(engine.registry, engine.table)
    assert again.recompute(database.decisions.find_one({"case": granted.pk}))["amount"] == 147000


def test_a_move_within_the_township_keeps_the_amount(engine, granted):
    village = next(code for code in ("433123109002", "433123109003") if code != VILLAGE)
    engine.change(granted, "change_place", DAY, village=village, from_month="2026-04")
    assert granted.village == village and award(granted)["village"] == village
    assert [spell_in(award(granted), month)["village"] for month in ("2026-03", "2026-04")] == [VILLAGE, village]
    assert amounts(granted, "2026-03", "2026-04") == [147000, 147000]


def test_a_move_over_the_border_is_confirmed_by_the_county(engine, granted):
    engine.change(granted, "change_place", DAY, confirm=False, village=OTHER_VILLAGE, from_month="2026-04")
    assert "由县民政局确认" in refused(engine, granted, "apply_change", actor=HEAD)
    engine.take(granted, APPROVER, "apply_change", DAY)
    assert granted.township == OTHER_VILLAGE[:9] and award(granted)["township"] == OTHER_VILLAGE[:9]
    with pytest.raises(Forbidden):
        engine.take(granted, CLERK, "change_place", DAY, village=VILLAGE, from_month="2026-05", reason="x")


@pytest.mark.parametrize(("village", "sentence"), [("433123109999", "请选择迁入的村"), (VILLAGE, "与现在的村（社区）相同"), ("433123109", "请选择迁入的村")])
def test_a_place_that_is_none_is_refused(engine, granted, village, sentence):
    assert sentence in refused(engine, granted, "change_place", village=village, from_month="2026-04")


def test_a_suspended_award_can_change_and_stays_suspended(engine, granted):
    engine.take(granted, HEAD, "suspend", DAY, code="check", from_month="2026-04", reason="核实")
    engine.change(granted, "add_member", DAY, code="birth", from_month="2026-04", members=[row("baby")])
    assert granted.state == "suspended" and amounts(granted, "2026-04") == [0]
    engine.take(granted, APPROVER, "resume", date(2026, 5, 10), from_month="2026-06", back_pay=False, reason="查清")
    assert amounts(granted, "2026-05", "2026-06") == [0, 221000]


def test_a_pause_can_be_paid_back(engine, granted):
    engine.take(granted, HEAD, "suspend", DAY, code="life", from_month="2026-04", reason="未认证")
    found = refused(engine, granted, "resume", date(2026, 5, 10), HEAD, from_month="2026-06", back_pay=True)
    assert "暂停的经办人不能自己恢复" in found
    engine.take(granted, APPROVER, "resume", date(2026, 5, 10), from_month="2026-06", back_pay=True, reason="已认证")
    assert amounts(granted, "2026-03", "2026-04", "2026-05", "2026-06") == [147000] * 4


def test_an_end_after_grace(engine, granted):
    assert "渐退期最长 6 个月" in refused(engine, granted, "propose_termination", code="income", last_month="2026-04", grace_months=7)
    engine.take(granted, CLERK, "propose_termination", LATER, code="income", last_month="2026-08", grace_months=3, reason="就业")
    assert "先听取当事人意见" in refused(engine, granted, "terminate", LATER, HEAD, clause="57号 第三十二条")
    engine.hear(granted, LATER)
    engine.take(granted, HEAD, "terminate", LATER, clause="57号 第三十二条")
    assert granted.state == "grace" and amounts(granted, "2026-08", "2026-11", "2026-12") == [147000, 147000, 0]
    assert "渐退期到 2026-11" in refused(engine, granted, "end_grace", date(2026, 11, 20))
    engine.take(granted, CLERK, "end_grace", date(2026, 12, 1))
    assert granted.state == "terminated"


def test_an_end_by_death_names_the_day_and_needs_no_hearing(engine, granted):
    assert "请填写死亡日期" in refused(engine, granted, "propose_termination", LATER, code="death", last_month="2026-08")
    engine.take(granted, CLERK, "propose_termination", LATER, code="death", date=date(2026, 8, 2), last_month="2026-08", reason="去世")
    engine.take(granted, HEAD, "terminate", LATER, clause="57号 第三十二条")
    assert granted.state == "terminated" and sealing.key_of(IDS["head"]) in deaths.of([sealing.key_of(IDS["head"])])


def test_an_end_that_is_not_decided_leaves_the_award_as_it_was(engine, granted):
    engine.take(granted, HEAD, "suspend", DAY, code="check", from_month="2026-04", reason="核实")
    engine.take(granted, CLERK, "propose_termination", DAY, code="voluntary", last_month="2026-03", reason="退出")
    engine.take(granted, HEAD, "keep", DAY, reason="撤回")
    assert granted.state == "suspended"
