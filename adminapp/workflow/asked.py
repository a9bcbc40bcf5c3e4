"""What an action asks of whoever takes it: its own fields, and what the relief type declares for it.

The same shape as a relief type (`sections`, `fields`, `validation`), so that conditions, required-ness, computed fields
and rules of an action run through `cases.check_values` like those of an application. A record is shown under the
version of its case, so ids of declared fields are for ever here too.
"""

from dataclasses import dataclass, replace
from functools import cached_property

from adminapp.cases import CaseValues, envelope_values
from adminapp.changes.kinds import account_fields
from adminapp.declaration.model import Field, Option, Rule, Section
from adminapp.fields import KINDS
from adminapp.fields.table import read
from adminapp.workflow.actions import ACTIONS


@dataclass(frozen=True)
class Asked:
    """The form of one action. `own` are the ids of the action's own fields; the others come from the declaration."""

    key: str
    sections: tuple[Section, ...]
    validation: tuple[Rule, ...]
    own: frozenset[str]

    @cached_property
    def fields(self) -> dict[str, Field]:
        return {item.id: item for section in self.sections for item in section.fields}

    @cached_property
    def live_fields(self) -> dict[str, Field]:
        return {key: item for key, item in self.fields.items() if not item.retired}

    @cached_property
    def section_of(self) -> dict[str, Section]:
        return {item.id: section for section in self.sections for item in section.fields}

    @cached_property
    def is_plain(self) -> bool:
        """Whether nothing is hidden or computed, so that what is stored needs no evaluation."""
        hidden = any(item.visible_when for item in (*self.sections, *self.live_fields.values()))
        return not hidden and not any(item.formula for item in self.live_fields.values())



class AskedValues(CaseValues):
    """What was typed into the form of an action; a name that the form does not have is read from the application."""

    def __init__(self, form: Asked, data, case, application, **context):
        super().__init__(form, data, envelope_values(case), **context)
        self.application = application
        """CaseValues, or a function that gives them when a formula first asks."""

    def __getitem__(self, name):
        if name in self.envelope or name in self.relief_type.fields:
            return super().__getitem__(name)
        if callable(self.application):
            self.application = self.application()
        return self.application[name]


def asked(key: str, relief_type) -> Asked:
    """Return what an action asks for cases of a relief type, worked out once for each version."""
    made = vars(relief_type).setdefault("asked", {})
    if key not in made:
        made[key] = _compose(key, ACTIONS[key], relief_type)
    return made[key]


def _compose(key, action, relief_type):
    first = tuple(_with_options(key, item, relief_type) for item in action.fields)
    last = tuple(_with_options(key, item, relief_type) for item in action.closing)
    more, validation = BLOCKS[action.block](relief_type) if action.block else ((), ())
    sections = [Section(id="own", title="", fields=first), *more, Section(id="closing", title="结论" if more else "", fields=last)]
    if not more:
        sections = [Section(id="own", title="", fields=first + last)]
    own = frozenset(item.id for item in first + last)
    return Asked(key, tuple(section for section in sections if section.fields), validation, own)


def _with_options(key, field, relief_type):
    options = OPTIONS.get((key, field.id))
    return replace(field, options=options(relief_type)) if options else field


def _survey(relief_type):
    return relief_type.survey.sections, relief_type.survey.validation


def _new_members(relief_type):
    table = relief_type.fields[relief_type.home.table] if relief_type.home else None
    fields = (replace(table, required=True, label="新增的成员", help=""),) if table else ()
    return (Section(id="members", title="新增成员", fields=fields),), ()


def _account(relief_type):
    fields = tuple(replace(relief_type.fields[key], visible_when="", required_when="") for key in account_fields(relief_type))
    return (Section(id="account", title="新的收款账户", fields=fields),), ()


BLOCKS = {"survey": _survey, "new_members": _new_members, "account": _account}
"""Name of a block → what the declaration adds to the form: (sections, validation rules)."""


def _exemptions(relief_type):
    return tuple(Option(code=item.code, label=item.label) for item in relief_type.verification.exemptions)


DEFAULT_ENDS = {
    "death": "死亡", "moved": "户籍迁出", "income": "收入超标", "property": "财产超标", "labour": "有劳动能力", "voluntary": "自愿退出",
    "duplicate": "重复享受", "uncooperative": "不配合", "fraud": "骗取", "once_paid": "一次性救助已发放", "other": "其他",
}  # fmt: skip


def _ends(relief_type):
    """Return why an award of this type may end, with the clause, so that the officer and the letter say the same."""
    declared = [(item.code, f"{item.label}（{item.clause}）" if item.clause else item.label) for item in relief_type.end_reasons]
    return tuple(Option(code=code, label=label) for code, label in declared or DEFAULT_ENDS.items())


OPTIONS = {("exempt_verification", "ground"): _exemptions, ("propose_termination", "code"): _ends}
"""(action, field) → function(relief type) that gives the options of a choice."""


def _members(case, relief_type):
    """Return the rows of the household as choices: the one who is chosen is known by the identity of the row."""
    field = relief_type.fields[relief_type.home.table]
    relation = field.column_ids.get("relation")
    for row in getattr(case, field.stored, None) or ():
        shown = KINDS[relation.kind].text(read(row, "relation"), relation) if relation else ""
        yield read(row, "row"), f"{read(row, 'name')}（{shown}）" if shown else str(read(row, "name"))


CASE_OPTIONS = {(key, "member"): _members for key in ("remove_member", "reduce_share", "record_refusal")}
"""(action, field) → function(case, relief type) that gives (code, label) pairs of a choice only the case knows."""
