"""The ledger of an award: what was owed and paid by period, what was paid too much, and how that comes back.

    account     owed, paid and their difference, derived from spells and lines: nothing of it is stored
    recovery    what was paid too much and how it comes back: one document an award
    steps       what people do with it: agreement, deposit, write-off
    setoff      what a list keeps back by agreement
    joining     the hooks by which lists, awards and work lists know of it
"""

from adminapp.ledger.account import Account, Period, of, of_many

__all__ = ["Account", "Period", "of", "of_many"]
