"""Runs formulas over one case and records what they used, for the form, import, API, decision and simulation alike."""

from dataclasses import dataclass, field
from datetime import date

from adminapp import dates
from adminapp.formula.calls import MissingValue
from adminapp.formula.language import Formula, parse

__all__ = ["Evaluator", "MissingValue", "NoAwards", "Trace"]


@dataclass
class Trace:
    """What one evaluation read: names with values, standards with their entries, awards asked for."""

    names: dict = field(default_factory=dict)
    standards: dict = field(default_factory=dict)
    awards: dict = field(default_factory=dict)


class NoAwards:
    """The answer of a register without awards: used for forms and golden cases that state none."""

    def holds(self, programme):
        return False

    household_holds = holds

    def monthly(self, programme):
        return 0


class Evaluator:
    """Evaluates formulas for one case on one day.

    `values` maps names to plain values: fen, int, Fraction, text, date, bool, list of codes, list of row mappings.
    Blank money and numbers count as 0 and blank texts as "", as on a paper form; a blank date raises MissingValue
    when something is computed from it. `standards` is a `Standards` table, `awards` answers holds/household_holds/monthly.
    """

    def __init__(self, values: dict, *, standards=None, on: date | None = None, awards=None):
        self.on = on or dates.today()
        self.standards, self.awards = standards, awards or NoAwards()
        self.trace = Trace()
        self.values, self.row = values, None

    def run(self, formula: Formula | str):
        """Return the formula's value; raise MissingValue when the case lacks what it needs."""
        formula = parse(formula) if isinstance(formula, str) else formula
        try:
            return formula.code(self)
        except TypeError as error:
            raise MissingValue("有一项日期或内容还没有填写，无法计算") from error

    def traced(self, formula):
        """Return (value, Trace of this formula alone)."""
        outer, self.trace = self.trace, Trace()
        try:
            return self.run(formula), self.trace
        finally:
            self.trace = outer

    def holds_in_row(self, row, condition: str) -> bool:
        """Return whether a condition holds for one row of a table; a blank condition holds for every row."""
        if not condition:
            return True
        outer, self.row = self.row, row
        try:
            return bool(self.run(condition))
        finally:
            self.row = outer
