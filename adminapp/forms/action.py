"""The form of an action: what `workflow/asked.py` says it asks, and the rev of the case it was asked at."""

from adminapp.cases import values_of
from adminapp.conditions import Names
from adminapp.declaration.model import Section
from adminapp.fields import KINDS
from adminapp.forms.declared import BROWSER_MARKS, Context, DeclaredForm, RequiredMark, dress_columns
from adminapp.workflow.asked import Asked, AskedValues, asked


class ActionForm(DeclaredForm):
    """The form of one action for one version of a relief type. Set by `bind`: `case`.

    Inputs of the action's own fields bear their ids; those the declaration adds carry the prefix of the document.
    """

    @classmethod
    def bind(cls, formdata, context: Context, case, defaults=None):
        """Return the form for a request; `defaults` are values by field id for a form that is opened anew."""
        names = {cls.name_of(field): field.id for field in cls.inputs().values()}
        data = {name: defaults[key] for name, key in names.items() if key in (defaults or {})}
        form = cls(formdata or None, data=None if formdata else data)
        form.case, form.context, form.rev.data = case, context, str(case.rev)
        form.decorate()
        return form

    @classmethod
    def name_of(cls, field):
        return field.id if field.id in cls.declared.own else field.stored

    def evaluate(self):
        def application():
            return values_of(self.case, self.relief_type, **self.context._asdict())

        return AskedValues(self.declared, self.typed(), self.case, application, **self.context._asdict())

    def _plain(self, field, bound):
        value = super()._plain(field, bound)
        return [{key: cell for key, cell in row.items() if key != "row" or cell} for row in value] if field.fields else value


def build_action_form(key: str, relief_type) -> type[ActionForm]:
    """Return the form class of an action of the machine for one version of a relief type, made at first use."""
    made = vars(relief_type).setdefault("action_forms", {})
    if key not in made:
        made[key] = _build(asked(key, relief_type), relief_type)
    return made[key]


def build_fields_form(key: str, fields) -> type[ActionForm]:
    """Return the form class of plain fields that belong to no declaration, to be filled in beside another form."""
    form = Asked(key, (Section(id=key, title="", fields=tuple(fields)),), (), frozenset(field.id for field in fields))
    return _build(form, None)


def _build(form, relief_type):
    fields = tuple(form.live_fields.values())
    names = Names(fields)
    names.inputs |= {key: key for key in form.own}
    members = {"declared": form, "relief_type": relief_type, "names": names}
    for field in fields:
        unbound = KINDS[field.kind].form_field(field)
        if unbound is None:
            continue
        unbound = dress_columns(unbound, field)
        marks = {**(unbound.kwargs.get("render_kw") or {}), **BROWSER_MARKS.get(field.kind, {})}
        unbound.kwargs["render_kw"] = marks
        if field.required and not field.fields:
            unbound.kwargs["validators"] = [*unbound.kwargs.get("validators", ()), RequiredMark()]
        members[field.id if field.id in form.own else field.stored] = unbound
    return type(f"ActionForm_{form.key}", (ActionForm,), members)
