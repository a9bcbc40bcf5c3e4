"""What may be written in a formula at all; everything else is refused with its place."""

import pytest

from adminapp.formula import FormulaError, parse
from adminapp.formula.language import MAX_LENGTH


@pytest.mark.parametrize(
    "text",
    [
        "income / persons < 100",
        'kind in ["urgent", "expense"] and not complaint',
        "a if b else c",
        "total(members, wages + other) - 1.5",
        "1 <= months <= 6",
        " -income ",
    ],
)
def test_plain_expression_is_accepted(text):
    assert parse(text).text == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "kind.upper()",
        "().__class__",
        "members[0]",
        "lambda: 1",
        "[x for x in members]",
        "{x for x in members}",
        "(x := 5)",
        'f"{kind}"',
        "{1: 2}",
        "*members",
        "await x",
        "2 ** 9999",
        "7 // 2",
        "7 % 2",
        "a is b",
        "~a",
        "+a",
        "a | b",
        "None",
        "...",
        'b"x"',
        "1j",
        "__import__('os')",
        "eval('1')",
        "standard(key='x')",
        "min(*members)",
        "floor(1)(2)",
        "a = 1",
        "import os",
        "a; b",
        "a <",
        "a\nb",
        "",
        "   ",
        "a\x00b",
        "9" * 20,
        "1e400",
        '"' + "长" * 61 + '"',
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(FormulaError):
        parse(text)


def test_long_formula_is_refused_by_length():
    with pytest.raises(FormulaError, match=f"10000 个字符，最多 {MAX_LENGTH} 个|10000 个字符,最多 {MAX_LENGTH} 个"):
        parse("1" * 10_000)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 900 + "1" + ")" * 900,
        "-" * 500 + "1",
        "not " * 100 + "a",
        "+".join("a" * 300),
        "floor(" * 40 + "1" + ")" * 40,
    ],
)
def test_deep_or_wide_formula_is_refused(text):
    with pytest.raises(FormulaError):
        parse(text)


def test_unknown_function_names_the_nearest():
    with pytest.raises(FormulaError, match="没有函数“totl”.*是否要写“total”"):
        parse("totl(members, income)")


def test_error_names_the_place():
    with pytest.raises(FormulaError) as caught:
        parse("income + kind.upper()")
    assert caught.value.position == 10 and "第 10 字" in str(caught.value)


def test_names_and_standards_are_listed_without_columns():
    formula = parse('total(members, wages) / persons < standard("dibao.urban") * rate + persons')
    assert formula.names == ("members", "persons", "rate")
    assert formula.standards == ("dibao.urban",)


def test_same_text_is_parsed_once():
    assert parse("income + 1") is parse("income + 1")


def test_places_are_counted_in_characters():
    with pytest.raises(FormulaError) as error:
        parse('"城市" == lambda')
    with pytest.raises(FormulaError) as error:
        parse('kind == "城市低保" and x.y')
    assert error.value.position == 20


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_places_are_counted_over_several_lines(end):
    assert parse(f'("甲" == kind or{end}   kind == "城市低保")').names == ("kind",)
    for first in ('"甲"', '"b"'):
        text = f'({first} == kind or{end}   kind == "城" and x.y)'
        with pytest.raises(FormulaError) as error:
            parse(text)
        assert text[error.value.position - 1 :] == "x.y)"
