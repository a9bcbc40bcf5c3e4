"""Confirmation or refusal, with the county visit before it and the service and grant after it (57号 第二十至二十四条)."""

from adminapp.workflow.action import (
    APPROVER,
    CLERK,
    CLOCK,
    DEPUTY,
    HEAD,
    REASON,
    REVIEWER,
    SURVEYORS,
    TOWNSHIP,
    Action,
    entry,
    options,
    text,
)

ACTIONS = {
    "require_county_check": Action(
        "转县级入户核查", ("confirm_ready",), "county_check", (HEAD, DEPUTY, REVIEWER, APPROVER), needs=("county_check_open",), tone="secondary",
    ),
    "record_county_visit": Action(
        "登记县级入户核查", ("county_check",), "confirm_ready", (REVIEWER,),
        (entry("date", "核查日期", "date", max="today"), SURVEYORS, text("findings", "核查情况"),
         entry("result", "核查结果", "choice", options=options(true="属实", amount="金额不准", ineligible="不符合", absent="查无此人"))),
        "county_visit", guards=("two_surveyors", "surveyors_unrelated"),
    ),
    "confirm": Action(
        "确认", ("confirm_ready",), "confirmed", (HEAD, APPROVER), (text("comment", "确认意见", False),), "confirmation", "confirm",
        needs=("approve_proposed",),
        guards=(
            "confirmer_in_charge", "accepter_not_confirmer", "county_checked", "decision_fresh", "no_exclusion", "account_given", "term_whole",
            "papers_confirm",
        ),
        milestones=("decided",), effects=("mark_decided",),
    ),
    "refuse": Action(
        "不予确认", ("confirm_ready",), "refused", (HEAD, APPROVER), (REASON, entry("clause", "依据条款")), "refusal", "confirm",
        guards=("confirmer_in_charge", "accepter_not_confirmer"), milestones=("decided", "refused"), effects=("mark_decided",), tone="danger",
    ),
    "return_opinion": Action("退回初审", ("confirm_ready",), "opinion", (HEAD, DEPUTY, APPROVER, REVIEWER), (REASON,), "return", tone="secondary"),
    "record_service": Action(
        "登记送达", ("confirmed", "refused", "not_accepted", "terminated", "in_benefit", "suspended", "grace"), None, TOWNSHIP,
        (entry("date", "送达日期", "date", max="today"),
         entry("way", "送达方式", "choice", options=options(direct="直接", left="留置", post="邮寄", notice="公告", electronic="电子")),
         entry("receiver", "签收人及关系")),
        "service", needs=("decision_to_serve",), guards=("not_before_decision",), milestones=("notified",), waits=CLOCK,
    ),
    "grant": Action(
        "纳入发放", ("confirmed",), "in_benefit", (CLERK, REVIEWER), (text("comment", "备案说明", False),), "registration",
        guards=("account_given", "no_exclusion", "term_whole"), milestones=("granted",), effects=("open_award", "register_account", "stop_clocks"),
        bulk=True,
    ),
}  # fmt: skip
