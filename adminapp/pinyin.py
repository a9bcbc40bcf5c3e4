"""Pinyin of names, so that 欧阳虚构 is found by typing "oyxg" or "ouyang"."""

from functools import cache

from pypinyin import Style, pinyin

SURNAMES = {
    "单": "shan", "仇": "qiu", "区": "ou", "查": "zha", "曾": "zeng", "解": "xie", "朴": "piao", "任": "ren",
    "盖": "ge", "翟": "zhai", "覃": "qin", "乐": "yue", "缪": "miao", "种": "chong", "员": "yun", "洗": "xian",
    "折": "she", "黑": "he", "宿": "su", "秘": "bi", "召": "shao", "葛": "ge", "贾": "jia", "柏": "bai",
}  # fmt: skip
"""Characters that are read differently as a surname."""

LONG_SURNAMES = {"尉迟": ("yu", "chi"), "万俟": ("mo", "qi"), "长孙": ("zhang", "sun"), "单于": ("chan", "yu")}


def initials(name: str) -> str:
    """Return the first letters: 欧阳虚构 is "oyxg". A character without known reading is "?"; dots and blanks go."""
    return "".join(syllable[0] for syllable in syllables(name))


def spell(name: str) -> str:
    """Return the full pinyin without tones or blanks: 欧阳虚构 is "ouyangxugou"; ü is "v", as it is typed."""
    return "".join(syllables(name))


def syllables(name: str) -> list[str]:
    """Return the pinyin of each character, without tones; dots and blanks go."""
    name = "".join(name.split()).replace("·", "")
    if name[:2] in LONG_SURNAMES:
        return [*LONG_SURNAMES[name[:2]], *map(_syllable, name[2:])]
    if name[:1] in SURNAMES:
        return [SURNAMES[name[0]], *map(_syllable, name[1:])]
    return [_syllable(character) for character in name]


@cache
def _syllable(character: str) -> str:
    if character.isascii():
        return character.lower() if character.isalnum() else "?"
    read = pinyin(character, style=Style.NORMAL, errors=lambda _: ["?"])
    syllable = read[0][0] if read else "?"
    return syllable if syllable.isascii() and syllable.isalpha() else "?"
