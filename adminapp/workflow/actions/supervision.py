"""What leaders and the county add while a case is under way: instructions, and the longer limit of difficult cases."""

from adminapp.workflow.action import APPROVER, DEPUTY, HEAD, NEVER, REASON, REVIEWER, Action, entry, options, text

UNDER_WAY = (
    "accepted", "surveying", "appraisal", "opinion", "publicity", "objection", "confirm_ready", "county_check",
)  # fmt: skip
GROUNDS = options(split="人户分离", elsewhere="异地申请", hard="调查难度较大", objection="公示有异议", other="其他特殊情况")

ACTIONS = {
    "extend_limit": Action(
        "延长办理期限", UNDER_WAY, None, (DEPUTY, HEAD), (entry("ground", "特殊情形", "choice", options=GROUNDS), REASON), "extension",
        needs=("extendable",), effects=("extend_clocks",), tone="secondary", waits=NEVER, help="民发〔2022〕83号 四(一)：特殊情况可以延长",
    ),
    "urge": Action(
        "督办", ("submitted", "supplement", *UNDER_WAY, "confirmed"), None, (DEPUTY, HEAD, REVIEWER, APPROVER), (text("instruction", "督办意见"),),
        "urging", tone="secondary", waits=NEVER, bulk=True, help="写明要求和时间，记入办理经过",
    ),
}  # fmt: skip
