"""The shipped golden cases hold, and they would notice: whatever is changed in a declaration, one of them fails."""

from dataclasses import replace
from pathlib import Path

import pytest

from adminapp import golden, standards
from adminapp.declaration import read_file, to_text
from adminapp.golden.reader import FOLDER, check

TYPES = Path(__file__).parents[3] / "schemas" / "relief_types"
KEYS = [path.stem for path in sorted(TYPES.glob("*.yaml"))]
STANDARDS = standards.read_file()


def loaded(key):
    return read_file(TYPES / f"{key}.yaml"), golden.read_file(FOLDER / f"{key}.yaml")


@pytest.mark.parametrize("key", KEYS)
def test_every_type_carries_at_least_eight_that_hold(key):
    relief_type, examples = loaded(key)
    assert len(examples.cases) >= 8
    assert [str(problem) for problem in check(examples, relief_type)] == []
    assert {one.example.id: one.differences for one in golden.run_all(examples, relief_type, STANDARDS) if not one.passed} == {}
    assert {True, False} == {example.expect.eligible for example in examples.cases}
    assert to_text(examples) == (FOLDER / f"{key}.yaml").read_text("utf-8")


@pytest.mark.parametrize("key", KEYS)
def test_taking_out_any_condition_or_term_is_noticed(key):
    relief_type, examples = loaded(key)

    def noticed(changed):
        return any(not one.passed for one in golden.run_all(examples, changed, STANDARDS))

    for item in relief_type.eligibility:
        always = tuple(replace(each, rule="True") if each is item else each for each in relief_type.eligibility)
        assert noticed(replace(relief_type, eligibility=always)), item.id
    for item in relief_type.amount.terms:
        nothing = tuple(replace(each, value="0", when="") if each is item else each for each in relief_type.amount.terms)
        assert noticed(replace(relief_type, amount=replace(relief_type.amount, terms=nothing))), item.id
    if relief_type.amount.cap:
        assert noticed(replace(relief_type, amount=replace(relief_type.amount, cap="")))
    if relief_type.amount.rounding != "half_up_fen" and key not in WHOLE:
        assert noticed(replace(relief_type, amount=replace(relief_type.amount, rounding="half_up_fen")))
    for rule in relief_type.validation:
        fewer = tuple(each for each in relief_type.validation if each is not rule)
        if rule.message not in UNNOTICED:
            assert noticed(replace(relief_type, validation=fewer)), rule.message


WHOLE = {"temporary"}
"""Types whose amounts are whole yuan before they are rounded: persons and months times a whole standard."""
UNNOTICED = {
    "共同生活成员中要有且只有一行“本人”",
    "至少有一名保障对象",
    "单人保只能有一名保障对象",
    "报销和救助之和不能大于总费用",
}
"""Complaints of a form alone, tested with the forms: an example states what comes out, not every way to mistype."""


@pytest.mark.parametrize("key", KEYS)
def test_a_changed_standard_is_noticed(key):
    relief_type, examples = loaded(key)
    used = {name for one in golden.run_all(examples, relief_type, STANDARDS) for name in _standards(one.decision)}
    assert used
    for name in sorted(used):
        rows = [{**row, "value": _more(row["value"])} if row["key"] == name else row for row in STANDARDS.to_rows()]
        changed = standards.Standards.from_rows(rows)
        if name not in ("temporary.months_max", "property.houses", "temporary.repeat_months"):
            assert any(not one.passed for one in golden.run_all(examples, relief_type, changed)), name


def _standards(decision):
    return {row["key"] for row in decision["standards"]}


def _more(value):
    return value + 100_000 if isinstance(value, int) and value > 100 else f"{float(value) + 1:g}"
