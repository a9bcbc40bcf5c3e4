"""The report of a month as a workbook and on paper: the tables of the screen, figures only, no person."""

from io import BytesIO
from pathlib import Path

from adminapp.money import format_yuan
from adminapp.outputs import outputs
from adminapp.registers import periods
from adminapp.reports import store
from adminapp.reports.plan import plan
from adminapp.reports.tables import Table
from exports import xlsx
from exports.columns import Column

NARROW = 7
"""Columns up to which a table fits on an upright page; the paper lies on its side for all."""


def write_xlsx(report: dict, tables: list[Table], place: str, home: Path) -> bytes:
    """Return the workbook: all tables on one sheet, numbers as numbers."""
    stream = BytesIO()
    xlsx.write_tables(stream, title_of(report, place), (_stacked(table) for table in tables), notes_of(report))
    return stream.getvalue()


def print_pdf(report: dict, tables: list[Table], place: str, home: Path) -> bytes:
    """Return the paper. Raise FontsNotReady, Invalid for a character without face."""
    from exports.paper import Sheet  # reportlab: only for who prints

    title = title_of(report, place)
    paper = Sheet(home, title, title, wide=True)
    paper.add(paper.text(title, 18, "hei", 1))
    paper.paragraph("　".join(notes_of(report)))
    for table in tables:
        paper.heading(f"{table.title}")
        if table.hint:
            paper.paragraph(table.hint, 8.5)
        paper.grid([[table.head, *(column.label for column in table.columns)], *_texts(table, paper)], _widths(table), head=1, size=8.5)
    return paper.bytes()


def title_of(report: dict, place: str) -> str:
    if "months" in report:
        return f"{place}社会救助季报（{periods.label(report['_id'])}）"
    return f"{place}社会救助月报（{report['_id']}）"


def notes_of(report: dict) -> list[str]:
    """Return who worked it out when, whether it is frozen, and its digest."""
    by = report.get("frozen_by_name") if report["state"] == store.FROZEN else report.get("by_name")
    state = "，".join(filter(None, (store.STATES[report["state"]], by)))
    months = "、".join(f"{each['month']} {store.STATES.get(each['state'], '未统计')}" for each in report.get("months", ()))
    return [state, *([months] if months else []), f"校验值（SM3）：{report.get('digest', '')[:16]}", *([plan().clause] if plan().clause else [])]


def _stacked(table):
    columns = [Column("label", table.head), *(Column(f"c{number}", column.label, _kind(column)) for number, column in enumerate(table.columns))]
    rows = [(row.label, row.values) for row in table.rows] + ([("合计", table.sums)] if table.summed and len(table.rows) > 1 else [])
    return table.title, columns, ({"label": label, **{f"c{number}": value for number, value in enumerate(values)}} for label, values in rows)


def _kind(column):
    return "money" if column.money else "integer"


def _texts(table, paper):
    rows = [(row.label, row.values) for row in table.rows] + ([("合计", table.sums)] if table.summed and len(table.rows) > 1 else [])
    for label, values in rows:
        numbers = (format_yuan(value) if column.money else f"{value:,}" for column, value in zip(table.columns, values, strict=True))
        yield [label, *(paper.text(text, 8.5, align=2) for text in numbers)]


def _widths(table):
    return [22 if len(table.columns) > NARROW else 30, *(12 if column.money else 8 for column in table.columns)]


def register():
    """Add the outputs "month_report_xlsx" and "month_report_pdf" (report, tables, place, home → bytes). Safe to call again."""
    outputs.add("month_report_xlsx", write_xlsx)
    outputs.add("month_report_pdf", print_pdf)
