"""What a case can be found by: parts of names and of its number, in its envelope under `terms` and `sounds`.

A search asks for the beginning of a term, or for a whole sound, in an index.
"""

from adminapp import pinyin
from adminapp.search import sounds

MOST = 300
"""Terms and sounds of a case, the applicant's first: a household of thirty is found by all its names."""
SERIAL, YEAR = 5, 4
"""Digits at the end of a case number, and those of the year before them."""


def index(case):
    """Set what the case is found by, from its people and its number."""
    names = [person["name"] for person in case.people if person.get("name")]
    found = dict.fromkeys(term for name in names for term in name_terms(name))
    case.terms = [*number_terms(case.number), *found][:MOST]
    case.sounds = list(dict.fromkeys(key for name in names for key in sounds.keys_of(name)))[:MOST]


def name_terms(name: str) -> list[str]:
    """Return every tail of a name and of its initials, its pinyin, and the pinyin without the first character."""
    if not name:
        return []
    parts = pinyin.syllables(name)
    letters = "".join(part[0] for part in parts)
    spelled = ["".join(parts[start:]) for start in (0, 1)]
    tails = (text[start:] for text in (name, letters) for start in range(len(text)))
    return [*tails, *filter(None, spelled)]


def number_terms(number: str | None) -> list[str]:
    """Return what people type of a case number: code, year and serial; year and serial; serial."""
    if not number or len(number) < 9 + YEAR + SERIAL:
        return []
    return [number[9:].lower(), number[-YEAR - SERIAL :], number[-SERIAL:]]
