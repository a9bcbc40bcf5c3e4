"""Which awards may stand beside each other (待遇叠加): one matrix of dated rules, one judgement, three places that ask."""

from adminapp.conflicts.findings import Beside, Finding, among_programmes, deducted, of_case, on_list
from adminapp.conflicts.matrix import RULES, Matrix, Rule, matrix

__all__ = ["RULES", "Beside", "Finding", "Matrix", "Rule", "among_programmes", "deducted", "matrix", "of_case", "on_list"]
