"""The placeholders (占位符) that several notices share.

One is written `{{中文名}}` in a template and filled from `values[key]` or, for tables, `tables[key]`.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Placeholder:
    """`columns` is set for tables only: `(heading, width in per cent)` of each."""

    key: str
    name: str
    about: str
    columns: tuple[tuple[str, int], ...] = ()


COMMON = (
    Placeholder("number", "文书编号", "发文字号，如 凤〔2026〕5号"),
    Placeholder("agency", "机关名称", "出具文书的机关全称"),
    Placeholder("applicant", "申请人", "申请人姓名"),
    Placeholder("address", "住址", "申请人所在乡镇、村、组"),
    Placeholder("item", "救助事项", "申请的救助类型名称"),
    Placeholder("case_number", "受理编号", "案件受理编号"),
    Placeholder("applied_on", "申请日期", "提出申请的日期"),
    Placeholder("issued_on", "落款日期", "文书日期，如 2026年7月1日"),
    Placeholder("handler", "经办人", "承办人姓名"),
    Placeholder("phone", "联系电话", "出具机关的电话"),
    Placeholder("county_phone", "监督电话", "县民政局监督电话"),
    Placeholder("basis", "办理依据", "法律、政策条款"),
)

REMEDY = Placeholder("remedy", "救济途径", "行政复议、行政诉讼的机关和期限；决定类文书必须有")
REASON = Placeholder("reason", "理由", "事实和理由")
MEMBERS = Placeholder(
    "members",
    "保障对象",
    "保障对象名单",
    (("序号", 10), ("姓名", 22), ("与申请人关系", 24), ("保障类别", 24), ("备注", 20)),
)
TERMS = Placeholder("terms", "金额明细", "金额的组成", (("项目", 30), ("计算方法", 46), ("金额（元）", 24)))

AUTHORISED = (
    *COMMON,
    Placeholder("scope", "核对范围", "核对的信息类别和提供单位"),
    Placeholder("validity", "有效期", "授权的起止"),
)
