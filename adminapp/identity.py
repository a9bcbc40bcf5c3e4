"""Identity numbers: the resident ID (GB 11643-1999), the disability card and the bank card."""

import re
from dataclasses import dataclass
from datetime import date
from operator import mul

from adminapp import dates
from adminapp.errors import Invalid
from adminapp.text import narrow

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"

SEXES = {"male": "男", "female": "女"}


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A valid resident ID and what it tells."""

    number: str
    """18 characters, check character in upper case."""
    birth: date
    sex: str
    """"male" or "female"."""
    area: str
    """Six digits of the county of first registration. It may be retired or far away: nothing follows from it."""

    def __str__(self):
        return self.number


def parse_id(text: str) -> IdNumber:
    """Return the resident ID typed: 18 characters, or an old one of 15 digits, which is converted.

    Full-width characters, blanks and a lower-case x are accepted. Raise Invalid saying what is wrong: the length,
    the characters, the birth date or the check character. The area code is never a reason.
    """
    number = _clean(text)
    if not number:
        raise Invalid("请填写身份证号码。")
    if len(number) not in (15, 18):
        raise Invalid(f"身份证号码长度不对：应为 18 位，现为 {len(number)} 位。")
    if len(number) == 15:
        # Sequences 996 to 999 were for persons born before 1900, whom no register carries as living.
        if not _is_digits(number):
            raise Invalid("15 位身份证号码只能是数字。")
        number = number[:6] + "19" + number[6:]
        number += _check_character(number)
    if not _is_digits(number[:17]) or number[17] not in "0123456789X":
        raise Invalid("身份证号码前 17 位只能是数字，最后一位是数字或 X。")
    try:
        birth = _birth(number)
    except ValueError as error:
        raise Invalid(f"身份证号码中的出生日期“{number[6:14]}”不存在。") from error
    if birth > dates.today():
        raise Invalid(f"身份证号码中的出生日期“{number[6:14]}”晚于今天。")
    if number[17] != _check_character(number):
        raise Invalid("身份证号码校验码不对，请核对是否有数字填错。")
    return IdNumber(number, birth, _sex(number), number[:6])


def told_by(number: str | None) -> IdNumber | None:
    """Return what a stored number tells, None for one that tells no birth date. It was checked when it was entered, not again here."""
    if not number or len(number) != 18:
        return None
    try:
        return IdNumber(number, _birth(number), _sex(number), number[:6])
    except ValueError:
        return None


def make_id(area: str, birth: date, sequence: int) -> str:
    """Return the number with its check character; `sequence` 0 to 999 is odd for a male. For invented persons only."""
    number = f"{area}{birth:%Y%m%d}{sequence:03d}"
    if not re.fullmatch(r"\d{17}", number, re.ASCII):
        raise Invalid("生成身份证号码需要 6 位区划代码和 0 至 999 的顺序码。")
    return number + _check_character(number)


def _birth(number):
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def _sex(number):
    return "male" if int(number[16]) % 2 else "female"


def _check_character(number: str) -> str:
    return _CHECKS[sum(map(mul, map(int, number[:17]), _WEIGHTS)) % 11]


@dataclass(frozen=True, slots=True)
class DisabilityCard:
    """A valid disability card number and what it tells."""

    number: str
    id_number: IdNumber
    kind: int
    """1 视力, 2 听力, 3 言语, 4 肢体, 5 智力, 6 精神, 7 多重."""
    grade: int
    """1 (severest) to 4."""

    def __str__(self):
        return self.number


def parse_disability_card(text: str) -> DisabilityCard:
    """Return the disability card typed: resident ID, kind digit 1-7, grade digit 1-4; a reissued card ends in B1, B2 …

    Raise Invalid saying what is wrong.
    """
    number = _clean(text)
    if not re.fullmatch(r".{20}(B\d)?", number):
        raise Invalid(f"残疾人证号长度不对：应为 20 位，现为 {len(number)} 位。")
    id_number = parse_id(number[:18])
    if number[18] not in "1234567":
        raise Invalid("残疾人证号第 19 位是残疾类别，应为 1 至 7。")
    if number[19] not in "1234":
        raise Invalid("残疾人证号第 20 位是残疾等级，应为 1 至 4。")
    return DisabilityCard(number, id_number, int(number[18]), int(number[19]))


def check_card(text: str) -> str:
    """Return the bank card number typed, 16 to 19 digits. Raise Invalid when length or check digit (Luhn) is wrong."""
    number = _clean(text)
    if not _is_digits(number):
        raise Invalid("银行卡号只能是数字。")
    if not 16 <= len(number) <= 19:
        raise Invalid(f"银行卡号长度不对：应为 16 至 19 位，现为 {len(number)} 位。")
    doubled = (sum(divmod(int(digit) * 2, 10)) for digit in number[-2::-2])
    if (sum(int(digit) for digit in number[::-2]) + sum(doubled)) % 10:
        raise Invalid("银行卡号校验不通过，请核对是否有数字填错。")
    return number


def check_account(text: str) -> str:
    """Return the account typed: a bank card, or a passbook (存折) number of 8 to 30 digits, which has no check digit.

    A number of card length that starts with 62 is a card and must pass its check.
    """
    number = _clean(text)
    if number.startswith("62") and 16 <= len(number) <= 19:
        return check_card(number)
    if not _is_digits(number) or not 8 <= len(number) <= 30:
        raise Invalid("银行账号应为 8 至 30 位数字。")
    return number


def _clean(text: str) -> str:
    return "".join(narrow(text or "").split()).upper()


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
