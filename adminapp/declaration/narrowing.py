"""The part of a relief type that its decision reads, so that rules can be tried out without the whole form."""

from dataclasses import dataclass, replace

from adminapp.declaration.checks import ENVELOPE
from adminapp.declaration.model import ReliefType
from adminapp.declaration.uses import references
from adminapp.formula import FormulaError, parse

FACES = ("name", "relation")
"""Columns that stay with a table whatever is read of it: who a row is."""


@dataclass(frozen=True)
class Narrowed:
    """`relief_type` decides as the whole one does; `facts` are the names of the envelope it asks for, `programmes` the awards."""

    relief_type: ReliefType
    facts: tuple[str, ...]
    programmes: tuple[str, ...]


def narrow(relief_type: ReliefType) -> Narrowed:
    """Return a relief type with the fields and columns that eligibility, amount and confirmation read, computed ones followed.

    Conditions and parts of the amount without a formula, which only a draft has, are left out.
    """
    eligibility = tuple(one for one in relief_type.eligibility if one.rule)
    terms = tuple(one for one in relief_type.amount.terms if one.value)
    amount = replace(relief_type.amount, terms=terms)
    found = replace(relief_type, eligibility=eligibility, amount=amount, validation=(), documents=())
    read = _Read(found)
    for text in _texts(found):
        read.formula(text)
    sections = (replace(one, fields=read.kept(one)) for one in relief_type.sections)
    facts = tuple(name for name in ENVELOPE if name in read.facts)
    return Narrowed(replace(found, sections=tuple(one for one in sections if one.fields)), facts, tuple(sorted(read.programmes)))


def _texts(relief_type):
    amount = relief_type.amount
    yield from (text for one in relief_type.eligibility for text in (one.rule, one.when))
    yield from (text for one in amount.terms for text in (one.value, one.when))
    yield from (amount.total, amount.cap, *(one.when for one in relief_type.confirm))


class _Read:
    """What formulas read, each formula and field looked at once."""

    def __init__(self, relief_type):
        self.relief_type = relief_type
        self.fields, self.columns, self.facts, self.programmes, self._seen = set(), set(), set(), set(), set()

    def formula(self, text: str):
        if not text or text in self._seen:
            return
        self._seen.add(text)
        for kind, *names in references(text, self.relief_type):
            if kind in ("field", "column", "option"):
                self.field(names[0])
            if kind == "column" or kind == "option" and len(names) == 3:
                self.column(*names[:2])
            if kind == "programme":
                self.programmes.add(names[0])
        try:
            self.facts |= ENVELOPE.keys() & {*parse(text).names}
        except FormulaError:
            return

    def field(self, name: str):
        field = self.relief_type.fields.get(name)
        if field is None or name in self.fields:
            return
        self.fields.add(name)
        for text in (field.formula, field.visible_when, self.relief_type.section_of[name].visible_when):
            self.formula(text)

    def column(self, table: str, name: str):
        if (table, name) not in self.columns:
            self.columns.add((table, name))
            column = self.relief_type.fields[table].column_ids[name]
            for text in (column.visible_when,):
                self.formula(text and f"count({table}, {text})")

    def kept(self, section):
        """Return the fields of a section that are read, tables with the columns that are read."""
        return tuple(self._narrow(field) for field in section.fields if field.id in self.fields and not field.retired)

    def _narrow(self, field):
        columns = tuple(one for one in field.fields if (field.id, one.id) in self.columns or one.id in FACES)
        return replace(field, fields=columns, required=False, required_when="") if field.fields else field
