"""What a column of a file may fill: the fields of a type, the columns of its tables, and what every case has besides."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from adminapp.declaration.model import Field, ReliefType
from adminapp.workflow.action import entry

FILE = Path(__file__).parents[2] / "schemas" / "ledgers.yaml"
DRAFT, BENEFIT = "draft", "benefit"
MODES = {DRAFT: "新申请（待提交的草稿）", BENEFIT: "已在享受（接收现有对象）"}
NOT_TYPED = ("note", "computed", "attachment")

KEY, TOWNSHIP, VILLAGE, ON, START, AMOUNT, DECIDED = "_key", "_township", "_village", "_on", "_start", "_amount", "_decided"
OWN = (
    entry(KEY, "户号", required=False, help="一户一个编号；家庭成员等表用它找到所属的户"),
    entry(TOWNSHIP, "乡镇", required=False),
    entry(VILLAGE, "村（社区）"),
    entry(ON, "申请日期", "date", required=False, max="today", help="不填为导入当天"),
)
TAKEN_OVER = (
    entry(START, "开始享受月份", "month", help="最初享受的月份，如 2024-03"),
    entry(AMOUNT, "现月金额", "money", help="现在每月实发的金额（元）"),
    entry(DECIDED, "确认日期", "date", required=False, max="today", help="不填为开始享受月份的前一天"),
)
"""What a recipient who is taken over brings along; compared with what the engine makes of it."""


@dataclass(frozen=True)
class Target:
    """`key` is a field id, "<table>.<column>", or one of OWN; `table` is None outside tables."""

    key: str
    field: Field
    table: Field | None
    titles: tuple[str, ...]

    @property
    def title(self):
        return self.titles[0]


@cache
def ledgers() -> dict:
    """Return {"case"|"rows": {id: headings of old ledgers}}."""
    return yaml.safe_load(FILE.read_text("utf-8"))


def own_fields(mode: str) -> tuple[Field, ...]:
    """Return what is filled besides declared fields."""
    return OWN + (TAKEN_OVER if mode == BENEFIT else ())


def typed(fields) -> list[Field]:
    """Return those of the fields that somebody types."""
    return [field for field in fields if field.kind not in NOT_TYPED and not field.retired]


def tables(relief_type: ReliefType) -> list[Field]:
    """Return the tables of rows of a type."""
    return [field for field in typed(relief_type.live_fields.values()) if field.fields]


def targets(relief_type: ReliefType, mode: str = DRAFT) -> dict[str, Target]:
    """Return every target of a type by key, in the order of the form."""
    known, found = ledgers(), []
    for field in own_fields(mode):
        found.append(Target(field.id, field, None, _titles(field, known["case"])))
    for field in typed(relief_type.live_fields.values()):
        if not field.fields:
            found.append(Target(field.id, field, None, _titles(field, known["case"])))
    for table in tables(relief_type):
        for column in typed(table.fields):
            found.append(Target(f"{table.id}.{column.id}", column, table, _titles(column, known["rows"])))
    return {target.key: target for target in found}


def _titles(field, known):
    return tuple(dict.fromkeys((field.label, *known.get(field.id, ()))))
