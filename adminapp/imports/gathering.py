"""Rows of sheets become households: each with plain values by field id, its rows of tables, and faults at their cells.

Sheets are joined by the household's number (户号), or by the applicant's ID number where the sheet of persons gives that.
A blank number goes on with the household above, as merged cells leave it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from adminapp.errors import Invalid
from adminapp.imports.columns import KEY, VILLAGE, Target
from adminapp.imports.guessing import EXAMPLE
from adminapp.imports.places import Places
from adminapp.tabular import Table, read_cell
from adminapp.text import narrow


@dataclass(frozen=True)
class Fault:
    """What is wrong, at a cell: `row` from 0 as in the sheet, `place` from 0, -1 for the row as a whole."""

    sheet: str
    row: int
    place: int
    text: str


@dataclass
class TableRow:
    sheet: str
    row: int
    values: dict


@dataclass
class Household:
    """One case of the file. `n` counts from 1, the same each time the file is read; `cells` says where each value stood."""

    n: int
    key: str
    sheet: str
    row: int
    values: dict = field(default_factory=dict)
    own: dict = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    tables: dict[str, list[TableRow]] = field(default_factory=dict)
    cells: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    places: dict[tuple[str, str], int] = field(default_factory=dict, repr=False)
    """(sheet, target) → place, of the whole file."""

    def refuse(self, key: str, text: str):
        """Add a fault at the cell of a target, or at the row when the file has no such column."""
        sheet, row, place = self.cells.get(key, (self.sheet, self.row, -1))
        self.faults.append(Fault(sheet, row, place, text.rstrip("。")))

    def all_values(self) -> dict:
        """Return plain values by field id, rows of tables as dicts."""
        return {**self.values, **{key: [row.values for row in rows] for key, rows in self.tables.items()}}

    def lines(self) -> set[tuple[str, int]]:
        """Return every row of the file that belongs to the household, as (sheet, row)."""
        rows = {(row.sheet, row.row) for rows in self.tables.values() for row in rows}
        return rows | {(sheet, row) for sheet, row, _place in self.cells.values()} | {(self.sheet, self.row)}


def gather(sheets: dict[str, Table], plans: list[dict], targets: dict[str, Target], places: Places) -> list[Household]:
    """Return the households of a file in the order of their first rows."""
    return _Gatherer(targets, places).all(sheets, plans)


class _Gatherer:
    def __init__(self, targets, places):
        self.targets, self.places = targets, places
        self.found: list[Household] = []
        self.by_key: dict[str, Household] = {}

    def all(self, sheets, plans):
        plans = [plan for plan in plans if plan["places"] and plan["name"] in sheets]
        self.columns = {(plan["name"], target): int(place) for plan in plans for place, target in plan["places"].items()}
        for plan in plans:
            if self._has_cases(plan):
                for number, cells in _rows(sheets[plan["name"]], plan):
                    self._case_row(plan, number, cells)
        for plan in plans:
            if not self._has_cases(plan):
                self.last = None
                for number, cells in _rows(sheets[plan["name"]], plan):
                    self._table_row(plan, number, cells)
        return self.found

    def _has_cases(self, plan):
        return any(key != KEY and self.targets[key].table is None for key in plan["places"].values())

    def _case_row(self, plan, number, cells):
        texts = _texts(plan, cells)
        mine = {key: text for key, text in texts.items() if self.targets[key].table is None}
        beside = {key: text for key, text in texts.items() if key not in mine}
        key = _key(mine.pop(KEY, ""))
        if key == EXAMPLE:
            return
        household = self.by_key.get(key) if key else None
        if household is None and not any(mine.values()) and any(beside.values()) and self.found:
            household = self.found[-1]
        elif household is not None and any(mine.values()) and not self._repeats(household, mine):
            household = self._begin(plan, number, key)
            household.refuse(KEY, f"户号“{key}”在第 {self.by_key[key].row + 1} 行已经有了")
        if household is None:
            household = self._begin(plan, number, key)
        if household.row == number and household.sheet == plan["name"]:
            self._fill(household, plan, number, mine)
        self._rows_beside(household, plan, number, beside)

    def _repeats(self, household, mine):
        """Tell whether a further row of a household says nothing else than its first."""
        return all(not text or household.texts.get(key) == text for key, text in mine.items())

    def _begin(self, plan, number, key):
        household = Household(len(self.found) + 1, key, plan["name"], number, places=self.columns)
        household.cells = {target: (plan["name"], number, int(place)) for place, target in plan["places"].items() if self.targets[target].table is None}
        self.found.append(household)
        if key:
            self.by_key.setdefault(key, household)
        return household

    def _fill(self, household, plan, number, texts):
        household.texts = texts
        for key, text in texts.items():
            try:
                value = self.places.read(texts) if key == VILLAGE else read_cell(self.targets[key].field, text)
            except Invalid as error:
                household.refuse(key, str(error))
                continue
            (household.own if key.startswith("_") else household.values)[key] = value
        number = household.values.get("applicant_id")
        if number:
            self.by_key.setdefault(number, household)

    def _rows_beside(self, household, plan, number, texts):
        grouped = {}
        for key, text in texts.items():
            if text:
                table, _dot, column = key.partition(".")
                grouped.setdefault(table, {})[column] = text
        for table, columns in grouped.items():
            self._add_row(household, plan, number, table, columns)

    def _table_row(self, plan, number, cells):
        texts = _texts(plan, cells)
        key = _key(texts.pop(KEY, ""))
        if key == EXAMPLE or not any(texts.values()):
            return
        household = self.by_key.get(key) if key else self.last
        if household is None:
            household = self._begin(plan, number, "")
            shown = f"找不到户号为“{key[:30]}”的户" if key else "没有填户号，不知道属于哪一户"
            place = next((int(place) for place, target in plan["places"].items() if target == KEY), -1)
            household.faults.append(Fault(plan["name"], number, place, shown))
            return
        self.last = household
        table = next(iter(texts)).partition(".")[0]
        self._add_row(household, plan, number, table, {name.partition(".")[2]: text for name, text in texts.items()})

    def _add_row(self, household, plan, number, table, columns):
        places = {target: int(place) for place, target in plan["places"].items()}
        values = {}
        for column, text in columns.items():
            target = self.targets[f"{table}.{column}"]
            try:
                values[column] = read_cell(target.field, text)
            except Invalid as error:
                household.faults.append(Fault(plan["name"], number, places[target.key], str(error).rstrip("。")))
        rows = household.tables.setdefault(table, [])
        most = self.targets[f"{table}.{next(iter(columns))}"].table.max_rows or MAX_ROWS
        if len(rows) == most:
            household.faults.append(Fault(plan["name"], number, -1, f"一户最多 {most} 行"))
        rows.append(TableRow(plan["name"], number, values))


MAX_ROWS = 30


def _key(text):
    return narrow(text).strip().upper()


def _rows(table, plan) -> Iterator[tuple[int, list[str]]]:
    for number in range(plan["header"] + 1, len(table.rows)):
        if any(table.rows[number]):
            yield number, table.rows[number]


def _texts(plan, cells):
    return {key: cells[int(place)] if int(place) < len(cells) else "" for place, key in plan["places"].items()}
