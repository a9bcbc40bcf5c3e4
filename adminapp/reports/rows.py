"""The rows behind the figures of a month: one for each award and township, which says in which numbers it is counted.

``{_id: "<month>:<award>:<township>", month, run, township, village, type, award, number, name, marks, before, plus, minus,
size, due, state, class, female, male, unknown, minor, adult, elderly, disabled, severe}``. `before` and `size` are persons at the
end of the month before and of this one, `plus` and `minus` those who came and went in between; `due` is in fen.

For every row: before + plus − minus = size, where it was and is in the township; so the figures add up whatever happened.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from adminapp import awards, dates, sealing
from adminapp.awards.spells import RUNNING, SUSPENDED
from adminapp.identity import IdNumber, told_by
from adminapp.reports.plan import Plan

OPENING, ADDED, STOPPED, MOVED_IN, MOVED_OUT = "opening", "added", "stopped", "moved_in", "moved_out"
JOINED, LEFT, CLOSING, SUSPENDED_NOW, GRANTED = "joined", "left", "closing", "suspended", "granted"
MARKS = {
    OPENING: "期初", ADDED: "新增", STOPPED: "停保", MOVED_IN: "迁入", MOVED_OUT: "迁出", JOINED: "增员", LEFT: "减员",
    CLOSING: "期末", SUSPENDED_NOW: "其中暂停", GRANTED: "一次性救助",
}  # fmt: skip
TRAITS = {
    "male": "男", "female": "女", "minor": "未成年人", "adult": "成年人", "elderly": "老年人", "disabled": "残疾人", "severe": "其中重度残疾",
    "unknown": "未登记号码",
}  # fmt: skip
ID_NUMBER = "id_number"


@dataclass(frozen=True)
class Person:
    """What a report tells apart of a person; `told` is None where no ID number is known."""

    told: IdNumber | None
    disability: str


def rows_of(award: dict, month: str, once: bool, content: dict, relief_type, plan: Plan) -> Iterator[dict]:
    """Yield the rows of an award in a month; `content` is what its amount was decided on, as stored."""
    now, before = _running(award, month), _running(award, dates.add_months(month, -1))
    if once:
        if now and not before:
            yield _row(award, month, now["township"], now["village"], [GRANTED]) | _closing(award, now, month, content, relief_type, plan)
        return
    if before and now and before["township"] != now["township"]:
        people = len(_people(before))
        yield _row(award, month, before["township"], before["village"], [OPENING, MOVED_OUT]) | {"before": people, "minus": people}
        yield _moved_in(award, month, before, now) | _closing(award, now, month, content, relief_type, plan)
    elif now:
        came, left = _people(now) - _people(before), _people(before) - _people(now)
        marks = [OPENING, *([JOINED] if came else []), *([LEFT] if left else [])] if before else [ADDED]
        row = _row(award, month, now["township"], now["village"], [*marks, CLOSING, *_paused(now)])
        counts = {"before": len(_people(before)), "plus": len(came), "minus": len(left)}
        yield row | counts | _closing(award, now, month, content, relief_type, plan)
    elif before:
        people = len(_people(before))
        yield _row(award, month, before["township"], before["village"], [OPENING, STOPPED]) | {"before": people, "minus": people}


def _running(award, month):
    spell = awards.spell_in(award, month)
    return spell if spell and spell.get("state") in RUNNING else None


def _people(spell) -> set[str]:
    """Return the keys of those it is for; somebody whom nobody named counts as one."""
    return (set(spell["people"]) or {""}) if spell else set()


def _paused(spell):
    return [SUSPENDED_NOW] if spell["state"] == SUSPENDED else []


def _moved_in(award, month, before, now):
    return _row(award, month, now["township"], now["village"], [MOVED_IN, CLOSING, *_paused(now)]) | {"plus": len(_people(now))}


def _row(award, month, township, village, marks):
    about = {name: award[name] for name in ("type", "number", "name")}
    counts = dict.fromkeys(("before", "plus", "minus", "size", "due", *TRAITS), 0)
    key = f"{month}:{award['_id']}:{township}"
    return {"_id": key, "month": month, "township": township, "village": village, "award": award["_id"], **about, "marks": marks, "class": "", **counts}


def _closing(award, spell, month, content, relief_type, plan):
    field, people = plan.class_field(relief_type), persons(content, relief_type, plan)
    found = {"size": len(_people(spell)), "due": int(spell["amount"]), "state": spell["state"]}
    found["class"] = str(content.get(field.stored) or "") if field else ""
    traits = dict.fromkeys(TRAITS, 0)
    for key in _people(spell):
        for trait in _traits(people.get(key), dates.last_day(month), plan):
            traits[trait] += 1
    return found | traits


def _traits(person, on, plan):
    if person is None or person.told is None:
        yield "unknown"
    else:
        birth = person.told.birth
        yield person.told.sex
        age = dates.age(birth, max(on, birth))  # who is born after the month may stand in what was decided since
        yield "minor" if age < plan.ages.minor else "elderly" if age >= plan.ages.elderly else "adult"
    if person and person.disability:
        yield "disabled"
        if person.disability in plan.disability.severe:
            yield "severe"


def persons(content: dict, relief_type, plan: Plan) -> dict[str, Person]:
    """Return {key of the ID number: person} of everybody in a content as stored: who applied, and the rows of persons."""
    fields, found = relief_type.fields, {}
    for field in fields.values():
        if field.kind == "table" and ID_NUMBER in field.column_ids:
            for row in content.get(field.stored) or ():
                _add(found, row.get(ID_NUMBER), row.get(plan.disability.field))
    own = fields.get(plan.disability.field)
    if "applicant_id" in fields:
        _add(found, content.get(fields["applicant_id"].stored), content.get(own.stored) if own else "")
    return found


def _add(found, sealed, disability):
    number = sealing.unseal(sealed, ID_NUMBER) if sealing.is_sealed(sealed or "") else sealed
    if not number:
        return
    key = sealing.key_of(number)
    known = found.get(key)
    found[key] = Person(told_by(number), str(disability or "") or (known.disability if known else ""))
