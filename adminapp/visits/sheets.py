"""What the paper of a visit holds: for each household of a pack what was declared, and room for what is found.

A sheet is ``{case, number, name, type, place, address, phone, url, sections: [{title, lines, tables}]}`` with
``lines: [{label, declared, options: [label], long}]`` and ``tables: [{label, columns: [label], rows: [[text]], spare}]``.
"""

from adminapp import disclosure, divisions
from adminapp.cases import values_of
from adminapp.declaration.model import Field
from adminapp.fields import KINDS
from adminapp.loading import load_case
from adminapp.visits.compared import VISIT, as_declared
from adminapp.workflow.asked import asked

ON_PAPER = ("public", "staff", "personal")
"""Classes that may lie open on a table during a visit: no full numbers, no accounts."""
SPARE_ROWS = 2
ON_COVER = {"date", "surveyors"}
PHONE = "phone"


def sheet(engine, stop: dict, on, link) -> dict:
    """Return the sheet of a stop of a pack as of the day `on`; `link(case)` is what its code leads to. Raise NotFound."""
    case, published = load_case(engine.registry, stop["case"])
    relief_type = published.relief_type
    values = values_of(case, relief_type, standards=engine.standards, on=on)
    known, form = as_declared(relief_type, values), asked(VISIT, relief_type)
    return {
        "case": str(case.id), "number": case.number, "name": case.name, "type": relief_type.name,
        "place": divisions.name_of(case.village), "address": stop["address"],
        "phone": values.raw.get(PHONE) or "" if PHONE in relief_type.live_fields else "", "url": link(case),
        "sections": [part for section in form.sections if (part := _section(section, known, relief_type))],
    }  # fmt: skip


def _section(section, known, relief_type):
    lines, tables = [], []
    for field in section.fields:
        if field.retired or field.kind in ("computed", "attachment", "note") or field.id in ON_COVER:
            continue
        source = relief_type.live_fields.get(field.source)
        if field.fields:
            tables.append(_table(field, known.get(field.id) or ()))
        else:
            declared = _text(source or field, known.get(field.id))
            lines.append({"label": _label(field), "declared": declared, "options": _options(field), "long": field.kind == "long_text"})
    return {"title": section.title, "lines": lines, "tables": tables} if lines or tables else None


def _table(field: Field, rows):
    columns = [column for column in field.fields if not column.retired and column.kind not in ("computed", "attachment", "note")]
    return {
        "label": field.label,
        "columns": [_label(column) for column in columns],
        "rows": [[_text(column, row.get(column.id)) for column in columns] for row in rows],
        "spare": SPARE_ROWS,
    }


def _label(field):
    return f"{field.label}（{field.unit}）" if field.unit else field.label


def _text(field, value):
    if value in (None, "", []) or disclosure.class_of(field) not in ON_PAPER:
        return ""
    return KINDS[field.kind].text(value, field)


def _options(field):
    if field.kind == "yes_no":
        return ["是", "否"]
    return [option.label for option in field.options if not getattr(option, "retired", False)] if field.kind == "choice" else []
