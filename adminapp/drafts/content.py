"""The content of a draft: the plain mapping of a declaration in which every item of a list has a key of its own.

The key (`"_"`) stays with the item for the life of the draft, so that an edit names what it changes whatever else was added,
moved or renamed meanwhile. Values are texts as the file has them; dates are ISO texts, since MongoDB has no date without a time.
A content may be incomplete and half-right, but it has the shape of the model: only known keys, lists where lists belong.
"""

import re
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from datetime import date
from functools import cache
from types import MappingProxyType

from adminapp.declaration.problems import Problem
from adminapp.declaration.reader import SHORTHAND, bare, is_needed, shape
from adminapp.declaration.vocabulary import said, word
from adminapp.errors import Invalid
from adminapp.notices.kinds import TITLES as NOTICES
from adminapp.words import nearest
from adminapp.workflow.machine import STEPS

KEY = "_"
ROOT = "root"
MOST_ITEMS = 6_000
MOST_CHARACTERS = 400_000
LONGEST_TEXT = 24_000
"""One text: a whole notice template in Han characters has its place."""


@dataclass(frozen=True)
class Place:
    """Where an item stands: `node` is its mapping, `path` as in a Problem, `owner` the key of the item it belongs to."""

    key: str
    node: dict
    cls: type
    path: str
    owner: str = ""
    list_name: str = ""
    """The list within the owner, through nested objects: "fields", "amount.terms"."""
    index: int = 0

    @property
    def title(self) -> str:
        """Return what the item is called for people, "" while it has no name."""
        return next((_called(self.cls, name, self.node[name]) for name in TITLES if self.node.get(name)), "")


TITLES = ("label", "title", "name", "text", "message", "reason", "id", "step", "notice", "programme", "by", "from")


def _called(cls, name, value):
    refers = word(cls, name).refers
    if refers == "step" and value in STEPS:
        return STEPS[value].label
    return NOTICES.get(value, value) if refers == "notice" else said(cls, name, value)


@cache
def item_class(kind):
    """Return the class of a list's items when they are objects, None for lists of words and for all else."""
    inner = typing.get_args(kind)[0] if typing.get_origin(kind) is tuple else None
    return inner if is_dataclass(inner) else None


@cache
def types_of(cls) -> Mapping:
    """Return {key: type without "or None"} of a model class, in the order of the file."""
    return MappingProxyType({key: bare(kind) for key, (_item, kind) in shape(cls).items()})


@cache
def _branches(cls) -> tuple:
    """Return (key, class, whether there is a list of it) of the properties of a class that hold items or objects."""
    kinds = ((key, kind, item_class(kind)) for key, kind in types_of(cls).items())
    return tuple((key, inner or kind, inner is not None) for key, kind, inner in kinds if inner or is_dataclass(kind))


def is_list(kind) -> bool:
    return typing.get_origin(kind) is tuple


# From a mapping and back


class Minter:
    """Gives keys: i1, i2 … continuing after `last`."""

    def __init__(self, last: int = 0):
        self.last = last

    def __call__(self) -> str:
        self.last += 1
        return f"i{self.last}"


def plant(mapping, cls, mint: Minter, path: str = "", keyed: bool = False) -> dict:
    """Return the content of a mapping; raise Invalid with every place that has not the shape of `cls`."""
    problems: list[Problem] = []
    content = _object(mapping, cls, path, problems, mint)
    if problems:
        raise Invalid(problems)
    return {KEY: mint(), **content} if keyed else content


def _object(value, cls, path, problems, mint):
    if isinstance(value, str) and cls in SHORTHAND:
        value = {SHORTHAND[cls]: value}
    if not isinstance(value, dict):
        problems.append(Problem(path, "这里要写若干“键: 值”"))
        return {}
    known, content = shape(cls), {}
    for key in value:
        if key not in known and key != KEY:
            problems.append(
                Problem(f"{path}.{key}".lstrip("."), f"不认识的键“{str(key)[:40]}”{nearest(str(key), known)}")
            )
    for key, kind in types_of(cls).items():
        if value.get(key) is not None:
            content[key] = _value(value[key], kind, f"{path}.{key}".lstrip("."), problems, mint)
    return content


def _value(value, kind, path, problems, mint):
    if is_dataclass(kind):
        return _object(value, kind, path, problems, mint)
    if not is_list(kind):
        return _text(value, path, problems)
    if not isinstance(value, list):
        problems.append(Problem(path, "这里要写列表"))
        return []
    inner = item_class(kind)
    if inner is None:
        return [_text(item, f"{path}[{index}]", problems) for index, item in enumerate(value)]
    return [
        {KEY: mint(), **_object(item, inner, f"{path}[{index}]", problems, mint)} for index, item in enumerate(value)
    ]


def _text(value, path, problems):
    if isinstance(value, bool):
        return "true" if value else "false"
    if type(value) is date:
        return value.isoformat()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str) and len(value) <= LONGEST_TEXT:
        return value
    long = f"，最多 {LONGEST_TEXT} 个字" if isinstance(value, str) else ""
    problems.append(Problem(path, f"这里要写文字{long}"))
    return ""


def harvest(content: dict, cls):
    """Return the plain mapping of a content: no keys, nothing blank, dates as dates where they can be read.

    A part that every declaration has (the amount, the payment) is there, even when nothing is written in it.
    """
    result = {}
    for key, kind in types_of(cls).items():
        value = content.get(key)
        if not value:
            if is_dataclass(kind) and is_needed(shape(cls)[key][0]):
                result[key] = harvest({}, kind)
        elif is_dataclass(kind):
            result[key] = harvest(value, kind)
        elif inner := item_class(kind):
            result[key] = [harvest(item, inner) for item in value]
        elif is_list(kind):
            result[key] = [item for item in value if item != ""]
        else:
            result[key] = _date(value) if kind is date else value
    short = SHORTHAND.get(cls)
    return result[short] if short and list(result) == [short] else result


def _date(text):
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else text
    except ValueError:
        return text


def measure(content: dict, cls):
    """Raise Invalid when a content is larger than any declaration may be."""
    count = sum(1 for _ in walk(content, cls))
    size = _size(content)
    if count > MOST_ITEMS:
        raise Invalid(f"草稿有 {count} 项，最多 {MOST_ITEMS} 项。")
    if size > MOST_CHARACTERS:
        raise Invalid(f"草稿有 {size} 个字符，最多 {MOST_CHARACTERS} 个。")


def _size(value):
    if isinstance(value, dict):
        return sum(_size(item) for item in value.values())
    return sum(map(_size, value)) if isinstance(value, list) else len(value)


# Finding items


def walk(content: dict, cls) -> Iterator[Place]:
    """Yield the root and every item, in the order of the file."""
    yield Place(ROOT, content, cls, "")
    yield from _items(content, cls, "", ROOT, "")


def _items(node, cls, path, owner, before):
    for key, inner, listed in _branches(cls):
        value = node.get(key)
        if not value:
            continue
        where, name = f"{path}.{key}" if path else key, f"{before}{key}"
        if not listed:
            yield from _items(value, inner, where, owner, f"{name}.")
            continue
        for index, item in enumerate(value):
            place = Place(item[KEY], item, inner, f"{where}[{index}]", owner, name, index)
            yield place
            yield from _items(item, inner, place.path, place.key, "")


def kind_of(cls, name: str):
    """Return the type of a property of a class, through nested objects: "amount.cap". Raise Invalid for an unknown one."""
    for part in name.split("."):
        if not is_dataclass(cls) or part not in shape(cls):
            known = shape(cls) if is_dataclass(cls) else ()
            raise Invalid(f"没有属性“{name[:60]}”{nearest(part[:60], known)}。")
        cls = bare(shape(cls)[part][1])
    return cls


def holder(node: dict, name: str, make: bool = False) -> tuple[dict, str]:
    """Return the mapping that holds the last part of a dotted name, and that part; `make` adds what is missing on the way."""
    *way, last = name.split(".")
    for part in way:
        node = node.setdefault(part, {}) if make else node.get(part) or {}
    return node, last


def value_at(node: dict, name: str):
    """Return a property's value, "" or [] where nothing is written; None is never returned."""
    held, last = holder(node, name)
    return held.get(last, "")
