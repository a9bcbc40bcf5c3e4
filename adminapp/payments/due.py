"""What an award is due in a batch: the period of the batch, and earlier periods that became due only later.

A period is a month, or the first month of a quarter; its amount is what the spells give for all its months. What was
paid for a period before is taken off, so a rise decided backwards yields the difference and nothing is paid twice.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from adminapp import dates
from adminapp.awards import amount_in

QUARTER = 3  # months


@dataclass(frozen=True)
class Due:
    """One amount: `period` is the first month it is for, `months` how many it covers, `amount` fen, never 0 or less."""

    period: str
    months: int
    amount: int
    late: bool
    """An earlier period than the batch's own, or the rest of one."""
    serial: int
    """How many lines there were for this period before."""


@dataclass(frozen=True)
class Overpaid:
    """More was paid for a period than is due by now: for people to recover or set off, never done silently."""

    period: str
    amount: int


def period_of(award: dict, month: str) -> str:
    """Return the period a month belongs to under the award's cycle."""
    if award["cycle"] != "quarter":
        return month
    return f"{month[:4]}-{(int(month[5:]) - 1) // QUARTER * QUARTER + 1:02d}"


def amounts_of(award: dict, period: str) -> list[int]:
    """Return the fen of each month of a period in which something is due."""
    length = QUARTER if award["cycle"] == "quarter" else 1
    months = dates.month_range(period, dates.add_months(period, length - 1))
    return [amount for amount in (amount_in(award, month) for month in months) if amount]


def periods(award: dict, month: str, runs: Collection[str], unpaid: Iterable[str] = ()) -> list[str]:
    """Return the periods to look at for a batch of `month`: its own first, then earlier ones, oldest first.

    Earlier ones are those a spell was entered too late for, as long as the program paid this type then (`runs`: months
    before were paid elsewhere), and `unpaid`: periods that were held or came back from the bank.
    """
    own = period_of(award, month)
    late = {period for period in unpaid if period < own}
    for spell in award["spells"]:
        entered = spell["on"][:7]
        if entered < spell["from"]:
            continue
        last = min(entered, dates.add_months(month, -1), spell["to"] or month)
        late |= {period_of(award, each) for each in runs if spell["from"] <= each <= last}
    return [own, *sorted(late - {own})]


def due(award: dict, period: str, month: str, paid: tuple[int, int]) -> Due | Overpaid | None:
    """Return what a batch of `month` owes for a period; `paid` is (fen, number of lines) of other batches."""
    amounts = amounts_of(award, period)
    before, serial = paid
    rest = sum(amounts) - before
    if rest < 0:
        return Overpaid(period, -rest)
    if rest == 0:
        return None
    return Due(period, len(amounts), rest, bool(serial) or period != period_of(award, month), serial)
