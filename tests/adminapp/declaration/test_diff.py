"""Changes between two versions, as sentences an administrator reads before publishing."""

from pathlib import Path

import pytest

from adminapp.declaration import read_text
from adminapp.declaration.diff import changes as differences
from adminapp.declaration.diff import describe

GOOD = (Path(__file__).parent.parent.parent / "declaration_samples" / "good.yaml").read_text("utf-8")


def changes(*replacements):
    text = GOOD
    for old, new in replacements:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return describe(read_text(GOOD), read_text(text), {"dibao.urban": "城市低保标准"})


def test_new_type_is_introduced():
    (sentence,) = describe(None, read_text(GOOD))
    assert "新增救助类型“样例救助”" in sentence and "7 个字段" in sentence


def test_same_meaning_gives_no_sentence():
    assert describe(read_text(GOOD), read_text(GOOD + "# a comment\n")) == []


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("name: 样例救助", "name: 新名", "名称由“样例救助”改为“新名”。"),
        ("limit: 20", "limit: 30", "办理时限“办理”的期限（天）由“20”改为“30”。"),
        ("label: 年收入", "label: 全年收入", "表单分组“申请人”的字段“全年收入”的名称由“年收入”改为“全年收入”。"),
        ("days: 7", "days: 5", "办理步骤“公示”的公示天数由“7”改为“5”。"),
        ("{code: expense, label: 支出}", "{code: expense, label: 支出, retired: true}", "选项“支出”的停用由否改为是。"),
        (
            "  - {id: application, label: 申请书, required: true}",
            "  - {id: promise, label: 承诺书}",
            "申请材料删去“申请书”。",
        ),
        ("posted: [name, amount]", "posted: [name]", "公示内容由“姓名”、“拟保障金额”改为“姓名”。"),
        ("payment: {}", "payment: {cycle: once}", "发放的发放周期由“按月”改为“一次性”。"),
        ("rule: persons < 20, ", "rule: persons < 30, ", "校验"),
        ("rule: per_capita < ", "rule: per_capita <= ", "资格条件“收入”的条件由“人均收入 ＜ 标准(城市低保标准)”改为“人均收入 ≤ 标准(城市低保标准)”。"),
        ("kind: integer, min: 1}", "kind: integer, min: 2}", "字段“人数”的最小值由“1”改为“2”。"),
    ],
)
def test_change_is_said_in_a_sentence(old, new, sentence):
    assert any(sentence in found for found in changes((old, new)))


def test_moved_field_is_only_a_change_of_order():
    line = "      - {id: income, label: 年收入, kind: money}\n"
    before = "      - {id: applicant_id,"
    assert changes((line, ""), (before, line + before)) == ["表单分组“申请人”的字段的顺序改变。"]


def test_new_and_removed_fields_are_named():
    found = changes(
        ("label: 年收入, kind: money}", "label: 年收入, kind: money}\n      - {id: rent, label: 房租, kind: money}")
    )
    assert found == ["表单分组“申请人”的字段新增“房租”。"]


def test_a_field_that_moves_to_another_section_is_neither_removed_nor_added():
    line = "      - {id: income, label: 年收入, kind: money}\n"
    moved = f"  - id: money\n    title: 收入\n    fields:\n{line}documents:"
    assert changes((line, ""), ("documents:", moved)) == ["表单分组新增“收入”。", "字段“年收入”由分组“申请人”移到分组“收入”。"]


def test_each_change_names_what_it_is_about():
    text = GOOD.replace("{code: expense, label: 支出}", "{code: expense, label: 支出型}").replace("label: 关系,", "label: 与申请人关系,")
    text = text.replace("days: 7", "days: 5").replace("label: 年收入", "label: 全年收入")
    found = differences(read_text(GOOD), read_text(text))
    assert [change.target for change in found] == [
        ("option", "kind", "expense"),
        ("field", "income"),
        ("column", "members", "relation"),
        ("step", "posting"),
    ]
    assert (found[1].before, found[1].after) == ("“年收入”", "“全年收入”")
