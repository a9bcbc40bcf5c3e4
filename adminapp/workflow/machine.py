"""The one state machine of all relief types (民发〔2021〕57号 第二至四章). Types switch and condition steps; they never add states."""

from dataclasses import dataclass, field

from adminapp.declaration.model import Field, Option


@dataclass(frozen=True)
class StepKind:
    """A step a type may declare; the order of STEPS is the order of the procedure."""

    label: str
    help: str = ""


STEPS = {
    "accept": StepKind("受理", "材料齐全即受理；缺件一次性告知"),
    "survey": StepKind("入户调查", "至少两名调查人，均非近亲属"),
    "verification": StepKind("信息核对", "家庭经济状况核对"),
    "appraisal": StepKind("民主评议", "有异议或确有需要时组织"),
    "consult": StepKind("部门审核", "有关部门核实资格"),
    "opinion": StepKind("初审", "系统按声明计算，经办人提出意见"),
    "posting": StepKind("公示", "在村（社区）公示"),
    "county_check": StepKind("县级入户核查", "近亲属备案或有投诉举报时必经"),
    "confirm": StepKind("确认", "确认主体作出决定"),
    "notify": StepKind("告知", "送达书面决定"),
    "register": StepKind("备案录入", "录入全国系统"),
    "pay": StepKind("发放", "列入发放名册"),
}

MILESTONES = {
    "applied": "提出申请", "accepted": "受理", "survey_started": "启动调查", "verification_requested": "提请核对", "verified": "核对完成",
    "surveyed": "调查完成", "opinion": "初审意见", "posted": "开始公示", "posting_ended": "公示结束", "objected": "提出异议", "decided": "作出决定",
    "refused": "不予确认决定", "notified": "送达", "granted": "纳入发放", "supplement_requested": "告知补正", "supplied": "补正齐全",
}  # fmt: skip


@dataclass(frozen=True)
class State:
    """`tone` is how a screen colours it; `open` cases have clocks and appear in work lists."""

    label: str
    tone: str = "neutral"
    open: bool = True
    editable: bool = False
    on_roll: bool = False


STATES = {
    "draft": State("待提交", editable=True),
    "submitted": State("待受理", "info", editable=True),
    "supplement": State("待补正", "warning", editable=True),
    "not_accepted": State("不予受理", "danger", open=False),
    "accepted": State("已受理", "info", editable=True),
    "surveying": State("调查核对中", "info", editable=True),
    "appraisal": State("民主评议", "info"),
    "opinion": State("初审", "info"),
    "publicity": State("公示中", "info"),
    "objection": State("异议处理", "warning"),
    "confirm_ready": State("待确认", "warning"),
    "county_check": State("县级入户核查", "warning"),
    "confirmed": State("已确认", "success"),
    "refused": State("不予确认", "danger", open=False),
    "terminated_uncoop": State("终止程序", "danger", open=False),
    "in_benefit": State("享受中", "success", open=False, on_roll=True),
    "change_pending": State("变更待办", "warning", on_roll=True),
    "suspended": State("暂停", "warning"),
    "terminating": State("拟终止", "warning", on_roll=True),
    "terminated": State("已终止", "neutral", open=False),
    "withdrawn": State("已撤回", "neutral", open=False),
}

CLERK, DEPUTY, HEAD = "township_clerk", "township_deputy", "township_head"
REVIEWER, APPROVER, ASSISTANT = "county_reviewer", "county_approver", "village_assistant"
TOWNSHIP = (CLERK, DEPUTY)


def _field(key, label, kind="text", required=True, **more):
    return Field(id=key, label=label, kind=kind, required=required, **more)


def _options(**labels):
    return tuple(Option(code=code, label=label) for code, label in labels.items())


def _text(key, label, required=True, help=""):
    return _field(key, label, "long_text", required, help=help, width="full")


REASON = _text("reason", "理由")
SURVEYORS = _field(
    "surveyors", "调查人", "table", help="至少两名，且均非申请人的近亲属",
    fields=(_field("name", "姓名", "person_name"), _field("unit", "单位"), _field("relative", "是否近亲属", "yes_no")),
)  # fmt: skip
CONCLUSION = _field("conclusion", "结论", "choice", options=_options(eligible="符合", ineligible="不符合", pending="待核"))


@dataclass(frozen=True)
class Action:
    """One legal move. `to` None keeps the state. `needs` are conditions on the case, `guards` give a sentence when refused.

    `record` is the kind of stage record the form's values become; `milestones` start and stop clocks.
    """

    label: str
    source: tuple[str, ...]
    to: str | None
    roles: tuple[str, ...]
    fields: tuple[Field, ...] = ()
    record: str = ""
    step: str = ""
    needs: tuple[str, ...] = ()
    guards: tuple[str, ...] = ()
    milestones: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    tone: str = "primary"
    help: str = field(default="", compare=False)


ACTIONS = {
    "submit": Action("提交申请", ("draft",), "submitted", (CLERK, ASSISTANT), guards=("complete", "papers_submit"), milestones=("applied",)),
    "withdraw": Action("撤回申请", ("draft", "submitted", "supplement"), "withdrawn", (CLERK,), (REASON,), "withdrawal", tone="danger"),
    "accept": Action(
        "受理", ("submitted",), "accepted", (CLERK,),
        (_field("relative", "申请人或共同生活成员是社会救助经办人员、村（居）委会成员的近亲属", "yes_no", width="full"),
         _text("relative_of", "近亲属姓名、单位职务、关系", False)),
        "acceptance", "accept", guards=("complete", "papers_accept", "relative_named"), milestones=("accepted",),
        effects=("mark_accepted", "flag_relative"),
    ),
    "request_supplement": Action(
        "告知补正", ("submitted",), "supplement", (CLERK,),
        (_text("missing", "需补正的全部材料", help="只能告知一次，请列全"), _field("days", "补正期限（工作日）", "integer", min="1", max="60")),
        "supplement_request", "accept", guards=("supplement_once",), milestones=("supplement_requested",), effects=("pause_clocks",), tone="warning",
    ),
    "resubmit": Action(
        "补正齐全，重新提交", ("supplement",), "submitted", (CLERK, ASSISTANT), guards=("complete", "papers_submit"),
        milestones=("supplied",), effects=("resume_clocks",),
    ),
    "not_accept": Action(
        "不予受理", ("submitted",), "not_accepted", (CLERK,),
        (REASON, _text("elsewhere", "应向何处申请", False)), "non_acceptance", "accept", effects=("stop_clocks",), tone="danger",
    ),
    "start_survey": Action("启动调查", ("accepted",), "surveying", TOWNSHIP, needs=("any_survey",), milestones=("survey_started",)),
    "skip_survey": Action(
        "进入初审", ("accepted",), "opinion", TOWNSHIP, needs=("no_survey",), guards=("complete",), milestones=("survey_started", "surveyed"),
    ),
    "record_visit": Action(
        "登记入户调查", ("surveying",), None, TOWNSHIP,
        (_field("date", "调查日期", "date", max="today"),
         _field("way", "调查方式", "choice", options=_options(visit="入户", neighbour="邻访", letter="函证", video="视频电话")),
         SURVEYORS, _field("respondent", "被调查人及与申请人关系", max_length=60), _text("findings", "居住、生活和邻里走访情况"), CONCLUSION),
        "visit", "survey", guards=("two_surveyors", "surveyors_unrelated", "not_before_application"),
    ),
    "record_verification": Action(
        "登记核对结果", ("surveying",), None, (CLERK, REVIEWER),
        (_field("date", "核对报告日期", "date", max="today"),
         _field("result", "核对结果", "choice", options=_options(consistent="一致", inconsistent="不一致", exempt="免于核对")),
         _text("summary", "结果说明", False, help="只写涉及哪类信息，不写原始数据")),
        "verification", "verification", guards=("not_before_application",), milestones=("verified",),
    ),
    "record_consultation": Action(
        "登记部门审核", ("surveying", "opinion"), None, (CLERK, REVIEWER),
        (_field("date", "审核日期", "date", max="today"), _field("office", "审核部门"),
         _field("result", "审核结果", "choice", options=_options(agreed="同意", refused="不同意")), _text("summary", "意见", False)),
        "consultation", "consult", guards=("not_before_application",),
    ),
    "call_appraisal": Action(
        "转民主评议", ("surveying", "objection"), "appraisal", TOWNSHIP, step="appraisal", needs=("surveyed",), tone="secondary",
    ),
    "record_appraisal": Action(
        "登记民主评议", ("appraisal",), "opinion", TOWNSHIP,
        (_field("date", "评议日期", "date", max="today"), _field("place", "地点"), _field("chair", "主持人", "person_name"),
         _field("expected", "应到人数", "integer", min="1"), _field("attended", "实到人数", "integer", min="1"),
         _field("representatives", "其中村民代表", "integer", min="0"), _field("agree", "同意", "integer", min="0"),
         _field("against", "不同意", "integer", min="0"), _field("abstain", "弃权", "integer", min="0"), _text("minutes", "评议意见")),
        "appraisal", "appraisal", guards=("votes_add_up",), milestones=("surveyed",),
    ),
    "form_opinion": Action(
        "调查核对完成，进入初审", ("surveying",), "opinion", TOWNSHIP, needs=("surveyed",), guards=("complete",), milestones=("surveyed",),
    ),
    "stop_uncooperative": Action(
        "终止程序", ("surveying",), "terminated_uncoop", TOWNSHIP, (REASON,), "uncooperative", effects=("stop_clocks",), tone="danger",
        help="申请人拒不配合调查核对",
    ),
    "give_opinion": Action(
        "提出初审意见", ("opinion",), None, TOWNSHIP,
        (_field("proposal", "初审建议", "choice", options=_options(approve="建议确认", refuse="建议不予确认")),
         _field("adjusted", "调整后金额", "money", False, help="与计算金额不同时填写，并写明理由"),
         _field("start_month", "拟起始年月", "month", False, help="不填则按规定计算"), _text("comment", "意见")),
        "opinion", "opinion", guards=("consulted", "proposal_matches", "adjustment_allowed"), milestones=("opinion",), effects=("decide",),
    ),
    "back_to_survey": Action(
        "退回调查", ("opinion", "objection", "appraisal"), "surveying", TOWNSHIP, (REASON,), "return", needs=("any_survey",), tone="secondary",
    ),
    "post": Action(
        "发起公示", ("opinion",), "publicity", TOWNSHIP,
        (_field("start", "公示开始日期", "date"), _field("place", "张贴地点"), _field("phone", "监督电话", "phone")),
        "posting", "posting", needs=("posting_due", "approve_proposed"), guards=("posting_not_past",), milestones=("posted",),
        effects=("set_posting_end",),
    ),
    "submit_confirm": Action("报请确认", ("opinion",), "confirm_ready", TOWNSHIP, needs=("posting_done",), guards=("opinion_given",)),
    "object": Action(
        "登记异议", ("publicity",), "objection", TOWNSHIP,
        (_field("objector", "异议人"), _field("date", "提出日期", "date", max="today"), _text("content", "异议内容")),
        "objection", milestones=("objected",), effects=("flag_objected", "extend_clocks"), tone="warning",
    ),
    "answer_objection": Action(
        "异议不成立，恢复初审", ("objection",), "opinion", TOWNSHIP, (_text("answer", "核实情况和答复"),), "objection_answer",
    ),
    "end_posting": Action(
        "公示期满，报请确认", ("publicity",), "confirm_ready", TOWNSHIP,
        (_field("result", "公示结果", "choice", options=_options(none="无异议", answered="异议已处理")), _field("taken_down", "撤下日期", "date", max="today")),
        "posting_result", guards=("posting_over",), milestones=("posting_ended",),
    ),
    "require_county_check": Action(
        "转县级入户核查", ("confirm_ready",), "county_check", (HEAD, DEPUTY, REVIEWER, APPROVER), needs=("county_check_open",), tone="secondary",
    ),
    "record_county_visit": Action(
        "登记县级入户核查", ("county_check",), "confirm_ready", (REVIEWER,),
        (_field("date", "核查日期", "date", max="today"), SURVEYORS, _text("findings", "核查情况"),
         _field("result", "核查结果", "choice", options=_options(true="属实", amount="金额不准", ineligible="不符合", absent="查无此人"))),
        "county_visit", guards=("two_surveyors", "surveyors_unrelated"),
    ),
    "confirm": Action(
        "确认", ("confirm_ready",), "confirmed", (HEAD, APPROVER), (_text("comment", "确认意见", False),), "confirmation", "confirm",
        needs=("approve_proposed",),
        guards=("confirmer_in_charge", "accepter_not_confirmer", "county_checked", "decision_fresh", "no_exclusion", "account_given", "papers_confirm"),
        milestones=("decided",), effects=("mark_decided",),
    ),
    "refuse": Action(
        "不予确认", ("confirm_ready",), "refused", (HEAD, APPROVER), (REASON, _field("clause", "依据条款")), "refusal", "confirm",
        guards=("confirmer_in_charge", "accepter_not_confirmer"), milestones=("decided", "refused"), effects=("mark_decided",), tone="danger",
    ),
    "return_opinion": Action("退回初审", ("confirm_ready",), "opinion", (HEAD, DEPUTY, APPROVER, REVIEWER), (REASON,), "return", tone="secondary"),
    "record_service": Action(
        "登记送达", ("confirmed", "refused", "not_accepted", "terminated"), None, TOWNSHIP,
        (_field("date", "送达日期", "date", max="today"),
         _field("way", "送达方式", "choice", options=_options(direct="直接", left="留置", post="邮寄", notice="公告", electronic="电子")),
         _field("receiver", "签收人及关系")),
        "service", guards=("not_before_decision",), milestones=("notified",),
    ),
    "grant": Action(
        "纳入发放", ("confirmed",), "in_benefit", (CLERK, REVIEWER), (_text("comment", "备案说明", False),), "registration",
        guards=("account_given", "no_exclusion"), milestones=("granted",), effects=("open_award", "stop_clocks"),
    ),
    "propose_change": Action(
        "发起变更", ("in_benefit",), "change_pending", TOWNSHIP,
        (_field("kind", "变更种类", "choice", options=_options(increase="增发", decrease="减发", member_add="增员", member_remove="减员",
                                                              account="账户变更", category="类别变更")),
         _field("new_amount", "变更后金额", "money"), _field("from_month", "生效年月", "month"), REASON),
        "change", tone="secondary",
    ),
    "apply_change": Action(
        "确认变更", ("change_pending",), "in_benefit", (HEAD, APPROVER), (_text("comment", "意见", False),), "change_decision",
        guards=("heard_when_reduced", "proposer_not_confirmer"), effects=("change_award",),
    ),
    "cancel_change": Action("撤销变更", ("change_pending",), "in_benefit", (HEAD, CLERK, DEPUTY), (REASON,), "return", tone="secondary"),
    "record_hearing": Action(
        "登记听取意见", ("change_pending", "terminating"), None, TOWNSHIP,
        (_field("date", "日期", "date", max="today"), _field("who", "被听取意见人"), _text("opinion", "陈述意见"), _text("answer", "采纳情况")),
        "hearing", help="减发或终止前必须听取意见（社会救助法 第四十八条）",
    ),
    "suspend": Action(
        "暂停发放", ("in_benefit",), "suspended", (DEPUTY, HEAD, REVIEWER), (REASON, _field("from_month", "暂停起始年月", "month")), "suspension",
        effects=("suspend_award",), tone="warning",
    ),
    "resume": Action(
        "恢复发放", ("suspended",), "in_benefit", (HEAD, APPROVER), (REASON, _field("from_month", "恢复年月", "month")), "resumption",
        effects=("resume_award",),
    ),
    "propose_termination": Action(
        "拟终止", ("in_benefit", "suspended"), "terminating", TOWNSHIP,
        (_field("code", "终止原因", "choice", options=_options(
            death="死亡", moved="户籍迁出", income="收入超标", property="财产超标", labour="有劳动能力", voluntary="自愿退出", duplicate="重复享受",
            uncooperative="不配合", fraud="骗取", once_paid="一次性救助已发放", other="其他")),
         _field("last_month", "最后发放年月", "month"), REASON),
        "termination_proposal", tone="danger",
    ),
    "keep": Action("不予终止，恢复享受", ("terminating",), "in_benefit", (HEAD, APPROVER, DEPUTY), (REASON,), "return", tone="secondary"),
    "terminate": Action(
        "终止", ("terminating",), "terminated", (HEAD, APPROVER), (_field("clause", "依据条款"), _text("comment", "意见", False)), "termination",
        guards=("heard_before_stop", "proposer_not_confirmer"), milestones=("decided",), effects=("close_award", "stop_clocks"), tone="danger",
    ),
}  # fmt: skip


def actions_from(state: str) -> dict[str, Action]:
    """Return the actions that start at `state`, in the order they are offered."""
    return {key: action for key, action in ACTIONS.items() if state in action.source}
