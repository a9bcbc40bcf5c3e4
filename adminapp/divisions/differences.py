"""What a new table of divisions changes, and what it must not: a code that something carries is ended, never removed."""

from dataclasses import dataclass, field

from adminapp import database
from adminapp.divisions.model import Division, Divisions
from adminapp.divisions.tables import Table
from adminapp.workflow.machine import STATES

CARRYING = (
    ("cases", "village"), ("cases", "township"), ("awards", "township"), ("leads", "village"), ("postings", "village"), ("users", "townships"),
    ("users", "villages"),
)  # fmt: skip
"""Where codes of places stand first: whatever else carries one belongs to one of these."""


@dataclass
class Differences:
    """Sentences by what they are about; `lost` are divisions that the new table has no more, `ended` those it ends anew."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    ended: list[Division] = field(default_factory=list)
    lost: list[Division] = field(default_factory=list)

    def __bool__(self):
        return bool(self.added or self.changed or self.ended or self.lost)


def compare(before: Table, after: Table) -> Differences:
    """Return what changes from one table to the other."""
    old, new, found = {one.code: one for one in before.divisions}, {one.code: one for one in after.divisions}, Differences()
    _county(before, after, found)
    for code, one in new.items():
        if code not in old:
            found.added.append(f"{_place(after.divisions, one)}（{code}）")
            continue
        found.changed += _changes(old[code], one, after.divisions)
        if one.valid_to and one.valid_to != old[code].valid_to:
            found.ended.append(one)
    found.lost = [one for code, one in old.items() if code not in new]
    for code, office in after.offices["townships"].items():
        earlier = before.offices["townships"].get(code)
        if earlier and earlier != office:
            found.changed.append(f"{after.divisions.name_of(code)}的机关：{_office(earlier)} → {_office(office)}")
    return found


def carried(lost: list[Division]) -> list[Division]:
    """Return those of them that cases, leads, postings or accounts carry."""
    return [one for one in lost if any(database.raw(name).find_one({place: one.code}, {"_id": 1}) for name, place in CARRYING)]


def open_cases(ended: list[Division]) -> int:
    """Return how many cases that are not closed lie in divisions that end."""
    villages = [one.code for one in ended if one.is_village]
    townships = [one.code for one in ended if not one.is_village]
    places = [{place: {"$in": codes}} for place, codes in (("village", villages), ("township", townships)) if codes]
    if not places:
        return 0
    running = [key for key, state in STATES.items() if state.open or state.on_roll]
    return database.raw("cases").count_documents({"$or": places, "state": {"$in": running}})


def _county(before, after, found):
    pairs = [(before.divisions.county_code, after.divisions.county_code, "县的区划代码"), (before.divisions.county_name, after.divisions.county_name, "县名")]
    pairs += [(_office(before.offices["county"]), _office(after.offices["county"]), "县级机关"), (before.offices["mark"], after.offices["mark"], "文号代字")]
    pairs.append((before.offices["county_phone"], after.offices["county_phone"], "监督电话"))
    found.changed += [f"{label}：{old} → {new}" for old, new, label in pairs if old != new]


def _changes(old, new, held: Divisions):
    place = _place(held, new)
    if old.name != new.name:
        yield f"{old.name}（{old.code}）改名为{new.name}"
    if old.old_names != new.old_names:
        yield f"{place}的曾用名：{'、'.join(new.old_names) or '（无）'}"
    if old.valid_from != new.valid_from:
        yield f"{place}自 {new.valid_from or '一开始'} 启用"
    if old.valid_to and not new.valid_to:
        yield f"{place}恢复使用"


def _place(held, one):
    return (held.name_of(held.township_of(one.code)) if one.is_village else "") + one.name


def _office(office):
    return " ".join(filter(None, (office["name"], office["mark"], office["phone"])))
