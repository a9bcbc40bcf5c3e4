"""The calendar as an officer types it: a line for a day or some days in a row, 休 or 班, and a name.

    2027-01-01 至 2027-01-03 休 元旦
    2027-01-04 班
"""

import re
from datetime import date, timedelta

from adminapp import dates
from adminapp.errors import Invalid

LINE = re.compile(r"(?P<first>\S+?)(?:\s*(?:至|到|~|—)\s*(?P<last>\S+))?\s+(?P<kind>休|班)(?:\s+(?P<name>.{1,20}))?")
WORKS = {"休": False, "班": True}
MOST_DAYS, MOST_LINES = 31, 400


def read(text: str) -> dict[str, dict]:
    """Return {ISO day: {works, name}}. Raise Invalid with a sentence for each line that cannot be."""
    found, problems = {}, []
    lines = [line.strip() for line in text.splitlines()]
    if len(lines) > MOST_LINES:
        raise Invalid([f"最多 {MOST_LINES} 行"])
    for number, line in enumerate(lines, 1):
        if line:
            try:
                _read_line(line, found)
            except Invalid as error:
                problems.append(f"第 {number} 行：{error}")
    if problems:
        raise Invalid(problems)
    return dict(sorted(found.items()))


def _read_line(line, found):
    match = LINE.fullmatch(line)
    if not match:
        raise Invalid(f"“{line[:30]}”看不懂，请写成“2027-01-01 至 2027-01-03 休 元旦”或“2027-01-04 班”")
    first = dates.parse_date(match["first"])
    last = dates.parse_date(match["last"]) if match["last"] else first
    if not 0 <= (last - first).days < MOST_DAYS:
        raise Invalid(f"起止日期要按先后写，一行最多 {MOST_DAYS} 天")
    told = {"works": WORKS[match["kind"]], "name": (match["name"] or "").strip()}
    for day in (first + timedelta(days=n) for n in range((last - first).days + 1)):
        if day.isoformat() in found:
            raise Invalid(f"{day} 写了两次")
        found[day.isoformat()] = told


def write(days: dict[str, dict]) -> str:
    """Return the lines of a table: days in a row that are told alike on one line."""
    runs: list[list] = []
    for day, told in sorted(days.items()):
        now = date.fromisoformat(day)
        if runs and runs[-1][2] == told and now == runs[-1][1] + timedelta(days=1) and (now - runs[-1][0]).days < MOST_DAYS:
            runs[-1][1] = now
        else:
            runs.append([now, now, told])
    return "\n".join(_line(*run) for run in runs)


def _line(first, last, told):
    span = f"{first}" if first == last else f"{first} 至 {last}"
    return f"{span} {'班' if told['works'] else '休'} {told['name']}".strip()
