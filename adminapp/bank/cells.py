"""Cells of a bank file: one class per kind of column, and what no cell may hold."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from adminapp.money import format_yuan, plain_yuan
from adminapp.text import narrow

LARGEST = 10**15
"""Fen of an amount that may be read; digits beyond any money would only break what counts with them."""


class Cell:
    """Text, and the base of the other kinds. `text` returns the cell; it raises ValueError with a Chinese reason."""

    def text(self, value, column, profile, serial: int) -> str:
        """Return the text of a value; `serial` is the number of the line, from 1."""
        if value is None:
            return ""
        if not isinstance(value, str):
            raise ValueError(f"应为文字，实为 {value!r}")
        return value

    def value(self, text: str, profile):
        """Return the value a cell of a bank's file stands for."""
        return text


class Amount(Cell):
    """Whole fen, written in the unit of the profile: "123450" or "1234.50"."""

    def text(self, value, column, profile, serial):
        if type(value) is not int:
            raise ValueError(f"金额应为整分，实为 {value!r}")
        if value <= 0:
            raise ValueError(f"金额必须大于 0，实为 {format_yuan(value)} 元")
        if column.most is not None and value > column.most:
            raise ValueError(f"金额 {format_yuan(value)} 元超过银行上限 {format_yuan(column.most)} 元")
        return str(value) if profile.unit == "fen" else plain_yuan(value)

    def value(self, text, profile):
        try:
            fen = Decimal(narrow(text).replace(",", "").replace("，", "")) * (1 if profile.unit == "fen" else 100)
        except ArithmeticError as error:
            raise ValueError(f"“{text}”不是金额") from error
        if not fen.is_finite() or abs(fen) > LARGEST or fen != int(fen):
            raise ValueError(f"“{text}”不是整分的金额")
        return int(fen)


class Number(Cell):
    """A whole number, such as the number of lines in the total line."""

    def text(self, value, column, profile, serial):
        if type(value) is not int:
            raise ValueError(f"应为整数，实为 {value!r}")
        return str(value)

    def value(self, text, profile):
        if not re.fullmatch(r"\d+", text, re.ASCII):
            raise ValueError(f"“{text}”不是整数")
        return int(text)


class Serial(Number):
    """The number of the line, from 1; needs no source."""

    def text(self, value, column, profile, serial):
        return str(serial)


class Digits(Cell):
    """An account: digits only, as text."""

    def text(self, value, column, profile, serial):
        text = super().text(value, column, profile, serial)
        if not re.fullmatch(r"\d*", text, re.ASCII):
            raise ValueError("只能是数字")
        return text


class Constant(Cell):
    """The same text on every line: the `value` of the column."""

    def text(self, value, column, profile, serial):
        return column.value


class Blank(Cell):
    """A column the bank fills in itself."""

    def text(self, value, column, profile, serial):
        return ""


class Day(Cell):
    """A date, written as 20260916."""

    def text(self, value, column, profile, serial):
        if value is None:
            return ""
        if not isinstance(value, date):
            raise ValueError(f"应为日期，实为 {value!r}")
        return f"{value:%Y%m%d}"


CELLS: dict[str, Cell] = {
    "text": Cell(),
    "digits": Digits(),
    "amount": Amount(),
    "number": Number(),
    "serial": Serial(),
    "constant": Constant(),
    "blank": Blank(),
    "date": Day(),
}


@dataclass(frozen=True)
class Problem:
    """Why a row cannot go to the bank: number of the row from 1 (0 for the file itself), column title, reason."""

    row: int
    column: str
    text: str

    def __str__(self):
        place = f"第 {self.row} 行" if self.row else "文件"
        return f"{place}“{self.column}”：{self.text}。"


# Codes that GB 18030-2022 reads differently from the table in use here (2000), so the bank may see another character;
# and the private-use area, which means something else at every bank.
_UNCERTAIN = re.compile(
    "[\ue000-\uf8ff\u1e3f\u9fb4-\u9fbb\ufe10-\ufe19\U00020087\U00020089\U000200cc\U000215d7\U0002298f\U000241fe]"
)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")


def find_faults(text: str, encoding: str, forbidden: str) -> list[str]:
    """Return what is wrong with the characters of a cell; `forbidden` are those that would break the line.

    Characters the encoding lacks are asked of `find_lost`, because a profile may name another encoding for them.
    """
    faults = []
    if text.isascii() and text.isalnum():
        return faults
    if control := _CONTROL.search(text):
        faults.append(f"有看不见的控制字符 U+{ord(control[0]):04X}")
    if text != text.strip():
        faults.append("前后有空格")
    if _FORMULA.match(text):
        faults.append(f"不能以“{text.strip()[0]}”开头")
    if broken := sorted(set(forbidden) & set(text) - set("\r\n\t")):
        faults.append(f"不能有{'、'.join('空格' if character == ' ' else f'“{character}”' for character in broken)}")
    if encoding == "gb18030" and (uncertain := list(dict.fromkeys(_UNCERTAIN.findall(text)))):
        faults.append(f"{name_characters(uncertain)}在新旧国家标准中编码不同，请先与银行约定写法")
    return faults


def find_lost(text: str, encoding: str) -> list[str]:
    """Return the characters of a text the encoding has no code for, in their order."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return [character for character in dict.fromkeys(text) if not _fits(character, encoding)]
    return []


def name_characters(characters: list[str]) -> str:
    """Return “䶮”(U+4DAE)、…"""
    return "、".join(f"“{character}”(U+{ord(character):04X})" for character in characters)


def _fits(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True

