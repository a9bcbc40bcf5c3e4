"""Money: text of yuan to whole fen (分) and back, amounts in words, and the named roundings."""

import math
import re
from collections.abc import Callable
from fractions import Fraction

from adminapp.errors import Invalid

LARGEST = 10**12  # fen; more is a slip of the hand, and stays far inside MongoDB's 64-bit integers

_NARROW = str.maketrans("０１２３４５６７８９．，－￥¥", "0123456789.,-\0\0")
_AMOUNT = re.compile(r"(-?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,}))?", re.ASCII)


def parse_yuan(text: str, *, allow_negative: bool = False) -> int:
    """Return the fen of an amount typed in yuan, such as "1,234.50", "１２００" or "￥300 元".

    Raise Invalid for anything else: an empty text, "nan", "1e5", a third decimal, a misplaced thousands comma,
    more than LARGEST, and, unless `allow_negative`, an amount below 0.
    """
    shown = str(text).strip() if text is not None else ""
    if not shown:
        raise Invalid("请填写金额。")
    plain = shown.translate(_NARROW).removeprefix("\0").removesuffix("元").strip()
    match = _AMOUNT.fullmatch(plain)
    if not match:
        raise Invalid(f"“{shown[:40]}”不是金额，请按“1234.50”的样子填写，单位为元。")
    sign, yuan, decimals = match.groups(default="")
    if len(decimals) > 2:
        raise Invalid(f"“{shown[:40]}”的小数超过两位，金额最小到分。")
    if sign and not allow_negative:
        raise Invalid(f"金额不能是负数：{shown[:40]}。")
    digits = yuan.replace(",", "").lstrip("0")
    if len(digits) > 12:  # before int(): a pasted text of a million digits must cost nothing
        raise Invalid(f"金额太大，最多 {format_yuan(LARGEST)} 元。")
    fen = int(digits or 0) * 100 + int(decimals.ljust(2, "0"))
    if fen > LARGEST:
        raise Invalid(f"金额太大，最多 {format_yuan(LARGEST)} 元。")
    return -fen if sign else fen


def format_yuan(fen: int) -> str:
    """Return fen as yuan with thousands commas and two decimals: 123450 is "1,234.50"."""
    yuan, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{yuan:,}.{rest:02d}"


def signed_yuan(fen: int) -> str:
    """Return a difference as yuan with its sign in front, none for nothing: 123450 is "+1,234.50"."""
    return f"{'+' if fen > 0 else ''}{format_yuan(fen)}"


def plain_yuan(fen: int) -> str:
    """Return fen as yuan for machines, without commas: 123450 is "1234.50"."""
    yuan, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{yuan}.{rest:02d}"


_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_SECTIONS = ("", "万", "亿", "万亿")


def in_words(fen: int) -> str:
    """Return the amount in capital characters (大写), without the leading 人民币: 140950 is 壹仟肆佰零玖元伍角.

    Follows 正确填写票据和结算凭证的基本规定: 整 after 元 but not after 角 or 分; one 零 for any run of zeros inside.
    Where the rule lets one choose (万位 or 元位 is 0 and the next digit is not) the 零 goes after 元 and not after 万,
    so 107,000.53 is 壹拾万柒仟元零伍角叁分, the first of the rule's two spellings.
    """
    yuan, rest = divmod(abs(fen), 100)
    jiao, last = divmod(rest, 10)
    words = "负" if fen < 0 else ""
    if yuan or not rest:
        words += (_whole(yuan) or "零") + "元"
    if not rest:
        return words + "整"
    if yuan and (not jiao or not yuan % 10):
        words += "零"
    if jiao:
        words += _DIGITS[jiao] + "角"
    if last:
        words += _DIGITS[last] + "分"
    return words


def _whole(number: int) -> str:
    words, gap = "", False
    for place in range(15, -1, -1):
        digit = number // 10**place % 10
        section, within = divmod(place, 4)
        if digit:
            words += ("零" if gap else "") + _DIGITS[digit] + _PLACES[within]
            gap = False
        elif words and within != 0:
            gap = True
        if within == 0:
            if number // 10**place % 10_000:
                words += _SECTIONS[section]
                # The 0 of the 万 place itself asks for no 零, but zeros before it do (壹拾万零柒佰 has 千位 0).
                gap = False
            elif words:
                gap = True
    return words


def _whole_fen(amount: Fraction) -> int:
    if Fraction(amount).denominator != 1:
        raise Invalid("算出的金额不是整分，请为该救助类型选择一种取整方式。")
    return int(amount)


def _half_up(amount: Fraction) -> int:
    """Round half away from zero, as officers do by hand; Python's round() would go to the even neighbour."""
    return math.floor(abs(amount) + Fraction(1, 2)) * (1 if amount >= 0 else -1)


ROUNDINGS: dict[str, Callable[[Fraction], int]] = {
    "none": _whole_fen,
    "up_yuan": lambda amount: math.ceil(Fraction(amount) / 100) * 100,
    "half_up_yuan": lambda amount: _half_up(Fraction(amount) / 100) * 100,
    "down_yuan": lambda amount: math.floor(Fraction(amount) / 100) * 100,
    "half_up_fen": lambda amount: _half_up(Fraction(amount)),
}
"""Exact fen (a Fraction) to whole fen. "none" raises Invalid when a part of a fen is left: nothing is cut silently."""

ROUNDING_NAMES = {
    "none": "不取整",
    "up_yuan": "见分进元",
    "half_up_yuan": "四舍五入到元",
    "down_yuan": "舍去角分",
    "half_up_fen": "四舍五入到分",
}
