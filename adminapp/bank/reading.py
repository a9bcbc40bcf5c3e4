"""Reads a file in a form: rows of values and the total line, every fault with the number of its row."""

from dataclasses import dataclass, field

from adminapp.bank import layouts
from adminapp.bank.cells import CELLS, Problem
from adminapp.errors import Invalid


@dataclass
class Parsed:
    """`rows` are ``{source: value, "row": line number from 1}``; amounts in fen. A row with a fault is not among them."""

    rows: list[dict] = field(default_factory=list)
    total: dict = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    count: int = 0
    """Rows of the file, bad ones too."""


def parse(form, content: bytes) -> Parsed:
    """Return what stands in the file, as far as it can be read. Raise Invalid when it is no file of this form at all."""
    lines = layouts.split(form, content)
    if form.header and not lines:
        raise Invalid("文件是空的。")
    if form.header:
        _check_header(form, lines.pop(0))
    found = Parsed()
    if form.total:
        if not lines:
            raise Invalid("文件没有合计行。")
        line = lines.pop(0 if form.total_place == "first" else -1)
        values = _values(form, form.total, line[: len(form.total)] if form.layout == "xlsx" else line, 0, found)
        found.total = values or {}
    found.count = len(lines)
    for number, line in enumerate(lines, 1):
        values = _values(form, form.columns, line, number, found)
        if values is not None:
            found.rows.append(values | {"row": number})
    return found


def read(form, content: bytes) -> tuple[list[dict], dict]:
    """Return (rows, total line) of a file without fault. Raise Invalid with all problems otherwise."""
    found = parse(form, content)
    sums = {"count": found.count, "total": sum(row["amount"] for row in found.rows)}
    if not found.problems and any(found.total.get(key, value) != value for key, value in sums.items()):
        raise Invalid("文件的合计行与明细不符，文件可能不完整。")
    if found.problems:
        raise Invalid([str(problem) for problem in found.problems])
    return [{key: value for key, value in row.items() if key != "row"} for row in found.rows], found.total


def _check_header(form, cells):
    """Refuse a file whose columns stand in another order; titles the bank spells otherwise are no matter."""
    titles = {column.title: place for place, column in enumerate(form.columns)}
    moved = [cell for place, cell in enumerate(cells) if titles.get(cell.strip(), place) != place]
    if moved:
        raise Invalid(f"文件的列“{'”“'.join(moved)}”不在约定的位置，请核对选择的银行格式。")


def _values(form, columns, cells, number, found):
    if form.layout == "xlsx":  # a sheet is as wide as its widest row
        cells = [*cells, *[""] * (len(columns) - len(cells))]
        extra = [cell for cell in cells[len(columns) :] if cell]
        cells = cells[: len(columns)] if not extra else cells
    if len(cells) != len(columns):
        place = "全行" if number else "合计行"
        found.problems.append(Problem(number, place, f"有 {len(cells)} 栏，应为 {len(columns)} 栏"))
        return None
    row, fine = {}, True
    for column, text in zip(columns, cells, strict=True):
        if not column.source:
            continue
        try:
            row[column.source] = CELLS[column.kind].value(text, form) if text or column.required else None
        except ValueError as error:
            found.problems.append(Problem(number, column.title, str(error)))
            fine = False
    return row if fine else None
