"""What happens while an award runs: change, suspension, termination (57号 第三十至三十四条；社会救助法 第四十七、四十八条)."""

from adminapp.workflow.action import (
    APPROVER,
    CLERK,
    DEPUTY,
    HEAD,
    NEVER,
    REASON,
    REVIEWER,
    TOWNSHIP,
    Action,
    entry,
    options,
    text,
)

ACTIONS = {
    "propose_change": Action(
        "发起变更", ("in_benefit",), "change_pending", TOWNSHIP,
        (entry("kind", "变更种类", "choice", options=options(increase="增发", decrease="减发", member_add="增员", member_remove="减员",
                                                              account="账户变更", category="类别变更")),
         entry("new_amount", "变更后金额", "money"), entry("from_month", "生效年月", "month"), REASON),
        "change", tone="secondary", waits=NEVER,
    ),
    "apply_change": Action(
        "确认变更", ("change_pending",), "in_benefit", (HEAD, APPROVER), (text("comment", "意见", False),), "change_decision",
        guards=("heard_when_reduced", "proposer_not_confirmer"), effects=("change_award",),
    ),
    "cancel_change": Action("撤销变更", ("change_pending",), "in_benefit", (HEAD, CLERK, DEPUTY), (REASON,), "return", tone="secondary"),
    "record_hearing": Action(
        "登记听取意见", ("change_pending", "terminating"), None, TOWNSHIP,
        (entry("date", "日期", "date", max="today"), entry("who", "被听取意见人"), text("opinion", "陈述意见"), text("answer", "采纳情况")),
        "hearing", waits=NEVER, help="减发或终止前必须听取意见（社会救助法 第四十八条）",
    ),
    "suspend": Action(
        "暂停发放", ("in_benefit",), "suspended", (DEPUTY, HEAD, REVIEWER), (REASON, entry("from_month", "暂停起始年月", "month")), "suspension",
        effects=("suspend_award",), tone="warning", waits=NEVER,
    ),
    "resume": Action(
        "恢复发放", ("suspended",), "in_benefit", (HEAD, APPROVER), (REASON, entry("from_month", "恢复年月", "month")), "resumption",
        effects=("resume_award",),
    ),
    "propose_termination": Action(
        "拟终止", ("in_benefit", "suspended"), "terminating", TOWNSHIP,
        (entry("code", "终止原因", "choice", options=options(
            death="死亡", moved="户籍迁出", income="收入超标", property="财产超标", labour="有劳动能力", voluntary="自愿退出", duplicate="重复享受",
            uncooperative="不配合", fraud="骗取", once_paid="一次性救助已发放", other="其他")),
         entry("last_month", "最后发放年月", "month"), REASON),
        "termination_proposal", tone="danger", waits=NEVER,
    ),
    "keep": Action("不予终止，恢复享受", ("terminating",), "in_benefit", (HEAD, APPROVER, DEPUTY), (REASON,), "return", tone="secondary"),
    "terminate": Action(
        "终止", ("terminating",), "terminated", (HEAD, APPROVER), (entry("clause", "依据条款"), text("comment", "意见", False)), "termination",
        guards=("heard_before_stop", "proposer_not_confirmer"), milestones=("decided",), effects=("close_award", "stop_clocks"), tone="danger",
    ),
}  # fmt: skip
