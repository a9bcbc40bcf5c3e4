"""Values: exact, blanks as on a paper form, and a record of everything that was read."""

from datetime import date
from fractions import Fraction

import pytest

from adminapp.formula import Evaluator
from adminapp.formula.evaluator import MissingValue
from adminapp.standards import Standards

ON = date(2026, 9, 16)
HEAD = {"label": "低保标准", "source": "虚构"}
TABLE = Standards.from_rows(
    [
        {"key": "dibao.urban", "unit": "money/month", "from": "2026-01-01", "value": "740.00", **HEAD},
        {"key": "dibao.urban", "unit": "money/month", "from": "2025-01-01", "value": "720.00", **HEAD},
        {"key": "care.full", "unit": "money/month", "from": "2025-01-01", "value": "560.00", **HEAD},
        {"key": "ratio", "unit": "number", "from": "2025-01-01", "value": "1.3", **HEAD},
    ]
)
ID = "433123195603074216"


def run(text, on=ON, awards=None, **values):
    return Evaluator(values, standards=TABLE, on=on, awards=awards).run(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 / 3", Fraction(1, 3)),
        ("1 / 3 * 3", 1),
        ("0.1 + 0.2", Fraction(3, 10)),
        ("6 / 3", 2),
        ("yuan(0.07)", 7),
        ("yuan(2000)", 200_000),
        ('standard("dibao.urban") * standard("ratio")', 96_200),
        ('standard("care", grade)', 56_000),
        ("floor(7 / 2)", 3),
        ("max(0, 3 - 5)", 0),
        ("1 < 2 < 2", False),
        ("true_word == false_word", False),
    ],
)
def test_arithmetic_is_exact(text, expected):
    found = run(text, grade="full", true_word="a", false_word="b")
    assert found == expected and not isinstance(found, float)


def test_hundred_thirds_add_up_without_loss():
    rows = [{"share": Fraction(100, 3)}] * 300
    assert run("total(rows, share)", rows=rows) == 10_000


def test_blanks_count_as_nothing():
    rows = [{"wages": 0, "name": ""}, {"wages": 500, "name": "甲"}]
    assert run("total(rows, wages)", rows=rows) == 500
    assert run("count(rows, filled(name))", rows=rows) == 1
    assert run("total(rows, wages)", rows=None) == 0


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, False),
        ("", False),
        (0, False),
        ((), False),
        ([], False),
        (False, False),
        ("0", True),
        (["a"], True),
        (ON, True),
    ],
)
def test_filled(value, expected):
    assert run("filled(x)", x=value) is expected


def test_functions_over_no_rows():
    assert run("all(rows, ill)", rows=[]) is True
    assert run("any(rows, ill)", rows=[]) is False
    assert run("count(rows)", rows=[]) == 0


def test_column_hides_the_field_of_the_same_name_only_inside_the_row():
    assert run("total(rows, income) + income", rows=[{"income": 5}], income=100) == 105
    assert run("count(rows, income < limit)", rows=[{"income": 5}, {"income": 50}], limit=10) == 1


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1 / persons", {"persons": 0}),
        ("born < other", {"born": None, "other": ON}),
        ("months_between(born, other)", {"born": ON, "other": None}),
        ("age(born)", {"born": None}),
        ("age(born)", {"born": ""}),
        ("absent > 0", {}),
    ],
)
def test_missing_value_is_said_and_never_guessed(text, values):
    with pytest.raises(MissingValue):
        run(text, **values)


def test_condition_stops_before_a_missing_value():
    assert run("filled(born) and born < other", born=None, other=ON) is False
    assert run("0 if persons == 0 else 1 / persons", persons=0) == 0


def test_age_counts_on_the_day_of_the_decision():
    assert run("age(number)", number=ID, on=date(2026, 3, 6)) == 69
    assert run("age(number)", number=ID, on=date(2026, 3, 7)) == 70
    assert run("birth(number)", number=ID) == date(1956, 3, 7)
    assert run("is_male(number)", number=ID) is True
    assert run("is_male(number)", number="") is False


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [((2026, 1, 31), (2026, 2, 28), 0), ((2026, 1, 15), (2026, 7, 15), 6), ((2026, 1, 15), (2026, 7, 14), 5)],
)
def test_months_between_counts_whole_months(start, end, months):
    assert run("months_between(a, b)", a=date(*start), b=date(*end)) == months


def test_choices():
    assert run('has(means, "cash")', means=["cash"]) is True
    assert run('has(means, "cash")', means=None) is False
    assert run('kind in ["a", "b"]', kind="b") is True
    assert run('kind not in ["a", "b"]', kind="b") is False


def test_standard_is_the_one_of_the_day():
    assert run('standard("dibao.urban")', on=date(2025, 12, 31)) == 72_000
    assert run('standard("dibao.urban")', on=date(2026, 1, 1)) == 74_000


def test_without_a_table_a_standard_is_missing():
    with pytest.raises(MissingValue, match="没有标准表"):
        Evaluator({}, on=ON).run('standard("dibao.urban")')


def test_trace_holds_names_standards_and_awards_of_one_formula_alone():
    class Held:
        def monthly(self, programme):
            return 35_000

    evaluator = Evaluator({"income": 100, "unused": 1}, standards=TABLE, on=ON, awards=Held())
    evaluator.traced("unused > 0")
    value, trace = evaluator.traced('standard("dibao.urban") - income - award("dibao")')
    assert value == 38_900
    assert trace.names == {"income": 100}
    assert trace.standards["dibao.urban"]["from"] == date(2026, 1, 1)
    assert trace.awards == {"monthly:dibao": 35_000}


def test_no_award_counts_as_zero():
    assert run('award("dibao")') == 0
    assert run('holds("dibao") or household_holds("dibao")') is False
