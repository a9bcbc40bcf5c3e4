"""The proposal of the township: the engine computes, a person proposes."""

from adminapp.workflow.action import REASON, TOWNSHIP, Action, entry, options, text

ACTIONS = {
    "give_opinion": Action(
        "提出初审意见", ("opinion",), None, TOWNSHIP,
        (entry("proposal", "初审建议", "choice", options=options(approve="建议确认", refuse="建议不予确认")),
         entry("adjusted", "调整后金额", "money", False, help="与计算金额不同时填写，并写明理由"),
         entry("start_month", "拟起始年月", "month", False, help="不填则按规定计算"), text("comment", "意见")),
        "opinion", "opinion", guards=("consulted", "proposal_matches", "adjustment_allowed"), milestones=("opinion",), effects=("decide",),
    ),
    "back_to_survey": Action(
        "退回调查", ("opinion", "objection", "appraisal"), "surveying", TOWNSHIP, (REASON,), "return", needs=("any_survey",), tone="secondary",
    ),
    "submit_confirm": Action("报请确认", ("opinion",), "confirm_ready", TOWNSHIP, needs=("posting_done",), guards=("opinion_given",), bulk=True),
}  # fmt: skip
