"""The form of a visit beside the application: what was declared stands at each input, and blanks may be filled with it.

Filling is a button that only redraws the form: whoever presses it says that everything not typed was found as declared.
"""

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from adminapp import disclosure
from adminapp.cases import values_of
from adminapp.fields import KINDS
from adminapp.forms import build_action_form
from adminapp.visits.compared import VISIT, as_declared, sources

BUTTON = "_as_declared"
READABLE = ("public", "staff", "personal")
"""Classes that may stand beside an input on the page of a case worker."""


def is_readable(field) -> bool:
    return disclosure.class_of(field) in READABLE


def applies(action: str, relief_type) -> bool:
    """Tell whether the form verifies fields of the application."""
    return action == VISIT and any(field.source for section in relief_type.survey.sections for field in section.fields)


def opening(view, case) -> dict:
    """Return what a new form holds: the rows of the tables by name, nothing else."""
    declared, found = _declared(view, case), {}
    for field, _source in sources(view.relief_type, _values(view, case)):
        if field.fields and declared.get(field.id):
            found[field.id] = [{field.fields[0].id: row.get(field.fields[0].id)} for row in declared[field.id]]
    return found


def hint(form, view, case):
    """Tell at each input what was declared: as help of a field, as placeholder of a cell."""
    declared = _declared(view, case)
    for field, source in sources(view.relief_type, _values(view, case)):
        bound, value = form.bound(field), declared.get(field.id)
        if field.fields:
            _hint_rows(field, bound, value or ())
        elif is_readable(source):
            text = KINDS[field.kind].text(value, field)
            told = _("申报：%(value)s", value=text or _("未填"))
            bound.description = f"{told}　{bound.description}" if bound.description else told


def _hint_rows(field, bound, rows):
    first = field.fields[0]
    known = {str(row.get(first.id)): row for row in rows}
    for entry in bound.entries:
        row = known.get(str(entry.form[first.id].data), {})
        for column in field.fields[1:]:
            if column.id in entry.form and is_readable(column) and row.get(column.id) not in (None, ""):
                cell = entry.form[column.id]
                cell.render_kw = {**(cell.render_kw or {}), "placeholder": KINDS[column.kind].text(row[column.id], column)}


def fill(posted, view, case) -> MultiDict:
    """Return what was posted with the blanks of verified fields filled as declared; what was typed stays as typed."""
    form = build_action_form(VISIT, view.relief_type).bind(None, view.context(case), case, _declared(view, case))
    typed, filled = build_action_form(VISIT, view.relief_type).bind(posted, view.context(case), case), MultiDict(posted)
    for field, _source in sources(view.relief_type, _values(view, case)):
        if field.fields:
            _fill_rows(filled, field, typed.bound(field), form.bound(field))
        elif not any(text.strip() for text in filled.getlist(form.name_of(field))):
            filled.setlist(form.name_of(field), _written(form.bound(field)))
    return filled


def _fill_rows(filled, field, typed, declared):
    first = field.fields[0].id
    if not typed.entries:
        for entry in declared.entries:
            for cell in entry.form:
                filled.setlist(cell.name, _written(cell))
        return
    known = {str(entry.form[first].data): entry for entry in declared.entries}
    for entry in typed.entries:
        twin = known.get(str(entry.form[first].data))
        for cell in entry.form if twin else ():
            if cell.short_name != "row" and not any(text.strip() for text in filled.getlist(cell.name)):
                filled.setlist(cell.name, _written(twin.form[cell.short_name]))


def _written(bound) -> list[str]:
    """Return the texts a browser would post for an input as it stands."""
    if hasattr(bound, "iter_choices"):
        return [str(item[0]) for item in bound.iter_choices() if item[2]]
    return [str(bound._value())] if bound.data not in (None, "") else []


def _values(view, case):
    return values_of(case, view.relief_type, **view.context(case)._asdict())


def _declared(view, case):
    return as_declared(view.relief_type, _values(view, case))
