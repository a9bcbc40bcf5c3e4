"""What one running award asks for in the months ahead. Cycles, proofs of life and ages are declared by its type; nothing is stored here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from adminapp import dates
from adminapp.cases import born
from adminapp.ongoing.tasks import BIRTHDAY, LIFE, REVIEW

AHEAD = 12
"""Months that are worked out."""
YEAR = 12
SLACK = 3
"""A review may be put forward by one part in so many of its cycle, so that months come out even."""


@dataclass(frozen=True)
class Wish:
    """One task to plan: in one of the months of `window`, until `due` (None: the last day of the month chosen)."""

    kind: str
    key: str
    window: tuple[str, ...]
    due: date | None = None
    label: str = ""
    person: str = ""


def review(relief_type, holds: Callable[[str], bool], begun: str, last: str | None, this: str) -> Wish:
    """Return the next review: within the declared cycle after the `last` one (its day), or after the award's first month `begun`.

    The first one may fall anywhere within the cycle. What is overdue when the program first hears of it (recipients from before)
    is spread over one cycle from `this` month on instead of falling into it as a whole.
    """
    rule = next((item for item in relief_type.review.by if holds(item.when)), None)
    cycle = rule.months if rule else relief_type.review.months
    since = (last or begun)[:7]
    first, final = (dates.add_months(since, cycle - cycle // SLACK if last else 1), dates.add_months(since, cycle))
    if final < this:
        first, final = this, dates.add_months(this, 0 if last else cycle - 1)
    return Wish(REVIEW, last or begun, tuple(dates.month_range(max(first, this), max(final, this))), label=rule.label if rule else "")


def life(times: int, begun: str, seen: frozenset[str], this: str):
    """Yield the proofs of life of the periods from this one on: `times` a year, each within its period.

    Who was granted the award, or was `seen` (months), within a period is known to be alive in it.
    """
    span = YEAR // times if times else 0
    months = dates.month_range(this, dates.add_months(this, AHEAD)) if span else ()
    for start in sorted({_period(month, span) for month in months}):
        period = dates.month_range(start, dates.add_months(start, span - 1))
        if begun < period[0] and not seen & set(period):
            yield Wish(LIFE, start, tuple(month for month in period if month >= this), dates.last_day(period[-1]))


def _period(month, span):
    return f"{month[:4]}-{(int(month[5:]) - 1) // span * span + 1:02d}"


def period_of(month: str, times: int) -> str:
    """Return the first month of the period of proofs of life that a month lies in."""
    return _period(month, YEAR // times)


def birthdays(relief_type, values, people, this: str):
    """Yield the ages that persons of the award reach, from which month on they count (`people`: keys of whom it is for).

    The task is planned for the month before, so that the change stands when its list is made.
    """
    if not relief_type.ongoing.birthdays:
        return
    for key, name, birth in born(values):
        for item in relief_type.ongoing.birthdays if key in people else ():
            counts = dates.add_months(dates.month_of(_reached(birth, item.age)), 0 if item.start == "birthday_month" else 1)
            if this <= counts <= dates.add_months(this, AHEAD):
                month = max(this, dates.add_months(counts, -1))
                label = item.label or f"年满 {item.age} 周岁"
                yield Wish(BIRTHDAY, f"{key[:16]}:{item.age}", (month,), label=f"{label}（{counts} 起）", person=name)


def _reached(birth, age):
    """Return the day an age is reached; who was born on 29 February reaches it on the 28th in other years, as `dates.age` counts."""
    try:
        return birth.replace(year=birth.year + age)
    except ValueError:
        return date(birth.year + age, 2, 28)
