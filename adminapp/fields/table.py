"""A table of rows, one line a person or thing, each with the same columns."""

import secrets
from collections.abc import Mapping

import mongoengine as me
from wtforms import FieldList, Form, FormField, HiddenField

from adminapp.declaration.problems import Problem
from adminapp.fields.base import Kind
from adminapp.formula.types import Name

MAX_ROWS = 30


class Rows(FieldList):
    """Rows posted by the browser: rows left wholly blank are dropped, each keeps its row id."""

    def process(self, formdata, data=..., extra_filters=None):
        super().process(formdata, *(() if data is ... else (data,)), extra_filters=extra_filters)
        if formdata:
            self.entries = [entry for entry in self.entries if _typed(entry)]

    def _add_entry(self, formdata=None, data=..., index=None):
        if self.max_entries and len(self.entries) >= self.max_entries:
            raise ValueError(f"最多 {self.max_entries} 行")
        return super()._add_entry(formdata, *(() if data is ... else (data,)), index=index)


def read(row, column):
    """Return a column's value of a row, whether it is a dict or an embedded document."""
    return getattr(row, column, None) if isinstance(row, me.EmbeddedDocument) else row.get(column)


class StoredRow(Mapping):
    """A row as it lies in the database, its columns made plain when asked for; `read` takes it like a dict."""

    def __init__(self, row, columns):
        self._row, self._columns = row, columns

    def __getitem__(self, name):
        value = self._row.get(name)
        if value is None or name not in self._columns:
            return value
        column, kind = self._columns[name]
        return kind.from_store(value, column)

    def __iter__(self):
        return iter(self._row)

    def __len__(self):
        return len(self._row)


class RowValues(Mapping):
    """One row as a formula sees it; a column's value is worked out when asked for, once."""

    def __init__(self, row, columns):
        self._row, self._columns, self._known = row, columns, {}

    def __contains__(self, name):
        return name in self._columns

    def __getitem__(self, name):
        if name not in self._known:
            column, kind = self._columns[name]
            self._known[name] = kind.formula_value(read(self._row, name), column)
        return self._known[name]

    def __iter__(self):
        return iter(self._columns)

    def __len__(self):
        return len(self._columns)


def _typed(entry):
    return any(str(raw).strip() for field in entry.form if field.short_name != "row" for raw in field.raw_data or ())


class Table(Kind):
    name, title, hint, icon = "table", "明细表", "一行一个人或一件事，如家庭成员", "blocks"
    in_tables = in_lists = False
    begin = {"fields": [{"id": "name", "label": "名称", "kind": "text"}]}
    formula_type, blank = "rows", ()
    properties = {"fields", "max_rows"}

    def columns(self, field):
        """Return [(column, its kind)] of the live columns."""
        from adminapp.fields import KINDS

        return [(column, KINDS[column.kind]) for column in field.fields]

    def model_field(self, field):
        members = {column.id: kind.model_field(column) for column, kind in self.columns(field)}
        row = type(f"Row_{field.id}", (RowBase,), {**members, "declared": field})
        return me.ListField(me.EmbeddedDocumentField(row))

    def from_store(self, value, field):
        columns = {column.id: (column, kind) for column, kind in self.columns(field)}
        return [StoredRow(row, columns) for row in value]

    def form_field(self, field):
        members = {"row": HiddenField()}
        for column, kind in self.columns(field):
            if not column.retired:
                members[column.id] = kind.form_field(column)
        form = type(f"RowForm_{field.id}", (Form,), members)
        options = self._options(field)
        options["render_kw"]["data-width"] = "full"
        options.pop("validators")
        return Rows(FormField(form), max_entries=field.max_rows or MAX_ROWS, **options)

    def formula_value(self, value, field):
        """Return rows as a formula sees them, for rows given as dicts or embedded documents."""
        columns = {column.id: (column, kind) for column, kind in self.columns(field)}
        return [RowValues(row, columns) for row in value or ()]

    def formula_name(self, field):
        return Name("rows", field.label, columns={column.id: kind.formula_name(column) for column, kind in self.columns(field)})

    def plain(self, value, field):
        return [{column.id: read(row, column.id) for column in field.fields} for row in value or ()]

    def assignable(self, value, field, before, model):
        """Return rows as embedded documents. A row keeps what it holds in columns that the form does not show."""
        row_class = model._fields[field.stored].field.document_type
        known = {row.row: row for row in before or ()}
        rows = []
        for typed in value or ():
            kept = known.get(typed.get("row"))
            # A new object: changing the stored row in place would leave nothing to compare the change with.
            row = row_class(**{name: getattr(kept, name) for name in kept._fields}) if kept else row_class()
            for column in field.fields:
                if not column.retired and column.id in typed:
                    setattr(row, column.id, typed[column.id])
            rows.append(row)
        return rows

    def sample(self, field, number=0):
        columns = [(column, kind) for column, kind in self.columns(field) if not column.retired]
        return [{column.id: kind.sample(column, row) for column, kind in columns} for row in range(min(2, field.max_rows or 2))]

    def text(self, value, field):
        return f"{len(value)} 行" if value else ""

    def check(self, field, path):
        yield from super().check(field, path)
        if not field.fields:
            yield Problem(f"{path}.fields", "明细表要有列")


class RowBase(me.EmbeddedDocument):
    """One row. `row` is its identity: rows are matched by it, never by place, so nothing moves to the wrong person."""

    meta = {"abstract": True, "strict": False}
    row = me.StringField(default=lambda: secrets.token_hex(4))
