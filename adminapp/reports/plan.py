"""By what people and households are told apart in reports (schemas/reports.yaml)."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from adminapp.errors import SetupError
from adminapp.words import nearest

FILE = Path(__file__).parents[2] / "schemas" / "reports.yaml"
KEYS = ("ages", "disability", "classes", "clause")


@dataclass(frozen=True)
class Plan:
    """`minor` and `elderly` are ages in whole years at the end of the month; `classes` field ids, the first that a type has."""

    minor: int
    elderly: int
    disability: str
    severe: frozenset[str]
    classes: tuple[str, ...]
    clause: str = ""

    def class_field(self, relief_type):
        """Return the choice by which cases of a type are told apart, None when it has none."""
        return next((relief_type.fields[key] for key in self.classes if key in relief_type.fields and relief_type.fields[key].kind == "choice"), None)


@cache
def plan() -> Plan:
    """Return the county's plan, read at first use."""
    return read_file(FILE)


def read_file(path: Path) -> Plan:
    """Return the plan of a file. Raise SetupError naming what is wrong."""
    try:
        data = yaml.safe_load(Path(path).read_text("utf-8")) or {}
    except (OSError, yaml.YAMLError) as error:
        raise SetupError(f"统计口径文件 {path} 不能读取：{error}") from error
    if not isinstance(data, dict):
        raise SetupError(f"统计口径文件 {path} 有误：应写成 名称: 值")
    problems = [f"{name}：不认识{nearest(name, KEYS)}" for name in data if name not in KEYS]
    ages, disability, classes = (data.get(name) for name in ("ages", "disability", "classes"))
    if not isinstance(ages, dict) or not all(type(ages.get(name)) is int and ages[name] > 0 for name in ("minor", "elderly")):
        problems.append("ages：要有 minor 和 elderly（周岁，大于 0 的整数）")
    elif ages["minor"] >= ages["elderly"]:
        problems.append("ages：minor 要小于 elderly")
    if not isinstance(disability, dict) or not disability.get("field") or not isinstance(disability.get("severe"), list):
        problems.append("disability：要有 field 和 severe（代码的列表）")
    if not isinstance(classes, list) or not classes:
        problems.append("classes：要有至少一个字段")
    if problems:
        raise SetupError(f"统计口径文件 {path} 有误：\n" + "\n".join(problems))
    severe = frozenset(map(str, disability["severe"]))
    return Plan(ages["minor"], ages["elderly"], str(disability["field"]), severe, tuple(map(str, classes)), str(data.get("clause") or ""))
