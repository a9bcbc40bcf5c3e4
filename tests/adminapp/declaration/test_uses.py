"""What reads a field, option, step or standard: nothing is missed, and nothing is named that does not read it."""

from dataclasses import replace
from pathlib import Path

import pytest

from adminapp.declaration import read_file, read_text, uses
from adminapp.declaration.checks import check
from adminapp.declaration.uses import Use, references, uses_of
from adminapp.standards import read_file as read_standards

FOLDER = Path(__file__).parents[3] / "schemas" / "relief_types"
GOOD = read_text((Path(__file__).parents[2] / "declaration_samples" / "good.yaml").read_text("utf-8"))
TYPES = [read_file(path) for path in sorted(FOLDER.glob("*.yaml"))]
STANDARDS = read_standards()


def places(target, relief_type=GOOD):
    return [use.place for use in uses_of(relief_type, target)]


@pytest.mark.parametrize(
    ("formula", "found"),
    [
        ("income / persons", [("field", "income"), ("field", "persons")]),
        ('kind == "urgent"', [("option", "kind", "urgent"), ("field", "kind")]),
        ('"urgent" != kind', [("option", "kind", "urgent"), ("field", "kind")]),
        ('kind in ["urgent", "expense"]', [("option", "kind", "urgent"), ("option", "kind", "expense"), ("field", "kind")]),
        (
            'any(members, relation == "self" and id_number == applicant_id)',
            [
                ("field", "members"),
                ("option", "members", "relation", "self"),
                ("column", "members", "relation"),
                ("column", "members", "id_number"),
                ("field", "applicant_id"),
            ],
        ),
        ("total(members, income)", [("field", "members"), ("field", "income")]),
        ('standard("dibao.urban") * persons', [("standard", "dibao.urban"), ("field", "persons")]),
        ('standard("aid", kind)', [("standard", "aid.urgent"), ("standard", "aid.expense"), ("field", "kind")]),
        ('holds("tekun") or award("dibao") > 0', [("programme", "tekun"), ("programme", "dibao")]),
        ("base * 2", [("term", "base")]),
        ("income +", []),
    ],
)  # fmt: skip
def test_references_of_a_formula(formula, found):
    assert references(formula, GOOD) == found


def test_a_field_is_read_where_it_stands_and_through_computed_fields():
    found = uses_of(GOOD, ("field", "income"))
    assert {use.place: use.via for use in found} == {
        "sections[0].fields[5].formula": "",
        "sections[0].fields[3].disclosure": "",
        "eligibility[0].rule": "人均收入",
    }
    [rule] = [use for use in found if use.group == "rule"]
    assert str(rule) == "资格条件：条件“收入”（人均收入 ＜ 标准(“dibao.urban”)；经“人均收入”）"


def test_options_columns_steps_standards_and_terms_are_found():
    assert places(("option", "kind", "urgent")) == []
    assert "validation[0].rule" in places(("field", "persons")) and "validation[0].field" in places(("field", "persons"))
    assert places(("standard", "dibao.urban")) == ["eligibility[0].rule", "amount.terms[0].value"]
    assert places(("step", "posting")) == ["steps[2]"]
    assert places(("step", "confirm")) == ["steps[3]", "clocks[0].to"]
    assert "program:payment" in places(("field", "members")) and "program:posting" in places(("field", "applicant_name"))


def test_a_table_counts_as_used_when_a_column_is():
    rural = next(item for item in TYPES if item.key == "dibao_rural")
    column = set(places(("column", "members", "wages"), rural))
    assert column and column <= set(places(("field", "members"), rural))
    assert [use.group for use in uses_of(rural, ("option", "members", "status", "counted"))] == ["form"]


@pytest.mark.parametrize("relief_type", TYPES, ids=lambda item: item.key)
def test_every_formula_of_a_shipped_type_is_followed(relief_type):
    """Whatever is taken out, what read it no longer checks: so the list of readers is complete."""
    found = uses.uses(relief_type)
    for field in relief_type.fields.values():
        sections = (replace(each, fields=tuple(one for one in each.fields if one.id != field.id)) for each in relief_type.sections)
        broken = {problem.path for problem in check(replace(relief_type, sections=tuple(sections)), STANDARDS.types())}
        readers = {use.place for use in found if use.target == ("field", field.id) and use.group in FORMULAS}
        within = {place for place in readers if not place.startswith(("sections[", "program:"))}
        assert {path for path in broken if not path.startswith("sections")} == within, field.id


FORMULAS = ("rule", "amount", "procedure", "programme", "form")


def test_readers_outside_the_declaration_are_asked(monkeypatch):
    monkeypatch.setattr(uses, "READERS", {})
    view = Use(("field", "income"), "view", "view:1", "视图“收入高的”")
    uses.register("views", lambda engine, relief_type: [view] if relief_type is GOOD else [])
    found = uses.uses(GOOD, engine=object())
    assert view in uses_of(GOOD, ("field", "income"), found)
    assert view not in uses.uses(GOOD)
    with pytest.raises(ValueError, match="twice"):
        uses.register("views", lambda engine, relief_type: [])
    assert [title for title, _ in uses.grouped(uses_of(GOOD, ("field", "income"), found))] == [
        "资格条件",
        "计算字段",
        "谁能看到",
        "保存的视图",
    ]
