"""What must be true of a change of a running award, when it is proposed and when it is confirmed."""

from adminapp import conflicts, divisions, procedure
from adminapp.changes.kinds import account_fields
from adminapp.errors import Invalid
from adminapp.policy import APPROVER, HEAD
from adminapp.workflow.guards.award import heard_before_stop


def plan_holds(move):
    """The conditions are still met and the form adds up after the change, month by month."""
    problems = move.plan.problems()
    if problems:
        return "；".join(problems[:5])


def plan_unopposed(move):
    """Nobody of the award holds what it excludes after the change: a new member in another household, above all."""
    if not move.plan.decides or move.plan.problems():
        return None
    found = [item.advice for item in conflicts.of_case(move.relief_type, move.plan.last.values) if item.bars]
    if found:
        return "；".join(found)


def plan_same(move):
    """What is confirmed is what was proposed: amounts were computed anew and have not changed since."""
    try:
        same = move.plan.outcome() == move.case.pending["outcome"]
    except Invalid:
        same = False
    if not same:
        return "发起之后，标准、成员的其他待遇或本件内容有变化，金额与发起时不同。请撤销变更后重新发起"


def plan_raises(move):
    """A batch never takes anything away: less needs a hearing, so a person proposes it."""
    if move.plan.reduces:
        return "按新标准计算金额减少，需先听取意见，请逐件办理“情况变更”"


def heard_when_reduced(move):
    if move.plan.reduces:
        return heard_before_stop(move, since=(move.case.last_record("change") or {}).get("at"))


def change_confirmer(move):
    """Who confirms is who confirmed at first by amount; over the border of a township the county."""
    pending, by = move.case.pending, move.confirm_by(move.case.pending["amount"])
    leaves = pending["village"] and divisions.township_of(pending["village"]) != move.case.township
    if leaves and not move.actor.has(APPROVER):
        return "跨乡镇迁移由县民政局确认，请由县级审批人办理"
    if not leaves and by == "township" and not move.actor.has(HEAD):
        return "本件由乡镇人民政府确认，请由乡镇长办理"
    if not leaves and by == "county" and not move.actor.has(APPROVER):
        return "本件由县民政局确认，请由县级审批人办理"


def amount_moves(move):
    """Another age that changes nothing is no change of the award."""
    if not move.plan.problems() and all(step.amount == step.before for step in move.plan.steps):
        return "从这个月起按新的年龄计算，金额没有变化，不用调整；请“登记复核”"


def members_given(move):
    if not move.data.get(move.relief_type.home.table):
        return "请填写新增的成员"


def member_known(move):
    if move.data.get("member") and _row(move) is None:
        return "成员表中已没有这个人，请刷新后重新选择"


def member_not_head(move):
    """The head's own row stays: who leads the household is changed by closing and opening anew."""
    row, applicant = _row(move), move.stored().get("x_applicant_id")
    if row is not None and applicant and row.get("id_number") == applicant:
        return "户主（申请人）不能减员：户主去世或离开的，请办理“停旧建新”；全户退出的，请办理“拟终止”"


def _row(move):
    rows = move.stored().get(move.relief_type.fields[move.relief_type.home.table].stored) or ()
    return next((row for row in rows if row["row"] == move.data.get("member")), None)


def refused_often(move):
    """After as many refusals as the procedure says, this person's share only (57号 第三十四条)."""
    limit = procedure.value("refusals.limit", move.on) or 0
    times = sum(record["data"].get("member") == move.data.get("member") for record in move.case.records_of("refusal_to_work"))
    if times < limit:
        return f"该成员登记拒绝就业 {times} 次，满 {limit} 次才能停发本人份额（{procedure.clause('refusals.limit', move.on)}）"


def something_changes(move):
    if not move.plan.operations:
        return "没有修改任何内容"


def place_fits(move):
    """A village of the county, another than now, and one in which the type goes on."""
    village = move.data.get("village") or ""
    if not village:
        return None
    if len(village) != 12 or not divisions.exists(village):
        return "请选择迁入的村（社区）"
    if village == move.case.village:
        return "迁入地与现在的村（社区）相同"
    if divisions.is_community(village) != divisions.is_community(move.case.village) and move.relief_type.ongoing.successors:
        return "迁移后城乡类别不同，待遇标准随之改变：请办理“停旧建新”，转为相应的类型"


def amount_fits(move):
    amount = move.data.get("new_amount")
    if amount is None or not move.plan.steps:
        return None
    most = max(step.decision.get("computed", step.decision["amount"]) for step in move.plan.steps)
    if amount <= 0 or amount > most:
        return "调整后的金额要大于 0，且不高于计算金额"


def has_household(move):
    return move.relief_type.home is not None


def has_account(move):
    return bool(account_fields(move.relief_type))


def amount_adjustable(move):
    return move.relief_type.amount.adjustable


def refusals_declared(move):
    return move.relief_type.ongoing.refusals is not None


GUARDS = (plan_same, heard_when_reduced, change_confirmer)
FORM_GUARDS = (
    plan_holds, plan_unopposed, plan_raises, amount_moves, members_given, member_known, member_not_head, refused_often, something_changes, place_fits,
    amount_fits,
)  # fmt: skip
NEEDS = (has_household, has_account, amount_adjustable, refusals_declared)
