"""What the people of a case hold on a day, in any township: yes, no and amounts, never other people's documents."""

from collections.abc import Iterable
from datetime import date, datetime
from fractions import Fraction

from adminapp import dates
from adminapp.awards.spells import as_known, runs_from, spell_in
from adminapp.awards.store import of_people
from adminapp.formula.functions import exact


class Register:
    """Answers what formulas ask of awards (`holds`, `household_holds`, `award`). `rows` are the awards of these people
    when they were read already; `known` (an ISO day, or a moment) asks as it was known then."""

    def __init__(self, case, on: date, rows: Iterable[dict] | None = None, known: str | datetime | None = None):
        self.case, self.month, self.known = case, dates.month_of(on), known
        self._rows, self._held = rows, None

    @property
    def held(self) -> list[dict]:
        """Return the awards of the case's people, its own left out, that run in the month or later."""
        if self._held is None:
            keys = {person["key"] for person in self.case.people if person.get("key")}
            rows = of_people(sorted(keys)) if self._rows is None else [row for row in self._rows if keys & set(row["people"])]
            rows = (as_known(row, self.known) for row in rows if row["_id"] != self.case.pk)
            self._held = [row for row in rows if runs_from(row, self.month)]
        return self._held

    def _mine(self, programme):
        """Return current awards that include the applicant."""
        me = next((person["key"] for person in self.case.people), "")
        return [row for row in self.held if row["programme"] == programme and me in row["people"]]

    def holds(self, programme):
        return bool(self._mine(programme))

    def household_holds(self, programme):
        return any(row["programme"] == programme for row in self.held)

    def monthly(self, programme):
        """Return the applicant's fen a month; a household's award is shared evenly by those it is for."""
        return exact(sum((self._share(row) for row in self._mine(programme)), Fraction(0)))

    def _share(self, row):
        spell = spell_in(row, max(self.month, row["spells"][0]["from"])) or {"amount": 0}
        return Fraction(spell["amount"], spell.get("size", row["household_size"]) if row["unit"] == "household" else 1)


def registers(cases: list, on: date, known: str | datetime | None = None) -> dict:
    """Return {case id: Register} of many cases, with one query for all their people."""
    keys = sorted({person["key"] for case in cases for person in case.people if person.get("key")})
    by_person: dict[str, list] = {}
    for row in of_people(keys):
        for key in row["people"]:
            by_person.setdefault(key, []).append(row)
    return {case.pk: Register(case, on, _rows_of(case, by_person), known) for case in cases}


def _rows_of(case, by_person):
    found = {row["_id"]: row for person in case.people for row in by_person.get(person.get("key"), ())}
    return [found[key] for key in sorted(found)]
