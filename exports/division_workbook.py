"""The workbook of townships and villages: what is in force, to be changed and uploaded again."""

from collections.abc import Sequence
from datetime import datetime

import xlsxwriter

from adminapp.outputs import outputs
from adminapp.tabular import layouts

OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
CREATED = datetime(2026, 1, 1)  # noqa: DTZ001 - fixed, so that the same table gives the same bytes
WIDTHS = {"code": 18, "name": 18, "old_names": 24, "from": 13, "to": 13, "office": 30, "mark": 12, "phone": 16, "complaints": 16}


def write(stream, sheets: dict[str, Sequence[dict]]) -> int:
    """Write {sheet title: rows by key of the sheet's layout} and return the number of rows."""
    known = {layout.title: layout for layout in layouts().values()}
    with xlsxwriter.Workbook(stream, OPTIONS) as workbook:
        workbook.set_properties({"title": "区划表", "created": CREATED})
        base = {"font_name": "宋体", "font_size": 10.5, "valign": "vcenter"}
        head = workbook.add_format(base | {"bold": True, "align": "center", "border": 1, "bg_color": "#EEF2F6"})
        text, day = workbook.add_format(base | {"num_format": "@"}), workbook.add_format(base | {"num_format": "yyyy-mm-dd", "align": "left"})
        for title, rows in sheets.items():
            _sheet(workbook.add_worksheet(title), known[title].columns, rows, head, text, day)
    return sum(map(len, sheets.values()))


def _sheet(sheet, columns, rows, head, text, day):
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column.titles[0] + ("*" if column.field.required else ""), head)
        sheet.set_column(place, place, WIDTHS[column.key], day if column.field.kind == "date" else text)
    sheet.set_row(0, 24)
    sheet.freeze_panes(1, 2)
    for number, row in enumerate(rows, 1):
        for place, column in enumerate(columns):
            value = row[column.key]
            if column.field.kind == "date" and value:
                sheet.write_datetime(number, place, value, day)
            elif value:
                sheet.write_string(number, place, value, text)


def register():
    """Add the output "division_workbook" (stream, sheets → rows). Safe to call again."""
    outputs.add("division_workbook", write)
