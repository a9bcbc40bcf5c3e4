"""The one state machine of all relief types (民发〔2021〕57号 第二至四章). Types switch and condition steps; they never add states."""

from dataclasses import dataclass

from adminapp.workflow.action import Action
from adminapp.workflow.actions import ACTIONS


@dataclass(frozen=True)
class StepKind:
    """A step a type may declare; the order of STEPS is the order of the procedure.

    `settings` are the properties of a declared step that mean something for this one, besides label, conditions and clause.
    `always`: every type has it.
    """

    label: str
    help: str = ""
    settings: tuple[str, ...] = ()
    always: bool = False


STEPS = {
    "accept": StepKind("受理", "材料齐全即受理；缺件一次性告知", always=True),
    "survey": StepKind("入户调查", "至少两名调查人，均非近亲属", ("people",)),
    "verification": StepKind("信息核对", "家庭经济状况核对"),
    "appraisal": StepKind("民主评议", "有异议或确有需要时组织", ("required_when",)),
    "consult": StepKind("部门审核", "有关部门核实资格", ("by",)),
    "opinion": StepKind("初审", "系统按声明计算，经办人提出意见", ("by",), always=True),
    "posting": StepKind("公示", "在村（社区）公示", ("days", "unit")),
    "county_check": StepKind("县级入户核查", "近亲属备案或有投诉举报时必经", ("people",)),
    "confirm": StepKind("确认", "确认主体作出决定", always=True),
    "notify": StepKind("告知", "送达书面决定"),
    "register": StepKind("备案录入", "录入全国系统", ("by",)),
    "pay": StepKind("发放", "列入发放名册"),
}

MILESTONES = {
    "applied": "提出申请", "accepted": "受理", "survey_started": "启动调查", "verification_requested": "提请核对",
    "verification_started": "发起核对", "verified": "核对完成", "verification_failed": "核对不一致", "verification_told": "告知核对结果",
    "surveyed": "调查完成", "opinion": "初审意见", "posted": "开始公示", "posting_ended": "公示结束", "objected": "提出异议", "decided": "作出决定",
    "refused": "不予确认决定", "notified": "送达", "granted": "纳入发放", "supplement_requested": "告知补正", "supplied": "补正齐全",
}  # fmt: skip


@dataclass(frozen=True)
class State:
    """`tone` is how a screen colours it; `open` cases have clocks and appear in work lists."""

    label: str
    tone: str = "neutral"
    open: bool = True
    editable: bool = False
    on_roll: bool = False


STATES = {
    "draft": State("待提交", editable=True),
    "submitted": State("待受理", "info", editable=True),
    "supplement": State("待补正", "warning", editable=True),
    "not_accepted": State("不予受理", "danger", open=False),
    "accepted": State("已受理", "info", editable=True),
    "surveying": State("调查核对中", "info", editable=True),
    "appraisal": State("民主评议", "info"),
    "opinion": State("初审", "info"),
    "publicity": State("公示中", "info"),
    "objection": State("异议处理", "warning"),
    "confirm_ready": State("待确认", "warning"),
    "county_check": State("县级入户核查", "warning"),
    "confirmed": State("已确认", "success"),
    "refused": State("不予确认", "danger", open=False),
    "terminated_uncoop": State("终止程序", "danger", open=False),
    "in_benefit": State("享受中", "success", open=False, on_roll=True),
    "change_pending": State("变更待办", "warning", on_roll=True),
    "suspended": State("暂停", "warning"),
    "terminating": State("拟终止", "warning", on_roll=True),
    "grace": State("渐退期", "warning", open=False, on_roll=True),
    "terminated": State("已终止", "neutral", open=False),
    "withdrawn": State("已撤回", "neutral", open=False),
}

def actions_from(state: str) -> dict[str, Action]:
    """Return the actions that start at `state`, in the order they are offered."""
    return {key: action for key, action in ACTIONS.items() if state in action.source}
