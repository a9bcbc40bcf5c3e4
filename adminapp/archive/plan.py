"""What a file consists of and how long it is kept (schemas/archive.yaml)."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml

from adminapp.errors import SetupError
from adminapp.words import nearest

FILE = Path(__file__).parents[2] / "schemas" / "archive.yaml"
SHOWS = ("form", "decision", "award", "log")
REST = ("records", "documents", "notices")
LISTS = ("records", "documents", "notices", "shows", "rest")


@dataclass(frozen=True)
class PartPlan:
    """One part of a file: which records, documents and notices it takes; `rest` takes what no other part does."""

    key: str
    title: str
    records: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()


@dataclass(frozen=True)
class Retention:
    """Years for which a file is kept after the case ended, for cases that ended from `start` on."""

    programme: str
    start: date
    years: int
    clause: str


@dataclass(frozen=True)
class Plan:
    parts: tuple[PartPlan, ...]
    retention: tuple[Retention, ...]

    def part_of(self, what: str, kind: str) -> str:
        """Return the key of the part that takes a kind of `what` (records, documents, notices)."""
        named = next((part.key for part in self.parts if kind in getattr(part, what)), None)
        return named or next(part.key for part in self.parts if what in part.rest)

    def retention_of(self, programme: str, ended: date) -> Retention:
        """Return the row that holds for a case of a programme that ended on a day."""
        rows = [row for row in self.retention if row.start <= ended and row.programme in ("", programme)]
        return max(rows, key=lambda row: (row.programme == programme, row.start))


@cache
def plan() -> Plan:
    """Return the county's plan, read at first use."""
    return read_file(FILE)


def read_file(path: Path) -> Plan:
    """Return the plan of a file. Raise SetupError naming every problem with its path, what was found and what is known."""
    try:
        data = yaml.safe_load(Path(path).read_text("utf-8")) or {}
    except (OSError, yaml.YAMLError) as error:
        raise SetupError(f"档案规则文件 {path} 不能读取：{error}") from error
    problems = []
    parts = [_part(item, f"parts[{number}]", problems) for number, item in enumerate(data.get("parts") or ())]
    keys = [part.key for part in parts if part]
    problems += [f"parts：“{key}”写了两次" for key in sorted({key for key in keys if keys.count(key) > 1})]
    for what in ("records", "documents", "notices"):
        takers = [part.key for part in parts if part and what in part.rest]
        if len(takers) != 1:
            problems.append(f"parts：要有且只有一个部分用 rest 收其余的 {what}，现在有 {len(takers)} 个")
    retention = [_retention(item, f"retention[{number}]", problems) for number, item in enumerate(data.get("retention") or ())]
    if not any(row and not row.programme for row in retention):
        problems.append("retention：要有一行适用于所有项目（不写 programme）")
    if problems:
        raise SetupError(f"档案规则文件 {path} 有误：\n" + "\n".join(problems))
    return Plan(tuple(parts), tuple(retention))


def _part(item, path, problems):
    if not isinstance(item, dict) or not item.get("key") or not item.get("title"):
        problems.append(f"{path}：要有 key 和 title")
        return None
    for name in item:
        if name not in ("key", "title", *LISTS):
            problems.append(f"{path}.{name}：不认识{nearest(name, LISTS)}")
    for name, known in (("shows", SHOWS), ("rest", REST)):
        problems += [f"{path}.{name}：没有“{value}”{nearest(value, known)}" for value in item.get(name) or () if value not in known]
    lists = {name: tuple(map(str, item.get(name) or ())) for name in LISTS}
    return PartPlan(str(item["key"]), str(item["title"]), **lists)


def _retention(item, path, problems):
    if not isinstance(item, dict) or type(item.get("from")) is not date or type(item.get("years")) is not int or item["years"] < 1 or not item.get("clause"):
        problems.append(f"{path}：要有 from（日期）、years（整年数，至少 1）和 clause（依据）")
        return None
    return Retention(str(item.get("programme") or ""), item["from"], item["years"], str(item["clause"]))
