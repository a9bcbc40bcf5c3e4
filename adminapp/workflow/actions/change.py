"""Changes of a running award: proposed with what is different, heard where it gives less, confirmed by another person.

The engine computes the new amount from what was edited (adminapp/changes); an amount is typed only where the type allows it.
"""

from adminapp.workflow.action import (
    APPROVER,
    CLERK,
    DEPUTY,
    HEAD,
    NEVER,
    REASON,
    TOWNSHIP,
    Action,
    entry,
    options,
    text,
)

RUNNING = ("in_benefit", "suspended")
FROM_MONTH = entry("from_month", "生效年月", "month", help="一般为次月；追溯的月份按当时的情况和标准重新计算，差额补发或列入多发")
MEMBER = entry("member", "成员", "choice")
ADDED = options(birth="出生", marriage="婚嫁迁入", moved_in="户籍迁入", joined="共同生活新增", other="其他")
REMOVED = options(
    death="死亡", moved="户籍迁出", married="婚嫁迁出", prison="服刑", army="服兵役", graduated="毕业", waited="择业期满", other="其他"
)  # fmt: skip


def change(label, fields, **more):
    """Return an action that proposes a change: `plan_*` guards judge what it would give."""
    guards = ("month_fits", *more.pop("guards", ()), "plan_holds", "plan_unopposed")
    about = {"guards": guards, "effects": ("propose_change",), "tone": "secondary", "waits": NEVER, **more}
    return Action(label, RUNNING, "change_pending", TOWNSHIP, fields, "change", **about)


ACTIONS = {
    "add_member": change(
        "增员", (entry("code", "增员原因", "choice", options=ADDED), FROM_MONTH), closing=(REASON,), block="new_members", keeps=False,
        needs=("has_household",), guards=("members_given",), help="新增成员先查是否已在其他户或其他待遇中。",
    ),
    "remove_member": change(
        "减员",
        (MEMBER, entry("code", "减员原因", "choice", options=REMOVED), entry("date", "发生日期", "date", max="today"), FROM_MONTH, REASON),
        needs=("has_household",), guards=("member_known", "member_not_head"),
        help="户主去世的办理“停旧建新”。成员死亡的，应在规定期限内重新计算（民发〔2022〕83号 一(三)）。",
    ),
    "reduce_share": change(
        "停发本人份额", (MEMBER, FROM_MONTH, REASON), needs=("refusals_declared",), guards=("member_known", "refused_often"),
        help="无正当理由多次拒绝就业的，只减发或停发其本人份额（民发〔2021〕57号 第三十四条）。",
    ),
    "change_content": change(
        "情况变更",
        (entry("kind", "变更种类", "choice", options=options(income="收入、财产变化", category="类别变化", other="其他情况变化")), FROM_MONTH, REASON),
        guards=("something_changes",), help="修改登记内容，系统按修改后的内容重新计算。",
    ),
    "change_place": change(
        "迁移", (entry("village", "迁入村（社区）", "choice"), FROM_MONTH, REASON), guards=("place_fits",),
        help="县内迁移保留待遇，次月起由迁入地管理；迁出本县的办理终止。",
    ),
    "adjust_amount": change(
        "调整金额", (entry("new_amount", "调整后金额", "money"), FROM_MONTH, REASON), needs=("amount_adjustable",), guards=("amount_fits",),
    ),
    "adjust_birthday": change(
        "到龄调整", (FROM_MONTH, REASON), needs=("birthdays_declared",), guards=("amount_moves",),
        help="按到龄以后的年龄重新计算；金额没有变化的，登记复核即可。",
    ),
    "change_account": Action(
        "账户变更", RUNNING, "change_pending", TOWNSHIP, (), "change", guards=("something_changes",), block="account", closing=(REASON,), keeps=False,
        needs=("has_account",), effects=("propose_change",), tone="secondary", waits=NEVER, help="新账户经另一人核对后才能发放。",
    ),
    "apply_change": Action(
        "确认变更", ("change_pending",), "in_benefit", (HEAD, APPROVER), (text("comment", "意见", False),), "change_decision",
        guards=("change_confirmer", "proposer_not_confirmer", "heard_when_reduced", "plan_same", "plan_holds", "plan_unopposed"),
        effects=("carry_change",), also=("suspended",),
    ),
    "cancel_change": Action(
        "撤销变更", ("change_pending",), "in_benefit", (HEAD, CLERK, DEPUTY), (REASON,), "return",
        effects=("drop_change",), also=("suspended",), tone="secondary",
    ),
    "adjust_standard": Action(
        "标准调整", RUNNING, None, (APPROVER,), (FROM_MONTH, REASON), "change_decision", driven="standards",
        guards=("month_fits", "plan_holds", "plan_raises"), effects=("carry_standard",), waits=NEVER,
    ),
    "record_refusal": Action(
        "登记拒绝就业", RUNNING, None, TOWNSHIP,
        (MEMBER, entry("date", "日期", "date", max="today"), text("offer", "介绍的工作"), text("answer", "拒绝的理由和核实情况")),
        "refusal_to_work", needs=("refusals_declared",), guards=("member_known",), tone="secondary", waits=NEVER,
        help="无正当理由拒绝与其健康状况、劳动能力相适应的工作（民发〔2021〕57号 第三十四条）。",
    ),
}  # fmt: skip
