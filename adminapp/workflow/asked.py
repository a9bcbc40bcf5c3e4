"""What an action asks of whoever takes it: its own fields, and what the relief type declares for it.

The same shape as a relief type (`sections`, `fields`, `validation`), so that conditions, required-ness, computed fields
and rules of an action run through `cases.check_values` like those of an application. A record is shown under the
version of its case, so ids of declared fields are for ever here too.
"""

from dataclasses import dataclass, replace
from functools import cached_property

from adminapp.cases import CaseValues, envelope_values
from adminapp.declaration.model import Field, Option, Rule, Section
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


BLOCKS = {"survey": _survey}
"""Name of a block → what the declaration adds to the form: (sections, validation rules)."""


def _exemptions(relief_type):
    return tuple(Option(code=item.code, label=item.label) for item in relief_type.verification.exemptions)


OPTIONS = {("exempt_verification", "ground"): _exemptions}
"""(action, field) → function(relief type) that gives the options of a choice."""
