"""The pilot's evaluation on paper: the headline figures, the charts, the tables of the screen; figures only, no person."""

from pathlib import Path

from adminapp.evaluation.plan import plan
from adminapp.evaluation.tables import Evaluation, Table, percent
from adminapp.outputs import outputs

WIDE = 8
"""Columns up to which figures are printed at full size."""
FULL = 8.5


def print_pdf(title: str, notes: list[str], headlines: list[tuple], found: Evaluation, home: Path) -> bytes:
    """Return the paper. `headlines` are (measure, share, share of the county). Raise FontsNotReady, Invalid for a character without face."""
    from exports.bars import Bars  # reportlab: only for who prints
    from exports.paper import Sheet

    tables = [*found.tables, *(chart.table for chart in found.charts if chart.table and chart.table.key == "steps")]
    paper = Sheet(home, title, title, wide=True)
    paper.add(paper.text(title, 18, "hei", 1))
    paper.paragraph("　".join(notes))
    if headlines:
        told = [[measure.headline, percent(share) or "—", percent(county) or "—"] for measure, share, county in headlines]
        paper.grid([["指标", "本评估", "全县"], *told], [30, 14, 14], head=1)
    for chart in found.charts:
        bars = Bars(paper, [(bar.label, bar.value, bar.text) for bar in chart.bars], chart.top)
        paper.add(bars.keep())
        paper.heading(chart.title)
        paper.paragraph(chart.hint, 8.5)
        paper.add(bars)
    for table in tables:
        _grid(paper, table)
    return paper.bytes()


def _grid(paper, table: Table):
    paper.heading(table.title)
    if table.hint:
        paper.paragraph(table.hint, 8.5)
    size = FULL if len(table.columns) <= WIDE else 7
    rows = [[row.label, *(paper.text(_narrow(cell.text) if size < FULL else cell.text, size, align=2) for cell in row.cells)] for row in table.rows]
    paper.grid([[table.head, *table.columns], *rows], [16, *([10] * len(table.columns))], head=1, size=size)


def _narrow(text):
    """Put the share of a number under it."""
    return text.replace("（", "\n").removesuffix("）")


def register():
    """Add the output "evaluation_pdf" (title, notes, headlines, evaluation, home → bytes). Safe to call again.

    Reads the file of measures, so that a mistake in it shows at start.
    """
    plan()
    outputs.add("evaluation_pdf", print_pdf)
