"""Columns of a spreadsheet: what a cell holds decides how it is written, in every format alike."""

from dataclasses import dataclass
from datetime import date, datetime

from adminapp import dates
from adminapp.errors import Invalid
from adminapp.money import format_yuan, plain_yuan


class Kind:
    """Text, and the base of the other kinds: ID and account numbers are text, so no digit of them is ever lost."""

    width = 16
    number_format = "@"
    is_number = False

    def check(self, value):
        """Return the value as it may be written; raise TypeError for one of another kind."""
        return value if isinstance(value, str) else str(value)

    def number(self, value) -> str | None:
        """Return the number a spreadsheet cell holds, as digits; None when the cell is text."""
        return None

    def text(self, value) -> str:
        """Return the value as written in a text file."""
        return value


class Money(Kind):
    """Whole fen (分), written as yuan with two decimals."""

    width = 14
    number_format = "#,##0.00"
    is_number = True

    def check(self, value):
        if type(value) is not int:  # neither float nor bool: an amount that is not whole fen was computed wrongly
            raise TypeError(f"money is whole fen, not {value!r}")
        return value

    def number(self, value):
        return plain_yuan(value)

    def text(self, value):
        return plain_yuan(value)


class Integer(Money):
    """A whole number."""

    width = 8
    number_format = "0"

    def number(self, value):
        return str(value)

    def text(self, value):
        return str(value)


class Date(Kind):
    """A date; an aware moment is written as its date in China."""

    width = 12
    number_format = "yyyy-mm-dd"

    def check(self, value):
        if isinstance(value, datetime):
            return dates.day_of(value)
        if not isinstance(value, date):
            raise TypeError(f"a date is a date, not {value!r}")
        return value

    def number(self, value):
        # Spreadsheets count days from 1899-12-30 and take 1900 for a leap year; older days (births) stay text.
        return str(value.toordinal() - 693594) if value >= date(1900, 3, 1) else None

    def text(self, value):
        return value.isoformat()


class Month(Kind):
    """A month, "2026-09". Text, because spreadsheets would make it the first day of the month."""

    width = 10


KINDS: dict[str, Kind] = {"text": Kind(), "money": Money(), "integer": Integer(), "date": Date(), "month": Month()}


@dataclass(frozen=True)
class Column:
    """One column: `key` of the value in a row, `title` on top, `kind` a key of KINDS, `width` in Latin characters.

    A row without the key, or with None there, gives an empty cell.
    """

    key: str
    title: str
    kind: str = "text"
    width: float | None = None

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(f"column {self.key}: unknown kind {self.kind!r}; known: {', '.join(KINDS)}")

    @property
    def rule(self) -> Kind:
        """The kind's rules."""
        return KINDS[self.kind]

    def value(self, row: dict):
        """Return the checked value of the row, None when it has none. Raise TypeError naming the column."""
        value = row.get(self.key)
        if value is None or value == "":
            return None
        try:
            return self.rule.check(value)
        except TypeError as error:
            raise TypeError(f"column {self.key} ({self.title}): {error}") from error


class Totals:
    """The totals row: adds up while rows are written, and compares with the control totals given."""

    LABEL = "合计"

    def __init__(self, columns, given: dict | None):
        self.columns = columns
        self.given = given
        self.sums = {column.key: 0 for column in columns if column.rule.is_number and column.key in (given or {})}

    def add(self, row: dict) -> None:
        """Add the numbers of a row."""
        for key in self.sums:
            self.sums[key] += row.get(key) or 0

    def row(self) -> dict:
        """Return the totals row, labelled in its first free text column.

        A number given as None takes the sum of the rows; one given must equal it, else Invalid: a list whose
        total is not the sum of its lines must not leave the office.
        """
        row = dict(self.given)
        for column in self.columns:
            if column.key in self.sums:
                summed = self.sums[column.key]
                if row[column.key] not in (None, summed):
                    shown = format_yuan if column.kind == "money" else str
                    raise Invalid(
                        f"{column.title}：合计应为 {shown(row[column.key])}，明细相加为 {shown(summed)}，没有导出。"
                    )
                row[column.key] = summed
        for column in self.columns:
            if not column.rule.is_number and column.kind == "text" and row.get(column.key) is None:
                row[column.key] = self.LABEL
                break
        return row
