"""Undo and redo of one's own operations, each an operation itself, so that the log keeps everything that was done."""

from adminapp import database
from adminapp.drafts import store
from adminapp.drafts.clashes import Clash
from adminapp.drafts.content import KEY, value_at
from adminapp.errors import Invalid

DEPTH = 200
"""How many of the latest operations are looked through."""


def undo(draft_id: str, actor) -> store.Draft:
    """Take back the person's latest operation that still stands. Raise Clash when somebody changed the same since."""
    return _step(draft_id, actor, redo=False)


def redo(draft_id: str, actor) -> store.Draft:
    """Carry out again what the person took back last. Raise Clash when somebody changed the same since."""
    return _step(draft_id, actor, redo=True)


def reach(draft_id: str, actor) -> tuple[bool, bool]:
    """Tell whether there is something to undo, and something to redo."""
    done, undone = _stacks(store.get(draft_id), actor)
    return bool(done), bool(undone)


def _step(draft_id, actor, redo):
    draft = store.get(draft_id)
    stack = _stacks(draft, actor)[redo]
    if not stack:
        raise Invalid("没有可以重做的修改。" if redo else "没有可以撤销的修改。")
    seq = stack[-1]
    entries = _latest(draft)
    entry = next(one for one in entries if one["seq"] == seq)
    parts = entry["parts"] if redo else entry["inverse"]
    _check_untouched(draft, entry, entries, actor, redo)
    return store._apply(draft_id, draft.rev, parts, actor, {"undoes" if not redo else "redoes": seq})


def _latest(draft):
    """Return the latest operations, oldest first."""
    store._keep_last(draft)
    found = database.raw(store.OPERATIONS).find({"draft": draft.id}, sort=[("seq", -1)], limit=DEPTH)
    return list(found)[::-1]


def _stacks(draft, actor) -> tuple[list[int], list[int]]:
    """Return (numbers of what can be taken back, of what can be done again), the next one last."""
    done, undone = [], []
    for entry in _latest(draft):
        if entry["by"]["id"] != actor.id:
            continue
        if "undoes" in entry:
            done = [seq for seq in done if seq != entry["undoes"]]
            undone.append(entry["undoes"])
        elif "redoes" in entry:
            undone = [seq for seq in undone if seq != entry["redoes"]]
            done.append(entry["redoes"])
        else:
            done.append(entry["seq"])
            undone = []
    return done, undone


def _check_untouched(draft, entry, entries, actor, redo):
    """Raise Clash when another person changed since what the step would change. A value that stands as the step left it is free."""
    for later in entries:
        if later["seq"] <= entry["seq"] or later["by"]["id"] == actor.id:
            continue
        for mark in set(later["marks"]) & _reach_of(entry, later):
            if not _stands(draft, entry, mark, redo):
                raise Clash(
                    f"{later['by']['name']}后来改过同一处（{later['said']}），没有{'重做' if redo else '撤销'}。",
                    by=later["by"]["name"], at=later["at"], item=mark.partition("@")[0].partition(".")[0],
                )  # fmt: skip


def _reach_of(entry, later):
    """Return the marks that would be overwritten: the same ones, and everything inside an item that would go."""
    keys = {item for part in entry["parts"] if part["do"] == "add" for item in _keys(part["value"])}
    return set(entry["marks"]) - {mark for mark in entry["marks"] if mark.endswith("@in")} | {
        mark for mark in later["marks"] if mark.partition("@")[0].partition(".")[0] in keys
    }


def _keys(node):
    if isinstance(node, dict):
        yield from ([node[KEY]] if KEY in node else [])
        for value in node.values():
            yield from _keys(value)
    elif isinstance(node, list):
        for value in node:
            yield from _keys(value)


def _stands(draft, entry, mark, redo):
    """Tell whether a value is as the step expects to find it."""
    key, _dot, name = mark.partition(".")
    place = draft.places.get(key) if name else None
    expected = next(
        (
            part["value"]
            for part in entry["inverse" if redo else "parts"]
            if part.get("item") == key and part.get("name") == name
        ),
        None,
    )
    return place is not None and (value_at(place.node, name) or "") == (expected or "")
