"""What must be true before a decision, and of its service and grant."""

from datetime import date

from adminapp.errors import Invalid
from adminapp.workflow import terms
from adminapp.workflow.action import APPROVER, HEAD
from adminapp.workflow.persons import makers

DECIDED = ("confirmation", "refusal", "non_acceptance", "change_decision", "suspension", "termination")
"""Kinds of records that are decisions a person is told of in writing."""


def _last_decision(case):
    return next((record for record in reversed(case.records) if record["kind"] in DECIDED), None)


def not_before_decision(move):
    day, decision = move.data.get("date"), _last_decision(move.case)
    if day and decision and day.isoformat() < decision["on"]:
        return f"送达日期 {day} 早于决定日期 {decision['on']}"


def decision_to_serve(move):
    """Whether a decision waits to be served; while an award runs the newest one is served once."""
    if move.case.state not in ("in_benefit", "suspended", "grace"):
        return True
    decision, served = _last_decision(move.case), move.case.last_record("service")
    return decision is not None and (served is None or served["at"] < decision["at"])


def confirmer_in_charge(move):
    """The township head, or the county above the limit of delegation (县方案 四)."""
    by = move.confirm_by()
    if by == "township" and not move.actor.has(HEAD):
        return "本件由乡镇人民政府确认，请由乡镇长办理"
    if by == "county" and not move.actor.has(APPROVER):
        return "本件由县民政局确认，请由县级审批人办理"


def accepter_not_confirmer(move):
    """Two persons, also through delegation: who delegated the decision counts as deciding."""
    made = makers(move.case, "acceptance", "opinion") | {move.case.accepted_by, move.case.opinion_by}
    deciding = move.persons(HEAD, APPROVER)
    if move.actor.id in made:
        return "受理人、初审人不能同时确认本件"
    if deciding & made:
        return "本件的受理人或初审人把确认委托给了您，不能由您确认；请其他有权人员办理"


def county_checked(move):
    """Filed relatives and complaints: the county visits first (57号 第二十条)."""
    if county_check_open(move):
        return "申请人为近亲属备案对象或有投诉举报，确认前必须有县级入户核查记录"


def decision_fresh(move):
    """What is confirmed is what was computed: the content has not changed since the opinion."""
    decision = move.case.decision or {}
    if not decision.get("eligible"):
        return "没有符合条件的计算结果，请退回初审"
    now = move.compute(on=date.fromisoformat(decision["on"]))
    if now["amount"] != decision.get("computed", decision["amount"]) or now["eligible"] != decision["eligible"]:
        return "申请内容在初审之后有变化，请退回初审重新计算"


def no_exclusion(move):
    """One person, one basic support (民发〔2021〕43号 第六条、第九条)."""
    found = [item.advice for item in move.conflicts() if item.bars]
    if found:
        return "；".join(found)


def account_given(move):
    field = move.relief_type.live_fields.get("account_number")
    if field and move.values.visible(field) and move.values.required(field) and not move.values["account_number"]:
        return "还没有填写收款账号"


def term_whole(move):
    """What is paid for a time has its months, or nobody would ever end it."""
    try:
        terms.months(move)
    except Invalid as error:
        return str(error)


def county_check_open(move):
    """A visit from before the last match or complaint does not answer it."""
    flags = {"relative", "complaint"} & set(move.case.flags)
    kinds = [record["kind"] for record in move.case.records if record["kind"] in flags | {"county_visit"}]
    return bool(flags) and kinds[-1:] != ["county_visit"]


GUARDS = (confirmer_in_charge, accepter_not_confirmer, county_checked, decision_fresh, no_exclusion, account_given, term_whole)
FORM_GUARDS = (not_before_decision,)
NEEDS = (county_check_open, decision_to_serve)
