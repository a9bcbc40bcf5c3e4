"""Ids for what an administrator names in Chinese: the pinyin of the label, unique among the ids there are."""

import re
from itertools import count

from adminapp.declaration.checks import ENVELOPE, RESERVED
from adminapp.pinyin import initials, spell

LONGEST = 24


def new_id(label: str, taken, least: int = 2) -> str:
    """Return an id for a label: full pinyin while short, else initials; a number behind it when it is taken.

    “家庭年收入” is jiatingnianshouru, “本人或共同生活成员是近亲属” is brhgtshcysjqs.
    """
    text = re.sub(r"[（(【].*?[）)】]", "", label) or label
    words = [_plain(spell(text)), _plain(initials(text))]
    word = next((one for one in words if least <= len(one) <= LONGEST), words[1][:LONGEST] or "x")
    if not word[0].isalpha():
        word = f"x{word}"
    taken = {*taken, *RESERVED, *ENVELOPE}
    return next(one for one in _numbered(word) if one not in taken)


def _numbered(word):
    yield word
    yield from (f"{word}{number}" for number in count(2))


def _plain(text):
    return re.sub(r"[^a-z0-9]", "", text.lower())


def new_code(name: str, taken) -> str:
    """Return a type's code for case numbers: two or more capital initials of its name: 教育救助 is JYJZ."""
    word = _plain(initials(name)).upper()[:4].rjust(2, "X")
    candidates = (word, *(f"{word[:4]}{number}" for number in range(2, 100)))
    return next(one for one in candidates if one not in taken)
