"""Says a Chinese text of the program in English: by the catalogue, by a pattern of it, by rule, or piece by piece.

What is stored stays as it was written, for it is evidence; only the reader's page is in the reader's language. What nobody
can read, such as a person's name, stays as it is.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from itertools import pairwise

from views.language import catalogue, rules
from views.language.keys import HAN

HELD = re.compile(r"%\((\w+)\)[sd]|\{(\d+)\}")
"""A value within a key: %(name)s or {0}."""
MARKS = str.maketrans(
    {
        "，": ", ", "。": ". ", "；": "; ", "：": ": ", "、": ", ", "（": " (", "）": ")", "！": "!", "？": "?", "《": "", "》": "", "　": " ",
        "＝": "=", "＜": "<", "＞": ">", "＋": "+", "－": "−",
    }
)  # fmt: skip
JOINTS = ("。", "；", "\n", "：", "，", "、", " · ", "（", "）", " ", "/", "“", "”", "→", "《", "》", "「", "」", "·")
"""Where a text that no key knows is taken apart, the strongest first."""
ENDS = JOINTS[:2]
"""Where a sentence ends."""
WRITTEN = (*ENDS, "：", "，")
LONGEST_NAME = 4
"""Characters: 、 stands between names, which are listed in English as in Chinese, and within sentences, which are not."""
DEEPEST = 60
MEANS = re.compile(f"{HAN.pattern}|“")
"""What a pattern is recognised by."""


WHOLE = re.compile("“[^“”]*”|（[^（）]*）")
"""What is quoted or put in brackets, from its beginning to its end."""


SENTENCE = re.compile("[，。：（）]|[A-Za-z]{2} ")
"""What is more than a word or a number."""


@dataclass(frozen=True)
class Pattern:
    """A key with values in it: `known` is its longest plain piece, `names` are its values in the order of the Chinese."""

    expression: re.Pattern
    known: str
    names: tuple[str, ...]
    english: str
    weight: int

    def fits(self, values) -> bool:
        """Tell whether the values may be its own.

        A single character, as in "{0}人", says too little beside words, and two, as in "{0}分之{1}", say it of no gap,
        of no sentence, and of nothing that stands in English already. No value tears a quotation or reaches into the next sentence.
        """
        said = [WHOLE.sub("", value) for value in values] if "“" in self.english else values
        if any(map(_torn, values)) or (self.weight < 3 and any(map(SENTENCE.search, said))):
            return False
        return (self.weight > 1 or not any(map(HAN.search, values))) and (self.weight > 2 or all(map(str.strip, values)))


def _torn(value):
    return bool(re.search("[“”；]", WHOLE.sub("", value)))


@cache
def patterns() -> list[Pattern]:
    """Return the keys with values in them, those with most plain text first."""
    found = []
    for key, english in catalogue.english().items():
        pieces = HELD.split(key)
        plain = [piece for piece in pieces[::3] if piece]
        if len(pieces) == 1 or not any(map(HAN.search, plain)):
            continue
        names = tuple(first or second for first, second in zip(pieces[1::3], pieces[2::3], strict=True))
        around = [re.escape(piece.replace("%%", "%")) for piece in pieces[::3]]
        body = around[0]
        for before, after in pairwise(around):
            body += ("([^“”]*)" if before.endswith("“") and after.startswith("”") else "(.*?)") + after
        found.append(Pattern(re.compile(body, re.DOTALL), max(plain, key=len), names, english.replace("%%", "%"), len(MEANS.findall("".join(plain)))))
    return sorted(found, key=lambda pattern: -pattern.weight)


def read(text: str) -> str:
    """Return the English of a text, blanks around it kept; what has no Chinese in it comes back as it is."""
    if not HAN.search(text):
        return text.translate(MARKS)
    core = text.strip()
    start = text.index(core)
    return text[:start] + tidy(_read(core)) + text[start + len(core) :]


@lru_cache(maxsize=20_000)
def _read(text, depth=0):
    if not HAN.search(text) or depth > DEEPEST:
        return text.translate(MARKS)
    for way in (_known, rules.read, partial(_matched, depth=depth), partial(_taken_apart, depth=depth)):
        if (found := way(text)) is not None:
            return found
    return text


def _known(text):
    """Return the English of a key; a sentence may have lost its full stop on the way."""
    known = catalogue.english()
    return known.get(text) or known.get(f"{text}。", "").removesuffix(".") or None


def _matched(text, depth):
    """Return the English of a key with values; as in `_known`, its full stop may be lost."""
    for pattern in patterns():
        if pattern.known in text and (found := pattern.expression.fullmatch(text)) and pattern.fits(found.groups()):
            return _filled(pattern, [_read(value, depth + 1) for value in found.groups()])
    if text.endswith("。") or not any(pattern.known.endswith("。") and pattern.known[:-1] in text for pattern in patterns()):
        return None
    found = _matched(f"{text}。", depth)
    return found and found.removesuffix(".")


def _filled(pattern, values):
    named = dict(zip(pattern.names, values, strict=True))
    return HELD.sub(lambda held: named[held[1] or held[2]], pattern.english)


SHORTEST = 4
"""Characters of a key that is looked for within a text: a shorter one may be part of another word."""


@cache
def _longest_first() -> list[tuple[str, str]]:
    known = [(key, english) for key, english in catalogue.english().items() if len(key) >= SHORTEST and HAN.search(key)]
    return sorted(known, key=lambda pair: -len(pair[0]))


@cache
def _of_sentences() -> list[tuple[str, str]]:
    """Return the keys that are more than one sentence, the longest first."""
    return [(key, english) for key, english in _longest_first() if any(end in key[:-1] for end in ENDS)]


def _of_more_sentences(text, depth):
    """Read around a key of more sentences than one before the text is taken apart into its sentences."""
    return _around(text, depth, _of_sentences()) if any(end in text[:-1] for end in ENDS) else None


def _within(text, depth):
    """Read around the longest key that stands in the text by itself."""
    return _around(text, depth, _longest_first()) if len(text) > SHORTEST else None


def _around(text, depth, keys):
    """Read what stands before and behind the first of the keys that has no character of a word on either side."""
    for key, english in keys:
        if len(key) < len(text) and key in text:
            before, _key, after = text.partition(key)
            if not HAN.match(before[-1:]) and not HAN.match(after[:1]):
                return _beside(_beside(_read(before, depth + 1), english), _read(after, depth + 1))
    return None


AMONG = re.compile(r"(.+?)等 ?(\d+) ?[个处户件条]")
OF = re.compile("([^，。；：、]+)的([^，。；：、]+)")
QUOTED_OF = re.compile("“([^”]+)”的“([^”]+)”")


def _among(text, depth):
    """Read the first of many: 甲、乙等 7 个 → A, B and others, 7 in all."""
    found = AMONG.fullmatch(text)
    return f"{_read(found[1], depth + 1)} and others, {found[2]} in all" if found else None


def _quoted(text, depth):
    found = QUOTED_OF.fullmatch(text)
    return f"“{_read(found[2], depth + 1)}” of “{_read(found[1], depth + 1)}”" if found else None


def _built(text, depth):
    """Read what grammar builds: a relation to somebody, what stands behind a place."""
    if (found := OF.fullmatch(text)) and (thing := _known(found[2])):
        return f"{thing} of {_read(found[1], depth + 1)}"
    place, rest = rules.leading_place(text)
    if not place or not rest[0].isalnum():
        return None
    return f"{place} {_read(rest, depth + 1)}" if rest[0].isdigit() else f"{_read(rest, depth + 1)}, {place}"


def _labelled(text, depth):
    """Read a sentence behind the label of its field, which may have the same colon within."""
    label, _colon, rest = text.partition("：")
    found = label and rest and (_known(rest) or _matched(rest, depth + 1))
    return f"{_read(label, depth + 1)}: {found}" if found else None


def _taken_apart(text, depth):
    for way in (_labelled, _of_more_sentences, _sentences, _among, _quoted, _within, _built):
        if (found := way(text, depth)) is not None:
            return found
    if len(parts := rules.parts(text)) > 1:
        return " ".join(_read(part, depth + 1) for part in parts)
    for joint in JOINTS:
        if joint in text and text != joint:
            return _joined(text, joint, depth)
    return _mixed(text, depth)


def _sentences(text, depth):
    """Read sentence by sentence, as long as no end of one stands within a quotation."""
    for joint in ENDS:
        if joint in text[:-1] and not any(map(_torn, text.split(joint))):
            return _joined(text, joint, depth)
    return None


def _joined(text, joint, depth):
    """Read the pieces between the joints; a sentence is looked for with its full stop first, as the catalogue has it."""
    pieces = [piece.strip() for piece in text.split(joint)]
    whole = [_known(f"{piece}{joint}") if piece and index < len(pieces) - 1 else None for index, piece in enumerate(pieces)]
    found = [(known or _read(piece, depth + 1)) if piece else "" for piece, known in zip(pieces, whole, strict=True)]
    return found[0] + "".join(_mark(joint, left, right, known) + right for left, right, known in zip(found, found[1:], whole, strict=False))


def _mark(joint, left, right, known):
    """Return what stands between two pieces: what somebody wrote keeps its own marks where nothing around one was read."""
    unread = HAN.fullmatch(left[-1:]) and (not right or right[0] == "”" or HAN.fullmatch(right[0]))
    if unread and (joint in WRITTEN or (joint == "、" and max(len(left), len(right)) > LONGEST_NAME)):
        return joint
    return " " if known else joint.translate(MARKS)


CHINESE = re.compile("[\u4e00-\u9fff\u3000-\u303f\uff01-\uffe5·]+")


def _mixed(text, depth):
    """Read each stretch of Chinese within other writing: 3件 → 3 cases."""
    if CHINESE.fullmatch(text):
        return None
    out, end = "", 0
    for found in CHINESE.finditer(text):
        before, english = text[end : found.start()], _read(found[0], depth + 1)
        out = _beside(_beside(out, before), english)
        end = found.end()
    return _beside(out, text[end:])


def _beside(left, right):
    """Return both, with a blank between two words."""
    return left + (" " if left and right and (left[-1].isalnum() or left[-1] in ")},;:.”") and right[0].isalnum() else "") + right


def tidy(text: str) -> str:
    """Return the text without the doubled blanks and marks that joining leaves."""
    text = re.sub(r"[ \t]{2,}", " ", text)
    text = re.sub(r" ([,.;:)!?])", r"\1", text)
    text = UNSPACED.sub(" ", text)
    text = re.sub(r"([,;:.])(?: ?\1)+", r"\1", text)
    return singular(re.sub(r"\( ", "(", text).strip(" "))


UNSPACED = re.compile(r"(?<=[A-Za-z])(?=“|\((?!s\)))|(?<=[”)])(?=[A-Za-z]|\d{4})")
"""Where Chinese needs no blank and English does: around a quotation, behind a bracket."""
UNITS = "objection|person|case|household|day|month|year|row|line|item|place|vehicle|dwelling|type|problem|decision|payment|value"
COUNTED = re.compile(rf"(?<![\d.,:-])1 ((?:working )?(?:{UNITS})s)\b")


def singular(text: str) -> str:
    """Return the text with one thing counted as one: 1 cases → 1 case."""
    return COUNTED.sub(lambda found: f"1 {found[1][:-1]}", text)

