"""Yuan as text, fen as numbers, amounts in words, and rounding."""

from fractions import Fraction

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adminapp.errors import Invalid
from adminapp.money import (
    LARGEST,
    ROUNDING_NAMES,
    ROUNDINGS,
    format_yuan,
    in_words,
    parse_yuan,
    plain_yuan,
    signed_yuan,
)


@pytest.mark.parametrize(
    "text, fen",
    [
        ("1,234.50", 123450),
        ("1234.5", 123450),
        ("0", 0),
        ("007", 700),
        (" 2000 ", 200000),
        ("１，２３４．５６", 123456),
        ("￥300 元", 30000),
        ("¥0.01", 1),
        ("10,000,000,000.00", LARGEST),
    ],
)
def test_reads_amounts_as_people_type_them(text, fen):
    assert parse_yuan(text) == fen


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        None,
        "nan",
        "inf",
        "1e5",
        "1.234",
        "1,23",
        "12,34.5",
        "1.",
        ".5",
        "+5",
        "--5",
        "0x10",
        "1_000",
        "五百",
        "-5",
        "10,000,000,000.01",
        "9" * 100_000,
        "1 2",
        "٣",
        "²",
    ],
)
def test_refuses_what_is_not_an_amount_of_money(text):
    with pytest.raises(Invalid) as refused:
        parse_yuan(text)
    assert "金额" in str(refused.value) and len(str(refused.value)) < 120


def test_reads_a_negative_amount_only_when_asked():
    assert parse_yuan("-1,234.50", allow_negative=True) == -123450


@given(st.integers(-LARGEST, LARGEST))
def test_every_amount_survives_the_way_to_text_and_back(fen):
    assert parse_yuan(format_yuan(fen), allow_negative=True) == fen
    assert parse_yuan(plain_yuan(fen), allow_negative=True) == fen


def test_shows_two_decimals_and_thousands():
    assert [format_yuan(fen) for fen in (123450, 5, 0, -100001)] == ["1,234.50", "0.05", "0.00", "-1,000.01"]


def test_a_difference_has_its_sign_in_front():
    assert [signed_yuan(fen) for fen in (123450, 0, -100001)] == ["+1,234.50", "0.00", "-1,000.01"]


@pytest.mark.parametrize(
    "yuan, words",
    [
        # the examples printed in the rule
        ("1409.50", "壹仟肆佰零玖元伍角"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("1680.32", "壹仟陆佰捌拾元零叁角贰分"),
        ("107000.53", "壹拾万柒仟元零伍角叁分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        # edges
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角"),
        ("10", "壹拾元整"),
        ("200.05", "贰佰元零伍分"),
        ("2000", "贰仟元整"),
        ("10001", "壹万零壹元整"),
        ("100700", "壹拾万零柒佰元整"),
        ("100000000", "壹亿元整"),
        ("100001000", "壹亿零壹仟元整"),
        ("1020304.56", "壹佰零贰万零叁佰零肆元伍角陆分"),
        ("10000000000", "壹佰亿元整"),
    ],
)
def test_amounts_in_words_follow_the_rule_for_bills(yuan, words):
    assert in_words(parse_yuan(yuan)) == words


def test_a_negative_amount_in_words_says_so():
    assert in_words(-20000) == "负贰佰元整"


@given(st.integers(0, LARGEST))
def test_amounts_in_words_read_back_to_the_same_amount(fen):
    words = in_words(fen)
    assert "零零" not in words and not words.startswith("零角")
    # An independent writer agrees on everything but the optional 零 and 整.
    other = cn2an.an2cn(plain_yuan(fen), "rmb")
    assert words.replace("零", "").strip("整") == other.replace("零", "").strip("整")


@pytest.mark.parametrize(
    "name, amount, fen",
    [
        ("none", Fraction(12345), 12345),
        ("up_yuan", Fraction(10001), 10100),
        ("up_yuan", Fraction(30000, 3), 10000),
        ("half_up_yuan", Fraction(10050), 10100),
        ("half_up_yuan", Fraction(10049), 10000),
        ("half_up_yuan", Fraction(10250), 10300),
        ("down_yuan", Fraction(10099), 10000),
        ("half_up_fen", Fraction(5, 2), 3),
        ("half_up_fen", Fraction(-5, 2), -3),
        ("half_up_fen", Fraction(1, 3), 0),
    ],
)
def test_rounds_exact_amounts(name, amount, fen):
    assert ROUNDINGS[name](amount) == fen


def test_never_cuts_a_part_of_a_fen_silently():
    with pytest.raises(Invalid, match="取整方式"):
        ROUNDINGS["none"](Fraction(1, 3))


def test_every_rounding_has_a_chinese_name():
    assert ROUNDINGS.keys() == ROUNDING_NAMES.keys()
