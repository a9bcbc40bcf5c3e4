"""Warnings (预警): what looks wrong over all cases, awards, payments and accounts, found by rules and kept as a list.

A rule finds, the sweep keeps what it found (`warnings`), people look at each and dismiss what is in order, for a time.
"""

from adminapp.warnings.rules import RULES, Finding, Rule, register

__all__ = ["RULES", "Finding", "Rule", "register"]
