"""Text from people and old systems: one clean form for storing and comparing, and names of persons."""

import re
import unicodedata

from adminapp.errors import Invalid

KNOWN_PRIVATE = {"\ue863": "䶮", "\ue81e": "\u9fb4", "\ue7c7": "\u1e3f"}
"""Private-use codes that old systems wrote for real characters, and the character meant (GB 18030-2022)."""

_WIDE = {0xFEE0 + code: code for code in (*range(0x30, 0x3A), *range(0x41, 0x5B), *range(0x61, 0x7B))} | {0x3000: 0x20}

# Control, zero-width, bidi and tag characters, variation selectors, lone surrogates, private use, non-characters and
# the replacement character: none can be seen, so each lets two different texts look the same (or marks a lost one).
_FORBIDDEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\uffff\ufdd0-\ufdef\ud800-\udfff\ue000-\uf8ff"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
_PRIVATE = re.compile("[\ue000-\uf8ff]")


def normalise(text: str, *, numbers: bool = False, multiline: bool = False) -> str:
    """Return the text as it is stored: NFC, trimmed, known private-use codes replaced by the real character.

    `numbers` also narrows full-width digits and letters; `multiline` keeps line breaks (as LF) and makes tabs blanks.
    Raise Invalid, naming the character and its place, for one that cannot be seen or is not a character.
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    if multiline:
        text = re.sub("\r\n|[\r\u2028\u2029]", "\n", text).replace("\t", " ")
    if _PRIVATE.search(text):
        text = _PRIVATE.sub(lambda found: KNOWN_PRIVATE.get(found[0], found[0]), text)
    text = text.strip()
    found = _FORBIDDEN.search(text) or (not multiline and re.search("\n", text))
    if found:
        raise Invalid(_name(found[0], found.start() + 1))
    text = unicodedata.normalize("NFC", text)
    return narrow(text).strip() if numbers else text


def narrow(text: str) -> str:
    """Return the text with full-width digits, letters and blanks as plain ones."""
    return text.translate(_WIDE)


def plain_number(text: str | None, longest: int = 9) -> int | None:
    """Return the whole number that a text of at most `longest` digits 0 to 9 writes, None for any other text.

    For what a request, a file name or a cell carries: "²" is a digit to Python and no number, and the database refuses
    what is longer than eighteen digits.
    """
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= longest else None


def _name(character: str, place: int) -> str:
    code = f"U+{ord(character):04X}"
    if character == "\n":
        return f"第 {place} 个字符是换行，这里只能填一行。"
    if _PRIVATE.match(character) or ord(character) >= 0xF0000:
        return f"第 {place} 个字符（{code}）是旧系统的自造字，请改用标准汉字后再填。"
    return f"第 {place} 个字符（{code}）是看不见的控制字符，请删去后再填。"


HAN = (
    "〇\u3400-\u4dbf\u4e00-\u9fff\ufa0e\ufa0f\ufa11\ufa13\ufa14\ufa1f\ufa21\ufa23\ufa24\ufa27-\ufa29"
    "\U00020000-\U0002a6df\U0002a700-\U0002ee5d\U00030000-\U000323af"
)
"""Han characters with the extensions A to I, as the inside of a character class.

By range and not by unicodedata: Python 3.11 does not know extensions H and I, persons carry them.
"""

_NAME = re.compile(f"[{HAN}]+(?:·[{HAN}]+)*")
_DOTS = str.maketrans("•・‧⋅∙●．.", "········")


def check_name(name: str) -> str:
    """Return a person's name in stored form: 2 to 20 Han characters, parts joined by "·" (U+00B7) where it has parts.

    Other dots become "·" and padding blanks (王 五) go. Length counts characters, not bytes. Raise Invalid otherwise.
    """
    name = re.sub(r"\s+", "", normalise(name)).translate(_DOTS)
    if not name:
        raise Invalid("请填写姓名。")
    if not 2 <= len(name) <= 20:
        raise Invalid(f"姓名应为 2 至 20 个字，现为 {len(name)} 个字。")
    if not _NAME.fullmatch(name):
        wrong = re.search(f"[^{HAN}·]", name)
        if wrong:
            raise Invalid(f"姓名只能用汉字和间隔号“·”，不能有“{wrong[0]}”。")
        raise Invalid("间隔号“·”只能放在两段姓名之间。")
    return name


def bare_name(name: str) -> str:
    """Return a name as it is typed into a form: without the remark in brackets that an account may carry."""
    return name.partition("（")[0]
