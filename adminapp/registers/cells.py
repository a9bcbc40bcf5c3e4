"""What stands in a cell of a register: the plain value for a workbook, masked for the reader; one for each kind of column."""

from datetime import date, datetime

from adminapp import dates, disclosure, divisions, sealing
from adminapp.registers.model import Column, Register
from adminapp.scope import Actor

HIDDEN = "******"
"""For a sealed value in a column that does not say what it is sealed for."""
MASKED = ("id_number", "phone", "person_name")
"""Kinds of columns that are kinds of fields too, and masked like them."""


def read(row: dict, path: str):
    """Return what stands at a path; of a list, the list of what stands in each element."""
    value = row
    for name in path.split("."):
        if isinstance(value, list):
            value = [each.get(name) for each in value if isinstance(each, dict)]
        else:
            value = value.get(name) if isinstance(value, dict) else None
    return value


class Reader:
    """Reads the cells of one register for one reader. `place` is LIST or PRINT (adminapp/disclosure.py)."""

    def __init__(self, register: Register, types: dict, actor: Actor, place: str = disclosure.LIST):
        self.register, self.types, self.actor, self.place = register, types, actor, place
        self.labels = {column.key: column.labels(types) for column in register.columns if column.kind == "code"}

    def values(self, row: dict) -> dict:
        """Return {column key: value}: whole numbers (money in fen), dates, and texts. Blank is None or ""."""
        return {column.key: self.value(row, column) for column in self.register.columns}

    def value(self, row: dict, column: Column):
        value = read(row, column.path)
        if column.kind == "count":
            return len(value or ())
        if column.is_number:
            return int(value) if isinstance(value, int) else None  # MongoDB gives long numbers of a class of their own
        if isinstance(value, list):
            return "、".join(dict.fromkeys(filter(None, (self._text(each, column) for each in value))))
        return self._text(value, column)

    def _text(self, value, column):
        if value is None or value == "":
            return ""
        if column.kind == "code":
            return self.labels[column.key].get(value, str(value))
        if column.kind in PLAIN:
            return PLAIN[column.kind](value)
        if column.kind == "type":
            return self.types[value].relief_type.name if value in self.types else str(value)
        if sealing.is_sealed(value):
            value = sealing.unseal(value, column.sealed) if column.sealed else HIDDEN
        if column.kind in MASKED or column.disclosure:
            return disclosure.text(str(value), column, self.actor, self.place)
        return str(value)


def _day(value):
    if isinstance(value, datetime):
        return dates.day_of(value)
    return value if isinstance(value, date) else date.fromisoformat(value)


PLAIN = {
    "day": _day,
    "moment": _day,
    "township": divisions.name_of,
    "village": divisions.name_of,
    "yes_no": lambda value: "是" if value else "否",
}
