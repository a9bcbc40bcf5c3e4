"""XLSX for people: typed cells, frozen header, widths, totals, ready to print. Memory stays flat, bytes are repeatable.

Text is always written as text, so a cell that starts with "=" is no formula and an ID number keeps its digits.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from adminapp.errors import Invalid
from adminapp.files import XLSX
from exports.columns import Column, Totals
from exports.files import opened

MEDIA_TYPE = XLSX.type
SUFFIX = ".xlsx"

SHEET_ROWS = 1_000_000  # a sheet holds 1,048,576; beyond this a further sheet begins
LONGEST = 32_767  # characters a cell can hold

_CREATED = datetime(2026, 1, 1)  # noqa: DTZ001 - fixed, so that the same rows give the same bytes
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_FONT = {"font_name": "宋体", "font_size": 10.5, "valign": "vcenter"}


def write(
    path_or_stream,
    columns: Sequence[Column],
    rows: Iterable[dict],
    *,
    title: str | None = None,
    totals: dict | None = None,
    notes: Sequence[str] = (),
) -> int:
    """Write the rows as a workbook and return their number.

    `title` is a line over the header; `totals` gives control totals by column key (None: add up here), compared with
    the rows; `notes` are lines below. Raise Invalid for a text too long for a cell and for wrong totals.
    """
    with opened(path_or_stream) as stream, xlsxwriter.Workbook(stream, _OPTIONS) as workbook:
        workbook.set_properties({"title": title or "", "created": _CREATED})
        return _Writer(workbook, columns, title, totals, notes).write(rows)


class _Sheet(Worksheet):
    """A sheet whose data rows are written as finished XML: a third of XlsxWriter's time for a large list.

    It also closes a hole: in constant_memory XlsxWriter takes a text "<r>…</r>" for rich text and writes it unescaped.
    """

    def append(self, line: int, cells: list[str]) -> None:
        """Write row `line` (from 0), which must be below all rows written so far."""
        self._write_single_row(line)  # flushes what the public methods left waiting
        self.row_data_fh.write(f'<row r="{line + 1}">{"".join(cells)}</row>')
        self.dim_rowmax = line


def _letters(index: int) -> str:
    return xlsxwriter.utility.xl_col_to_name(index)


_SPECIAL = re.compile("[&<>\x00-\x1f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_|^\\s|\\s$")
_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\n": "\n", "\t": "\t"}


def _inline(text: str) -> str:
    """Return the text as the content of a cell; control characters as _xHHHH_, the way spreadsheets store them."""
    if not _SPECIAL.search(text):
        return f"<is><t>{text}</t></is>"
    text = re.sub("_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text)
    text = re.sub("[&<>\x00-\x1f\ufffe\uffff]", lambda found: _ESCAPED.get(found[0], f"_x{ord(found[0]):04X}_"), text)
    return f'<is><t xml:space="preserve">{text}</t></is>'


def _tame(text: str) -> str:
    return " " + text if text.startswith("<r>") else text  # see _Sheet


class _Writer:
    def __init__(self, workbook, columns, title, totals, notes):
        self.workbook, self.columns, self.title, self.notes = workbook, columns, title, notes
        self.totals = Totals(columns, totals)
        self.format = {
            name: workbook.add_format(_FONT | more)
            for name, more in {
                "title": {"bold": True, "font_size": 16, "align": "center"},
                "header": {"bold": True, "align": "center", "text_wrap": True, "border": 1, "bg_color": "#EEF2F6"},
                "note": {"font_color": "#555555"},
            }.items()
        }
        self.cells = [workbook.add_format(_FONT | {"num_format": column.rule.number_format}) for column in columns]
        self.strong = [
            workbook.add_format(_FONT | {"num_format": column.rule.number_format, "bold": True, "top": 1})
            for column in columns
        ]

    def write(self, rows):
        count, plan = 0, []
        for row in rows:
            if count % SHEET_ROWS == 0:
                plan = self.start_sheet(count // SHEET_ROWS)
            self.write_row(plan, row)
            self.totals.add(row)
            count += 1
        if not count:
            self.start_sheet(0)
        self.finish()
        return count

    def start_sheet(self, number):
        name = (self.title or "名册").translate(dict.fromkeys(map(ord, "[]:*?/\\'"), " "))[:25].strip() or "名册"
        sheet = self.sheet = self.workbook.add_worksheet(name if not number else f"{name} {number + 1}", _Sheet)
        for index, column in enumerate(self.columns):
            sheet.set_column(index, index, column.width or max(column.rule.width, 2 * len(column.title) + 2))
        self.line = 0
        if self.title:
            sheet.set_row(0, 30)
            if len(self.columns) > 1:
                sheet.merge_range(0, 0, 0, len(self.columns) - 1, "", self.format["title"])
            sheet.write_string(0, 0, _tame(self.title), self.format["title"])
            self.line = 1
        for index, column in enumerate(self.columns):
            sheet.write_string(self.line, index, _tame(column.title), self.format["header"])
        sheet.repeat_rows(0, self.line)
        sheet.freeze_panes(self.line + 1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&C第 &P 页，共 &N 页")
        self.line += 1
        return self.plan(self.cells)

    def start_stack(self):
        """Begin the sheet of stacked tables: the title, and columns of one width, since each table has its own."""
        self.sheet = self.workbook.add_worksheet(self.title.translate(dict.fromkeys(map(ord, "[]:*?/\\'"), " "))[:25].strip(), _Sheet)
        self.sheet.set_column(0, 0, 28)
        self.sheet.set_column(1, 40, 14)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)  # A4
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_footer("&C第 &P 页，共 &N 页")
        self.sheet.write_string(0, 0, _tame(self.title), self.workbook.add_format(_FONT | {"bold": True, "font_size": 16}))
        self.line = 2

    def stack(self, heading, cells, rows):
        """Write one table of the stack, and leave a line free below it."""
        self.sheet.write_string(self.line, 0, _tame(heading), self.workbook.add_format(_FONT | {"bold": True}))
        for index, column in enumerate(self.columns):
            self.sheet.write_string(self.line + 1, index, _tame(column.title), self.format["header"])
        self.line += 2
        plan = self.plan(cells)
        for row in rows:
            self.write_row(plan, row)
        self.line += 1

    def plan(self, formats):
        """Return what never changes from row to row, computed once: cell reference, style number, column and rule."""
        return [
            (_letters(index), cell._get_xf_index(), column, column.rule)
            for index, (column, cell) in enumerate(zip(self.columns, formats, strict=True))
        ]

    def write_row(self, plan, row):
        cells, number_of_row = [], self.line + 1
        for letters, style, column, rule in plan:
            value = column.value(row)
            if value is None:
                continue
            number = rule.number(value)
            if number is not None:
                cells.append(f'<c r="{letters}{number_of_row}" s="{style}"><v>{number}</v></c>')
                continue
            text = rule.text(value)
            if len(text) > LONGEST:
                raise Invalid(
                    f"第 {number_of_row} 行“{column.title}”有 {len(text)} 个字，超过单元格上限 {LONGEST} 字。"
                )
            cells.append(f'<c r="{letters}{number_of_row}" s="{style}" t="inlineStr">{_inline(text)}</c>')
        self.sheet.append(self.line, cells)
        self.line += 1

    def finish(self):
        if self.totals.given:
            self.write_row(self.plan(self.strong), self.totals.row())
        for note in self.notes:
            self.sheet.write_string(self.line, 0, _tame(note), self.format["note"])
            self.line += 1


def write_tables(path_or_stream, title: str, tables: Iterable[tuple[str, Sequence[Column], Iterable[dict]]], notes: Sequence[str] = ()) -> None:
    """Write small tables below each other on one sheet: each (heading, columns, rows). For reports; long lists take `write`."""
    with opened(path_or_stream) as stream, xlsxwriter.Workbook(stream, _OPTIONS) as workbook:
        workbook.set_properties({"title": title, "created": _CREATED})
        writer = _Writer(workbook, [], title, None, ())
        writer.start_stack()
        for heading, columns, rows in tables:
            writer.columns = columns
            cells = [workbook.add_format(_FONT | {"num_format": column.rule.number_format}) for column in columns]
            writer.stack(heading, cells, rows)
        for note in notes:
            writer.sheet.write_string(writer.line, 0, _tame(note), writer.format["note"])
            writer.line += 1
