"""How far the year's spot checks are: new awards, what must be checked, what was visited, month by month and by stratum.

A stratum is a township and a type; its share is rounded up by itself, so sums are sums of strata. A month counts what
had been opened and visited by its end.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from adminapp import database, dates, procedure
from adminapp.supervision import checks, sampling, universe


@dataclass
class Stratum:
    """One township and type. Counters are by month, not added up."""

    township: str
    type: str
    new: Counter = field(default_factory=Counter)
    visited: Counter = field(default_factory=Counter)
    drawn: int = 0

    def target(self, share: Fraction, month: str) -> int:
        """Return how many must have been checked by the end of a month."""
        return sampling.needed(share, self.until(self.new, month))

    @staticmethod
    def until(counter: Counter, month: str) -> int:
        return sum(n for key, n in counter.items() if key <= month)


@dataclass(frozen=True)
class Line:
    """The figures of some strata together at the end of a month. `deficit` sums what each stratum lacks: none helps another."""

    new: int = 0
    target: int = 0
    drawn: int = 0
    visited: int = 0
    deficit: int = 0


@dataclass(frozen=True)
class Progress:
    """A year seen on a day. `share` None: no rule holds, so there is nothing to reach."""

    year: int
    until: date
    share: Fraction | None
    clause: str
    strata: tuple[Stratum, ...]
    duties: dict[str, Counter]
    """basis → Counter of states, of the checks that are always made."""
    results: Counter
    """Results of the year's visits, whatever they were made for."""

    @property
    def months(self) -> list[str]:
        return dates.month_range(f"{self.year}-01", dates.month_of(self.until))

    def line(self, strata: Iterable[Stratum] | None = None, month: str = "") -> Line:
        """Return the figures of some strata, of all by default, at the end of a month, of the last by default."""
        strata, month = self.strata if strata is None else list(strata), month or self.months[-1]
        share = self.share or Fraction(0)
        targets = [stratum.target(share, month) for stratum in strata]
        visited = [stratum.until(stratum.visited, month) for stratum in strata]
        return Line(
            new=sum(stratum.until(stratum.new, month) for stratum in strata),
            target=sum(targets),
            drawn=sum(stratum.drawn for stratum in strata),
            visited=sum(visited),
            deficit=sum(max(0, target - done) for target, done in zip(targets, visited, strict=True)),
        )

    def by_township(self) -> dict[str, list[Stratum]]:
        return self._grouped("township")

    def by_type(self) -> dict[str, list[Stratum]]:
        return self._grouped("type")

    def _grouped(self, name):
        found = defaultdict(list)
        for stratum in self.strata:
            found[getattr(stratum, name)].append(stratum)
        return dict(found)


def of_year(year: int, today: date | None = None, township: str = "") -> Progress:
    """Return the progress of a year up to a day, of all townships or of the one that opened the awards."""
    today = today or dates.today()
    until = min(today, date(year, 12, 31))
    found: dict[tuple, Stratum] = {}
    for (place, kind, month), number in universe.by_month(year, until, township).items():
        _of(found, place, kind).new[month] += number
    duties, results = {basis: Counter() for basis in checks.BASES if basis != checks.RANDOM}, Counter()
    for key, number in _checks(year, township):
        month = key.get("month")
        if month:
            results[key["result"]] += number
        if checks.RANDOM in key["bases"] and key["state"] != checks.SUBSTITUTED:
            stratum = _of(found, key["origin"], key["type"])
            stratum.drawn += number
            if month:
                # A visit before the year (of a complaint, say) counts from its beginning.
                stratum.visited[max(month, f"{year}-01")] += number
        for basis in duties.keys() & set(key["bases"]):
            duties[basis][key["state"]] += number
    row = procedure.row_of("spotcheck.share", until)
    strata = tuple(found[key] for key in sorted(found))
    return Progress(year, until, row.value if row else None, row.clause if row else "", strata, duties, results)


def _of(found, township, kind):
    return found.setdefault((township, kind), Stratum(township, kind))


def _checks(year, township):
    """Yield ({origin, type, bases, state, result, month of the visit}, number) of a year's checks."""
    key = {name: f"${name}" for name in ("origin", "type", "bases", "state", "result")}
    month = {"$cond": [{"$gt": ["$visited_on", None]}, {"$substrBytes": ["$visited_on", 0, 7]}, None]}
    pipeline = [
        {"$match": {"year": year, **({"origin": township} if township else {})}},
        {"$group": {"_id": {**key, "month": month}, "n": {"$sum": 1}}},
    ]
    for row in database.raw(checks.COLLECTION).aggregate(pipeline, hint="stratum"):
        yield row["_id"], row["n"]
