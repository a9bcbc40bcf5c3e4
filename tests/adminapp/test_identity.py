"""Resident ID, disability card and bank card."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adminapp import dates
from adminapp.errors import Invalid
from adminapp.identity import check_account, check_card, make_id, parse_disability_card, parse_id, told_by


@pytest.mark.parametrize(
    "number, birth, sex",
    [
        ("11010519491231002X", date(1949, 12, 31), "female"),
        ("440524188001010014", date(1880, 1, 1), "male"),
        ("433123195603074216", date(1956, 3, 7), "male"),
        ("433123201501010017", date(2015, 1, 1), "male"),
        ("433123192412310024", date(1924, 12, 31), "female"),
    ],
)
def test_reads_birth_date_and_sex(number, birth, sex):
    parsed = parse_id(number)
    assert (parsed.number, parsed.birth, parsed.sex, parsed.area) == (number, birth, sex, number[:6])


@pytest.mark.parametrize(
    "typed", ["11010519491231002x", "１１０１０５１９４９１２３１００２Ｘ", " 110105 19491231 002X "]
)
def test_reads_the_number_as_people_type_it(typed):
    assert parse_id(typed).number == "11010519491231002X"


def test_converts_an_old_number_of_15_digits():
    assert parse_id("433123560307421").number == "433123195603074216"


def test_a_stored_number_tells_what_a_typed_one_does():
    for number in ("433123195603074216", "11010519491231002X"):
        assert told_by(number) == parse_id(number)


@pytest.mark.parametrize("number", [None, "", "无", "433123560307421", "433123195613074216", "43312319560307AAAA", "4331231956030742166"])
def test_what_is_no_number_tells_nothing(number):
    assert told_by(number) is None


def test_accepts_any_area_code():
    assert parse_id(make_id("999999", date(1990, 1, 1), 1)).area == "999999"


@pytest.mark.parametrize(
    "number, word",
    [
        ("", "请填写"),
        (None, "请填写"),
        ("43312319560307421", "长度"),
        ("4331231956030742166", "长度"),
        ("433123195603074217", "校验码"),
        ("433123195604074216", "校验码"),
        ("433123195602304211", "出生日期"),
        ("433123560230421", "出生日期"),
        ("433123000001010014", "出生日期"),
        ("43312319560307421A", "数字"),
        ("4331231956030742X6", "数字"),
        ("43312356030742X", "数字"),
        ("٤33123195603074216", "数字"),
    ],
)
def test_says_what_is_wrong_with_a_number(number, word):
    with pytest.raises(Invalid, match=word):
        parse_id(number)


def test_refuses_a_birth_date_in_the_future():
    number = make_id("433123", date(2026, 9, 17), 1)
    with dates.frozen(date(2026, 9, 16)), pytest.raises(Invalid, match="晚于今天"):
        parse_id(number)
    with dates.frozen(date(2026, 9, 17)):
        assert parse_id(number).birth == date(2026, 9, 17)


NUMBERS = st.builds(
    make_id,
    st.from_regex(r"[0-9]{6}", fullmatch=True),
    st.dates(date(1900, 1, 1), date(2020, 1, 1)),
    st.integers(0, 999),
)


@given(NUMBERS, st.integers(0, 16), st.integers(1, 9))
def test_finds_every_single_wrong_digit(number, place, shift):
    assert parse_id(number).number == number
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    with pytest.raises(Invalid):
        parse_id(wrong)


@pytest.mark.parametrize("area, sequence", [("43312", 1), ("433123", 1000), ("43312a", 1)])
def test_makes_no_number_from_wrong_parts(area, sequence):
    with pytest.raises(Invalid):
        make_id(area, date(1990, 1, 1), sequence)


def test_reads_a_disability_card():
    card = parse_disability_card("43312319560307421643")
    assert (card.id_number.number, card.kind, card.grade) == ("433123195603074216", 4, 3)
    assert parse_disability_card("43312319560307421643b1").number == "43312319560307421643B1"


@pytest.mark.parametrize(
    "number, word",
    [
        ("433123195603074216", "长度"),
        ("43312319560307421683", "类别"),
        ("43312319560307421645", "等级"),
        ("43312319560307421743", "校验码"),
    ],
)
def test_says_what_is_wrong_with_a_disability_card(number, word):
    with pytest.raises(Invalid, match=word):
        parse_disability_card(number)


@pytest.mark.parametrize("typed", ["6222021234567890128", "6222 0212 3456 7890 128", "4111111111111111"])
def test_accepts_a_bank_card_with_a_right_check_digit(typed):
    assert check_card(typed) == typed.replace(" ", "")


@pytest.mark.parametrize(
    "typed, word", [("6222021234567890129", "校验"), ("622202", "长度"), ("62220212345678901x8", "数字"), ("", "数字")]
)
def test_refuses_a_wrong_bank_card(typed, word):
    with pytest.raises(Invalid, match=word):
        check_card(typed)


def test_accepts_a_passbook_account_but_checks_what_looks_like_a_card():
    assert check_account("82010 750001 2345678") == "820107500012345678"
    for wrong in ("6222021234567890129", "1234567", "1" * 31, "abc", ""):
        with pytest.raises(Invalid):
            check_account(wrong)
