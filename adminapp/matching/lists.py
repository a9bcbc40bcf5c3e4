"""Kinds of lists that are compared (schemas/matching.yaml): the columns of the file, and what follows from a hit."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from adminapp.errors import NotFound, SetupError
from adminapp.money import format_yuan
from adminapp.tabular import Layout
from adminapp.tabular.layout import parse_layout

FILE = Path(__file__).parents[2] / "schemas" / "matching.yaml"
FOUND, CONFIRMED, NEVER = "found", "confirmed", "never"
HOLDS = {FOUND: "命中即暂缓发放，核实后恢复或停发", CONFIRMED: "核实属实后暂缓发放", NEVER: "不影响发放，只作核实任务"}
DEATH = "death"
WANTED = ("name", "id_number", "on")
OWN = (*WANTED, "until")
"""Columns the program understands; what stands in others is kept as it came."""


@dataclass(frozen=True)
class MatchList:
    """`holds`: found, confirmed or never; `records`: "death" or nothing."""

    key: str
    label: str
    provider: str
    todo: str
    layout: Layout
    holds: str = NEVER
    records: str = ""
    clause: str = ""

    def told(self, values: dict) -> str:
        """Return what else the office tells of a person, as one text."""
        shown = ((column.titles[0], values.get(column.key)) for column in self.layout.columns if column.key not in OWN)
        return "；".join(f"{title}：{_text(value)}" for title, value in shown if value not in (None, "", []))

    def event(self) -> str:
        """Return the heading of the day that counts, such as 死亡日期."""
        return next(column.titles[0] for column in self.layout.columns if column.key == "on")


def _text(value):
    return f"{format_yuan(value)} 元" if isinstance(value, int) and not isinstance(value, bool) else str(value)


@cache
def match_lists() -> dict[str, MatchList]:
    """Return the lists by key, in the order of the file."""
    return read_file(FILE)


def get(key: str) -> MatchList:
    """Return a list. Raise NotFound."""
    if key not in match_lists():
        raise NotFound()
    return match_lists()[key]


def read_file(path: Path) -> dict[str, MatchList]:
    """Return the lists of a file. Raise SetupError naming the first thing that is wrong."""
    try:
        rows = [_read(dict(row)) for row in yaml.safe_load(Path(path).read_text("utf-8"))["lists"]]
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise SetupError(f"比对名单文件 {path} 有误：{error}") from error
    if len({row.key for row in rows}) != len(rows):
        raise SetupError(f"比对名单文件 {path} 有误：两个名单用了同一个 key")
    return {row.key: row for row in rows}


def _read(row):
    layout = parse_layout({"key": row["key"], "title": row["label"], "columns": row.pop("columns")})
    missing = [key for key in WANTED if key not in {column.key for column in layout.columns}]
    if missing:
        raise ValueError(f"名单“{row['key']}”缺少列 {'、'.join(missing)}")
    found = MatchList(layout=layout, **row)
    if found.holds not in HOLDS:
        raise ValueError(f"名单“{found.key}”的 holds 是“{found.holds}”，只能是 {'、'.join(HOLDS)}")
    if found.records not in ("", DEATH):
        raise ValueError(f"名单“{found.key}”的 records 是“{found.records}”，只能是 {DEATH} 或不写")
    return found
