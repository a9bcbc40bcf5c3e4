"""What must be true before an action: each guard returns None, or the sentence that tells the user what is missing.

A guard takes a Move: the case, its declaration, the actor, the typed data, the day and the values. The law stands at each.
"""

from datetime import date

from adminapp.cases import check_values
from adminapp.workflow.machine import APPROVER, HEAD

HEARING_SINCE = date(2026, 7, 1)


def complete(move):
    """Every required entry is there and no validation rule is broken."""
    problems = check_values(move.values, complete=True)
    if problems:
        sentences = [text for texts in problems.values() for text in texts]
        more = f"等 {len(sentences)} 处" if len(sentences) > 5 else ""
        return f"申请内容还不完整：{'；'.join(sentences[:5])}{more}"


def _papers(step):
    def guard(move):
        held = {item.document for item in move.case.files}
        missing = [
            document.label
            for document in move.relief_type.documents
            if document.step == step and document.id not in held and (document.required or move.values.holds(document.required_when, default=False))
        ]
        if missing:
            return f"缺少材料：{'、'.join(missing)}"

    guard.__doc__ = f"The papers due before {step} are attached (57号 第十条)."
    return guard


def relative_named(move):
    if move.data.get("relative") and not move.data.get("relative_of"):
        return "申请人是近亲属时，请写明近亲属姓名、单位职务和关系"


def supplement_once(move):
    """One-time notification (57号 第十条)."""
    if move.case.records_of("supplement_request"):
        return "补正只能一次性告知，本件已经告知过；请受理、不予受理或由申请人撤回"


def two_surveyors(move):
    """At least two, distinct (57号 第十六条)."""
    names = [row.get("name") for row in move.data.get("surveyors") or ()]
    if len(set(filter(None, names))) < 2:
        return "调查人至少两名，且不能是同一人"


def surveyors_unrelated(move):
    """Nobody surveys a relative (57号 第十一条、第十六条)."""
    people = {person["name"] for person in move.case.people}
    for row in move.data.get("surveyors") or ():
        if row.get("relative") or row.get("name") in people:
            return f"调查人{row.get('name') or ''}是申请人的近亲属或家庭成员，应当回避"


def not_before_application(move):
    day = move.data.get("date")
    if day and move.case.applied_on and day < move.case.applied_on:
        return f"日期 {day} 早于申请日期 {move.case.applied_on}"


def not_before_decision(move):
    day = move.data.get("date")
    if day and move.case.decided_on and day < move.case.decided_on:
        return f"送达日期 {day} 早于决定日期 {move.case.decided_on}"


def votes_add_up(move):
    """All present vote; village representatives are at least two thirds (民发〔2012〕220号 第二十二条， kept as local practice)."""
    data = {key: move.data.get(key) or 0 for key in ("attended", "expected", "representatives", "agree", "against", "abstain")}
    if data["attended"] > data["expected"]:
        return "实到人数不能多于应到人数"
    if data["agree"] + data["against"] + data["abstain"] != data["attended"]:
        return "同意、不同意、弃权之和要等于实到人数"
    if data["representatives"] * 3 < data["attended"] * 2:
        return "村民代表不得少于实到人数的三分之二"


def consulted(move):
    if move.active("consult"):
        record = move.case.last_record("consultation")
        if not record:
            return f"还没有登记“{move.step_label('consult')}”"
        if record["data"]["result"] != "agreed" and move.data.get("proposal") == "approve":
            return "部门审核不同意，不能建议确认"


def proposal_matches(move):
    """The engine computes; a person may refuse an eligible case with reasons, never approve one that fails a condition."""
    decision = move.compute()
    if move.data.get("proposal") == "approve" and not decision["eligible"]:
        failed = [item["reason"] for item in decision["conditions"] if not item["passed"]]
        return f"不符合条件，不能建议确认：{'；'.join(failed)}"
    if move.data.get("proposal") == "approve" and not decision["amount"]:
        return "计算金额为 0，不能建议确认"


def adjustment_allowed(move):
    adjusted = move.data.get("adjusted")
    if adjusted is None:
        return None
    if not move.relief_type.amount.adjustable:
        return "这一类型的金额按规定计算，不能调整"
    if adjusted <= 0 or adjusted > move.compute()["amount"]:
        return "调整后的金额要大于 0，且不高于计算金额"


def posting_not_past(move):
    start = move.data.get("start")
    opinion = move.case.last_record("opinion")
    if start and opinion and start < date.fromisoformat(opinion["on"]):
        return "公示开始日期不能早于初审意见日期"


def posting_over(move):
    """Not before its end (57号 第十九条)."""
    posting = move.case.last_record("posting")
    if not posting:
        return "还没有公示记录"
    end = date.fromisoformat(posting["data"]["end"])
    if move.on <= end:
        return f"公示到 {end} 结束，期满次日才能报请确认"
    taken_down = move.data.get("taken_down")
    if taken_down and taken_down <= end:
        return f"撤下日期要在公示结束（{end}）之后"


def opinion_given(move):
    if not move.case.last_record("opinion"):
        return "请先提出初审意见"


def confirmer_in_charge(move):
    """The township head, or the county above the limit of delegation (县方案 四)."""
    by = move.confirm_by()
    if by == "township" and not move.actor.has(HEAD):
        return "本件由乡镇人民政府确认，请由乡镇长办理"
    if by == "county" and not move.actor.has(APPROVER):
        return "本件由县民政局确认，请由县级审批人办理"


def accepter_not_confirmer(move):
    if move.actor.id in (move.case.accepted_by, move.case.opinion_by):
        return "受理人、初审人不能同时确认本件"


def county_checked(move):
    """Filed relatives and complaints: the county visits first (57号 第二十条)."""
    if {"relative", "complaint"} & set(move.case.flags) and not move.case.last_record("county_visit"):
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
    sentences = move.conflicts()
    if sentences:
        return "；".join(sentences)


def account_given(move):
    field = move.relief_type.live_fields.get("account_number")
    if field and move.values.visible(field) and move.values.required(field) and not move.values["account_number"]:
        return "还没有填写收款账号"


def proposer_not_confirmer(move):
    record = move.case.last_record("change") or {}
    if move.case.state == "terminating":
        record = move.case.last_record("termination_proposal") or {}
    if record.get("by") == move.actor.id:
        return "发起人不能自己确认"


def heard_when_reduced(move):
    """Reduction needs the recipient's heard opinion from 2026-07-01 (社会救助法 第四十八条)."""
    change = move.case.last_record("change")
    if change and change["data"]["new_amount"] < (move.case.amount or 0):
        return heard_before_stop(move, since=change["at"])


def heard_before_stop(move, since=None):
    proposal = move.case.last_record("termination_proposal")
    since = since or (proposal or {}).get("at")
    heard = [record for record in move.case.records_of("hearing") if since is None or record["at"] >= since]
    if move.on >= HEARING_SINCE and not heard:
        return "减发或终止前要先听取当事人意见并登记（社会救助法第四十八条）"


GUARDS = {
    guard.__name__: guard
    for guard in (
        complete, relative_named, supplement_once, two_surveyors, surveyors_unrelated, not_before_application, not_before_decision,
        votes_add_up, consulted, proposal_matches, adjustment_allowed, posting_not_past, posting_over, opinion_given, confirmer_in_charge,
        accepter_not_confirmer, county_checked, decision_fresh, no_exclusion, account_given, proposer_not_confirmer, heard_when_reduced,
        heard_before_stop,
    )
} | {f"papers_{step}": _papers(step) for step in ("submit", "accept", "confirm")}  # fmt: skip


def any_survey(move):
    return move.active("survey") or move.active("verification")


def no_survey(move):
    return not any_survey(move)


def surveyed(move):
    """The visit and the verification that this case needs are recorded."""
    return all(
        not move.active(step) or move.case.last_record(record) for step, record in (("survey", "visit"), ("verification", "verification"))
    )


def approve_proposed(move):
    opinion = move.case.last_record("opinion")
    return bool(opinion) and opinion["data"]["proposal"] == "approve"


def posting_due(move):
    return move.active("posting") and not _posted_since_opinion(move)


def posting_done(move):
    opinion = move.case.last_record("opinion")
    return bool(opinion) and (not move.active("posting") or not approve_proposed(move) or _posted_since_opinion(move))


def _posted_since_opinion(move):
    """A posting without objection still counts after the case was returned, unless the proposal changed since."""
    opinion, result = move.case.last_record("opinion"), move.case.last_record("posting_result")
    return bool(opinion and result) and result["at"] >= opinion["at"]


def county_check_open(move):
    return bool({"relative", "complaint"} & set(move.case.flags)) and not move.case.last_record("county_visit")


NEEDS = {need.__name__: need for need in (any_survey, no_survey, surveyed, approve_proposed, posting_due, posting_done, county_check_open)}

