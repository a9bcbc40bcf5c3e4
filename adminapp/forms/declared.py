"""What every form made from declared fields does, whether of a case or of an action: check, report, tell the page.

Required-ness, hidden-ness and validation rules come from `cases.check_values`, the same path that imports and
submission take; this module only puts the sentences at their inputs.
"""

from collections import namedtuple
from functools import partial

from flask_babel import lazy_gettext as _
from wtforms import Form, HiddenField

from adminapp.cases import CaseValues, check_rows, check_values
from adminapp.conditions import Names
from adminapp.fields import KINDS
from adminapp.formula import parse
from adminapp.formula.evaluator import MissingValue

BROWSER_MARKS = {
    "money": {"data-money": True},
    "integer": {"data-number": True},
    "decimal": {"data-number": True},
    "id_number": {"data-idnumber": True},
}
"""What the page's scripts look for, by kind."""
COLUMN_WIDTHS = {
    "integer": "xs",
    "decimal": "s",
    "yes_no": "s",
    "money": "s",
    "person_name": "s",
    "id_number": "l",
    "long_text": "l",
}
NOT_INPUTS = ("note", "attachment")

Context = namedtuple("Context", "standards on awards", defaults=(None, None, None))
"""What formulas need besides the values: the table of standards, the day, the register of awards."""


class DeclaredForm(Form):
    """Inputs made from declared fields. Subclasses say what is declared, how inputs are called and what stands stored.

    Set when bound: `context`, `values` (what formulas see, typed values laid over stored ones; after `check`).
    """

    rev = HiddenField()

    declared = None
    """Has `sections`, `fields`, `live_fields`, `validation`: a relief type, or what an action asks."""
    names: Names = None
    context = Context()
    veiled: frozenset = frozenset()
    """Ids of the fields where a choice stands masked: what depends on them the page cannot work out, only the server."""

    @classmethod
    def name_of(cls, field) -> str:
        """Return the name of a declared field's input."""
        return field.stored

    @classmethod
    def inputs(cls):
        """Return {field id: declared field} of what can be typed."""
        return {
            key: field
            for key, field in cls.declared.live_fields.items()
            if field.kind not in (*NOT_INPUTS, "computed")
        }

    def bound(self, field):
        """Return the input of a declared field."""
        return self[self.name_of(field)]

    def typed(self) -> dict:
        """Return plain values by field id as the form holds them; rows as dicts with their row id."""
        return {key: self._plain(field, self.bound(field)) for key, field in self.inputs().items()}

    def _plain(self, field, bound):
        if not field.fields:
            return bound.data
        return [{**entry.form.data, "row": entry.form.row.data or None} for entry in bound.entries]

    def stored_values(self) -> dict:
        """Return plain values by field id that stand stored; typed ones are laid over them."""
        return {}

    def envelope(self) -> dict:
        """Return the names that every case gives to formulas."""
        return {}

    def evaluate(self) -> CaseValues:
        """Return the values as formulas will see them after saving."""
        raw = {**self.stored_values(), **self.typed()}
        return CaseValues(self.declared, raw, self.envelope(), **self.context._asdict())

    def check(self, complete: bool) -> bool:
        """Validate what was posted and put every sentence at its input; `complete` also asks for what is required."""
        super().validate()
        self.values = values = self.evaluate()
        for field in self.inputs().values():
            if not values.visible(field):
                _forgive(self.bound(field))
        for key, sentences in check_values(values, complete).items():
            self._report(values, key, sentences)
        return not self.errors

    def changes(self) -> dict:
        """Return what may be stored, by field id: visible inputs only. Call after `check`."""
        typed = self.typed()
        return {key: typed[key] for key, field in self.inputs().items() if self.values.visible(field)}

    def _report(self, values, key, sentences):
        field = self.declared.fields.get(key)
        if field is None or self.name_of(field) not in self._fields:
            self.form_errors = [*self.form_errors, *sentences]
            return
        bound = self.bound(field)
        if field.fields:
            sentences = [text for text in sentences if text not in set(check_rows(values, field))]
            self._mark_blank_cells(field, bound)
        if sentences and not bound.errors:
            bound.errors = list(sentences)

    def _mark_blank_cells(self, field, bound):
        for entry in bound.entries:
            for column in field.fields:
                cell = entry.form[column.id] if column.id in entry.form._fields else None
                if cell is not None and column.required and cell.data in (None, "", []) and not cell.errors:
                    cell.errors = [_("请填写")]

    def fail(self, problems: dict):
        """Put sentences of the engine ({field id: sentences}) at their inputs."""
        for key, sentences in problems.items():
            self._report(getattr(self, "values", None) or self.evaluate(), key, sentences)

    # What the page needs to know of conditions.

    def _translate(self, formula):
        """Return a formula as the page's scripts read it; "" for one that is blank or that only the server can work out."""
        if formula and self.veiled.intersection(parse(formula).names):
            return ""
        return self.names.to_json(formula, standards=self.context.standards, on=self.context.on)

    def decorate(self):
        """Write conditions and formulas into the inputs, where the page's scripts read them."""
        values = None
        for field in self.declared.live_fields.values():
            if field.kind in NOT_INPUTS:
                continue
            bound = self.bound(field)
            marks = {**(bound.render_kw or {}), **BROWSER_MARKS.get(field.kind, {})}
            marks |= {
                "data-visible-when": self._translate(field.visible_when),
                "data-required-when": self._translate(field.required_when),
            }
            if field.formula:
                values = values or self.evaluate()
                marks |= {"data-compute": self._translate(field.formula) or "null", "data-unit": field.unit}
                marks |= {"data-money": True} if field.result == "money" else {}
                bound.data, bound._value = None, partial(_computed_text, values, field)
            bound.render_kw = {name: value for name, value in marks.items() if value != ""}
            if field.required:
                bound.flags.required = True

    def sections(self) -> list[dict]:
        """Return sections as the form macro wants them."""
        shown = []
        for section in self.declared.sections:
            fields = [self._entry(field) for field in section.fields if not field.retired and field.kind != "attachment"]
            if fields:
                shown.append(
                    {
                        "id": section.id,
                        "title": section.title,
                        "hint": section.help,
                        "fields": fields,
                        "visible_when": self._translate(section.visible_when),
                    }
                )
        return shown

    def _entry(self, field):
        return {"note": field.label, "help": field.help} if field.kind == "note" else self.name_of(field)


def _computed_text(values, field):
    kind = KINDS[field.kind]
    try:
        return kind.text(kind.storable(values[field.id], field), field) if values.visible(field) else ""
    except MissingValue:
        return ""


def _forgive(bound):
    """Drop the errors of an input that is hidden: what it holds is not stored."""
    bound.errors, bound.process_errors = [], []
    for entry in getattr(bound, "entries", ()):
        for cell in entry.form:
            cell.errors = []


def dress_columns(unbound, field):
    """Give the inputs of a table their marks: required, width, what scripts look for."""
    if field.fields:
        row_form = unbound.args[0].args[0]
        for column in field.fields:
            cell = getattr(row_form, column.id, None)
            if cell is None:
                continue
            marks = cell.kwargs.get("render_kw") or {}
            marks = {**marks, "data-width": COLUMN_WIDTHS.get(column.kind, "m"), **BROWSER_MARKS.get(column.kind, {})}
            cell.kwargs["render_kw"] = marks
            if column.required:
                cell.kwargs["validators"] = [*cell.kwargs.get("validators", ()), RequiredMark()]
    return unbound


class RequiredMark:
    """Shows that a cell is required. The check itself is `check_values`, since a draft may leave it blank."""

    field_flags = {"required": True}

    def __call__(self, form, field):
        return None
