"""Verification of the economic status: authorised, asked for, sent, reported, told, objected to (57号 第九、十七、十八条).

Where the county verifies, its batch and its report are taken by adminapp/verification alone (`driven`).
"""

from adminapp.workflow.action import CLERK, DEPUTY, NEVER, REVIEWER, TOWNSHIP, Action, Evidence, entry, options, text

VERIFICATION = "verification"
RESULTS = options(consistent="一致", inconsistent="不一致")
KIND_RESULTS = options(none="无信息", consistent="与申报一致", explained="有信息，不影响", inconsistent="与申报不一致")
SIGNED = entry(
    "signed", "授权人", "table", help="成年共同生活成员逐人签署；共同生活以外的义务人须本人同意，未同意的留空日期，不核对",
    fields=(entry("name", "姓名", "person_name"), entry("relation", "关系", required=False), entry("signed_on", "签署日期", "date", False, max="today"),
            entry("way", "方式", "choice", False, options=options(self="本人签字", print="本人捺印", guardian="监护人代签", electronic="电子签名")),
            entry("by", "代签人", required=False)),
)  # fmt: skip
KINDS = entry(
    "kinds", "各类信息", "table", required=False,
    fields=(entry("kind", "信息类别"), entry("result", "结果", "choice", options=KIND_RESULTS), entry("note", "说明", required=False)),
)  # fmt: skip

ACTIONS = {
    "record_authorisation": Action(
        "登记核对授权", ("submitted", "supplement", "accepted", "surveying"), None, TOWNSHIP, (SIGNED,), "authorisation", "verification",
        needs=("verified_by_county",), guards=("signers_known", "signed_not_before_birth"), waits=NEVER, tone="secondary",
        evidence=(Evidence("consent", "签名的核对授权书", required=True, help="已经随申请上传的不必再传"),
                  Evidence("obligor_consent", "义务人同意核对的书面材料")),
        help="打印核对授权书，逐人签名后登记；签名页上传存档",
    ),
    "request_verification": Action(
        "提请核对", ("surveying",), None, (CLERK, DEPUTY), (text("note", "需要特别说明的情况", False),), "verification_request", "verification",
        needs=("verified_by_county", "nothing_asked"), guards=("authorised",), milestones=("verification_requested",), effects=("ask_verification",),
        help="县级民政部门收到后组批核对",
    ),
    "send_verification": Action(
        "发起核对", ("surveying",), None, (REVIEWER,), (entry("batch", "核对批次"), entry("date", "发起日期", "date")), "verification_sent", "verification",
        milestones=("verification_started",), waits=NEVER, driven=VERIFICATION,
    ),
    "report_verification": Action(
        "出具核对报告", ("surveying",), None, (REVIEWER,),
        (entry("date", "报告日期", "date", max="today"), entry("result", "核对结果", "choice", options=RESULTS), KINDS,
         text("summary", "说明", False), entry("request", "核对编号", required=False)),
        "verification", "verification", guards=("not_before_application", "kinds_add_up"), milestones=("verified",), effects=("start_telling",),
        waits=NEVER, driven=VERIFICATION,
    ),
    "exempt_verification": Action(
        "免于核对", ("surveying",), None, TOWNSHIP, (entry("ground", "情形", "choice", options=options(declared="按声明")), text("reason", "理由")),
        "verification_exemption", "verification",
        needs=("exemption_declared", "nothing_asked"), guards=("ground_holds",), milestones=("verified",), waits=NEVER, tone="secondary",
    ),
    "tell_verification": Action(
        "告知核对结果", ("surveying",), None, TOWNSHIP,
        (entry("date", "告知日期", "date", max="today"),
         entry("way", "方式", "choice", options=options(direct="当面", post="邮寄", electronic="电话或电子", left="留置")), entry("receiver", "签收人及关系"),
         entry("answer", "当事人意见", "choice", options=options(accepted="无异议", later="保留异议权利"))),
        "verification_told", "verification", needs=("failed_untold",), guards=("not_before_report",), milestones=("verification_told",),
        help="告知涉及哪类信息，不写原始数据；申请人可以提出异议并提供证明（民发〔2021〕57号 第十八条）",
    ),
    "object_verification": Action(
        "登记核对异议", ("surveying",), None, TOWNSHIP,
        (entry("objector", "异议人"), entry("date", "提出日期", "date", max="today"), text("content", "异议内容", help="针对哪类信息，理由是什么")),
        "verification_objection", "verification", needs=("failed_told",), guards=("objection_in_time",), effects=("ask_verification",),
        waits=NEVER, tone="warning",
        evidence=(Evidence("verification_proof", "异议证明材料", required=True),),
    ),
}  # fmt: skip
