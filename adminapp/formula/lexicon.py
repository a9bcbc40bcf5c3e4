"""The words of one place in a declaration: how each field, standard, programme and option is written there, and what is meant
by what somebody writes. Every name has one way to be written, and what is written means one thing.

Labels that stand for two things get a qualifier: 申请人·姓名 by the group, and 姓名#applicant_name where that is not enough.
"""

import os
from collections import Counter
from dataclasses import replace
from functools import cached_property

from adminapp.formula.functions import FUNCTIONS, ROW_FUNCTIONS

KEYWORDS = {
    "并且": "and", "且": "and", "或者": "or", "或": "or", "不是": "not", "非": "not", "属于": "in", "不属于": "not in",
    "包含": "has", "不包含": "has not", "如果": "if", "则": "then", "否则": "else", "是": "true", "否": "false",
    "等于": "==", "不等于": "!=", "大于": ">", "小于": "<", "不小于": ">=", "不低于": ">=", "不大于": "<=", "不超过": "<=",
    "and": "and", "or": "or", "not": "not", "in": "in",
}  # fmt: skip
CALLS = {function.title: name for name, function in {**FUNCTIONS, **ROW_FUNCTIONS}.items()} | {
    name: name for name in (*FUNCTIONS, *ROW_FUNCTIONS)
}


def is_word(text: str) -> bool:
    """Tell whether a text can stand in a formula without quotes, as far as its characters go."""
    return bool(text) and not text[0].isdigit() and all(map(is_word_character, text))


def is_word_character(character: str) -> bool:
    return character.isalnum() or character in "_·#"


class Terms:
    """Two-way names of one sort: `write(key)` and `find(text)`; no text has two meanings."""

    def __init__(self, labels: dict[str, str], groups: dict[str, str] | None = None):
        self.labels, groups = labels, groups or {}
        self._written = {}
        seen: dict[str, list] = {}
        for key, label in labels.items():
            seen.setdefault(label or key, []).append(key)
        self._taken = set(seen)
        self._meant = {label: keys[0] for label, keys in seen.items() if len(keys) == 1}
        for label, keys in seen.items():
            if len(keys) == 1:
                self._written[keys[0]] = label
                continue
            for key in keys:
                self._qualify(key, label, keys, groups)
        grouped = Counter((groups.get(key), label) for key, label in labels.items())
        for key, label in labels.items():
            alone = groups.get(key) and grouped[groups[key], label] == 1
            for text in (f"{label or key}#{key}", f"{groups[key]}·{label}" if alone else key, key):
                self._meant.setdefault(text, key)

    def _qualify(self, key, label, keys, groups):
        alone = groups.get(key) and [groups.get(other) for other in keys].count(groups[key]) == 1
        text = f"{groups[key]}·{label}" if alone else f"{label}#{key}"
        if text in self._taken:
            text = f"{label}#{key}"
        while text in self._taken:
            text += "#"
        self._taken.add(text)
        self._written[key] = text
        self._meant[text] = key

    def write(self, key: str) -> str | None:
        return self._written.get(key)

    def find(self, text: str) -> str | None:
        return self._meant.get(text)

    @property
    def words(self) -> list[str]:
        """Return how each is written, for the nearest known."""
        return list(self._written.values())


class Lexicon:
    """`names` are the names in reach with their types; `standards` and `programmes` map keys to labels.

    `types` gives the type of each standard, as `check_types` wants them.
    """

    def __init__(self, names, standards=None, programmes=None, types=None):
        self.names, self.types = names, types or {}
        self._standards, self._programmes = standards or {}, programmes or {}
        self._inner = {}

    @cached_property
    def fields(self) -> Terms:
        return Terms(
            {key: name.label for key, name in self.names.items()}, {key: name.group for key, name in self.names.items()}
        )

    @cached_property
    def standards(self) -> Terms:
        return Terms(self._standards)

    @cached_property
    def families(self) -> Terms:
        """Standards that differ by a choice, by the part of the key they share: standard("orphan", support_form)."""
        members: dict[str, list] = {}
        for key, label in self._standards.items():
            if "." in key:
                members.setdefault(key.rpartition(".")[0], []).append(label)
        return Terms({key: _shared(labels) or key for key, labels in members.items() if len(labels) > 1})

    @cached_property
    def programmes(self) -> Terms:
        return Terms(self._programmes)

    @cached_property
    def special(self) -> list[str]:
        """Return the ways of writing names that are no words, longest first: 银行账号（一卡通）."""
        return sorted((text for text in self.fields.words if not is_word(text)), key=len, reverse=True)

    @cached_property
    def option_words(self) -> set[str]:
        """Return how the options of all choices are written, to tell words apart that stand without blanks."""
        return {text for key in self.names if (options := self.options(key)) for text in options.words}

    def options(self, key: str) -> Terms | None:
        """Return the options of a choice, None for a name that is none."""
        name = self.names.get(key)
        if name is None or not name.codes:
            return None
        if key not in self._inner.setdefault("options", {}):
            self._inner["options"][key] = Terms({code: name.labels.get(code, code) for code in name.codes})
        return self._inner["options"][key]

    def within(self, table: str) -> "Lexicon":
        """Return the words inside a row of a table: its columns come before the fields."""
        if table not in self._inner:
            name = self.names.get(table)
            columns = name.columns if name else {}
            self._inner[table] = self.nearer({key: replace(one, group=name.label) for key, one in columns.items()})
        return self._inner[table]

    def nearer(self, names) -> "Lexicon":
        """Return a lexicon that knows `names` too. They hide others of the same id, and keep their plain labels."""
        taken = {one.label for one in names.values()}
        outside = {
            key: replace(one, label=f"{one.group or '表单'}·{one.label}") if one.label in taken else one
            for key, one in self.names.items()
            if key not in names
        }
        return Lexicon({**outside, **names}, self._standards, self._programmes, self.types)


def _shared(labels: list[str]) -> str:
    """Return what labels begin with together, without a bracket that is not closed: 临时救助月数（困难程度较轻）… → 临时救助月数."""
    text = os.path.commonprefix(labels)
    for opening, closing in ("（）", "()"):
        if text.count(opening) > text.count(closing):
            text = text[: text.rindex(opening)]
    return text.rstrip("：:，,、（( ")
