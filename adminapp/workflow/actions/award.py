"""How a running award pauses and ends (57号 第三十至三十四条；社会救助法 第四十七、四十八条)."""

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

SUSPENDED_FOR = options(life="未按期生存认证", account="账户异常", check="情况待核实", contact="联系不上", other="其他")

ACTIONS = {
    "record_hearing": Action(
        "登记听取意见", ("change_pending", "terminating"), None, TOWNSHIP,
        (entry("date", "日期", "date", max="today"),
         entry("way", "方式", "choice", options=options(visit="当面", phone="电话", letter="书面", silent="期满未答复")),
         entry("who", "被听取意见人"), text("opinion", "陈述意见"), text("answer", "采纳情况")),
        "hearing", waits=NEVER, help="减发或终止前必须听取意见（社会救助法 第四十八条）。",
    ),
    "suspend": Action(
        "暂停发放", ("in_benefit",), "suspended", (DEPUTY, HEAD, REVIEWER),
        (entry("code", "暂停原因", "choice", options=SUSPENDED_FOR), entry("from_month", "暂停起始年月", "month"), REASON), "suspension",
        guards=("month_fits",), effects=("suspend_award",), tone="warning", waits=NEVER, help="查清后恢复的，可以补发暂停期间的金额。",
    ),
    "resume": Action(
        "恢复发放", ("suspended",), "in_benefit", (HEAD, APPROVER),
        (entry("from_month", "恢复年月", "month"), entry("back_pay", "补发暂停期间的金额", "yes_no"), REASON), "resumption",
        guards=("month_fits", "suspender_not_resumer"), effects=("resume_award",),
    ),
    "propose_termination": Action(
        "拟终止", ("in_benefit", "suspended"), "terminating", TOWNSHIP,
        (entry("code", "终止原因", "choice"),
         entry("date", "死亡日期", "date", False, max="today", visible_when='code == "death"'),
         entry("last_month", "最后发放年月", "month", help="从次月起停发；早于现在的，多发的月份列入追缴"),
         entry("grace_months", "渐退期（月）", "integer", False, min="0", max="12", help="收入超过标准的就业家庭可以设渐退期，期内照发"), REASON),
        "termination_proposal", guards=("last_month_fits", "grace_allowed", "death_dated"), effects=("propose_end",), tone="danger", waits=NEVER,
    ),
    "post_termination": Action(
        "登记终止公示", ("terminating",), None, TOWNSHIP,
        (entry("start", "公示开始日期", "date"), entry("place", "张贴地点")), "termination_posting", needs=("end_posting_declared",),
        effects=("set_end_posting",), help="终止前应在村（社区）或供养机构公示（民发〔2021〕43号 第二十六条）。",
    ),
    "keep": Action(
        "不予终止，恢复享受", ("terminating",), "in_benefit", (HEAD, APPROVER, DEPUTY), (REASON,), "return",
        effects=("return_back",), also=("suspended",), tone="secondary",
    ),
    "terminate": Action(
        "终止", ("terminating",), "terminated", (HEAD, APPROVER), (entry("clause", "依据条款"), text("comment", "意见", False)), "termination",
        guards=("heard_before_stop", "end_posted", "proposer_not_confirmer"), milestones=("decided",), effects=("close_award", "stop_clocks"),
        also=("grace",), tone="danger",
    ),
    "end_grace": Action(
        "渐退期满，终止", ("grace",), "terminated", (CLERK, DEPUTY, HEAD), (text("comment", "说明", False),), "grace_end", guards=("grace_over",),
        tone="danger", waits=NEVER,
    ),
}  # fmt: skip
