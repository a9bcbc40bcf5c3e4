"""A span of months as it stands in an address: "2026", "2026Q3", "2026-09", or from one month to another "2026-02~2026-05"."""

import re

from adminapp import dates
from adminapp.errors import Invalid

QUARTER = re.compile(r"(\d{4})Q([1-4])")
SEPARATOR = "~"
MOST_MONTHS = 36
"""A span is no longer, so that what is read of it is bounded."""


def read(text: str) -> tuple[str, str]:
    """Return the first and the last month, at most MOST_MONTHS of the years that the calendar has. Raise Invalid."""
    if found := QUARTER.fullmatch(text):
        last = int(found[2]) * 3
        first, last = f"{found[1]}-{last - 2:02d}", f"{found[1]}-{last:02d}"
    elif len(text) == 4:
        first, last = f"{text}-01", f"{text}-12"
    elif SEPARATOR in text:
        first, last = text.split(SEPARATOR, 1)
    else:
        first = last = text
    first, last = dates.parse_month(first), dates.parse_month(last)
    if first > last:
        raise Invalid("开始的月份要早于结束的月份。")
    if int(first[:4]) < dates.FIRST_YEAR or int(last[:4]) > dates.LAST_YEAR or dates.months_between(first, last) >= MOST_MONTHS:
        raise Invalid(f"一段时间最长 {MOST_MONTHS} 个月，在 {dates.FIRST_YEAR} 年至 {dates.LAST_YEAR} 年之间。")
    return first, last


def quarter_of(month: str) -> str:
    return f"{month[:4]}Q{(int(month[5:]) + 2) // 3}"


def quarters(month: str, count: int) -> list[str]:
    """Return the last quarters up to that of a month, newest first."""
    return [quarter_of(dates.add_months(month, -3 * back)) for back in range(count)]


def choices(month: str, years: int, count: int) -> list[str]:
    """Return the last years and quarters up to those of a month, as they are offered to choose from."""
    return [str(int(month[:4]) - back) for back in range(years)] + quarters(month, count)


def label(text: str) -> str:
    """Return how a span is called: 2026 年, 2026 年第 3 季度, 2026-09, 2026-02 至 2026-05."""
    if found := QUARTER.fullmatch(text):
        return f"{found[1]} 年第 {found[2]} 季度"
    return f"{text} 年" if len(text) == 4 else text.replace(SEPARATOR, " 至 ")
