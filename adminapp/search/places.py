"""Townships and villages by what was typed: part of the name, its initials or its pinyin; those the actor reaches."""

from functools import cache

from adminapp import divisions, pinyin
from adminapp.scope import Actor

LIMIT = 6
SHORTEST = 2
"""Signs below which nearly every village would match."""


def find(actor: Actor, text: str, limit: int = LIMIT) -> list:
    """Return divisions in use, names that begin with the text first."""
    word = text.lower()
    if len(word) < SHORTEST:
        return []
    found = [place for place in _in_use() if _reaches(actor, place) and matches(place.name, word)]
    return sorted(found, key=lambda place: (not place.name.startswith(word), len(place.name), place.code))[:limit]


def _in_use():
    for township in divisions.townships():
        yield township
        yield from divisions.villages(township.code)


def _reaches(actor, place):
    if place.is_village:
        return actor.reaches(divisions.township_of(place.code), place.code)
    return actor.villages is None and actor.reaches(place.code)


def matches(name: str, word: str) -> bool:
    """Tell whether the word is part of the name, or how its pinyin or initials begin."""
    return any(each.startswith(word) for each in _spellings(name)) if word.isascii() else word in name


@cache
def _spellings(name):
    return pinyin.initials(name), pinyin.spell(name)
