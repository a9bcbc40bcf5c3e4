"""The notices that exist and the placeholders each of them may use.

The list is fixed: a template that names anything else is refused when it is saved.
"""

from dataclasses import dataclass, field
from pathlib import Path

from adminapp.notices.placeholders import AUTHORISED, COMMON, MEMBERS, REASON, REMEDY, TERMS, Placeholder

FOLDER = Path(__file__).parents[2] / "schemas" / "notices"


@dataclass(frozen=True)
class Kind:
    """`decides`: a decision, which must tell the remedy. `must`: other keys it cannot do without."""

    key: str
    title: str
    placeholders: tuple[Placeholder, ...]
    decides: bool = False
    must: tuple[str, ...] = ()
    by_name: dict[str, Placeholder] = field(init=False)

    def __post_init__(self):
        object.__setattr__(self, "by_name", {placeholder.name: placeholder for placeholder in self.placeholders})

    @property
    def needed(self) -> tuple[str, ...]:
        """Keys that a template must print and a notice must fill.

        A decision without remedy would run a year (FY Art 20).
        """
        return (*self.must, "remedy") if self.decides else self.must

    def default_template(self) -> str:
        return (FOLDER / f"{self.key}.html").read_text("utf-8")


PAPERS = {"service_slip", "authorisation", "authorisation_outsider", "spot_check_sheet", "rectification_order"}
"""Kinds that are blanks to be signed, not notices with a number of their own."""

KINDS = {
    kind.key: kind
    for kind in (
        Kind(
            "acceptance",
            "受理通知书",
            COMMON
            + (
                Placeholder("accepted_on", "受理日期", "受理的日期"),
                Placeholder("due", "办结期限", "应当作出决定的期限"),
                Placeholder(
                    "files", "已收材料", "已收材料清单", (("序号", 10), ("材料名称", 50), ("份数", 14), ("备注", 26))
                ),
            ),
        ),
        Kind(
            "supplement",
            "补正材料一次性告知书",
            COMMON
            + (
                Placeholder("due", "补正期限", "补齐材料的最后日期"),
                Placeholder("consequence", "逾期后果", "逾期不补正的后果"),
                Placeholder("files", "补正材料", "应补正的材料", (("序号", 10), ("材料名称", 38), ("补正要求", 52))),
            ),
            must=("files",),
        ),
        Kind(
            "non_acceptance",
            "不予受理告知书",
            COMMON + (REASON, Placeholder("instead", "其他途径", "可以另行办理的途径"), REMEDY),
            True,
        ),
        Kind(
            "confirmation",
            "确认通知书",
            COMMON
            + (
                Placeholder("amount", "金额", "每月或一次性金额，带单位"),
                Placeholder("amount_words", "金额大写", "人民币大写"),
                Placeholder("start", "起发月份", "开始发放的月份"),
                Placeholder("payment", "发放方式", "发放方式"),
                Placeholder("duties", "告知义务", "家庭情况变化时应当报告的内容"),
                MEMBERS,
                TERMS,
                REMEDY,
            ),
            True,
        ),
        Kind(
            "refusal",
            "不予确认告知书",
            COMMON + (REASON, Placeholder("facts", "查明事实", "调查核实的情况"), REMEDY),
            True,
        ),
        Kind(
            "adjustment",
            "调整通知书",
            COMMON
            + (
                REASON,
                Placeholder("old_amount", "原金额", "调整前金额，带单位"),
                Placeholder("amount", "金额", "调整后金额，带单位"),
                Placeholder("amount_words", "金额大写", "人民币大写"),
                Placeholder("start", "执行月份", "开始执行的月份"),
                TERMS,
                REMEDY,
            ),
            True,
        ),
        Kind(
            "suspension",
            "暂停发放通知书",
            COMMON
            + (
                REASON,
                Placeholder("stop", "停发月份", "停止发放的月份"),
                Placeholder("resuming", "恢复办法", "怎样恢复，找谁办理"),
                REMEDY,
            ),
            True,
        ),
        Kind(
            "termination",
            "终止通知书",
            COMMON + (REASON, Placeholder("stop", "停发月份", "停止发放的月份"), REMEDY),
            True,
        ),
        Kind(
            "relative_filing",
            "近亲属备案告知书",
            COMMON
            + (
                Placeholder("source", "认定途径", "怎样得知：比对或申报"),
                Placeholder(
                    "relations",
                    "近亲属关系",
                    "家庭成员与备案人员的关系",
                    (("序号", 8), ("家庭成员", 20), ("是备案人员的", 20), ("备案人员", 20), ("单位职务", 32)),
                ),
            ),
            must=("relations",),
        ),
        Kind(
            "verification_result",
            "核对结果告知书",
            COMMON
            + (
                Placeholder("reported_on", "报告日期", "核对报告的日期"),
                Placeholder("days", "异议期限", "收到告知书后可以提出异议的期限，如 5个工作日"),
                Placeholder(
                    "kinds",
                    "核对情况",
                    "哪类信息与申报不一致，不含原始数据",
                    (("序号", 10), ("信息类别", 30), ("核对结果", 24), ("说明", 36)),
                ),
            ),
            must=("kinds", "days"),
        ),
        Kind(
            "authorisation",
            "家庭经济状况核对授权书",
            AUTHORISED
            + (
                Placeholder(
                    "signers",
                    "授权人",
                    "逐人签名的表",
                    (("姓名", 15), ("公民身份号码", 28), ("与申请人关系", 15), ("签名（捺印）", 22), ("日期", 20)),
                ),
            ),
            must=("signers", "scope"),
        ),
        Kind(
            "authorisation_outsider",
            "家庭经济状况核对同意书（共同生活以外的义务人）",
            AUTHORISED
            + (
                Placeholder("signer", "义务人", "义务人姓名"),
                Placeholder("signer_number", "义务人号码", "义务人公民身份号码"),
                Placeholder("signer_relation", "义务人关系", "义务人与申请人的关系"),
            ),
            must=("signer", "scope"),
        ),
        Kind(
            "spot_check_sheet",
            "抽查入户核查表",
            COMMON
            + (
                Placeholder("sources", "核查来源", "随机抽取、近亲属、投诉举报"),
                Placeholder("visitors", "核查人", "指派的核查人和单位"),
                Placeholder("due", "核查期限", "完成入户的最后日期"),
                Placeholder("amount", "核定金额", "核定的金额，带单位"),
                Placeholder("since", "起始年月", "开始享受的月份"),
                Placeholder(
                    "members",
                    "家庭成员",
                    "申请时的家庭成员，另有空行",
                    (("序号", 8), ("姓名", 20), ("是否共同生活", 20), ("就业和收入", 26), ("健康、就学等变化", 26)),
                ),
            ),
            must=("members",),
        ),
        Kind(
            "rectification_order",
            "抽查整改通知书",
            COMMON
            + (
                Placeholder("addressee", "主送单位", "被核查的乡镇人民政府"),
                Placeholder("village", "核查村", "救助对象所在的村（社区）"),
                Placeholder("visited_on", "核查日期", "入户核查的日期"),
                Placeholder("result", "核查结果", "审定的核查结果"),
                Placeholder("measure", "整改措施", "调整、终止、追缴等"),
                Placeholder("demand", "整改要求", "具体要求"),
                Placeholder("due", "整改期限", "办理和反馈的最后日期"),
            ),
            must=("demand", "due"),
        ),
        Kind("service_slip", "送达回证", COMMON + (Placeholder("title", "文书名称", "送达的文书名称"),)),
    )
}
TITLES = {key: kind.title for key, kind in KINDS.items() if key not in PAPERS}
"""Kinds that have a number of their own, in the order of choices."""
