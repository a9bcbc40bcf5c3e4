"""What finance and audit inspect together with the county (县方案 五(二)): figures of a year by township and month, no person.

Finance has no scope over cases; the figures are counted for the whole county by the program itself, whoever may open them.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from adminapp import database, dates, divisions
from adminapp.payments import batches, lines
from adminapp.scope import system
from adminapp.supervision import checks, course, lateness, progress
from adminapp.warnings import RULES, store


@dataclass(frozen=True)
class Month:
    """What the sealed lists of a month came to, and what of it the bank could not pay, in fen."""

    month: str
    sealed: int
    broken: int


@dataclass(frozen=True)
class Inspection:
    """A year. `outcomes`: township → Counter of states of visited checks; `measures`: [(label, number)] that were ordered."""

    year: int
    progress: progress.Progress
    outcomes: dict[str, Counter]
    measures: list[tuple[str, int]]
    times: list[lateness.Line]
    warnings: dict[tuple[str, str], int]
    months: list[Month]

    @property
    def places(self) -> list[str]:
        """Return the townships that have anything to show, in the county's order."""
        seen = self.progress.by_township().keys() | self.outcomes.keys() | {line.key for line in self.times} | {place for place, _rule in self.warnings}
        return [code for code, _name in divisions.township_choices() if code in seen]

    def place_values(self, place: str) -> tuple[int, ...]:
        """Return (new, to be checked, visited, missing, consistent, deviating, put right) of a township."""
        line, states = self.progress.line(self.progress.by_township().get(place, [])), self.outcomes.get(place, Counter())
        off = states[checks.DEVIATION] + states[checks.RECTIFYING] + states[checks.CLOSED]
        return line.new, line.target, line.visited, line.deficit, states[checks.CONSISTENT], off, states[checks.CLOSED]

    @property
    def off(self) -> tuple[int, int]:
        """Return (checks that found a deviation, those of them that were put right)."""
        values = [self.place_values(place) for place in self.places]
        return sum(row[5] for row in values), sum(row[6] for row in values)


def of_year(year: int, today: date | None = None) -> Inspection:
    """Return the figures of a year up to a day."""
    today = today or dates.today()
    last = min(today, date(year, 12, 31))
    with system("figures of the inspection"):
        outcomes, measures = _checks(year)
        times = lateness.by(lateness.Span(date(year, 1, 1), last), lateness.TOWNSHIP)
        found = store.by_place_and_rule()
        return Inspection(year, progress.of_year(year, today), outcomes, measures, times, found, _months(year))


def _checks(year):
    outcomes, measures = defaultdict(Counter), Counter()
    key = {"origin": "$origin", "state": "$state", "measure": "$order.measure"}
    pipeline = [{"$match": {"year": year}}, {"$group": {"_id": key, "n": {"$sum": 1}}}]
    for row in database.raw(checks.COLLECTION).aggregate(pipeline, hint="stratum"):
        outcomes[row["_id"]["origin"]][row["_id"]["state"]] += row["n"]
        if row["_id"].get("measure"):
            measures[row["_id"]["measure"]] += row["n"]
    return dict(outcomes), [(course.MEASURES[key].label, n) for key, n in measures.most_common()]


def _months(year):
    """Return the months of a year whose lists were sealed, oldest first."""
    sealed = defaultdict(list)
    fields = {"month": 1, "totals": 1}
    wanted = {"month": {"$gte": f"{year}-01", "$lte": f"{year}-12"}, "state": {"$in": list(batches.SEALED)}}
    for batch in database.raw(batches.COLLECTION).find(wanted, fields, hint="month"):
        if batch.get("totals"):
            sealed[batch["month"]].append(batch)
    return [_month(month, sealed[month]) for month in sorted(sealed)]


def _month(month, found):
    broken = {"batch": {"$in": [batch["_id"] for batch in found]}, "state": {"$in": [*lines.BROKEN, lines.REISSUED]}}
    rows = database.raw(lines.COLLECTION).find(broken, {"state": 1, "amount": 1, "events": 1}, hint="state")
    lost = sum(row["amount"] - lines.settled(row) for row in rows)
    return Month(month, sum(item["amount"] for batch in found for item in batch["totals"]["types"]), lost)


def rule_label(rule: str) -> str:
    return RULES[rule].label if rule in RULES else rule
