"""What a visit found beside what the application declares: to fill its form as declared, to see what differs.

A field of the visit's form names with `source` the field of the application that it verifies. Rows of a table are matched
by their first column (the name of the person); a row that only one side has is told and never taken over.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from adminapp.declaration.model import Field
from adminapp.fields import KINDS
from adminapp.fields.table import read
from adminapp.workflow.asked import asked

VISIT = "record_visit"


@dataclass(frozen=True)
class Difference:
    """One value found otherwise: of `field` of the application, or of its `column` in the row of `who`.

    `row` is the identity of that row; without one it is a row that only one side has, told in `found` or `declared`.
    """

    field: Field
    declared: str
    found: str
    value: object = None
    column: Field | None = None
    row: str = ""
    who: str = ""

    @property
    def key(self) -> str:
        """Name it in a form."""
        return "/".join(filter(None, (self.field.id, self.row, self.column.id if self.column else "")))

    @property
    def label(self) -> str:
        return " ".join(filter(None, (self.field.label, self.who, self.column.label if self.column else "")))

    @property
    def can_be_taken(self) -> bool:
        return not self.field.fields or self.column is not None


def sources(relief_type, values) -> list[tuple[Field, Field]]:
    """Return (field of the visit, field of the application) for each that is verified and visible now."""
    found = []
    for field in asked(VISIT, relief_type).live_fields.values():
        source = relief_type.live_fields.get(field.source)
        if source is not None and values.visible(source):
            found.append((field, source))
    return found


def as_declared(relief_type, values) -> dict:
    """Return what the form of the visit holds when everything is as declared: plain values by field id, blanks left out."""
    filled = {}
    for field, source in sources(relief_type, values):
        value = values.raw.get(source.id)
        if field.fields:
            shared = [column.id for column in field.fields if column.id in source.column_ids]
            value = [{name: read(row, name) for name in shared} for row in value or ()]
        if value not in (None, "", []):
            filled[field.id] = value
    return filled


def open_differences(move) -> list[Difference]:
    """Return what the last visit found otherwise, unless somebody has written down since why it is not taken over."""
    visit, kept = move.case.last_record("visit"), move.case.last_record("declared_kept")
    if not visit or not move.active("survey") or (kept and kept["data"].get("visit") == visit["id"]):
        return []
    return differences(visit["data"], move.relief_type, move.values)


def differences(data: Mapping, relief_type, values) -> list[Difference]:
    """Return what the data of a visit's record say otherwise than the application does now. A blank says nothing."""
    found = []
    for field, source in sources(relief_type, values):
        value = data.get(field.id)
        if value in (None, "", []):
            continue
        if field.fields:
            found += _rows(field, source, value, values.raw.get(source.id) or ())
        else:
            found += _value(source, value, values.raw.get(source.id))
    return found


def _value(source, found, declared, column=None, row="", who=""):
    kind, shown = KINDS[(column or source).kind], column or source
    told, before = _text(kind, found, shown), _text(kind, declared, shown)
    if told != before:
        yield Difference(source, before, told, _plain(shown, found), column, row, who)


def _text(kind, value, field):
    return value if isinstance(value, str) and field.kind in ("date", "month") else kind.text(value, field)


def _plain(field, value):
    """Return a value of a record as a form would give it: records keep dates as text."""
    return date.fromisoformat(value) if field.kind == "date" and isinstance(value, str) else value


def _rows(field, source, found, declared):
    first = field.fields[0]
    known = {str(read(row, first.id)): row for row in declared}
    named = {str(row.get(first.id)): row for row in found if row.get(first.id)}
    for name, row in named.items():
        who = KINDS[first.kind].text(row.get(first.id), first)
        if name not in known:
            yield Difference(source, "没有申报", "调查时在家", who=who)
            continue
        for column in field.fields[1:]:
            if column.id in source.column_ids and row.get(column.id) not in (None, "", []):
                stored = known[name]
                yield from _value(source, row[column.id], read(stored, column.id), source.column_ids[column.id], read(stored, "row") or "", who)
    for name, row in known.items():
        if name not in named:
            yield Difference(source, "已申报", "调查时没有", who=KINDS[first.kind].text(read(row, first.id), first))

