"""The form of a case, made from one version of a relief type.

Inputs are called ``x_<field id>``, as in the document, so that no declared id meets a name of WTForms. What is posted
for a computed, hidden or unknown field is ignored.
"""

from flask_babel import lazy_gettext as _
from wtforms import SelectField, ValidationError
from wtforms.utils import unset_value

from adminapp import divisions
from adminapp.cases import envelope_values, raw_values
from adminapp.conditions import Names
from adminapp.fields import KINDS
from adminapp.fields.choice import BLANK, choices
from adminapp.fields.table import read
from adminapp.forms.declared import Context, DeclaredForm, dress_columns
from adminapp.forms.veiled import veil

MOST_ROWS = 200
"""Posted row numbers above are new rows: a page that adds and removes may leave gaps."""


class CaseForm(DeclaredForm):
    """The form of one version of a relief type; `build_form` makes the subclasses.

    Set by `bind`: `case`, None for a new one.
    """

    @classmethod
    def bind(cls, formdata, actor, context: Context, case=None):
        """Return the form for a request: stored values of `case`, with what was posted laid over them."""
        stored = _Stored(case, cls.declared, formdata) if case is not None else None
        form = cls(formdata or None, obj=stored)
        form.case, form.actor, form.context = case, actor, context
        if case is not None:
            del form.village
            form._veil(stored)
        else:
            form.village.choices = village_choices(actor)
            form._open_rows(formdata)
        form.decorate()
        return form

    def _open_rows(self, formdata):
        """Begin a new form with one blank row where rows are required."""
        for field in self.inputs().values():
            if field.fields and field.required and not formdata:
                self[field.stored].append_entry()

    def stored_values(self):
        return raw_values(self.case, self.declared) if self.case is not None else {}

    def envelope(self):
        if self.case is not None:
            return envelope_values(self.case)
        village = self.village.data
        return {
            "applied_on": self.context.on,
            "accepted_on": None,
            "relative": False,
            "complaint": False,
            "objected": False,
            "urban": bool(village) and divisions.is_community(village),
        }

    def sections(self):
        shown = super().sections()
        if "village" in self._fields and shown:
            shown[0]["fields"].insert(0, "village")
        return shown

    # What a reader may not see is shown masked; the mask sent back means "unchanged".

    def _veil(self, stored):
        for key, field in self.inputs().items():
            bound = self[field.stored]
            if not field.fields:
                self._veil_input(key, bound, field, stored.before(key))
                continue
            rows = {row.row: row for row in stored.before(key) or ()}
            for entry in bound.entries:
                row = rows.get(entry.form.row.data)
                for column in field.fields:
                    if row is not None and column.id in entry.form._fields:
                        self._veil_input(key, entry.form[column.id], column, read(row, column.id))

    def _veil_input(self, key, bound, field, before):
        if veil(bound, field, before, self.actor):
            self.veiled = self.veiled | {key}


def build_form(relief_type) -> type[CaseForm]:
    """Return the form class of one version of a relief type."""
    members = {"declared": relief_type, "names": Names(tuple(relief_type.live_fields.values()))}
    members["village"] = Villages(
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


class Villages(SelectField):
    """The villages in reach of the actor: one that is gone since, or lies elsewhere, is asked for anew."""

    def pre_validate(self, form):
        if self.data and self.data not in {choice.value for choice in self.choices}:
            raise ValidationError(_("没有这个村（社区），或者不在您负责的范围，请重新选择"))


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
