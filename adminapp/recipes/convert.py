"""Makes the values of a new version's fields from the stored values of an old one, through the one evaluator."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from adminapp.cases import CaseValues, envelope_values
from adminapp.declaration.reader import read_loosely
from adminapp.errors import Invalid
from adminapp.fields import KINDS
from adminapp.fields.table import RowValues
from adminapp.formula import parse
from adminapp.recipes.model import Turn
from adminapp.stored import StoredCase, StoredRaw


class OldValues(CaseValues):
    """The old version's values as they were stored: what is hidden or retired is there all the same."""

    def visible(self, field):
        return True


@dataclass(frozen=True)
class Turned:
    """One value that was made: of `turn`, in row `row` of a table (None for a plain field), or the sentence why not."""

    turn: Turn
    row: int | None
    before: object
    value: object = None
    problem: str = ""


class Conversion:
    """The turns of one recipe for one new version."""

    def __init__(self, turns, relief_type):
        self.turns, self.relief_type = tuple(turns), relief_type

    @classmethod
    def of(cls, turns, relief_type) -> "Conversion":
        """Return the conversion of turns given as objects or plain mappings."""
        return cls([turn if isinstance(turn, Turn) else _turn(turn) for turn in turns], relief_type)

    def turn(self, row: dict, old, **context) -> list[Turned]:
        """Return what every turn makes of a raw case document that stands under the type `old`."""
        if not self.turns:
            return []
        values = OldValues(old, StoredRaw(row, old), envelope_values(StoredCase(row)), **context)
        return [made for turn in self.turns for made in self._one(turn, values, old)]

    def replaced(self, row: dict, old, **context) -> dict:
        """Return plain values by field id as the new version sees them; raise Invalid naming what cannot be made."""
        turned = self.turn(row, old, **context)
        problems = [made.problem for made in turned if made.problem]
        if problems:
            raise Invalid(problems)
        return plain_values(turned, row, self.relief_type)

    def _one(self, turn, values, old):
        table, _, column = turn.to.rpartition(".")
        if not table:
            yield self._make(turn, self.relief_type.fields[turn.to], None, values, old.fields, values.raw)
            return
        target = self.relief_type.fields[table].column_ids[column]
        columns = old.fields[table].column_ids
        shown = {key: (item, KINDS[item.kind]) for key, item in columns.items()}
        for number, stored in enumerate(values.raw.get(table) or ()):
            values.evaluator.row = RowValues(stored, shown)
            try:
                yield self._make(turn, target, number, values, columns, stored)
            finally:
                values.evaluator.row = None

    def _make(self, turn, target, number, values, fields, raw):
        sources = [name.rpartition(".")[2] for name in turn.sources]
        before = tuple(raw.get(name) for name in sources)
        try:
            made = _mapped(turn, fields[sources[0]], before[0]) if turn.map else values.evaluator.run(parse(turn.formula))
            return Turned(turn, number, before, storable(made, target))
        except Invalid as error:
            return Turned(turn, number, before, problem=f"“{target.label}”：{error}")


def _turn(mapping):
    found, problems = read_loosely(mapping, Turn)
    if problems:
        raise Invalid([str(problem) for problem in problems])
    return found


def _mapped(turn, field, value):
    """Return the new codes as text; each code of a multi-choice is mapped by itself."""
    kind = KINDS[field.kind]
    codes = [code for code in kind.written(value, field).split("、") if code]
    return "、".join(filter(None, (_code(turn, kind, field, code) for code in codes)))


def _code(turn, kind, field, code):
    if code in turn.map:
        return str(turn.map[code] or "")
    if turn.rest == "stop":
        raise Invalid(f"“{dict(kind.filter_choices(field)).get(code, code)}”没有写明转换成什么")
    return code if turn.rest == "keep" else ""


def storable(value, field):
    """Return a formula's value as the field holds it; the field's own reader has the last word. Raise Invalid."""
    if value is None or value == "" or value == ():
        return None
    return KINDS[field.kind].parse(_text(value, KINDS[field.kind].formula_type), field)


def _text(value, formula_type):
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return "、".join(value)
    if isinstance(value, (int, Fraction)):
        return _decimal(Fraction(value, 100) if formula_type == "money" else Fraction(value))
    return str(value)


def _decimal(value: Fraction) -> str:
    """Return a number as text; one that never ends is refused, since nothing may be rounded in passing."""
    places = 0
    while value.denominator != 1:
        value, places = value * 10, places + 1
        if places > 6:
            raise Invalid("算出的数除不尽，请在公式里取整")
    digits = str(abs(value.numerator)).rjust(places + 1, "0")
    return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}" if places else f"{'-' if value < 0 else ''}{digits}"


def plain_values(turned: list[Turned], row: dict, relief_type) -> dict:
    """Return plain values by field id: of a table all its rows, the new columns beside what was there."""
    values = {}
    for made in turned:
        table, _, column = made.turn.to.rpartition(".")
        if not table:
            values[made.turn.to] = made.value
            continue
        if table not in values:
            field = relief_type.fields[table]
            values[table] = [MixedRow(stored) for stored in KINDS[field.kind].from_store(row.get(field.stored) or [], field)]
        values[table][made.row].made[column] = made.value
    return values


class MixedRow(Mapping):
    """A stored row with new columns in front of it."""

    def __init__(self, stored):
        self.stored, self.made = stored, {}

    def __getitem__(self, name):
        return self.made[name] if name in self.made else self.stored[name]

    def __iter__(self):
        return iter({**dict.fromkeys(self.stored), **self.made})

    def __len__(self):
        return len({*self.stored, *self.made})
