"""An id that changes before publication takes along every formula and reference that names it, and nothing else."""

import pytest

from adminapp import drafts
from adminapp.drafts.renaming import renamed, renaming
from tests.adminapp.drafts.conftest import MAPPING, XIANG, key

TABLES = {"members": {"name", "income", "relation"}, "them": {"role"}}


@pytest.mark.parametrize(
    ("text", "target", "new", "table", "changed"),
    [
        ("income / persons", ("field", "income"), "pay", "", "pay / persons"),
        ("total(members, income) + income", ("field", "income"), "pay", "", "total(members, income) + pay"),
        ("total(members, income) + income", ("column", "members", "income"), "pay", "", "total(members, pay) + income"),
        ("count(members, persons > 1)", ("field", "members"), "people", "", "count(people, persons > 1)"),
        ("total(members, income)", ("field", "members"), "people", "", "total(people, income)"),
        ("income > 1", ("column", "members", "income"), "pay", "members", "pay > 1"),
        ("income > 1", ("field", "income"), "pay", "members", None),
        ('kind == "a" and name == "a"', ("option", "kind", "a"), "b", "", 'kind == "b" and name == "a"'),
        ('kind in ["a", "c"] or has(kind, "a")', ("option", "kind", "a"), "b", "", 'kind in ["b", "c"] or has(kind, "b")'),
        ('any(them, role == "a") and role == "a"', ("option", "them", "role", "a"), "b", "", 'any(them, role == "b") and role == "a"'),
        ("base + supplement", ("term", "base"), "first", "", "first + supplement"),
        ("家庭年收 ÷", ("field", "income"), "pay", "", None),
        ("persons", ("field", "income"), "pay", "", None),
    ],
)
def test_only_what_is_meant_is_renamed(text, target, new, table, changed):
    assert renamed(text, target, new, TABLES, table) == changed


def test_a_renamed_field_is_followed_by_formulas_and_references(app, draft):
    place = draft.places[key(draft, id="persons")]
    engine = app.extensions["relief"]
    parts = renaming(draft, place, "id", "people", draft.sort.formulas(draft.thing, engine))
    now = drafts.apply(draft.id, 0, parts, XIANG)
    assert drafts.problems_of(now, engine) == []
    assert now.thing.fields["per_capita"].formula == "income / people"
    assert (now.thing.validation[0].rule, now.thing.validation[0].field) == ("people < 20", "people")
    assert now.thing.amount.terms[0].value == 'standard("dibao.urban") * people'
    assert drafts.undo(draft.id, XIANG).mapping == MAPPING
