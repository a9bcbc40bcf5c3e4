"""From the draft to acceptance: completeness, one-time supplement, refusal to accept (57号 第九至十二条)."""

from adminapp.workflow.action import ASSISTANT, CLERK, NEVER, REASON, Action, entry, options, text

ACTIONS = {
    "submit": Action("提交申请", ("draft",), "submitted", (CLERK, ASSISTANT), guards=("complete", "papers_submit"), milestones=("applied",)),
    "withdraw": Action("撤回申请", ("draft", "submitted", "supplement"), "withdrawn", (CLERK,), (REASON,), "withdrawal", tone="danger", waits=NEVER),
    "accept": Action(
        "受理", ("submitted",), "accepted", (CLERK,),
        (entry("relative", "申请人或共同生活成员是社会救助经办人员、村（居）委会成员的近亲属", "yes_no", width="full"),
         text("relative_of", "近亲属姓名、单位职务、关系", False)),
        "acceptance", "accept", guards=("complete", "papers_accept", "relative_named"), milestones=("accepted",),
        effects=("mark_accepted", "name_responsible", "flag_relative"),
    ),
    "request_supplement": Action(
        "告知补正", ("submitted",), "supplement", (CLERK,),
        (text("missing", "需补正的全部材料", help="只能告知一次，请列全"), entry("days", "补正期限（工作日）", "integer", min="1", max="60")),
        "supplement_request", "accept", guards=("supplement_once",), milestones=("supplement_requested",), effects=("pause_clocks",), tone="warning",
    ),
    "resubmit": Action(
        "补正齐全，重新提交", ("supplement",), "submitted", (CLERK, ASSISTANT), guards=("complete", "papers_submit"),
        milestones=("supplied",), effects=("resume_clocks",),
    ),
    # Taken by the program alone (adminapp/related/marks.py); it stands here so that its record is shown like any other.
    "match_relative": Action(
        "近亲属比对", (), None, (),
        (entry("way", "来源", "choice", options=options(matched="与近亲属备案比对", declared="申报或经办登记")),
         entry("relations", "近亲属", "table", fields=(entry("person", "家庭成员"), entry("relation", "关系"), entry("official", "备案人员"),
                                                      entry("unit", "单位"), entry("post", "职务")))),
        "relative",
    ),
    # Taken by an import alone (adminapp/imports/composing.py): recipients the county had before this program.
    "take_over": Action(
        "接收现有对象", (), None, (),
        (entry("since", "最初享受月份", "month"), entry("amount", "原月金额", "money"), entry("computed", "按现行规定计算", "money"),
         entry("from_month", "本系统发放起始月", "month")),
        "takeover",
    ),
    # Taken by the program alone (adminapp/complaints/course.py).
    "flag_complaint": Action("收到投诉举报", (), None, (), (entry("receipt", "投诉举报编号"),), "complaint"),
    "not_accept": Action(
        "不予受理", ("submitted",), "not_accepted", (CLERK,),
        (REASON, text("elsewhere", "应向何处申请", False)), "non_acceptance", "accept", effects=("stop_clocks",), tone="danger",
    ),
}  # fmt: skip
