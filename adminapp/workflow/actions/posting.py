"""Public posting and what is objected there (57号 第十九条)."""

from adminapp.workflow.action import NEVER, TOWNSHIP, Action, entry, options, text

ACTIONS = {
    "post": Action(
        "发起公示", ("opinion",), "publicity", TOWNSHIP,
        (entry("start", "公示开始日期", "date"), entry("place", "张贴地点"), entry("phone", "监督电话", "phone")),
        "posting", "posting", needs=("posting_due", "approve_proposed"), guards=("posting_not_past",), milestones=("posted",),
        effects=("set_posting_end",),
    ),
    "object": Action(
        "登记异议", ("publicity",), "objection", TOWNSHIP,
        (entry("objector", "异议人"), entry("date", "提出日期", "date", max="today"), text("content", "异议内容")),
        "objection", milestones=("objected",), effects=("flag_objected", "extend_clocks"), tone="warning", waits=NEVER,
    ),
    "answer_objection": Action(
        "异议不成立，恢复初审", ("objection",), "opinion", TOWNSHIP, (text("answer", "核实情况和答复"),), "objection_answer",
        guards=("appraised",),
    ),
    "end_posting": Action(
        "公示期满，报请确认", ("publicity",), "confirm_ready", TOWNSHIP,
        (entry("result", "公示结果", "choice", options=options(none="无异议", answered="异议已处理")), entry("taken_down", "撤下日期", "date", max="today")),
        "posting_result", guards=("posting_over",), milestones=("posting_ended",),
    ),
}  # fmt: skip
