"""The month reports of the demo county: frozen early in the next month as things were known then, the last ones still open."""

from datetime import date, datetime, time

from adminapp import dates
from adminapp.engine import Engine
from adminapp.reports import store, work
from adminapp.scope import acting
from seed.staff import Staff

SMALL, LARGE = 12, 2
"""Months of a small and of a large county."""
DAY = 5
"""Of the next month, on which a month is frozen."""


def fill(engine: Engine, staff: Staff, on: date, small: bool):
    """Work out the months that are over and freeze them, but for the last; this month stands as of today."""
    reviewer, this = staff.of("county_reviewer", ""), dates.month_of(on)
    for back in range(SMALL if small else LARGE, -1, -1):
        month = dates.add_months(this, -back)
        if store.begin(month, "seed")["state"] == store.FROZEN:
            continue
        closed = date.fromisoformat(f"{dates.add_months(month, 1)}-{DAY:02d}")
        with dates.frozen(datetime.combine(min(closed, on), time(9, 30), dates.SHANGHAI)), acting(reviewer):
            work.build(month, engine.registry, reviewer, "seed", back > 1, known=min(closed, on).isoformat())
