"""Dates: the only clock of the program (Asia/Shanghai), working days with 调休, months and ages."""

import calendar
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta, timezone

from chinese_calendar.constants import holidays, workdays

from adminapp.errors import Invalid

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")  # no summer time since 1991, so no tz database is needed
UNITS = {"workday": "个工作日", "day": "日"}
"""What a term is counted in, as it stands behind the number: 5个工作日, 5日."""

_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)


def now() -> datetime:
    """Return the moment as aware UTC, in whole milliseconds: what MongoDB gives back equals what was stored."""
    moment = _frozen.get() or datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def today() -> date:
    """Return the date in China."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """Return the date in China of an aware moment."""
    return moment.astimezone(SHANGHAI).date()


def minute_text(moment: datetime) -> str:
    """Return an aware moment as read in China, to the minute: "2026-09-16 14:05"."""
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


@contextmanager
def frozen(day: date | datetime | str) -> Iterator[None]:
    """Hold the clock at `day` (09:00 in China, or the aware moment given) inside the block; blocks nest.

    Holds for this thread and the tasks it starts, not for other threads.
    """
    if isinstance(day, str):
        day = date.fromisoformat(day)
    if not isinstance(day, datetime):
        day = datetime.combine(day, time(9), SHANGHAI)
    token = _frozen.set(day.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)


# Working days. One sorted list of ordinals, replaced as a whole and never changed, so that reading needs no lock
# and adding days is one bisection: a nightly run asks for 100,000 cases.

FIRST_YEAR, LAST_YEAR = 1990, 2099
_loaded_until = max(day.year for day in holidays)


class _Table:
    def __init__(self, overrides: Mapping[date, bool], known_until: int):
        first, last = date(FIRST_YEAR, 1, 1).toordinal(), date(LAST_YEAR, 12, 31).toordinal()
        official_off = {day.toordinal() for day in holidays}
        official_on = {day.toordinal() for day in workdays}
        local = {day.toordinal(): works for day, works in overrides.items()}
        days = (
            day
            for day in range(first, last + 1)
            # ordinal 1 is a Monday
            if local.get(day, day in official_on or ((day - 1) % 7 < 5 and day not in official_off))
        )
        self.days = list(days)
        self.set = frozenset(self.days)
        self.overrides = dict(overrides)
        self.known_until = known_until


_table = _Table({}, _loaded_until)
_tried: ContextVar[_Table | None] = ContextVar("tried", default=None)


def _in_force() -> _Table:
    return _tried.get() or _table


@contextmanager
def trying(overrides: Mapping[date, bool], known_until: int) -> Iterator[None]:
    """Reckon with other days of the county inside the block, in this thread alone: what would a calendar change?"""
    token = _tried.set(_Table(overrides, max(_loaded_until, known_until)))
    try:
        yield
    finally:
        _tried.reset(token)


def set_overrides(overrides: Mapping[date, bool], known_until: int | None = None) -> None:
    """Replace the county's own days: `{day: is it a working day}`, for local holidays and newly published years.

    `known_until` is the last year the county has entered completely; None leaves it at what the package knows.
    """
    global _table
    _table = _Table(overrides, max(_loaded_until, known_until or 0))


def overrides() -> dict[date, bool]:
    """Return the county's own days as set last."""
    return dict(_in_force().overrides)


def known_until() -> int:
    """Return the last year whose holidays are published and loaded."""
    return _in_force().known_until


def beyond_calendar(day: date) -> bool:
    """Tell whether `day` lies in a year whose holidays are not published: Monday to Friday counts there, so warn."""
    return day.year > _in_force().known_until


def is_workday(day: date) -> bool:
    """Tell whether offices work on `day`, with make-up days (调休) and the county's own days."""
    return _check_range(day).toordinal() in _in_force().set


def add_workdays(start: date, n: int) -> date:
    """Return the `n`-th working day after `start`. The count starts the day after; 0 is `start`; negative goes back."""
    if n == 0:
        return start
    days = _in_force().days
    ordinal = _check_range(start).toordinal()
    index = bisect_right(days, ordinal) + n - 1 if n > 0 else bisect_left(days, ordinal) + n
    if not 0 <= index < len(days):
        raise Invalid(f"日期超出日历范围（{FIRST_YEAR} 年至 {LAST_YEAR} 年）。")
    return date.fromordinal(days[index])


def add_days(start: date, n: int, unit: str, *, roll: bool = False) -> date:
    """Return the last day of a term of `n` units ("workday" or "day") that starts the day after `start`.

    With `roll` a calendar term that ends on a rest day ends on the next working day (民法典 第二百零三条).
    """
    if unit not in UNITS:
        raise Invalid(f"期限单位“{unit}”不认识，应为 workday（工作日）或 day（日）。")
    if unit == "workday":
        return add_workdays(start, n)
    end = start + timedelta(days=n)
    return next_workday(end) if roll else end


def next_workday(day: date) -> date:
    """Return `day` itself when it is a working day, else the first one after it."""
    return day if is_workday(day) else add_workdays(day, 1)


def workdays_between(start: date, end: date) -> int:
    """Return how many working days lie after `start` up to and with `end`; negative when `end` is before `start`."""
    days = _in_force().days
    return bisect_right(days, _check_range(end).toordinal()) - bisect_right(days, _check_range(start).toordinal())


def _check_range(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Invalid(f"日期超出日历范围（{FIRST_YEAR} 年至 {LAST_YEAR} 年）：{day.isoformat()}。")
    return day


# Months are text such as "2026-09", which sorts and compares as it should.


def month_of(day: date) -> str:
    """Return the month of `day` as "2026-09"."""
    return f"{day.year:04d}-{day.month:02d}"


def add_months(month: str, n: int) -> str:
    """Return the month `n` months after `month` (before it when negative)."""
    year, index = divmod(_count(month) + n, 12)
    return f"{year:04d}-{index + 1:02d}"


def months_between(first: str, last: str) -> int:
    """Return the number of months from `first` to `last`: 0 for the same month, negative when `last` is earlier."""
    return _count(last) - _count(first)


def month_range(first: str, last: str) -> list[str]:
    """Return all months from `first` to `last`, both included; empty when `last` is earlier."""
    return [add_months(first, n) for n in range(months_between(first, last) + 1)]


def first_day(month: str) -> date:
    """Return the first day of "2026-09"."""
    year, index = divmod(_count(month), 12)
    return date(year, index + 1, 1)


def last_day(month: str) -> date:
    """Return the last day of "2026-09"."""
    first = first_day(month)
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def _count(month: str) -> int:
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month, re.ASCII):
        raise Invalid(f"“{month}”不是月份，请按“2026-09”的样子填写。")
    return int(month[:4]) * 12 + int(month[5:]) - 1


_DATE = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))", re.ASCII)
_MONTH = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})月?|(\d{2}))", re.ASCII)
_WIDE = str.maketrans("０１２３４５６７８９－／．", "0123456789-/.")


def parse_date(text: str) -> date:
    """Return the date typed as 2026-09-16, 2026/9/16, 2026年9月16日 or 20260916. Raise Invalid for anything else."""
    match = _DATE.fullmatch(text.strip().translate(_WIDE))
    try:
        return date(*(int(part) for part in match.groups() if part))
    except (AttributeError, ValueError) as error:
        raise Invalid(f"“{text.strip()[:40]}”不是日期，请按“2026-09-16”的样子填写。") from error


def parse_month(text: str) -> str:
    """Return the month typed as 2026-09, 2026/9, 2026年9月 or 202609 as "2026-09". Raise Invalid for anything else."""
    match = _MONTH.fullmatch(text.strip().translate(_WIDE))
    try:
        return month_of(date(*(int(part) for part in match.groups() if part), 1))
    except (AttributeError, ValueError) as error:
        raise Invalid(f"“{text.strip()[:40]}”不是月份，请按“2026-09”的样子填写。") from error


def age(birth: date, on: date) -> int:
    """Return the full years (周岁) reached on the day `on`; the birthday counts as reached.

    Who is born on 29 February completes the year on 28 February of a common year: a term of years ends on the
    last day of the month when the corresponding day is missing (民法典 第二百零二条). Raise Invalid before birth.
    """
    if on < birth:
        raise Invalid("出生日期晚于计算日期。")
    birthday = (birth.month, birth.day)
    if birthday == (2, 29) and not calendar.isleap(on.year):
        birthday = (2, 28)
    return on.year - birth.year - ((on.month, on.day) < birthday)
