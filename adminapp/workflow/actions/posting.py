"""Public posting and what is objected there (57号 第十九条). Taken by adminapp/postings and adminapp/objections alone."""

from adminapp.workflow.action import NEVER, REASON, TOWNSHIP, Action, entry, options, text

POSTING, OBJECTION = "posting", "objection"
SHEET = (
    entry("start", "公示开始日期", "date"), entry("place", "张贴地点"), entry("phone", "监督电话", "phone"),
    entry("posting", "公示表", required=False),
)  # fmt: skip
ACTIONS = {
    "post": Action(
        "发起公示", ("opinion",), "publicity", TOWNSHIP, SHEET,
        "posting", "posting", needs=("posting_due", "approve_proposed"), guards=("never_children", "posting_not_past"), milestones=("posted",),
        effects=("set_posting_end",), driven=POSTING,
    ),
    "repost": Action(
        "重新公示", ("publicity",), None, TOWNSHIP, (*SHEET, REASON), "posting", "posting", guards=("never_children", "posting_not_past"),
        effects=("set_posting_end",), tone="warning", waits=NEVER, driven=POSTING,
    ),
    "object": Action(
        "登记异议", ("publicity",), "objection", TOWNSHIP,
        (entry("objector", "异议人", required=False), entry("date", "提出日期", "date", max="today"), text("content", "异议内容"),
         entry("receipt", "异议编号", required=False)),
        "objection", milestones=("objected",), effects=("flag_objected", "extend_clocks"), tone="warning", waits=NEVER, driven=OBJECTION,
    ),
    "answer_objection": Action(
        "异议不成立，恢复初审", ("objection",), "opinion", TOWNSHIP, (text("answer", "核实情况和答复"), entry("receipt", "异议编号", required=False)),
        "objection_answer", guards=("appraised",), todo="处理异议", driven=OBJECTION,
    ),
    "end_posting": Action(
        "公示期满，报请确认", ("publicity",), "confirm_ready", TOWNSHIP,
        (entry("result", "公示结果", "choice", options=options(none="无异议", answered="异议已处理")), entry("taken_down", "撤下日期", "date", max="today")),
        "posting_result", guards=("posting_over", "no_open_objection"), milestones=("posting_ended",), driven=POSTING,
    ),
}  # fmt: skip
