"""Closed months of the demo (虚构): all whose statistics are frozen; one was opened again by two persons and closed once more."""

from datetime import datetime, time, timedelta

from adminapp import dates
from adminapp.months import closing
from adminapp.months.points import points
from adminapp.scope import acting
from seed.staff import Staff

DAY = 8
"""Of the next month: the reports are frozen on the fifth."""
AGAIN = 5
"""Place of the month that was opened again."""


def close_months(months: list[str], staff: Staff, on):
    """Close every month whose lists are done and whose report is frozen, early in the next one, until one that cannot be.

    Months before the first report stay open. Safe to repeat.
    """
    finance, approver = staff.of("finance", ""), staff.of("county_approver", "")
    for place, month in enumerate(months):
        day = dates.next_workday(dates.first_day(dates.add_months(month, 1)).replace(day=DAY))
        row = closing.get(month)
        if day > on:
            return
        closed = closing.closed_months()
        if row["state"] == closing.OPEN and not row["closings"] and points(month, closed):
            if closed:
                return
            continue
        if not row["closings"]:
            row = _take(row, "close", finance, day)
        if place == AGAIN and row["state"] == closing.CLOSED and len(row["closings"]) == 1:
            row = _take(row, "ask", finance, day + timedelta(days=1), "户数统计口径有误，需要复核。（虚构）")
        if row["state"] == closing.ASKED:
            row = _take(row, "agree", approver, day + timedelta(days=1))
        if row["state"] == closing.OPEN:
            _take(row, "close", finance, day + timedelta(days=2))


def _take(row, key, actor, day, reason=""):
    with acting(actor), dates.frozen(datetime.combine(day, time(16), dates.SHANGHAI)):
        return closing.take(row["_id"], key, actor, row["rev"], reason)
