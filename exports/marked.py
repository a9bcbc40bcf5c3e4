"""A table that came in, given back with what is wrong: bad cells filled red with a note, and a column of sentences.

A workbook keeps its own look; a CSV or an old XLS comes back as a workbook with the same rows.
"""

import io
from collections.abc import Sequence
from copy import copy

from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill

from adminapp.errors import Invalid
from adminapp.tabular import Table
from adminapp.tabular.layout import Row

HEADING = "问题（改好后可以整份再次上传）"
RED, PALE = PatternFill("solid", fgColor="FFC7CE"), PatternFill("solid", fgColor="FFF3F4")
AUTHOR = "relief"
SUFFIX = ".xlsx"


def write(stream, data: bytes, table: Table, rows: Sequence[Row], header: int) -> int:
    """Write the workbook to `stream` and return how many rows carry a problem.

    `data` are the bytes that came, `table` what was read of them, `rows` the judged rows, `header` the place of the
    header from 0. Marks of an earlier time are taken off, so that a corrected file can go to and fro.
    """
    sheet = _own(data) if table.kind == "xlsx" else _copy(table)
    heads = table.rows[header]
    last = heads.index(HEADING) + 1 if HEADING in heads else max(map(len, table.rows)) + 1
    title = sheet.cell(header + 1, last, HEADING)
    title.font, title.alignment = Font(bold=True, color="9C0006"), Alignment(wrap_text=True, vertical="center")
    sheet.column_dimensions[title.column_letter].width = 56
    # openpyxl measures a sheet by looking at each of its cells, so `sheet[number]` for each row takes the square of their number.
    width = sheet.max_column
    for row in rows:
        _unmark(sheet, row, last, width)
        if row.problems:
            _mark(sheet, row, last)
    sheet.parent.save(stream)
    return sum(1 for row in rows if row.problems)


def _unmark(sheet, row, last, width):
    for place in range(1, width + 1):
        cell = sheet.cell(row.number, place)
        if cell.comment and cell.comment.author == AUTHOR:
            cell.comment, cell.fill = None, PatternFill()
    if sheet.cell(row.number, last).value:
        sheet.cell(row.number, last).value = None
        sheet.cell(row.number, last).fill = PatternFill()


def _mark(sheet, row, last):
    for place, sentence in row.problems:
        if place < 0:
            continue
        cell = sheet.cell(row.number, place + 1)
        cell.fill, cell.comment = copy(RED), Comment(sentence, AUTHOR, height=80, width=260)
    told = sheet.cell(row.number, last, "；".join(dict.fromkeys(sentence for _place, sentence in row.problems)))
    told.fill, told.alignment = copy(PALE), Alignment(wrap_text=True, vertical="top")
    told.data_type = "s"  # a sentence may repeat a cell that starts like a formula


def _own(data):
    try:
        return load_workbook(io.BytesIO(data)).worksheets[0]
    except Exception as error:  # openpyxl reads parts that were not read before, and raises many kinds for a damaged one
        raise Invalid("这个表格文件不能改写，请另存为 XLSX 后再上传。") from error


def _copy(table):
    sheet = Workbook().active
    for number, cells in enumerate(table.rows, 1):
        for place, text in enumerate(cells, 1):
            cell = sheet.cell(number, place)
            cell.value, cell.data_type, cell.number_format = text, "s", "@"
    return sheet
