"""The stored form of text and of names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adminapp.errors import Invalid
from adminapp.text import check_name, normalise


@pytest.mark.parametrize(
    "typed, stored",
    [
        ("  虚构村 ", "虚构村"),
        ("　虚构村　", "虚构村"),
        ("e\u0301", "é"),
        ("张\ue863", "张䶮"),
        ("\ue81e\ue7c7", "\u9fb4\u1e3f"),
        ("筸子坪𬬭", "筸子坪𬬭"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_stores_one_form_of_the_same_text(typed, stored):
    assert normalise(typed) == stored


def test_narrows_digits_and_letters_only_for_numbers():
    assert normalise("４３３１２３ｘ", numbers=True) == "433123x"
    assert normalise("４３", numbers=False) == "４３"


def test_keeps_line_breaks_only_in_long_text():
    assert normalise("一\r\n二\r三\t四", multiline=True) == "一\n二\n三 四"
    with pytest.raises(Invalid, match="换行"):
        normalise("一\n二")


@pytest.mark.parametrize(
    "code",
    [
        0x00,
        0x0B,
        0x1B,
        0x7F,
        0x85,
        0xAD,
        0x200B,
        0x200D,
        0x200F,
        0x202E,
        0x2066,
        0x2060,
        0xFEFF,
        0xFFFD,
        0xFFFE,
        0xD800,
        0xDFFF,
        0xE000,
        0xF8FF,
        0xFE0F,
        0xE0100,
        0x10FFFD,
    ],
)
@pytest.mark.parametrize("multiline", [False, True])
def test_refuses_a_character_nobody_can_see_and_names_it(code, multiline):
    with pytest.raises(Invalid, match=f"第 2 个字符（U\\+{code:04X}）"):
        normalise(f"王{chr(code)}五", multiline=multiline)


def test_refuses_control_characters_in_plain_text_too():
    with pytest.raises(Invalid):
        normalise("a\x00b")


@given(st.text())
def test_the_stored_form_is_stable(text):
    try:
        once = normalise(text)
    except Invalid:
        return
    assert normalise(once) == once


@pytest.mark.parametrize(
    "typed, stored",
    [
        ("欧阳虚构", "欧阳虚构"),
        ("王 五", "王五"),
        ("张　三", "张三"),
        ("虚构·买买提", "虚构·买买提"),
        ("虚构•买买提", "虚构·买买提"),
        ("王㛃", "王㛃"),
        ("张𬱖", "张𬱖"),
        ("李\U000323af", "李\U000323af"),
        ("张〇", "张〇"),
        ("虚" * 20, "虚" * 20),
    ],
)
def test_accepts_names_with_rare_characters_and_parts(typed, stored):
    assert check_name(typed) == stored


@pytest.mark.parametrize(
    "typed", ["", "王", "虚" * 21, "王5", "Wang Wu", "·王五", "王五·", "王··五", "=王五", "王,五", "王\ue000"]
)
def test_refuses_what_is_no_name(typed):
    with pytest.raises(Invalid):
        check_name(typed)
