"""What is asked for an entry of a register that is filled in by hand: declared fields, read and judged like those of an application."""

from dataclasses import dataclass

import yaml

from adminapp.cases import CaseValues, check_values
from adminapp.declaration.model import Field, Rule, Section
from adminapp.declaration.reader import load_yaml, read_loosely
from adminapp.fields import KINDS
from adminapp.formula import parse
from adminapp.formula.language import FormulaError
from adminapp.words import nearest
from adminapp.workflow.asked import Asked

COLUMNS = {
    "text": "text", "long_text": "text", "person_name": "text", "date": "day", "month": "month", "money": "money", "integer": "number",
    "yes_no": "yes_no", "choice": "code", "id_number": "id_number", "phone": "phone", "computed": "text", "table": "text",
}  # fmt: skip
"""Kinds of fields that an entry may have → the kind of column that shows one."""


VALID, STRUCK = "valid", "struck"
STATES = {VALID: "有效", STRUCK: "已划去"}
TONES = {VALID: "good", STRUCK: ""}


@dataclass(frozen=True, kw_only=True)
class EntryPlan:
    """`mark` begins the numbers, `day` is the field by which entries fall into months, `name` the one they are called by."""

    mark: str
    day: str
    name: str
    fields: tuple[Field, ...]
    validation: tuple[Rule, ...] = ()

    def field(self, key: str) -> Field | None:
        return next((field for field in self.fields if field.id == key), None)

    @property
    def asked(self) -> Asked:
        return Asked("entry", (Section(id="own", title="", fields=self.fields),), self.validation, frozenset(field.id for field in self.fields))

    def judge(self, typed: dict, **context) -> tuple[dict, dict]:
        """Return (values with the computed ones, {field id or "": sentences}) of what was typed; what is hidden is blank."""
        values = CaseValues(self.asked, typed, {}, **context)
        computed = values.computed()
        found = {field.id: computed.get(field.id) if field.kind == "computed" else typed.get(field.id) for field in self.fields if values.visible(field)}
        return found, check_values(values, complete=True)


def read(data, path: str, problems: list[str]) -> EntryPlan | None:
    """Return the plan of the `entry` of a register; what is wrong is added to the problems."""
    # Declarations are read by a loader of their own, which leaves every scalar a text.
    plan, wrong = read_loosely(load_yaml(yaml.safe_dump(data, allow_unicode=True), path), EntryPlan)
    found = [f"{path}.{problem.path}：{problem.text}" if problem.path else f"{path}：{problem.text}" for problem in wrong]
    for field in plan.fields if not found else ():
        if field.kind not in COLUMNS or field.kind not in KINDS:
            found.append(f"{path}.fields.{field.id}：登记不能用“{field.kind}”，可用：{'、'.join(COLUMNS)}")
    if not found:
        found += _formulas(plan, path)
    if not found:
        day, name = plan.field(plan.day), plan.field(plan.name)
        if day is None or day.kind != "date" or not day.required:
            found.append(f"{path}.day：要写一个必填的日期字段，写的是“{plan.day}”")
        if name is None or name.kind not in ("person_name", "text") or not name.required:
            found.append(f"{path}.name：要写一个必填的姓名或文字字段，写的是“{plan.name}”")
    problems += found
    return None if found else plan


def _formulas(plan, path):
    """Yield what cannot be read of conditions, computed fields and checks."""
    texts = [(f"fields.{field.id}", text) for field in plan.fields for text in (field.formula, field.visible_when, field.required_when)]
    texts += [(f"validation[{number}]", text) for number, rule in enumerate(plan.validation) for text in (rule.rule, rule.when)]
    for place, text in texts:
        try:
            names = parse(text).names if text else ()
        except FormulaError as error:
            yield f"{path}.{place}：{error}"
            continue
        for name in names:
            if plan.field(name) is None:
                yield f"{path}.{place}：没有“{name}”这个字段{nearest(name, [field.id for field in plan.fields])}"
