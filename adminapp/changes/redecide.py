"""Decides a running award anew: on another day, under other standards, with other content or in another place.

`redecide` is the one function: a change, a raise of the standards for all and a simulation all come here, so they agree
to the fen. `steps` cuts the months from a given one on by what was decided for them, and decides each piece anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from adminapp import awards, contents, database, dates, decisions, divisions
from adminapp.awards.spells import ACTIVE, SUSPENDED
from adminapp.cases import CaseValues, covered, people_of
from adminapp.changes.ops import revise
from adminapp.decision import decide
from adminapp.errors import Invalid
from adminapp.stored import StoredCase, stored_values


@dataclass(frozen=True)
class Step:
    """A piece of months with its new decision: `month` to `last` (None is open). `before` is what it gave a month so far."""

    month: str
    last: str | None
    before: int
    decision: dict
    content: dict
    people: list[str]
    name: str
    village: str
    values: CaseValues

    @property
    def amount(self) -> int:
        return self.decision["amount"]

    def adjusted(self, amount: int, by: str, reason: str) -> "Step":
        """Return the step with an amount that a person set instead of the computed one."""
        computed = {"computed": self.decision["amount"], "amount": amount, "adjusted_by": by, "adjust_reason": reason}
        return replace(self, decision={**self.decision, **computed})


def redecide(case: dict, published, on: date, standards, register=None) -> dict:
    """Return eligibility and amount of a case as stored, on a day, under these standards and its own version.

    `register` is what its people hold, when that was read already (`Basis.register` reads it for many cases).
    """
    return _decided(case, published, on, standards, lambda found: register or awards.Register(found, on))[0]


def _decided(case, published, on, standards, register_of):
    values = stored_values(case, published.relief_type, standards=standards, on=on)
    values.evaluator.awards = register_of(StoredCase({**case, "people": list(people_of(values))}))
    return decide(published.relief_type, published.version, values), values


class Basis:
    """What awards were decided on, read at once for many: their cases, earlier decisions, and what their people hold."""

    def __init__(self, registry, found: Iterable[dict], cases: Iterable[dict] | None = None):
        """`registry` gives published versions, `cases` are the raw documents where they were read already."""
        found = list(found)
        ids = [award["_id"] for award in found]
        self.registry = registry
        rows = database.raw("cases").find({"_id": {"$in": ids}}) if cases is None else cases
        self.cases = {row["_id"]: row for row in rows}
        named = sorted({spell["decision"] for award in found for spell in award["spells"] if spell["to"]})
        self.rows = {row["_id"]: row for row in database.raw(decisions.COLLECTION).find({"_id": {"$in": named}})}
        self._people: dict[str, list] | None = None

    def behind(self, award: dict, spell: dict) -> tuple[object, dict]:
        """Return (published version, content) behind a spell: what stands on the case now for the open one, else what the
        decision was made from. Raise Invalid when that is lost."""
        case = self.cases[award["_id"]]
        if spell["to"] is None:
            return self.registry.get(case["type"], case["schema_version"]), case
        row = self.rows.get(spell["decision"])
        published = self.registry.get(row["type"], row["version"]) if row else None
        content = self.content(case, row["content"], published) if row else None
        if content is None:
            raise Invalid(f"{award['number']}：{spell['from']} 的决定所依据的内容已不存在，不能重新计算")
        return published, content

    def content(self, case: dict, digest: str, published) -> dict | None:
        """Return the content with a digest: the case as it stands, or as it was kept."""
        return contents.of(case["_id"], digest, published, case)

    def register(self, case, on: date):
        """Return what the people of a case hold on a day; one query for all cases unless somebody joins."""
        if self._people is None:
            keys = {person["key"] for row in self.cases.values() for person in row.get("people", ()) if person.get("key")}
            self._people = {key: [] for key in keys}
            for row in awards.of_people(sorted(keys)):
                for key in keys & set(row["people"]):
                    self._people[key].append(row)
        wanted = {person["key"] for person in case.people if person.get("key")}
        if not wanted <= self._people.keys():
            return awards.Register(case, on)
        found = {row["_id"]: row for key in wanted for row in self._people[key]}
        return awards.Register(case, on, [found[key] for key in sorted(found)])


def pieces(award: dict, since: str) -> list[tuple[str, str | None, dict]]:
    """Return (first month, last month, spell) of what may be paid another amount from `since` on.

    The end, a grace period and what lies before are left out. Pieces of one decision that follow each other are one.
    """
    found: list[tuple[str, str | None, dict]] = []
    for spell in award["spells"]:
        if spell["state"] not in (ACTIVE, SUSPENDED) or (spell["to"] and spell["to"] < since):
            continue
        first = max(since, spell["from"])
        if found and _goes_on(found[-1], first, spell):
            found[-1] = (found[-1][0], spell["to"], spell)
        else:
            found.append((first, spell["to"], spell))
    return found


def _goes_on(piece, first, spell):
    _, last, before = piece
    same = all(before[name] == spell[name] for name in ("decision", "entitled", "village"))
    return same and last is not None and dates.add_months(last, 1) == first


def steps(award: dict, basis: Basis, standards, since: str, operations=(), village: str = "") -> list[Step]:
    """Return the award's months from `since` on, piece by piece, each decided anew on its first day.

    `operations` (adminapp/changes/ops.py) are laid over what each piece was decided on; `village` is the place from `since`
    on when it changes. Raise Invalid when the content behind a piece is lost.
    """
    return [_step(award, basis, standards, piece, operations, village) for piece in pieces(award, since)]


def _step(award, basis, standards, piece, operations, village):
    month, last, spell = piece
    published, content = basis.behind(award, spell)
    content = revise(content, operations)
    place = village or spell["village"]
    case = {**content, "_id": award["_id"], "village": place, "township": divisions.township_of(place)}
    on = dates.first_day(month)
    decision, values = _decided(case, published, on, standards, lambda found: basis.register(found, on))
    name = values.raw.get("applicant_name") or award["name"]
    return Step(month, last, spell["entitled"], decision, content, covered(values), name, place, values)
