"""What the keys of a declaration are called: label, help and the words of their codes. The one table for screens, comparisons
and problem lists; whoever adds a key to `model` adds its word here (a test says so).

A key is looked up as ``Class.key`` first, then as ``key``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from adminapp.fields.base import DISCLOSURES


@dataclass(frozen=True)
class Word:
    """`codes` are the labels of the values a key may have; `long` says that the text usually takes several lines.

    `refers` names what the value is the key of, where that is no list of codes: a step, a milestone, a field of the type.
    """

    label: str
    help: str = ""
    codes: Mapping[str, str] = field(default_factory=dict, hash=False)
    long: bool = False
    refers: str = ""


UNITS = {"workday": "工作日", "day": "自然日"}
BODIES = {"township": "乡镇人民政府", "county": "县民政局"}
ROUNDINGS = {
    "half_up_fen": "四舍五入到分", "none": "不取整", "up_yuan": "向上取整到元", "half_up_yuan": "四舍五入到元", "down_yuan": "舍去元以下",
}  # fmt: skip

STANDARD_UNITS = {
    "money/month": "元/月", "money/year": "元/年", "money": "元", "number": "数字", "percent": "百分比（%）", "months": "个月", "days": "天",
}  # fmt: skip
POSTABLE = {"name": "姓名", "village": "所在村", "household_size": "家庭人口", "amount": "拟保障金额", "type": "救助类型", "reason": "救助原因"}
"""What a posting may show."""

WORDS = {
    # words that mean the same everywhere
    "id": Word("标识", "系统内部的名字，按名称的拼音生成；首次发布后不再改变"),
    "label": Word("名称"),
    "title": Word("标题"),
    "help": Word("填写说明", "显示在输入框下方，告诉填表人怎么填"),
    "clause": Word("政策条款", "依据的文件和条款，打印在决定和文书上"),
    "when": Word("适用条件", "留空表示总是适用"),
    "reason": Word("不符合时的理由", "印在不予确认告知书上，用整句话写给申请人看"),
    "retired": Word("停用", "不再出现在新表单里，已填的内容保留"),
    "from": Word("生效日期"),
    "to": Word("失效日期"),
    "by": Word("承办"),
    # the whole type
    "ReliefType.key": Word("类型标识", "网址和文件里用的名字，首次发布后不再改变"),
    "ReliefType.code": Word("编号代码", "2 到 6 个大写字母，写在受理编号里，如 LS"),
    "ReliefType.name": Word("名称", "菜单、列表和文书里的名称"),
    "ReliefType.title": Word("文书上的全称", "与名称不同时才填，如“最低生活保障（农村）”"),
    "ReliefType.programme": Word("救助项目", "同一项目的几个类型互相视为同一待遇，如城市低保和农村低保同属 dibao"),
    "ReliefType.group": Word("菜单分组", "左侧菜单里归在哪一组"),
    "ReliefType.summary": Word("说明", "给经办人员看的一两句话", long=True),
    "ReliefType.applies_at": Word("受理地", "向户籍所在地申请，还是向急难发生地申请", {"hukou": "户籍所在地", "emergency": "急难发生地"}),
    "ReliefType.protected": Word("受保护对象", "儿童等对象：不公示，不对外显示"),
    "ReliefType.legal_basis": Word("法律依据"),
    "ReliefType.sections": Word("表单分组"),
    "ReliefType.documents": Word("申请材料"),
    "ReliefType.validation": Word("填写校验", "不符合时在表单上提示，改好才能提交"),
    "ReliefType.survey": Word("入户调查表", "入户调查时填写的内容，排在调查时间、调查人之后，结论之前"),
    "ReliefType.verification": Word("信息核对", "家庭经济状况核对由谁做、核对哪些信息、谁要授权、何时可以免"),
    "Survey.sections": Word("调查表分组"),
    "Survey.validation": Word("调查表校验"),
    "Verification.by": Word("由谁核对", "乡镇自己查询，还是提请县级核对", BODIES),
    "Verification.inquiries": Word("核对的信息类别"),
    "Verification.counted": Word("哪些共同生活成员要授权", "成员表每一行的条件；留空表示全部"),
    "Verification.outsiders": Word("共同生活以外的义务人表", "他们须本人同意才能核对（社会救助法第四十一条）", refers="table"),
    "Verification.outsiders_required": Word("义务人必须授权", "不同意就不能提请核对，如特困人员认定"),
    "Verification.exemptions": Word("可以免于核对的情形"),
    "Inquiry.kind": Word("信息类别", refers="inquiry"),
    "Inquiry.declared": Word("申报的数量", "申请里对应的金额或数量，用来与核对结果比较；留空表示不比较"),
    "Exemption.code": Word("代码"),
    "Exemption.label": Word("情形"),
    "ReliefType.eligibility": Word("资格条件", "每一条都符合才能确认"),
    "ReliefType.amount": Word("救助金额"),
    "ReliefType.confirm": Word("由谁确认", "从上往下，第一个适用的作出决定；最后一行不带条件"),
    "ReliefType.steps": Word("办理步骤"),
    "ReliefType.clocks": Word("办理时限"),
    "ReliefType.notices": Word("文书"),
    "ReliefType.posted": Word("公示内容", "公示时让公众看到哪些内容；证件号、账号、住址和病情从不公示", POSTABLE),
    "ReliefType.payment": Word("发放"),
    "ReliefType.household": Word("家庭成员", "保障到户的类型：谁算保障对象"),
    "ReliefType.review": Word("复核"),
    "ReliefType.ongoing": Word("动态管理", "享受期间可能发生的事"),
    "ReliefType.excludes": Word("不能同时享受", "正在享受下列项目的，不能再享受本项"),
    "ReliefType.requires": Word("前提待遇", "必须正在享受下列项目"),
    "ReliefType.refusal_reasons": Word("不予确认的原因"),
    "ReliefType.end_reasons": Word("终止的原因"),
    "Basis.text": Word("文件和条款", "如：社会救助法第三十七条"),
    "Basis.from": Word("自", "从这一天起适用，留空表示一直"),
    "Basis.to": Word("至", "适用到这一天（含），留空表示一直"),
    # the form
    "Section.fields": Word("字段"),
    "Section.help": Word("分组说明", "显示在分组标题下面"),
    "Section.visible_when": Word("显示条件", "条件不成立时整组不显示；留空表示总是显示"),
    "Option.code": Word("代码", "存在数据里的值；首次发布后不再改变"),
    "Field.kind": Word("类型", refers="kind"),
    "Field.unit": Word("单位", "显示在数字后面，如 元/年"),
    "Field.required": Word("必填"),
    "Field.required_when": Word("必填条件", "条件成立时必填"),
    "Field.visible_when": Word("显示条件", "条件不成立时不显示，也不保存；留空表示总是显示"),
    "Field.formula": Word("计算公式", "由其他字段算出，不用填写"),
    "Field.source": Word("核实的申请字段", "只用在入户调查表：这一栏核实申请里的哪一项，核实后可以比较、采用", refers="field"),
    "Field.result": Word(
        "结果类型", "", {"money": "金额", "number": "数字", "text": "文字", "date": "日期", "bool": "是/否"}
    ),
    "Field.options": Word("选项"),
    "Field.fields": Word("列"),
    "Field.min": Word("最小值"),
    "Field.max": Word("最大值"),
    "Field.max_length": Word("最多字数", "留空表示按这种类型的通常长度"),
    "Field.max_rows": Word("最多行数", "留空表示最多 30 行"),
    "Field.default": Word("默认值", "新建时预先填好"),
    "Field.width": Word("宽度", "", {"third": "三分之一", "half": "一半", "full": "整行"}),
    "Field.list": Word("显示在列表里", "案件列表最多显示三个这样的列"),
    "Field.filter": Word("可以筛选", "案件列表上方可以按它筛选"),
    "Field.disclosure": Word("公开级别", "谁能看到完整内容；留空按这种类型的通常级别", DISCLOSURES),
    # documents, rules
    "Document.label": Word("材料名称"),
    "Document.help": Word("要求", "如：原件和复印件，可事后补交"),
    "Document.step": Word("何时交齐", "", {"submit": "提交申请前", "accept": "受理前", "confirm": "确认前"}),
    "Document.required": Word("必须提供"),
    "Document.required_when": Word("必须提供的条件", "条件成立时必须提供"),
    "Rule.rule": Word("要满足的条件"),
    "Rule.message": Word("不满足时的提示", "用一句话告诉填表人错在哪里"),
    "Rule.field": Word("提示显示在", "留空显示在表单上方", refers="field"),
    "Condition.label": Word("条件名称", "如：人均收入低于标准"),
    "Condition.rule": Word("条件"),
    # amount and confirmation
    "Amount.terms": Word("金额项", "各项相加就是救助金额"),
    "Amount.total": Word("合计公式", "不是简单相加时才填"),
    "Amount.cap": Word("上限", "超过时按上限"),
    "Amount.rounding": Word("取整", "", ROUNDINGS),
    "Amount.adjustable": Word("确认时可以调整金额", "调整要写理由"),
    "Term.label": Word("项目名称"),
    "Term.kind": Word(
        "归入", "名册和统计按此分列",
        {"base": "基本金额", "supplement": "分类施保", "care": "照料护理", "topup": "补差", "deduction": "扣减"},
    ),
    "Term.value": Word("计算"),
    "Confirmer.by": Word("确认主体", "", BODIES),
    "Confirmer.when": Word("适用条件", "如：核定金额 ≤ 标准(乡镇确认限额)"),
    # procedure
    "Step.step": Word("步骤", refers="step"),
    "Step.label": Word("本类型的叫法", "与通常叫法不同时才填"),
    "Step.when": Word("何时要办", "留空表示都要办"),
    "Step.unless": Word("何时不办", "条件成立时跳过这一步"),
    "Step.required_when": Word("何时必经", "只用于民主评议：条件成立时不评议不能进入初审；留空表示可选"),
    "Step.days": Word("公示天数"),
    "Step.unit": Word("天数按", "", UNITS),
    "Step.people": Word("至少几人", "如入户调查至少两人"),
    "Step.by": Word("由谁办理", "", BODIES),
    "Clock.label": Word("时限名称"),
    "Clock.from": Word("从", refers="milestone"),
    "Clock.to": Word("到", refers="milestone"),
    "Clock.limit": Word("期限（天）"),
    "Clock.unit": Word("天数按", "", UNITS),
    "Clock.extended": Word("批准延长后（天）", "从起算之日起的总天数，不延长就留空"),
    # notices
    "NoticeText.notice": Word("文书种类", refers="notice"),
    "NoticeText.title": Word("文书标题", "与通用标题不同时才填"),
    "NoticeText.paragraphs": Word("另加的段落", "加在落款之前，一行一段", long=True),
    "NoticeText.template": Word("专用模板", "完全不用通用模板时才填", long=True),
    # payment, review, other programmes
    "Payment.cycle": Word("发放周期", "", {"month": "按月", "quarter": "按季", "once": "一次性"}),
    "Payment.unit": Word("发放对象", "", {"person": "按人", "household": "按户"}),
    "Payment.start": Word(
        "从何时起发", "",
        {"next_month": "确认的次月", "application_month": "申请当月", "decision_month": "确认当月"},
    ),
    "Payment.months": Word("发放月数", "只发一段时间的才填"),
    "Payment.reserve": Word("备用金每笔限额", "可以由乡镇备用金支付的才填，仅限一次性发放"),
    "Ongoing.grace": Word("渐退期最多几个月", "0 表示没有渐退期"),
    "Ongoing.life_checks": Word("每年生存认证次数", "0 表示不要求"),
    "Ongoing.birthdays": Word("到龄提示", "到这些年龄时提前提示，按当月的情况重新计算"),
    "Ongoing.successors": Word("可以转为的类型", "填写类型标识，转办时原待遇与新待遇首尾相接"),
    "Ongoing.refusals": Word("拒绝就业停发本人份额"),
    "Ongoing.end_days": Word("终止前公示天数", "0 表示不公示"),
    "Ongoing.end_unit": Word("天数按", "", UNITS),
    "Birthday.age": Word("年龄（周岁）"),
    "Birthday.from": Word("从何时起变", "", {"birthday_month": "生日当月", "next_month": "生日次月"}),
    "Birthday.label": Word("说明"),
    "Refusals.column": Word("成员表的列"),
    "Refusals.value": Word("改为的代码"),
    "Household.table": Word("成员表", refers="table"),
    "Household.covered": Word("哪些成员是保障对象", "按行判断，如：计入情况 = 保障对象；留空表示都是"),
    "Review.months": Word("复核间隔（月）"),
    "Review.by": Word("分类复核", "不同的家庭间隔不同，从上往下第一个适用的算数"),
    "ReviewRule.months": Word("间隔（月）"),
    "ReviewRule.when": Word("适用条件"),
    "Exclusion.programme": Word("救助项目", refers="programme"),
    "Exclusion.reason": Word("理由", "印在文书上"),
    "Prerequisite.programme": Word("救助项目", refers="programme"),
    "Prerequisite.reason": Word("没有时的理由", "印在文书上"),
    "Prerequisite.who": Word("谁要享受", "", {"household": "本人或共同生活成员", "person": "本人"}),
    "ReasonCode.code": Word("代码"),
    "ReasonCode.label": Word("原因"),
    # the table of standards
    "StandardsTable.standards": Word("标准"),
    "StandardRow.key": Word("代号", "公式里用的名字，如 dibao.rural；发布后不再改变"),
    "StandardRow.unit": Word("单位", "", STANDARD_UNITS),
    "StandardRow.values": Word("数值"),
    "StandardValue.from": Word("生效日期", "从这一天起适用，到下一个数值生效为止"),
    "StandardValue.value": Word("数值"),
    "StandardValue.source": Word("依据文件", "文号和名称"),
    "StandardValue.note": Word("备注"),
}  # fmt: skip


@cache
def word(cls, key: str) -> Word:
    """Return the word of a key of a model class; a key without one stands for itself."""
    return WORDS.get(f"{cls.__name__}.{key}") or WORDS.get(key) or Word(key)


def said(cls, key: str, value: str) -> str:
    """Return a value in words: the label of a code, 是 or 否, else the text."""
    labels = word(cls, key).codes
    return labels.get(value) or {"true": "是", "false": "否"}.get(value, value)
