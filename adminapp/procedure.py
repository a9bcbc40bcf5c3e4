"""Figures of the procedure (schemas/procedure.yaml): how many visitors, which share of representatives, since when.

`value("survey.people", day)` is the figure of a day, None where no row holds then. What the law changes is a new row in
the file, never a line of code; a case is judged by the day of its step.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path

import yaml

from adminapp import dates
from adminapp.declaration.problems import Problem
from adminapp.errors import SetupError
from adminapp.words import nearest

FILE = Path(__file__).parent.parent / "schemas" / "procedure.yaml"


@dataclass(frozen=True)
class Row:
    """A value in force from `start` to `end`, both included; `end` None is no limit."""

    value: int | Fraction | bool | tuple[str, ...]
    start: date
    end: date | None
    clause: str

    def holds(self, on: date) -> bool:
        return self.start <= on and (self.end is None or on <= self.end)


@dataclass(frozen=True)
class Rule:
    """One figure with all its rows, oldest first."""

    key: str
    label: str
    unit: str
    rows: tuple[Row, ...]

    def on(self, day: date) -> Row | None:
        return next((row for row in self.rows if row.holds(day)), None)


def value(key: str, on: date):
    """Return the value of a day; None when no row holds then."""
    row = row_of(key, on)
    return None if row is None else row.value


def row_of(key: str, on: date) -> Row | None:
    """Return value and clause of a day; None when no row holds then. Raise KeyError for a key that the file lacks."""
    rules = all_rules()
    if key not in rules:
        raise KeyError(f"no procedure rule {key!r}{nearest(key, rules)}")
    return rules[key].on(on)


def deadline(key: str, start: date) -> date:
    """Return the last day of a rule in working days that begins on a day; where no row holds, the next working day, so that nothing waits for ever."""
    return dates.add_workdays(start, value(key, start) or 1)


def clause(key: str, on: date) -> str:
    """Return the source of a day's value, "" when no row holds."""
    row = row_of(key, on)
    return row.clause if row else ""


def share_text(share: Fraction) -> str:
    """Return a share as people read it: 三分之二, or 65% where the parts have no short name."""
    names = "零一二三四五六七八九十"
    if share.denominator < len(names) and share.numerator < len(names):
        return "全部" if share == 1 else f"{names[share.denominator]}分之{names[share.numerator]}"
    return f"{float(share * 100):g}%"


@cache
def all_rules() -> dict[str, Rule]:
    """Return the rules of the county's file by key, read at first use."""
    return read_file(FILE)


def read_file(path: Path) -> dict[str, Rule]:
    """Return the rules of a file by key. Raise SetupError with every problem, each with its path."""
    try:
        data = yaml.safe_load(Path(path).read_text("utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise SetupError(f"程序规则文件 {path} 不能读取：{error}") from error
    problems, rules = [], {}
    for index, item in enumerate(data.get("rules") or () if isinstance(data, dict) else ()):
        rule = _rule(item, f"rules[{index}]", problems)
        if rule and rule.key in rules:
            problems.append(Problem(f"rules[{index}].key", f"“{rule.key}”写了两次"))
        if rule:
            rules[rule.key] = rule
    if not rules and not problems:
        problems.append(Problem("rules", "至少写一条规则"))
    if problems:
        raise SetupError(f"程序规则文件 {path} 有误：\n" + "\n".join(map(str, problems)))
    return rules


def _rule(item, path, problems):
    if not isinstance(item, dict) or not {"key", "label", "unit", "values"} <= set(item):
        problems.append(Problem(path, "要有 key、label、unit、values"))
        return None
    if item["unit"] not in UNITS:
        problems.append(Problem(f"{path}.unit", f"没有单位“{item['unit']}”{nearest(item['unit'], UNITS)}"))
        return None
    rows = [_row(row, f"{path}.values[{number}]", item["unit"], problems) for number, row in enumerate(item["values"] or ())]
    rows = sorted(filter(None, rows), key=lambda row: row.start)
    for before, after in zip(rows, rows[1:], strict=False):
        if before.end is None or before.end >= after.start:
            problems.append(Problem(f"{path}.values", f"{after.start} 起的一行与前一行的期间重叠，请给前一行写上 to"))
    return Rule(item["key"], item["label"], item["unit"], tuple(rows))


def _row(row, path, unit, problems):
    if not isinstance(row, dict) or not set(row) <= {"from", "to", "value", "clause"} or "value" not in row:
        problems.append(Problem(path, "一行要写 from、value、clause，可以写 to"))
        return None
    for key in ("from", "to"):
        if type(row.get(key)) is not date and (key == "from" or row.get(key) is not None):
            problems.append(Problem(f"{path}.{key}", "要写日期，如 2026-07-01"))
            return None
    if not str(row.get("clause") or "").strip():
        problems.append(Problem(f"{path}.clause", "要写明依据"))
        return None
    try:
        return Row(UNITS[unit](row["value"]), row["from"], row.get("to"), row["clause"])
    except (ValueError, TypeError, ZeroDivisionError):
        problems.append(Problem(f"{path}.value", f"“{row['value']}”不是{UNIT_NAMES[unit]}"))
        return None


def _whole(text):
    if type(text) is not int or text < 0:
        raise ValueError(text)
    return text


def _share(text):
    share = Fraction(str(text))
    if not 0 < share <= 1:
        raise ValueError(text)
    return share


def _flag(text):
    if type(text) is not bool:
        raise TypeError(text)
    return text


def _texts(items):
    if not isinstance(items, list) or not all(isinstance(item, str) and item for item in items):
        raise TypeError(items)
    return tuple(items)


UNITS = {
    "count": _whole, "share": _share, "workdays": _whole, "days": _whole, "months": _whole, "years": _whole, "flag": _flag, "texts": _texts,
}  # fmt: skip
UNIT_NAMES = {
    "count": "不小于 0 的整数", "share": "大于 0、不大于 1 的分数，如 2/3", "workdays": "整数（工作日）", "days": "整数（日）", "months": "整数（月）",
    "years": "整数（岁）", "flag": "true 或 false", "texts": "若干文字的列表",
}  # fmt: skip
