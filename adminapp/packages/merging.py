"""Three-way merge of declarations by the ids of their parts: what the province changed and what the county changed both hold.

Works on the plain mappings of the files. Items of a list are the same when they have the same id (or code, step, key …),
wherever they stand. What both sides changed differently is a conflict: it is listed, and one side is taken.
"""

from dataclasses import dataclass, field

OURS, THEIRS = "ours", "theirs"
IDENTITIES = ("id", "key", "code", "step", "notice", "programme", "document", "field", "from", "by")
"""What names an item of a list, the first that every item has."""
ABSENT = object()


@dataclass
class Merged:
    """`value` is the merged mapping; `conflicts` are ``{path, base, ours, theirs, taken}`` (texts; "" is absent)."""

    value: object = None
    conflicts: list = field(default_factory=list)


def merge(base, ours, theirs, taken: dict[str, str] | None = None, path: str = "", default: str = "") -> Merged:
    """Merge two successors of `base`. `taken` is {path of a conflict: OURS | THEIRS}, `default` for the others.

    A conflict nobody decided takes ours meanwhile and has ``taken: ""``. `path` stands before every path: "types/x.yaml:".
    """
    merged = Merged()
    merged.value = _merge(base, ours, theirs, path, merged.conflicts, taken or {}, default)
    return merged


def _merge(base, ours, theirs, path, conflicts, taken, default):
    if _same(ours, theirs) or _same(theirs, base):
        return ours
    if _same(ours, base):
        return theirs
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return _merge_dicts(base if isinstance(base, dict) else {}, ours, theirs, path, conflicts, taken, default)
    if isinstance(ours, list) and isinstance(theirs, list):
        lists = [base if isinstance(base, list) else [], ours, theirs]
        if name := _identity(lists):
            return _merge_lists(lists, name, path, conflicts, taken, default)
    choice = taken.get(path, default)
    conflicts.append({"path": path, "base": _text(base), "ours": _text(ours), "theirs": _text(theirs), "taken": choice})
    return theirs if choice == THEIRS else ours


def _same(one, other):
    return one is other if ABSENT in (one, other) else one == other


def _merge_dicts(base, ours, theirs, path, conflicts, taken, default):
    merged = {}
    for key in [*ours, *(key for key in theirs if key not in ours)]:
        sides = (side.get(key, ABSENT) for side in (base, ours, theirs))
        place = f"{path}.{key}" if path and not path.endswith(":") else f"{path}{key}"
        value = _merge(*sides, place, conflicts, taken, default)
        if value is not ABSENT:
            merged[key] = value
    return merged


def _identity(lists):
    """Return what names the items of these lists, "" when they are told apart only as a whole, "*" for lists of words."""
    items = [item for each in lists for item in each]
    if items and all(isinstance(item, str) for item in items) and all(len(set(each)) == len(each) for each in lists):
        return "*"
    for name in IDENTITIES:
        named = items and all(isinstance(item, dict) and name in item for item in items)
        if named and all(len({str(item[name]) for item in each}) == len(each) for each in lists):
            return name
    return ""


def _merge_lists(lists, name, path, conflicts, taken, default):
    base, ours, theirs = ({item if name == "*" else str(item[name]): item for item in each} for each in lists)
    merged = []
    for key in _order(list(base), list(ours), list(theirs)):
        sides = (side.get(key, ABSENT) for side in (base, ours, theirs))
        value = _merge(*sides, f"{path}[{key}]", conflicts, taken, default)
        if value is not ABSENT:
            merged.append(value)
    return merged


def _order(base, ours, theirs):
    """Return all names: in their order unless we changed ours; what only the other side has follows what it followed there."""
    moved = [key for key in ours if key in base and key in theirs] != [key for key in base if key in ours and key in theirs]
    lead, other = (ours, theirs) if moved else (theirs, ours)
    order = list(lead)
    for place, key in enumerate(other):
        if key not in order:
            before = next((each for each in reversed(other[:place]) if each in order), None)
            order.insert(order.index(before) + 1 if before is not None else 0, key)
    return order


def _text(value):
    return "" if value is ABSENT else value if isinstance(value, str) else str(value)
