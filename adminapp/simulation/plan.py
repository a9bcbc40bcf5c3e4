"""What a simulation compares: the drafted types and standards against what is in force."""

from dataclasses import dataclass, field
from datetime import date

from adminapp import dates
from adminapp.declaration import read_text
from adminapp.declaration.uses import standards_read
from adminapp.errors import Invalid
from adminapp.recipes.convert import Conversion
from adminapp.standards import Standards, from_text

LIVE = "live"
"""Over all cases as they stand today; otherwise a month as text."""


@dataclass
class Plan:
    """Drafts ready to run. `types` are relief types by key, `old` and `new` the standards before and after."""

    on: date
    over: str
    old: Standards
    new: Standards
    types: dict = field(default_factory=dict)
    conversions: dict = field(default_factory=dict)

    @property
    def month(self) -> str:
        return dates.month_of(self.on)

    def changes_standards(self) -> set[str]:
        """Return the keys whose value on the day differs, or that are there on one side only."""
        keys = {*self.old.keys(), *self.new.keys()}
        return {key for key in keys if _value(self.old, key, self.on) != _value(self.new, key, self.on)}

    def concerns(self, relief_type, moved: set[str]) -> bool:
        """Tell whether cases of a published version can come out otherwise: its type is drafted, or it reads a moved standard."""
        if relief_type.key in self.types:
            return True
        return bool(standards_read(relief_type) & moved)


def _value(standards, key, on):
    try:
        return standards.value(key, on)
    except Invalid:
        return None


def read_plan(engine, spec: dict) -> Plan:
    """Return the plan of a stored order (simulation/store.py). Raise Invalid when a draft cannot be read."""
    old = engine.standards_store.at(spec["standards_rev"])
    drafted = {item["key"]: item for item in spec["items"] if item["kind"] == "type"}
    tables = [item for item in spec["items"] if item["kind"] == "standards"]
    plan = Plan(date.fromisoformat(spec["on"]), spec["over"], old, from_text(tables[0]["text"]) if tables else old)
    for key, item in drafted.items():
        plan.types[key] = read_text(item["text"], key)
        plan.conversions[key] = Conversion.of(item.get("recipe") or (), plan.types[key])
    return plan
