"""Layouts of tables (schemas/layouts/*.yaml): which columns there are, by which titles they go, what stands in a cell.

A column is a declared field with `titles`; its cells are parsed by the field's kind, so that a file is judged like a form.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import yaml

from adminapp.declaration.model import Field, Option
from adminapp.errors import Invalid, SetupError
from adminapp.fields import KINDS
from adminapp.tabular.reading import LOST, Table
from adminapp.text import normalise

FOLDER = Path(__file__).parents[2] / "schemas" / "layouts"
HEADER_WITHIN = 10
"""Lines above the header: a title, who made it, when."""


@dataclass(frozen=True)
class Column:
    """`titles` are the headings by which the column is known, the first one is written."""

    field: Field
    titles: tuple[str, ...]

    @property
    def key(self):
        return self.field.id


@dataclass
class Row:
    """A row of a file. `number` counts from 1 as a spreadsheet does; `problems` are (place of the cell, sentence)."""

    number: int
    values: dict
    problems: list[tuple[int, str]] = field(default_factory=list)

    def refuse(self, place: int | None, sentence: str):
        """Add a problem at a cell (place from 0), or at the row when the file has no such column."""
        self.problems.append((-1 if place is None else place, sentence))


@dataclass(frozen=True)
class Header:
    """Where the columns stand: `row` from 0, `places` {column key: place from 0}."""

    row: int
    places: dict[str, int]


@dataclass(frozen=True)
class Layout:
    key: str
    title: str
    columns: tuple[Column, ...]

    def header(self, table: Table) -> Header:
        """Return where the header is. Raise Invalid naming the columns that are missing."""
        best, found = -1, {}
        for number, row in enumerate(table.rows[:HEADER_WITHIN]):
            places = self._places(row)
            if len(places) > len(found):
                best, found = number, places
        missing = [column.titles[0] for column in self.columns if column.field.required and column.key not in found]
        if missing:
            read = "、".join(cell for cell in table.rows[max(best, 0)] if cell)[:80]
            raise Invalid(f"“{self.title}”的表头缺少：{'、'.join(missing)}。读到的表头是：{read or '（空）'}。")
        return Header(best, found)

    def _places(self, row):
        cells = [plain_title(cell) for cell in row]
        found = {}
        for column in self.columns:
            place = next((cells.index(title) for title in map(plain_title, column.titles) if title in cells), None)
            if place is not None:
                found[column.key] = place
        return found

    def read(self, table: Table) -> Iterator[Row]:
        """Yield each row below the header that is not blank. A cell that cannot be read is a problem, its value None."""
        header = self.header(table)
        for number in range(header.row + 1, len(table.rows)):
            cells = table.rows[number]
            if any(cells):
                yield self._row(number + 1, cells, header.places)

    def _row(self, number, cells, places):
        row = Row(number, {})
        for column in self.columns:
            place = places.get(column.key)
            text = cells[place] if place is not None and place < len(cells) else ""
            try:
                row.values[column.key] = read_cell(column.field, text)
                if column.field.required and row.values[column.key] in (None, "", []):
                    raise Invalid(f"缺少“{column.titles[0]}”")
            except Invalid as error:
                row.values[column.key] = None
                row.refuse(place, str(error).rstrip("。"))
        return row

    def with_options(self, **options) -> "Layout":
        """Return the layout with the options of choice columns that only the program knows: {column key: {code: label}}."""
        def filled(column):
            if column.key not in options:
                return column
            known = tuple(Option(code=code, label=label) for code, label in options[column.key].items())
            return replace(column, field=replace(column.field, options=known))

        return replace(self, columns=tuple(map(filled, self.columns)))


def plain_title(text: str) -> str:
    """Return a heading as headings are compared: without blanks, marks of what is required, and kinds of brackets."""
    return "".join(text.split()).replace("(", "（").replace(")", "）").rstrip("*＊：:")


def read_cell(field, text: str):
    """Return the value of a cell under a declared field, None when it is blank. Raise Invalid."""
    if text == LOST:
        raise Invalid(LOST)
    kind = KINDS[field.kind]
    if field.kind == "date":
        text = text.split(" ")[0]  # a spreadsheet may give a day with its midnight
    return kind.parse(normalise(text, numbers=kind.align == "right", multiline=True), field) if text else None


@cache
def layouts() -> dict[str, Layout]:
    """Return the layouts of schemas/layouts by key."""
    found = [read_layout(path) for path in sorted(FOLDER.glob("*.yaml"))]
    return {layout.key: layout for layout in found}


def read_layout(path: Path) -> Layout:
    """Return the layout of a file. Raise SetupError naming the first thing that is wrong."""
    try:
        data = yaml.safe_load(Path(path).read_text("utf-8"))
        return parse_layout(data)
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise SetupError(f"表格格式文件 {path} 有误：{error}") from error


def parse_layout(data: dict) -> Layout:
    """Return the layout of plain data: ``{key, title, columns: [{key, titles, kind, required, options, …}]}``."""
    columns = tuple(_column(dict(item)) for item in data["columns"])
    if len({column.key for column in columns}) != len(columns):
        raise ValueError("两列用了同一个 key")
    return Layout(data["key"], data["title"], columns)


def _column(item):
    titles = tuple(item.pop("titles"))
    options = tuple(Option(code=str(option["code"]), label=option["label"]) for option in item.pop("options", ()))
    declared = Field(id=item.pop("key"), label=titles[0], kind=item.pop("kind"), options=options, **item)
    if declared.kind not in KINDS:
        raise ValueError(f"没有字段类型“{declared.kind}”")
    return Column(declared, titles)
