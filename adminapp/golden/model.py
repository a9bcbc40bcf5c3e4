"""The shape of a file of golden cases. Field order is the order in the file, defaults are left out (declaration/reader.py)."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What must come out. `fails` are the ids of exactly the conditions that are not met, `form` the fields at which the
    form complains; `terms` are yuan by id, of those worth stating. Amounts are yuan as text, two decimals.
    """

    eligible: bool
    fails: tuple[str, ...] = ()
    amount: str = ""
    terms: dict = field(default_factory=dict)
    confirm_by: Literal["township", "county", ""] = ""
    form: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Example:
    """One golden case, decided on the day `on` with the standards of that day.

    `values` are texts by field id as an import would have them, tables lists of rows; an ID number may be a birth date,
    ``1970-01-01``, or ``1970-01-01 女 2`` for the second woman born that day. `awards` are what the applicant receives
    elsewhere, yuan a month by programme, `household` what the others of the household hold; `facts` are the names that
    every case gives besides its fields (urban, objected, applied_on …). `adjusted` is the amount, yuan, that a person
    sets in place of the computed one: who confirms depends on it.
    """

    id: str
    name: str
    clause: str = ""
    on: date
    values: dict
    awards: dict = field(default_factory=dict)
    household: tuple[str, ...] = ()
    facts: dict = field(default_factory=dict)
    adjusted: str = ""
    expect: Expected


@dataclass(frozen=True, kw_only=True)
class GoldenFile:
    """The golden cases of one type."""

    key: str
    cases: tuple[Example, ...]
