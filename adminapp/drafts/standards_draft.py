"""A draft of the table of standards, in the shape of its file."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from adminapp import dates, standards
from adminapp.declaration.problems import Problem
from adminapp.declaration.reader import shape
from adminapp.drafts.kind import DraftKind
from adminapp.drafts.locks import Locks
from adminapp.errors import Invalid, NotFound


@dataclass(frozen=True, kw_only=True)
class StandardValue:
    start: date = field(metadata={"key": "from"})
    value: str
    source: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class StandardRow:
    key: str
    label: str
    unit: Literal[tuple(standards.UNITS)]
    values: tuple[StandardValue, ...]


@dataclass(frozen=True, kw_only=True)
class StandardsTable:
    standards: tuple[StandardRow, ...]


class StandardsLocks(Locks):
    """A value that is or was in force stands in decisions: it is superseded, never edited. A published standard stays."""

    def identity_name(self, cls):
        return {StandardRow: "key", StandardValue: "from"}.get(cls, "")

    def _full(self, cls, list_name, own, owner, places):
        return (cls.__name__, own) if cls is StandardRow else (cls.__name__, places[owner].node.get("key", ""), own)

    def locked_names(self, place, places):
        if place.cls is StandardRow and self.is_published(place, places):
            return {"key", "unit"}
        return set(shape(place.cls)) if self._in_force(place, places) else set()

    def _in_force(self, place, places):
        return (
            place.cls is StandardValue
            and self.is_published(place, places)
            and place.node["from"] <= dates.today().isoformat()
        )

    def check_set(self, place, places, name, value):
        if name in self.locked_names(place, places):
            raise Invalid(
                IN_FORCE
                if place.cls is StandardValue
                else "已经发布的标准，名称代号和单位不能再改；要换单位请新增一项标准。"
            )
        if name == self.identity_name(place.cls):
            self.check_new(place.cls, place.list_name, value, place.owner, places)

    def on_removal(self, place, places):
        if self._in_force(place, places):
            raise Invalid(IN_FORCE)
        if place.cls is StandardRow and self.is_published(place, places):
            raise Invalid("已经发布的标准不能删除：已有决定里引用了它。")
        return ""

    def check_move(self, place, owner, places):
        if place.owner != owner.key:
            raise Invalid("数值不能移到别的标准下面。")


_HEAD = re.compile(r"\.values\[\d+\](\.(?:key|label|unit))$")
"""What a row of the table repeats of its standard."""
IN_FORCE = "已经生效的数值不能修改或删除：已有决定里存着它。请新增一个数值，从它的生效日期起取代。"


class StandardsDraft(DraftKind):
    name, title, model = "standards", "标准", StandardsTable

    def key(self, content):
        return "standards"

    def label(self, content):
        return "标准表"

    def check(self, read, engine):
        pairs, problems = [], []
        for outer, row in enumerate(read.standards):
            head = {"key": row.key, "label": row.label, "unit": row.unit}
            pairs += [
                (
                    f"standards[{outer}].values[{inner}]",
                    {"from": one.start, "value": one.value, "source": one.source, **head},
                )
                for inner, one in enumerate(row.values)
            ]
            if not row.values:
                problems.append(Problem(f"standards[{outer}].values", "至少要有一个数值"))
        found, wrong = standards.check_rows(pairs)
        kinds = {one.key: one.unit.kind for one in found}
        lost = [
            key for key, kind in engine.standards.types().items() if kinds.get(key, kind) != kind or key not in kinds
        ]
        problems += [
            Problem("standards", f"已经发布的标准“{engine.standards.standard(key).label}”不能缺少或换单位")
            for key in lost
        ]
        return problems + [Problem(_HEAD.sub(r"\1", problem.path), problem.text.rstrip("。")) for problem in wrong]

    def text(self, mapping):
        return standards.to_text(self.table(mapping))

    def table(self, mapping) -> standards.Standards:
        """Return the table of a mapping. Raise Invalid with every problem."""
        return standards.Standards.from_rows(
            {"key": row["key"], "label": row["label"], "unit": row["unit"], **value}
            for row in mapping.get("standards", ())
            for value in row.get("values", ())
        )

    def origin(self, engine, key):
        if key != "standards":
            raise NotFound()
        store = engine.standards_store
        return (
            mapping_of_table(store.table),
            store.rev,
            hashlib.sha256(standards.to_text(store.table).encode()).hexdigest(),
        )

    def locks(self, origin):
        return StandardsLocks(origin, self.model)


def mapping_of_table(table: standards.Standards) -> dict:
    """Return a table in the shape of its file."""
    return {
        "standards": [
            {
                "key": one.key,
                "label": one.label,
                "unit": one.unit.key,
                "values": [
                    {
                        "from": value.since,
                        "value": one.unit.plain(value.value),
                        "source": value.source,
                        **({"note": value.note} if value.note else {}),
                    }
                    for value in one.values
                ],
            }
            for one in map(table.standard, table)
        ]
    }
