"""Changes between two versions, as sentences an administrator reads before publishing."""

from pathlib import Path

import pytest

from adminapp.declaration import read_text
from adminapp.declaration.diff import describe

GOOD = (Path(__file__).parent.parent.parent / "declaration_samples" / "good.yaml").read_text("utf-8")


def changes(*replacements):
    text = GOOD
    for old, new in replacements:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return describe(read_text(GOOD), read_text(text))


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
        ("days: 7", "days: 5", "步骤“posting”的公示天数由“7”改为“5”。"),
        ("{code: expense, label: 支出}", "{code: expense, label: 支出, retired: true}", "选项“支出”的停用由否改为是。"),
        (
            "  - {id: application, label: 申请书, required: true}",
            "  - {id: promise, label: 承诺书}",
            "申请材料删去“申请书”。",
        ),
        ("posted: [name, amount]", "posted: [name]", "公示内容由“姓名”、“拟保障金额”改为“姓名”。"),
        ("payment: {}", "payment: {cycle: once}", "发放的发放周期由“按月”改为“一次性”。"),
        ("rule: persons < 20, ", "rule: persons < 30, ", "校验"),
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
