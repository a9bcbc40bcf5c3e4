"""The one evaluator: conditions, required-when, computed fields, validation, eligibility and amount.

A formula is a plain expression over field ids, such as ``total(members, income) / count(members) < standard("dibao.urban")``.
Money is integer fen; division is exact (fractions), rounding happens once and by name. There are no attributes,
no loops, no strings longer than a label and no function outside ``functions.FUNCTIONS``.
"""

from adminapp.formula.evaluator import Evaluator, Trace
from adminapp.formula.language import Formula, FormulaError, parse
from adminapp.formula.types import check_types

__all__ = ["Evaluator", "Formula", "FormulaError", "Trace", "check_types", "parse"]
