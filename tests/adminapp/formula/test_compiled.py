"""The compiled formula and the interpreter it replaced agree on value, refusal and trace of any formula that checks."""

from datetime import date
from fractions import Fraction

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from adminapp.errors import Invalid
from adminapp.formula import Evaluator, FormulaError, check_types, parse
from adminapp.formula.types import Name
from adminapp.standards import Standards
from tests.adminapp.formula.reference import Reference

ON = date(2026, 9, 16)
TABLE = Standards.from_rows(
    [
        {"key": key, "label": "演示", "unit": unit, "from": since, "value": value, "source": "虚构"}
        for key, unit, since, value in (
            ("base", "money/month", "2026-01-01", "740.00"),
            ("late", "money/month", "2027-01-01", "800.00"),
            ("care.full", "money", "2020-01-01", "560.10"),
            ("care.half", "money", "2020-01-01", "280.00"),
            ("ratio", "number", "2020-01-01", "1.3"),
        )
    ]
)
COLUMNS = {"wage": Name("money", "工资"), "share": Name("number", "份额"), "kin": Name("text", "关系", ("self", "son")), "ill": Name("bool", "病")}
NAMES = {
    "income": Name("money", "收入"), "cost": Name("money", "支出"), "persons": Name("number", "人数"), "zero": Name("number", "零"),
    "grade": Name("text", "等级", ("full", "half")), "born": Name("date", "出生"), "since": Name("date", "起"), "flag": Name("bool", "是"),
    "kinds": Name("list", "多选", ("a", "b")), "members": Name("rows", "成员", columns=COLUMNS), "number": Name("text", "号码"),
}  # fmt: skip


class Awards:
    def holds(self, programme):
        return programme == "dibao"

    def household_holds(self, programme):
        return programme != "none"

    def monthly(self, programme):
        return Fraction(35_001, 2) if programme == "dibao" else 0


def formulas():
    """Texts over the names above, typed by construction; what the checker still refuses is left out by the test."""
    money = st.sampled_from(
        ["income", "cost", 'standard("base")', 'standard("late")', 'standard("care", grade)', "yuan(7)", "yuan(0.07)", 'award("dibao")', "0"]
    )
    number = st.sampled_from(
        ["persons", "zero", "2", "0.5", "1 / 3", "count(members)", "age(born)", "age(number)", "months_between(since, born)", 'standard("ratio")']
    )
    flag = st.sampled_from(
        ["flag", "filled(number)", 'grade == "full"', 'grade in ["full", "half"]', 'has(kinds, "a")', 'holds("dibao")', 'household_holds("none")',
         "is_male(number)", "born < since", "born >= birth(number)", "True"]
    )  # fmt: skip
    row_money = st.sampled_from(["wage", "wage * 2", 'wage if kin == "self" else 0', "wage + income", "max(wage, income)"])
    row_flag = st.sampled_from(["ill", 'kin == "self"', 'kin in ["son"] and not ill', "wage > income", "ill or flag", "share < 1"])

    def grow(leaves):
        money, number, flag = leaves
        return (
            st.one_of(
                money,
                st.builds("({} {} {})".format, money, st.sampled_from("+-"), money),
                st.builds("{} * {}".format, money, number),
                st.builds("({}) / ({})".format, money, number),
                st.builds("min({}, {})".format, money, money),
                st.builds("max(0, {})".format, money),
                st.builds("({} if {} else {})".format, money, flag, money),
                st.builds("total(members, {})".format, row_money),
                st.builds("-({})".format, money),
            ),
            st.one_of(
                number,
                st.builds("({} {} {})".format, number, st.sampled_from("+-*"), number),
                st.builds("({}) / ({})".format, money, money),
                st.builds("floor({})".format, number),
                st.builds("count(members, {})".format, row_flag),
                st.builds("total(members, {})".format, st.sampled_from(["share", "share / 3"])),
            ),
            st.one_of(
                flag,
                st.builds("({} {} {})".format, money, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), money),
                st.builds("({} < {} <= {})".format, number, number, number),
                st.builds("({} {} {})".format, flag, st.sampled_from(["and", "or"]), flag),
                st.builds("(not {})".format, flag),
                st.builds("any(members, {})".format, row_flag),
                st.builds("all(members, {})".format, row_flag),
            ),
        )

    leaves = money, number, flag
    for _ in range(3):
        leaves = grow(leaves)
    return st.one_of(*leaves)


ROWS = st.lists(
    st.fixed_dictionaries(
        {"wage": st.integers(0, 10**7), "share": st.sampled_from([0, 1, Fraction(1, 3)]), "kin": st.sampled_from(["self", "son", ""]), "ill": st.booleans()}
    ),
    max_size=3,
)
DAY = st.one_of(st.none(), st.dates(date(1930, 1, 1), date(2026, 9, 16)))
VALUES = st.fixed_dictionaries(
    {
        "income": st.integers(-10, 10**8), "cost": st.one_of(st.just(0), st.fractions(0, 10**6, max_denominator=12)), "persons": st.integers(0, 9),
        "zero": st.just(0), "grade": st.sampled_from(["full", "half", ""]), "born": DAY, "since": DAY, "flag": st.booleans(),
        "kinds": st.sampled_from([(), ["a"], ["a", "b"]]), "members": st.one_of(ROWS, st.just(())), "number": st.sampled_from(["", "433123195603074216"]),
    }
)  # fmt: skip


def outcome(evaluator, formula):
    """Return what came out with its type and the trace, or the kind and sentence of the refusal."""
    try:
        value, trace = evaluator.traced(formula)
        return type(value), value, trace.names, trace.standards, trace.awards
    except Invalid as error:
        return type(error), str(error)


def both(text, values, missing=()):
    known = {key: value for key, value in values.items() if key not in missing}
    formula = parse(text)
    return [outcome(maker(known, standards=TABLE, on=ON, awards=Awards()), formula) for maker in (Evaluator, Reference)]


BLANK = {"income": 0, "cost": 0, "persons": 0, "zero": 0, "grade": "", "born": None, "since": None, "flag": False, "kinds": (), "members": (), "number": ""}


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(formulas(), VALUES, st.sets(st.sampled_from(sorted(NAMES)), max_size=1))
@example("age(born) > 3", BLANK, set())
@example("born < since", BLANK, set())
@example("total(members, wage) / persons", BLANK, set())
@example("total(members, share / 3)", BLANK | {"members": [{"share": Fraction(1, 3), "wage": 1, "kin": "", "ill": True}]}, set())
def test_compiled_and_interpreted_agree(text, values, missing):
    try:
        check_types(parse(text), NAMES, TABLE.types())
    except FormulaError:
        return
    compiled, interpreted = both(text, values, missing)
    assert compiled == interpreted, text


def test_a_row_leaves_nothing_behind_when_it_is_refused():
    evaluator = Evaluator({"members": [{"wage": 1}], "zero": 0}, standards=TABLE, on=ON)
    assert outcome(evaluator, parse("any(members, wage / zero > 1)"))[0].__name__ == "MissingValue"
    assert evaluator.row is None and evaluator.run("count(members)") == 1


def test_a_name_of_the_case_hides_behind_a_column_only_within_rows():
    values = {"members": [{"income": 5}, {"income": 7}], "income": 100}
    evaluator = Evaluator(values, standards=TABLE, on=ON)
    assert evaluator.run("total(members, income) + income") == 112
