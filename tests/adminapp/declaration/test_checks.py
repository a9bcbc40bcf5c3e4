"""Every rule of reading and checking has a broken sample: it names the place, what was found, and the nearest known."""

from pathlib import Path

import pytest

from adminapp.declaration import DeclarationError, read_file, read_text
from adminapp.declaration.checks import CHECKS, check
from adminapp.fields import KINDS

SAMPLES = Path(__file__).parent.parent.parent / "declaration_samples"
STANDARDS = {"dibao.urban": "money"}

PROBLEMS = {
    "not_yaml": [("第 4 行第 10 列", "不是正确的 YAML")],
    "alias": [("第 5 行第 8 列", "不是正确的 YAML:不支持 YAML 别名")],
    "duplicate_key": [("第 6 行第 1 列", "不是正确的 YAML:键“group”写了两次")],
    "unknown_key": [("sumary", "不认识的键“sumary”", "是否要写“summary”")],
    "unknown_field_key": [("sections[0].fields[4].minn", "不认识的键“minn”", "是否要写“min”")],
    "missing_key": [("code", "必须填写")],
    "text_for_list": [("posted", "这里要写列表")],
    "list_for_mapping": [("payment", "这里要写若干“键: 值”")],
    "word_unknown": [("confirm[1].by", "“county_office”不在可用值中", "是否要写“county”")],
    "not_integer": [("clocks[0].limit", "这里要写整数")],
    "not_flag": [("documents[0].required", "这里要写 true 或 false")],
    "not_date": [("legal_basis[0].from", "这里要写日期")],
    "time_for_date": [("legal_basis[0].from", "这里要写日期")],
    "mapping_for_text": [("name", "这里要写文字")],
    "bad_key": [("key", "“Sample-1”要以小写字母开头")],
    "bad_code": [("code", "“sa”要是 2 到 6 个大写字母、数字或 -")],
    "blank_group": [("group", "要有 1 到 30 个字")],
    "no_basis": [("legal_basis", "至少写一条法律依据")],
    "bad_programme": [("programme", "“样例”要以小写字母开头")],
    "bad_id": [("sections[0].fields[3].id", "“Income”不能作标识")],
    "duplicate_field_id": [("sections[0].fields[4].id", "标识“persons”与 sections[0].fields[3].id 重复")],
    "duplicate_condition": [("eligibility[1].id", "标识“income”与 eligibility[0].id 重复")],
    "reserved_id": [("sections[0].fields[4].id", "“true”不能作标识")],
    "envelope_name": [("sections[0].fields[4].id", "“urban”是系统已有的名称")],
    "unknown_kind": [("sections[0].fields[3].kind", "没有字段类型“mony”", "是否要写“money”")],
    "reserve_monthly": [("payment.reserve", "只有一次性发放的类型可以由备用金支付")],
    "property_of_other_kind": [("sections[0].fields[3].max_rows", "金额字段没有属性“max_rows”")],
    "filter_on_secret": [("sections[0].fields[2].filter", "公开级别为“敏感信息”的字段不能用于筛选，筛选会说出每件的内容")],
    "filter_on_money": [("sections[0].fields[3].filter", "金额字段没有属性“filter”")],
    "choice_without_options": [("sections[0].fields[2].options", "选择字段要有选项")],
    "duplicate_option": [("sections[0].fields[2].options[1].code", "代码“urgent”重复")],
    "bad_default": [("sections[0].fields[2].default", "默认值“urgnt”不在选项代码中", "是否要写“urgent”")],
    "bad_option_code": [("sections[0].fields[2].options[1].code", "代码“a b”要是 1 到 40 个字母、数字、- 或 _")],
    "bad_minimum": [("sections[0].fields[4].min", "请填整数")],
    "markup_in_label": [("sections[0].fields[3].label", "不能含有 < > { }")],
    "table_in_table": [
        ("sections[0].fields[6].fields[0].kind", "明细表的列不能是“table”"),
        ("sections", "家庭成员表 members 要有列 name"),
    ],
    "table_without_columns": [("sections[0].fields[4].fields", "明细表要有列")],
    "table_in_list": [("sections[0].fields[6].list", "这类字段不能放进列表")],
    "computed_without_formula": [("sections[0].fields[5].formula", "计算字段要有公式")],
    "unknown_disclosure": [("sections[0].fields[3].disclosure", "“private”不在可用值中")],
    "no_applicant": [("sections", "缺少字段 applicant_id")],
    "applicant_of_wrong_kind": [("sections", "字段 applicant_id 的类型要是 id_number")],
    "members_without_id": [("sections", "家庭成员表 members 要有列 id_number")],
    "survey_unknown_source": [("survey.sections[0].fields[0].source", "申请没有字段“incom”", "是否要写“income”")],
    "survey_other_kind": [("survey.sections[0].fields[0].source", "申请字段“income”是 money")],
    "survey_sealed_kind": [("survey.sections[0].fields[0].kind", "调查表不能登记“id_number”")],
    "survey_own_id": [("survey.sections[0].fields[0].id", "“findings”是入户调查已有的栏目")],
    "survey_without_step": [("survey", "写了入户调查表，步骤里却没有 survey")],
    "survey_formula": [("survey.sections[0].fields[0].visible_when", "没有字段“wy”", "是否要写“way”")],
    "source_in_application": [("sections[0].fields[3].source", "source 只用在入户调查表")],
    "verification_unknown_kind": [("verification.inquiries[0].kind", "没有信息类别“deposit”", "是否要写“deposits”")],
    "verification_nothing_asked": [("verification.inquiries", "写明核对哪几类信息")],
    "verification_by_nobody": [("verification.by", "写明由谁核对")],
    "verification_without_step": [("verification", "写了核对内容，步骤里却没有 verification")],
    "verification_outsiders": [("verification.outsiders", "“incomes”要是有姓名和公民身份号码两列的明细表")],
    "verification_incomparable": [("verification.inquiries[0].declared", "“死亡、殡葬”没有数量")],
    "required_when_of_other_step": [("steps[1].required_when", "只有民主评议分必经和可选")],
    "formula_unknown_name": [("eligibility[0].rule", "第 1 字处：没有字段“per_capta”", "是否要写“per_capita”")],
    "formula_unknown_standard": [
        ("eligibility[0].rule", "第 23 字处：标准表中没有“dibao.urbn”", "是否要写“dibao.urban”")
    ],
    "formula_wrong_type": [("validation[0].rule", "这里要是/否")],
    "formula_wrong_code": [("confirm[0].when", "第 9 字处：“kind”没有选项“urgnt”", "是否要写“urgent”")],
    "formula_syntax": [("validation[0].rule", "写法不完整或有多余符号")],
    "formula_in_column": [
        ("sections[0].fields[6].fields[0].visible_when", "第 1 字处：没有字段“incom”", "是否要写“income”")
    ],
    "later_term": [("amount.terms[0].value", "第 1 字处：没有字段“base”")],
    "amount_not_money": [("amount.terms[0].value", "这里要金额")],
    "computed_cycle": [("sections[0].fields[3].formula", "计算字段互相引用：年收入 → 人均收入 → 年收入")],
    "unknown_step": [("steps[1].step", "没有步骤“opinoin”", "是否要写“opinion”")],
    "step_twice": [("steps[2].step", "步骤“opinion”写了两次")],
    "step_order": [("steps[1].step", "“受理”要排在前一步之前")],
    "posting_without_days": [("steps[2].days", "公示要写天数"), ("steps[2].unit", "按工作日（workday）还是自然日（day）")],
    "days_of_other_step": [("steps[1].days", "只有公示有天数")],
    "missing_step": [("steps", "缺少步骤 opinion")],
    "children_posted": [("steps", "儿童等受保护对象的类型不能有公示步骤")],
    "nothing_posted": [("posted", "有公示步骤时要写明公示哪些内容")],
    "id_number_posted": [("posted[1]", "“id_number”不能公示")],
    "no_confirmer": [("confirm", "至少写一个确认主体")],
    "every_confirmer_conditional": [("confirm", "最后一个确认主体不能带条件")],
    "unknown_milestone": [("clocks[0].from", "没有节点“acceptd”", "是否要写“accepted”")],
    "extended_shorter": [("clocks[0].limit", "期限要大于 0")],
    "household_without_table": [("household.table", "没有明细表“membrs”", "是否要写“members”")],
    "household_unknown_column": [("household.covered", "第 1 字处：没有字段“incom”", "是否要写“income”")],
    "ongoing_wrong": [
        ("review.months", "间隔要在 1 到 120 个月之间，写的是 9999999"),
        ("review.by[0].months", "间隔要在 1 到 120 个月之间，写的是 0"),
        ("ongoing.birthdays[0].age", "年龄要在 1 到 120 之间"),
        ("ongoing.life_checks", "每年认证次数要能把一年平分"),
        ("ongoing.refusals.column", "成员表没有列“statu”"),
    ],
    "validation_unknown_field": [("validation[0].field", "没有字段“person”", "是否要写“persons”")],
    "notice_unknown": [("notices[0].notice", "没有文书“refusel”", "是否要写“refusal”")],
    "notice_twice": [("notices[1].notice", "“不予确认告知书”写了两次")],
    "notice_placeholder": [
        ("notices[0].title", "不能含有 < > { }"),
        ("notices[0].paragraphs", "第 2 段：“不予确认告知书”没有占位符“经办”。是否应为“经办人”？"),
    ],
    "notice_template": [
        ("notices[0].template", "第 2 行：不能使用标签 <script>"),
        ("notices[0].template", "缺少 {{救济途径}}"),
        ("notices[0].template", "标题和另加的段落直接写在模板里"),
    ],
    "many_problems": [
        ("code", "“sa”要是 2 到 6 个大写字母、数字或 -"),
        ("validation[0].rule", "第 1 字处：没有字段“person”", "是否要写“persons”"),
        ("posted[1]", "“phone”不能公示"),
        ("clocks[0].from", "没有节点“acceptd”", "是否要写“accepted”"),
    ],
    "many_shapes": [
        ("code", "必须填写"),
        ("confirm[1].by", "“nobody”不在可用值中"),
        ("clocks[0].limit", "这里要写整数"),
    ],
}
"""Sample: its problems in the order they are reported, each as path and parts of the sentence."""


def problems_of(name):
    try:
        return check(read_file(SAMPLES / f"{name}.yaml"), STANDARDS)
    except DeclarationError as error:
        return error.problems


def test_good_sample_has_no_problem():
    assert problems_of("good") == []


def test_every_sample_is_expected_to_fail_in_this_table():
    assert {path.stem for path in SAMPLES.glob("*.yaml")} == {"good", *PROBLEMS}


@pytest.mark.parametrize("name", PROBLEMS)
def test_broken_sample_is_refused_with_place_and_sentence(name):
    found = problems_of(name)
    assert [problem.path for problem in found] == [path for path, *_ in PROBLEMS[name]]
    for problem, (_, *parts) in zip(found, PROBLEMS[name], strict=True):
        for part in parts:
            assert part in problem.text


@pytest.mark.parametrize("rule", CHECKS, ids=lambda rule: rule.__name__)
def test_every_rule_has_a_broken_sample(rule):
    def breaks(name):
        try:
            return list(rule(read_file(SAMPLES / f"{name}.yaml"), STANDARDS))
        except DeclarationError:
            return []

    assert any(breaks(name) for name in PROBLEMS)


def test_all_problems_are_reported_together():
    assert len(problems_of("many_problems")) == 4
    with pytest.raises(DeclarationError) as caught:
        read_file(SAMPLES / "many_shapes.yaml")
    sentence = str(caught.value)
    assert "3 处问题" in sentence
    assert all(part in sentence for part in ("many_shapes.yaml", "code: 必须填写", "clocks[0].limit", "confirm[1].by"))


def test_standards_of_a_choice_are_proved_for_every_option():
    text = (
        (SAMPLES / "good.yaml")
        .read_text("utf-8")
        .replace('standard("dibao.urban") * persons', "'standard(\"care\", kind)'")
    )
    declared = read_text(text)
    assert check(declared, STANDARDS | {"care.urgent": "money", "care.expense": "money"}) == []
    (problem,) = check(declared, STANDARDS | {"care.urgent": "money"})
    assert problem.path == "amount.terms[0].value" and "care.expense" in problem.text


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_refuses_a_property_it_does_not_have(kind):
    text = (SAMPLES / "good.yaml").read_text("utf-8")
    line = "      - {id: income, label: 年收入, kind: money}\n"
    declared = read_text(
        text.replace(line, f"{line}      - {{id: extra, label: 另一, kind: {kind}, max_rows: 9, max_length: 9}}\n")
    )
    paths = {problem.path for problem in check(declared, STANDARDS)}
    assert {"sections[0].fields[4].max_rows", "sections[0].fields[4].max_length"} & paths
