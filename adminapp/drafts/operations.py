"""Edits of a draft's content: small operations that name items by key, each with the operation that takes it back.

A part of an operation is plain data:

    {"do": "set", "item": key, "name": "amount.cap", "value": text or [text]}
    {"do": "add", "item": owner's key, "name": list, "value": mapping, "after": key or "" for the front, absent for the end}
    {"do": "remove", "item": key}
    {"do": "move", "item": key, "to": owner's key, "name": list, "after": key or "" or absent}

`apply` works on a copy and does all parts or none. What a part touches is told as marks, by which two people's
operations are compared: ``key.name`` a value, ``key@place`` where an item stands, ``key@gone`` an item that was taken away.
"""

import copy
from dataclasses import dataclass, field

from adminapp.declaration.vocabulary import said, word
from adminapp.drafts.content import (
    KEY,
    LONGEST_TEXT,
    ROOT,
    Minter,
    Place,
    holder,
    is_list,
    item_class,
    kind_of,
    measure,
    plant,
    value_at,
    walk,
)  # fmt: skip
from adminapp.errors import Invalid
from adminapp.text import normalise

MOST_PARTS = 400


class Gone(Invalid):
    """An operation names an item that is not there (any more). `key` is the item's."""

    def __init__(self, key):
        super().__init__("这一项已经不在草稿里。")
        self.key = key


@dataclass
class Done:
    """What an operation came to: the new content, the parts that take it back, its marks, and a sentence."""

    content: dict
    inverse: list = field(default_factory=list)
    marks: set = field(default_factory=set)
    said: str = ""
    changed: bool = False
    parts: list = field(default_factory=list)
    """The parts as carried out: with the keys that were given to new items."""


def apply(content: dict, cls, parts: list[dict], mint: Minter, locks) -> Done:
    """Return what becomes of a content; raise Gone for an item that is not there, Invalid for what cannot be done.

    `locks` knows what was published and may not change (`locks.Locks`).
    """
    if not isinstance(parts, list) or not 1 <= len(parts) <= MOST_PARTS:
        raise Invalid("这次修改的内容无法识别。")
    done = Done(copy.deepcopy(content))
    for part in parts:
        function = PARTS.get(part.get("do") if isinstance(part, dict) else None)
        if function is None:
            raise Invalid("这次修改的内容无法识别。")
        places = {place.key: place for place in walk(done.content, cls)}
        function(done, places, part, mint, locks)
    if done.changed:
        measure(done.content, cls)
    return done


def find(places: dict[str, Place], key) -> Place:
    place = places.get(key) if isinstance(key, str) else None
    if place is None:
        raise Gone(str(key)[:40])
    return place


def _set(done, places, part, mint, locks):
    place, name = find(places, part.get("item")), str(part.get("name", ""))
    kind = kind_of(place.cls, name)
    value = _clean(part.get("value"), kind)
    before = value_at(place.node, name) or ([] if is_list(kind) else "")
    if value == before:
        return
    locks.check_set(place, places, name, value)
    _tell(
        done,
        f"{_called(place)}“{_label(place.cls, name)}”由{_shown(place.cls, name, before)}改为{_shown(place.cls, name, value)}",
    )
    held, last = holder(place.node, name, make=True)
    if value in ("", []):
        held.pop(last, None)
    else:
        held[last] = value
    done.marks.add(f"{place.key}.{name}")
    done.inverse.insert(0, {"do": "set", "item": place.key, "name": name, "value": before})
    done.parts.append({"do": "set", "item": place.key, "name": name, "value": value})


def _clean(value, kind):
    """Return a value as it is stored; raise Invalid for invisible characters and for what is no text."""
    if is_list(kind) and item_class(kind) is None:
        if not isinstance(value, list) or len(value) > MOST_PARTS:
            raise Invalid("这里要若干行文字。")
        return [_clean(item, str) for item in value if item != ""]
    if not isinstance(value, str) or is_list(kind):
        raise Invalid("这里要一段文字。")
    if len(value) > LONGEST_TEXT:
        raise Invalid(f"这里最多 {LONGEST_TEXT} 个字，写了 {len(value)} 个。")
    return normalise(value, multiline=True)


def _add(done, places, part, mint, locks):
    owner, name = find(places, part.get("item")), str(part.get("name", ""))
    inner = item_class(kind_of(owner.cls, name))
    if inner is None:
        raise Invalid(f"“{name[:40]}”不是列表。")
    value = part.get("value")
    # An item that comes back (undo) keeps its keys; one from outside never brings its own.
    node = copy.deepcopy(value) if part.get("keyed") else plant(_clean_tree(value), inner, mint, name, keyed=True)
    if not part.get("keyed"):
        locks.check_new(inner, name, node.get(locks.identity_name(inner)), owner.key, places)
    items = _items(owner.node, name)
    items.insert(_position(items, part.get("after")), node)
    title = Place("", node, inner, "").title
    _tell(done, f"{_called(owner)}“{_label(owner.cls, name)}”新增“{title or '未命名'}”")
    done.marks |= {f"{node[KEY]}@place", f"{owner.key}@in"}
    done.inverse.insert(0, {"do": "remove", "item": node[KEY]})
    done.parts.append({**part, "value": copy.deepcopy(node), "keyed": True})


def _clean_tree(value):
    if isinstance(value, dict):
        return {str(key): _clean_tree(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_clean_tree(item) for item in value[:1_000]]
    return normalise(value, multiline=True) if isinstance(value, str) else value


def _remove(done, places, part, mint, locks):
    place = find(places, part.get("item"))
    if place.key == ROOT:
        raise Invalid("不能删除整个声明。")
    if name := locks.on_removal(place, places):
        # What was published is never dropped: cases hold values of it.
        return _set(done, places, {"do": "set", "item": place.key, "name": name, "value": "true"}, mint, locks)
    items = _items(places[place.owner].node, place.list_name)
    before = items[place.index - 1][KEY] if place.index else ""
    del items[place.index]
    _drop_empty(places[place.owner].node, place.list_name)
    _tell(
        done,
        f"{_called(places[place.owner])}“{_label(places[place.owner].cls, place.list_name)}”删去“{place.title or '未命名'}”",
    )
    inside = [one.key for one in places.values() if _is_within(one, place.key, places)]
    done.marks |= {f"{key}@gone" for key in inside}
    done.inverse.insert(
        0,
        {
            "do": "add",
            "item": place.owner,
            "name": place.list_name,
            "value": copy.deepcopy(place.node),
            "after": before,
            "keyed": True,
        },
    )
    done.parts.append({"do": "remove", "item": place.key})
    return None


def _is_within(place, key, places):
    while place.key != key:
        if not place.owner:
            return False
        place = places[place.owner]
    return True


def _move(done, places, part, mint, locks):
    place, owner = find(places, part.get("item")), find(places, part.get("to"))
    name = str(part.get("name", ""))
    if place.key == ROOT or item_class(kind_of(owner.cls, name)) is not place.cls:
        raise Invalid("这一项不能放到那里。")
    if _is_within(owner, place.key, places):
        raise Invalid("不能把一项放进它自己里面。")
    locks.check_move(place, owner, places)
    source = _items(places[place.owner].node, place.list_name)
    before = source[place.index - 1][KEY] if place.index else ""
    node = source.pop(place.index)
    target = _items(owner.node, name)
    at = _position(target, part.get("after"))
    target.insert(at, node)
    _drop_empty(places[place.owner].node, place.list_name)
    if target is source and at == place.index:
        return
    where = f"到“{owner.title}”" if owner.key != place.owner else f"到第 {at + 1} 位"
    _tell(done, f"把“{place.title or '未命名'}”移{where}")
    done.marks |= {f"{place.key}@place", f"{owner.key}@in"}
    done.inverse.insert(
        0, {"do": "move", "item": place.key, "to": place.owner, "name": place.list_name, "after": before}
    )
    done.parts.append(dict(part))


def _items(node, name) -> list:
    held, last = holder(node, name, make=True)
    return held.setdefault(last, [])


def _drop_empty(node, name):
    held, last = holder(node, name)
    if not held[last]:
        del held[last]


def _position(items, after):
    """Return the index behind the item `after`: 0 for "", the end for None or an item that is gone meanwhile."""
    if after == "":
        return 0
    return next((index + 1 for index, item in enumerate(items) if item[KEY] == after), len(items))


PARTS = {"set": _set, "add": _add, "remove": _remove, "move": _move}


# Sentences


def _tell(done, sentence):
    done.changed = True
    done.said = f"{done.said}；{sentence}" if done.said and len(done.said) < 200 else done.said or sentence


def _called(place: Place) -> str:
    if place.key == ROOT:
        return ""
    return f"“{place.title}”的" if place.title else "新项目的"


def _label(cls, name):
    *way, last = name.split(".")
    for part in way:
        cls = kind_of(cls, part)
    return word(cls, last).label


def _shown(cls, name, value):
    *way, last = name.split(".")
    for part in way:
        cls = kind_of(cls, part)
    text = "、".join(said(cls, last, one) for one in value) if isinstance(value, list) else said(cls, last, value)
    return f"“{text[:60]}{'…' if len(text) > 60 else ''}”" if text else "空白"
