"""How a name sounds, so that it is found although somebody wrote another character or mistyped the pinyin.

The key of a name is its pinyin without what people of this region do not tell apart: zh and z, ng and n, l and n, f and
h. A case carries the key of each name, and for names of three characters and more the key without each one character:
two names that differ in one character, or one of which lacks one, share a key. Asking is a handful of exact look-ups in
an index; pinyin with a mistyped letter asks for each word one letter away, some hundred look-ups, still no scan.
"""

from string import ascii_lowercase

from adminapp.pinyin import syllables

ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"), ("l", "n"), ("f", "h"), ("v", "u"))
SHORTEST = 4
"""Letters of pinyin below which one more wrong letter would find nearly everybody."""
LONGEST = 24


def keys_of(name: str) -> list[str]:
    """Return the keys that a case with this name carries."""
    parts = [syllable for syllable in syllables(name) if syllable != "?"]
    return list(dict.fromkeys([fold("".join(parts)), *_shortened(parts)])) if len(parts) > 1 else []


def fold(spelling: str) -> str:
    """Return pinyin as its key: what sounds alike is the same."""
    for written, heard in ALIKE:
        spelling = spelling.replace(written, heard)
    return spelling


def same(text: str) -> list[str]:
    """Return the keys of names that sound as what was typed, be it characters or pinyin."""
    if text.isascii():
        return [fold(text)] if SHORTEST <= len(text) <= LONGEST and text.isalpha() else []
    return keys_of(text)[:1]


def near(text: str) -> list[str]:
    """Return the keys of names that differ from what was typed in one character, or in one letter of pinyin."""
    if not text.isascii():
        return keys_of(text)
    return sorted({fold(word) for word in _one_letter_off(text)}) if same(text) else []


def _shortened(parts):
    return (fold("".join(parts[:place] + parts[place + 1 :])) for place in range(len(parts)) if len(parts) > 2)


def _one_letter_off(word):
    cuts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    yield from (head + tail[1:] for head, tail in cuts if tail)
    yield from (head + tail[1] + tail[0] + tail[2:] for head, tail in cuts if len(tail) > 1)
    yield from (head + letter + tail[1:] for head, tail in cuts if tail for letter in ascii_lowercase)
    yield from (head + letter + tail for head, tail in cuts for letter in ascii_lowercase)
