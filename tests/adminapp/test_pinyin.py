"""Pinyin for the search by initials."""

import pytest

from adminapp.pinyin import initials, spell


@pytest.mark.parametrize(
    "name, letters, full",
    [
        ("欧阳虚构", "oyxg", "ouyangxugou"),
        ("曾虚", "zx", "zengxu"),
        ("单虚", "sx", "shanxu"),
        ("简单", "jd", "jiandan"),
        ("吕虚", "lx", "lvxu"),
        ("万俟虚", "mqx", "moqixu"),
        ("虚构·买买提", "xgmmt", "xugoumaimaiti"),
        ("王A1", "wa1", "wanga1"),
        ("", "", ""),
    ],
)
def test_spells_names(name, letters, full):
    assert (initials(name), spell(name)) == (letters, full)


@pytest.mark.parametrize("character", ["\U000323af", "\ue000", "\U0001f600", "！", "\x00", "\ud800"])
def test_a_character_without_reading_is_a_question_mark_and_never_an_error(character):
    assert initials("王" + character) == "w?"
    assert spell("王" + character) == "wang?"
