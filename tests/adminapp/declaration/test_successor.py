"""A new version keeps what stored values mean: nothing published is dropped or becomes another kind; it is retired."""

from pathlib import Path

import pytest

from adminapp.declaration import read_file, read_text, to_text
from adminapp.declaration.proof import prove
from adminapp.declaration.successor import check_successor, with_later_fields
from adminapp.standards import read_file as read_standards

TEXT = (Path(__file__).parents[2] / "declaration_samples" / "good.yaml").read_text("utf-8")
GOOD = read_text(TEXT)
KNOWN = read_standards().types()
FOLDER = Path(__file__).parents[3] / "schemas" / "relief_types"


def changed(*replacements):
    text = TEXT
    for old, new in replacements:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return read_text(text)


INCOME = "      - {id: income, label: 年收入, kind: money}\n"


@pytest.mark.parametrize(
    ("old", "new", "path", "sentence"),
    [
        (INCOME, "", "sections", "字段“年收入”（income）不能删除"),
        ("id: income, label: 年收入, kind: money", "id: income, label: 年收入, kind: integer", "sections[0].fields[3].kind", "转换方案"),
        ("result: money}", "result: number}", "sections[0].fields[5].result", "不能改为“number”"),
        (", {code: expense, label: 支出}", "", "sections[0].fields[2].options", "选项“支出”（expense）不能删除"),
        ("          - {id: id_number, label: 公民身份号码, kind: id_number}\n", "", "sections[0].fields[6].fields", "列“公民身份号码”"),
        ("{id: name, label: 姓名, kind: person_name}", "{id: name, label: 姓名, kind: text}", "sections[0].fields[6].fields[0].kind", "不能改为“text”"),
        ("programme: sample", "programme: other", "programme", "项目发布后不能再改"),
        ("code: SA", "code: SB", "code", "代码发布后不能再改"),
    ],
)  # fmt: skip
def test_what_is_stored_cannot_be_dropped_or_get_another_meaning(old, new, path, sentence):
    [problem] = check_successor(GOOD, changed((old, new)))
    assert problem.path == path and sentence in problem.text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("label: 年收入", "label: 全年收入"),
        ("label: 年收入, kind: money}", "label: 年收入, kind: money, retired: true}"),
        ("{code: expense, label: 支出}", "{code: expense, label: 支出, retired: true}"),
        (INCOME, INCOME + "      - {id: rent, label: 房租, kind: money}\n"),
        ("days: 7", "days: 5"),
    ],
)
def test_renaming_retiring_and_adding_are_free(old, new):
    assert check_successor(GOOD, changed((old, new))) == []


def test_a_retired_field_may_not_be_read_any_more():
    found = prove(changed(("label: 年收入, kind: money}", "label: 年收入, kind: money, retired: true}")), KNOWN)
    assert [str(problem) for problem in found] == ["sections[0].fields[5].formula: 字段“年收入”已停用，计算字段“人均收入”还在使用它"]
    both = changed(("label: 年收入, kind: money}", "label: 年收入, kind: money, retired: true}"), ("result: money}", "result: money, retired: true}"))
    assert [problem.path for problem in prove(both, KNOWN)] == ["eligibility[0].rule"]


def test_a_retired_option_may_not_be_asked_for_any_more():
    asked = changed(("{code: expense, label: 支出}", "{code: expense, label: 支出, retired: true}"), ("rule: persons < 20", 'rule: kind == "expense"'))
    [problem] = prove(asked, KNOWN)
    assert problem.path == "validation[0].rule" and "“类别”的选项“支出”已停用" in problem.text


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_types_prove_and_succeed_themselves(path):
    assert prove(read_file(path), KNOWN, read_file(path)) == []


def test_an_earlier_text_is_published_again_with_what_came_later_retired():
    later = changed(
        (INCOME, INCOME + "      - {id: rent, label: 房租, kind: money, list: true}\n"),
        ("{code: expense, label: 支出}", "{code: expense, label: 支出}, {code: other, label: 其他}"),
        ("          - {id: name,", "          - {id: job, label: 职业, kind: text}\n          - {id: name,"),
        ("documents:", "  - id: more\n    title: 更多\n    fields:\n      - {id: note1, label: 说明, kind: text, required: true}\ndocuments:"),
    )
    assert check_successor(later, GOOD)
    again = with_later_fields(GOOD, later)
    assert prove(again, KNOWN, later) == []
    assert {field.id for field in again.fields.values() if field.retired} == {"rent", "note1"}
    assert again.fields["members"].column_ids["job"].retired
    assert [option.code for option in again.fields["kind"].options if option.retired] == ["other"]
    assert read_text(to_text(again)) == again
    assert list(again.live_fields) == list(GOOD.live_fields)
