"""The timetable of a monthly list (发放时间表): until when changes count, and by when the money has to be in the accounts.

What is decided after the cut-off day waits for the next list, as arrears, so that the list is the same whoever builds it
and whenever. The days are dated figures of the procedure (schemas/procedure.yaml, payment.*).
"""

from datetime import date

from adminapp import dates, procedure


def cutoff(month: str) -> date:
    """Return the last day whose decisions are in the list of a month."""
    first = dates.first_day(month)
    before = dates.add_months(month, -(procedure.value("payment.cutoff_months", first) or 0))
    return _day(before, procedure.value("payment.cutoff_day", first))


def paid_by(month: str) -> date:
    """Return the day by which a month's money has to be in the accounts."""
    first = dates.first_day(month)
    return _day(month, procedure.value("payment.paid_by", first))


def newest(today: date) -> str:
    """Return the newest month whose list can be built: its cut-off day is over."""
    month = dates.add_months(dates.month_of(today), 1)
    while cutoff(month) >= today:
        month = dates.add_months(month, -1)
    return month


def _day(month, number):
    """Return a day of a month; without a figure, or past its end, the last one."""
    last = dates.last_day(month)
    return last if number is None or number > last.day else last.replace(day=max(1, number))
