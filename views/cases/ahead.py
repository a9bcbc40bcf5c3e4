"""What a case waits for: which work is next, whose it is, until when, and what follows. For readers who cannot act too."""

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from adminapp import policy
from adminapp.workflow.action import APPROVER, HEAD, STATE
from adminapp.workflow.machine import STATES, actions_from
from adminapp.worklist.cases import nearest
from views.cases.badges import due_badge

NEXT = {
    "draft": _l("把申请填写完整，上传必需的材料后交上来"),
    "submitted": _l("看材料：齐全的收下，缺的一次告知，不属于本救助的说明理由"),
    "supplement": _l("等申请人补齐告知书列明的材料"),
    "accepted": _l("安排调查和核对"),
    "surveying": _l("调查核对各项做完，不一致的逐项处理"),
    "appraisal": _l("村里开会评议，记下票数和意见"),
    "opinion": _l("看审核计算，写出意见；要公示的编入本村公示表"),
    "publicity": _l("张贴到期满，期满撤下"),
    "objection": _l("核实异议，书面答复异议人"),
    "county_check": _l("县级入户，记下所见"),
    "confirm_ready": _l("有权的人看过资格、金额和公示结果，作出决定"),
    "confirmed": _l("送达决定，核实收款账户后列入名册"),
    "change_pending": _l("另一人看过变更，决定是否生效"),
    "suspended": _l("暂停的原因消除后恢复；不再符合的办理终止"),
    "terminating": _l("听取意见，由有权的人决定"),
}
"""State → what it waits for, in words of the office; a test asks for every state that is waited for."""
CHOSEN = ("confirmer_in_charge", "change_confirmer")
"""Guards that leave the decision to the township or the county, by amount."""


def shown(move, steps) -> dict | None:
    """Return {what, who, until, tone, after} of a case that waits for somebody, None when it waits for nobody.

    `who` are roles; `until` is the nearest running time limit, "" when none runs; `after` is the step that follows, "" at the end.
    """
    case, waited = move.case, _waited(move)
    if case.state not in NEXT or not waited:
        return None
    clock = nearest(case.clocks)
    badge = due_badge(date.fromisoformat(clock["due"])) if clock else None
    return {
        "what": NEXT[case.state],
        "who": "、".join(_(policy.ROLES[role]) for role in _roles(move, waited)),
        "until": _("%(day)s（%(left)s）", day=clock["due"], left=badge["text"]) if clock else "",
        "tone": badge["tone"] if badge else "",
        "after": _after(steps),
    }


def _waited(move):
    """Return the actions that take the case on, those of steps this case does not have left out."""
    found = actions_from(move.case.state).values()
    return [each for each in found if each.waits == STATE and STATES[move.case.state].open and (not each.step or move.active(each.step))]


def _roles(move, actions):
    """Return who may take them, in the order of the policy table; a decision belongs to the township's head or to the county."""
    first = [each for each in actions if each.tone == "primary"] or actions
    roles = {role for each in first for role in each.roles}
    if any(guard in CHOSEN for each in first for guard in each.guards):
        pending = move.case.pending if move.case.state == "change_pending" else None
        by = move.confirm_by(pending["amount"] if pending else None)
        roles = {HEAD if by == "township" else APPROVER}
    return [role for role in policy.ROLES if role in roles]


def _after(steps):
    """Return the label of the first step after the one where the case stands."""
    here = next((place for place, step in enumerate(steps) if step["state"] in ("current", "returned")), None)
    if here is None:
        return ""
    return next((step["label"] for step in steps[here + 1 :] if step["state"] == "next"), "")
