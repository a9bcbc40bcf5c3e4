"""Forms made from declarations: the form of a case, and the small form of an action. Both use the field kinds' own
inputs.

Inputs of a case form are called ``x_<field id>``, as in the document, so that no declared id meets a name of WTForms.
What is posted for a computed, hidden or unknown field is ignored. Required-ness, hidden-ness and validation rules
come from `cases.check_values`, the same path that imports and submission take; this module only puts the sentences at
their inputs.
"""

from collections import namedtuple
from functools import partial

from flask_babel import lazy_gettext as _
from wtforms import Form, HiddenField, SelectField, ValidationError
from wtforms.utils import unset_value

from adminapp import disclosure, divisions
from adminapp.cases import CaseValues, check_rows, check_values, envelope_values, raw_values
from adminapp.conditions import Names
from adminapp.fields import KINDS
from adminapp.fields.choice import BLANK, choices
from adminapp.fields.table import read

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
MOST_ROWS = 200
"""Posted row numbers above are new rows: a page that adds and removes may leave gaps."""
NOT_INPUTS = ("note", "attachment")

Context = namedtuple("Context", "standards on awards", defaults=(None, None, None))
"""What formulas need besides the values: the table of standards, the day, the register of awards."""


class CaseForm(Form):
    """The form of one version of a relief type; `build_form` makes the subclasses.

    Set by `bind`: `case` (None for a new one), `values` (what formulas see, typed values laid over stored ones).
    """

    rev = HiddenField()

    relief_type = None
    names: Names = None

    @classmethod
    def bind(cls, formdata, actor, context: Context, case=None):
        """Return the form for a request: stored values of `case`, with what was posted laid over them."""
        stored = _Stored(case, cls.relief_type, formdata) if case is not None else None
        form = cls(formdata or None, obj=stored)
        form.case, form.actor, form.context = case, actor, context
        if case is not None:
            del form.village
            form._veil(stored)
        else:
            form.village.choices = village_choices(actor)
            form._open_rows(formdata)
        form._decorate()
        return form

    def _open_rows(self, formdata):
        """Begin a new form with one blank row where rows are required."""
        for field in self.inputs().values():
            if field.fields and field.required and not formdata:
                self[field.stored].append_entry()

    @classmethod
    def inputs(cls):
        """Return {field id: declared field} of what can be typed."""
        return {
            key: field
            for key, field in cls.relief_type.live_fields.items()
            if field.kind not in (*NOT_INPUTS, "computed")
        }

    def typed(self) -> dict:
        """Return plain values by field id as the form holds them; rows as dicts with their row id."""
        return {key: self._plain(field, self[field.stored]) for key, field in self.inputs().items()}

    def _plain(self, field, bound):
        if not field.fields:
            return bound.data
        return [{**entry.form.data, "row": entry.form.row.data or None} for entry in bound.entries]

    def evaluate(self) -> CaseValues:
        """Return the values as formulas will see them after saving."""
        raw, envelope = {}, {}
        if self.case is not None:
            raw, envelope = raw_values(self.case, self.relief_type), envelope_values(self.case)
        else:
            village = self.village.data
            envelope = {
                "applied_on": self.context.on,
                "accepted_on": None,
                "relative": False,
                "complaint": False,
                "objected": False,
                "urban": bool(village) and divisions.is_community(village),
            }
        return CaseValues(self.relief_type, {**raw, **self.typed()}, envelope, **self.context._asdict())

    def check(self, complete: bool) -> bool:
        """Validate what was posted and put every sentence at its input; `complete` also asks for what is required."""
        super().validate()
        self.values = values = self.evaluate()
        for field in self.inputs().values():
            if not values.visible(field):
                _forgive(self[field.stored])
        for key, sentences in check_values(values, complete).items():
            self._report(values, key, sentences)
        return not self.errors

    def changes(self) -> dict:
        """Return what may be stored, by field id: visible inputs only. Call after `check`."""
        typed = self.typed()
        return {key: typed[key] for key, field in self.inputs().items() if self.values.visible(field)}

    def _report(self, values, key, sentences):
        field = self.relief_type.fields.get(key)
        if field is None or field.stored not in self._fields:
            self.form_errors = [*self.form_errors, *sentences]
            return
        bound = self[field.stored]
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

    # What a reader may not see is shown masked; the mask sent back means "unchanged".

    def _veil(self, stored):
        for key, field in self.inputs().items():
            bound = self[field.stored]
            if not field.fields:
                _veil(bound, field, stored.before(key), self.actor)
                continue
            rows = {row.row: row for row in stored.before(key) or ()}
            for entry in bound.entries:
                row = rows.get(entry.form.row.data)
                for column in field.fields:
                    if row is not None and column.id in entry.form._fields:
                        _veil(entry.form[column.id], column, read(row, column.id), self.actor)

    # What the page needs to know of conditions.

    def _decorate(self):
        translate = partial(self.names.to_json, standards=self.context.standards, on=self.context.on)
        values = None
        for field in self.relief_type.live_fields.values():
            if field.kind in NOT_INPUTS:
                continue
            bound = self[field.stored]
            marks = {**(bound.render_kw or {}), **BROWSER_MARKS.get(field.kind, {})}
            marks |= {
                "data-visible-when": translate(field.visible_when),
                "data-required-when": translate(field.required_when),
            }
            if field.formula:
                values = values or self.evaluate()
                marks |= {"data-compute": translate(field.formula) or "null", "data-unit": field.unit}
                marks |= {"data-money": True} if field.result == "money" else {}
                bound.data, bound._value = None, partial(_computed_text, values, field)
            bound.render_kw = {name: value for name, value in marks.items() if value != ""}
            if field.required:
                bound.flags.required = True

    def sections(self) -> list[dict]:
        """Return sections as the form macro wants them."""
        translate = partial(self.names.to_json, standards=self.context.standards, on=self.context.on)
        shown = []
        for section in self.relief_type.sections:
            fields = [_entry(field) for field in section.fields if not field.retired and field.kind != "attachment"]
            if fields:
                shown.append(
                    {
                        "id": section.id,
                        "title": section.title,
                        "hint": section.help,
                        "fields": fields,
                        "visible_when": translate(section.visible_when),
                    }
                )
        if "village" in self._fields and shown:
            shown[0]["fields"].insert(0, "village")
        return shown


def _entry(field):
    return {"note": field.label, "help": field.help} if field.kind == "note" else field.stored


def build_form(relief_type) -> type[CaseForm]:
    """Return the form class of one version of a relief type."""
    members = {"relief_type": relief_type, "names": Names(tuple(relief_type.live_fields.values()))}
    members["village"] = SelectField(
        _("村（社区）"),
        coerce=lambda value: value or None,
        validators=[_chosen],
        choices=[BLANK],
        render_kw={"data-width": "half"},
    )
    for field in relief_type.live_fields.values():
        unbound = KINDS[field.kind].form_field(field)
        if unbound is not None:
            members[field.stored] = dress_columns(unbound, field)
    return type(f"CaseForm_{relief_type.key}", (CaseForm,), members)


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
                cell.kwargs["validators"] = [*cell.kwargs.get("validators", ()), _RequiredMark()]
    return unbound


class _RequiredMark:
    """Shows that a cell is required. The check itself is `check_values`, since a draft may leave it blank."""

    field_flags = {"required": True}

    def __call__(self, form, field):
        return None


def _chosen(form, field):
    if not field.data:
        raise ValidationError(_("请选择村（社区）"))


_chosen.field_flags = {"required": True}


def village_choices(actor):
    """Return the villages an actor may open a case in: flat within one township, else grouped by township."""
    if actor.villages is not None:
        return [BLANK, *choices((code, divisions.name_of(code)) for code in sorted(actor.villages))]
    groups = divisions.grouped_choices(only=actor.townships)
    one = len(groups) == 1
    return [
        BLANK,
        *(choice for name, villages in groups.items() for choice in choices(villages, None if one else name)),
    ]


class _Stored:
    """A case as the form reads it. Stored rows are laid beside the posted ones by their row id, never by place."""

    def __init__(self, case, relief_type, formdata):
        self._case, self._relief_type, self._formdata = case, relief_type, formdata

    def before(self, key):
        return getattr(self._case, self._relief_type.fields[key].stored, None)

    def __getattr__(self, name):
        if name == "rev":
            return self._case.rev
        field = self._relief_type.live_fields.get(name.removeprefix("x_")) if name.startswith("x_") else None
        if field is None:
            raise AttributeError(name)
        value = getattr(self._case, name, None)
        if not field.fields or not self._formdata:
            return unset_value if value is None else value
        rows = {row.row: row for row in value or ()}
        # WTForms lays the i-th stored row beside the posted row i: put there the one of the same row id.
        beside = [rows.get(self._formdata.get(f"{name}-{index}-row")) for index in range(MOST_ROWS)]
        return beside if any(beside) else []


def _veil(bound, field, before, actor):
    """Show the masked text of a stored value; the same text posted back keeps the value."""
    if not hasattr(bound, "_value") or not disclosure.hides(before, field, actor):
        return
    masked = disclosure.text(before, field, actor)
    posted = bound.raw_data[0].strip() if bound.raw_data else None
    if posted is None or posted == masked:
        bound.data, bound.process_errors = before, []
        bound._value = lambda: masked
        bound.pre_validate = _keep  # a mask is no number: it passes the validators unread
        bound.validators = ()


def _keep(form):
    return None


def _forgive(bound):
    """Drop the errors of an input that is hidden: what it holds is not stored."""
    bound.errors, bound.process_errors = [], []
    for entry in getattr(bound, "entries", ()):
        for cell in entry.form:
            cell.errors = []


def _computed_text(values, field):
    from adminapp.formula.evaluator import MissingValue

    kind = KINDS[field.kind]
    try:
        return kind.text(kind.storable(values[field.id], field), field) if values.visible(field) else ""
    except MissingValue:
        return ""


# The form of an action: its declared fields, and the rev it was asked at.


class ActionForm(Form):
    rev = HiddenField()

    action = None

    def typed(self) -> dict:
        """Return plain values by field id, rows as dicts."""
        return {field.id: self._plain(field) for field in self.action.fields}

    def _plain(self, field):
        if not field.fields:
            return self[field.id].data
        return [
            {key: value for key, value in entry.form.data.items() if key != "row"} for entry in self[field.id].entries
        ]

    def visible_ids(self):
        return [field.id for field in self.action.fields]


def build_action_form(action) -> type[ActionForm]:
    """Return the form class of an action of the machine."""
    members = {"action": action}
    for field in action.fields:
        unbound = dress_columns(KINDS[field.kind].form_field(field), field)
        marks = {**(unbound.kwargs.get("render_kw") or {}), **BROWSER_MARKS.get(field.kind, {})}
        unbound.kwargs["render_kw"] = marks
        if field.required and not field.fields:
            unbound.kwargs["validators"] = [*unbound.kwargs.get("validators", ()), _RequiredMark()]
        members[field.id] = unbound
    return type("ActionForm", (ActionForm,), members)
