"""Between acceptance and opinion: visit, verification, consultation, appraisal (57号 第十三至十九条)."""

from adminapp.workflow.action import (
    CLERK,
    CONCLUSION,
    NEVER,
    REASON,
    REVIEWER,
    SURVEYORS,
    TOWNSHIP,
    Action,
    Evidence,
    entry,
    options,
    text,
)

ACTIONS = {
    "start_survey": Action("启动调查", ("accepted",), "surveying", TOWNSHIP, needs=("any_survey",), milestones=("survey_started",), bulk=True),
    "skip_survey": Action(
        "进入初审", ("accepted",), "opinion", TOWNSHIP, needs=("no_survey",), guards=("complete",), milestones=("survey_started", "surveyed"), bulk=True,
    ),
    "record_visit": Action(
        "登记入户调查", ("surveying",), None, TOWNSHIP,
        (entry("date", "调查日期", "date", max="today"),
         entry("way", "调查方式", "choice", options=options(visit="入户", neighbour="邻访", letter="函证", video="视频电话")),
         SURVEYORS, entry("respondent", "被调查人及与申请人关系", max_length=60)),
        "visit", "survey", guards=("two_surveyors", "surveyors_unrelated", "not_before_application", "not_in_the_future"),
        block="survey", closing=(text("findings", "居住、生活和邻里走访情况"), CONCLUSION),
        evidence=(Evidence("visit_photos", "现场照片", "photos", help="住房、生活状况，不拍无关人员"),
                  Evidence("visit_signature", "被调查人和调查人签名", "signature", help="在框内手写，或者上传签名页照片"),
                  Evidence("visit_form", "签字的入户调查表", help="用纸质表调查的，上传扫描件或照片")),
    ),
    "keep_declared": Action(
        "不采纳调查差异", ("surveying",), None, TOWNSHIP, (text("reason", "理由", help="逐项写明为什么仍按申报认定"),), "declared_kept", "survey",
        needs=("visit_differs",), effects=("name_visit",), waits=NEVER, tone="secondary",
        help="入户调查与申报不一致、又不改申请内容的，要写明理由",
    ),
    "record_verification": Action(
        "登记核对结果", ("surveying",), None, (CLERK, REVIEWER),
        (entry("date", "核对报告日期", "date", max="today"),
         entry("result", "核对结果", "choice", options=options(consistent="一致", inconsistent="不一致", exempt="免于核对")),
         text("summary", "结果说明", False, help="只写涉及哪类信息，不写原始数据")),
        "verification", "verification", needs=("verified_here",), guards=("not_before_application", "not_in_the_future"), milestones=("verified",),
    ),
    "record_consultation": Action(
        "登记部门审核", ("surveying", "opinion"), None, (CLERK, REVIEWER),
        (entry("date", "审核日期", "date", max="today"), entry("office", "审核部门"),
         entry("result", "审核结果", "choice", options=options(agreed="同意", refused="不同意")), text("summary", "意见", False)),
        "consultation", "consult", guards=("not_before_application",),
    ),
    "call_appraisal": Action(
        "转民主评议", ("surveying", "objection"), "appraisal", TOWNSHIP, step="appraisal", needs=("surveyed",), tone="secondary",
    ),
    "record_appraisal": Action(
        "登记民主评议", ("appraisal",), "opinion", TOWNSHIP,
        (entry("date", "评议日期", "date", max="today"), entry("place", "地点"), entry("chair", "主持人", "person_name"),
         entry("expected", "应到人数", "integer", min="1"), entry("attended", "实到人数", "integer", min="1"),
         entry("representatives", "其中村民代表", "integer", min="0"), entry("agree", "同意", "integer", min="0"),
         entry("against", "不同意", "integer", min="0"), entry("abstain", "弃权", "integer", min="0"), text("minutes", "评议意见"),
         entry("leader", "乡镇负责人", "person_name", required=False), entry("recorder", "记录人", "person_name", required=False),
         entry("recused", "近亲属回避名单", required=False, max_length=200), entry("stages", "评议程序", required=False, max_length=100)),
        "appraisal", "appraisal", guards=("votes_add_up",), milestones=("surveyed",), effects=("name_meeting",),
        evidence=(Evidence("appraisal_scan", "签字的评议记录", help="全体参加人签字页的扫描件或照片"),),
    ),
    "form_opinion": Action(
        "调查核对完成，进入初审", ("surveying",), "opinion", TOWNSHIP, needs=("surveyed",),
        guards=("complete", "differences_settled", "verification_settled", "appraised"),
        milestones=("surveyed",), bulk=True,
    ),
    "stop_uncooperative": Action(
        "终止程序", ("surveying",), "terminated_uncoop", TOWNSHIP, (REASON,), "uncooperative", effects=("stop_clocks",), tone="danger", waits=NEVER,
        help="申请人拒不配合调查核对",
    ),
}  # fmt: skip
