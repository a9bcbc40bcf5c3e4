"""What a release changes, sentence by sentence, each with everything that reads what is changed."""

from dataclasses import dataclass, field

from adminapp.declaration.diff import Change, changes
from adminapp.declaration.uses import Use, grouped, standards_read, uses, uses_of
from adminapp.standards import Standards


@dataclass(frozen=True)
class Difference:
    """One change and the places that read it, grouped: [(title, [Use])]."""

    change: Change
    readers: list[tuple[str, list[Use]]] = field(default_factory=list)

    @property
    def reach(self) -> int:
        return sum(len(found) for _, found in self.readers)


def compare_types(old, new, standards: Standards, engine=None) -> list[Difference]:
    """Return the differences between two versions; `old` None is a new type, which changes nothing."""
    if old is None:
        return []
    before, after = uses(old, standards, engine), uses(new, standards, engine)
    return [Difference(change, grouped(_readers(change, (old, before), (new, after)))) for change in changes(old, new, standards)]


def _readers(change, *sides):
    """Return what reads the target on either side, each place once; where it stands itself is no reader of it."""
    found = {}
    for relief_type, known in sides:
        if change.target:
            for use in uses_of(relief_type, change.target, known):
                found.setdefault((use.group, use.place, use.label), use)
    return list(found.values())


def compare_standards(old: Standards, new: Standards, engine) -> list[Difference]:
    """Return the values that a table adds, changes or drops, with the published types that read them."""
    found = []
    known, names = set(old.keys()), set(new.keys())
    types = [item.relief_type for item in engine.registry.latest().values()]
    for key in [*new.keys(), *(key for key in old if key not in names)]:
        before = old.standard(key) if key in known else None
        after = new.standard(key) if key in names else None
        readers = [(relief_type.name, _of_standard(relief_type, key, new)) for relief_type in types if key in standards_read(relief_type)]
        found += [Difference(change, readers) for change in _value_changes(before, after)]
    return found


def _value_changes(before, after):
    standard = after or before
    old, new = ({value.since: value for value in side.values} if side else {} for side in (before, after))
    for since in sorted({*old, *new}):
        was, now = old.get(since), new.get(since)
        if was == now:
            continue
        texts = [standard.unit.shown(value.value) if value else "" for value in (was, now)]
        kind = "changed" if was and now else "added" if now else "removed"
        source = f"（{now.source}）" if now else ""
        if kind == "added":  # beside what it follows: a raise is read as from how much to how much
            last = max((value for value in old.values() if value.since < since), key=lambda value: value.since, default=None)
            texts[0] = f"{standard.unit.shown(last.value)}（自 {last.since.isoformat()} 起）" if last else ""
            texts[1] = f"自 {since.isoformat()} 起 {texts[1]}"
        texts[1] += source
        yield Change(kind, f"标准“{standard.label}”", f"{since.isoformat()} 起的数值" if kind != "added" else "", *texts, ("standard", standard.key))
    if before and after and before.label != after.label:
        yield Change("changed", f"标准“{before.label}”", "名称", before.label, after.label, ("standard", standard.key))


def _of_standard(relief_type, key, standards):
    return uses_of(relief_type, ("standard", key), uses(relief_type, standards))
