"""The clock of all threads: a server that a browser asks answers in threads of its own, where dates.frozen does not hold."""

from datetime import date, datetime, time
from time import monotonic

from adminapp import dates


def run_from(monkeypatch, day: date):
    """Let the clock of the program run on from 09:00 of a day in China, until the test is over; dates.frozen still stops it inside."""
    began, first = monotonic(), datetime.combine(day, time(9), dates.SHANGHAI).astimezone(dates.UTC)

    def now():
        moment = dates._frozen.get() or first + dates.timedelta(seconds=monotonic() - began)
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    monkeypatch.setattr(dates, "now", now)
