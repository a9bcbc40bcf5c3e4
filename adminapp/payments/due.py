"""What an award is due in a batch: the period of the batch, and earlier periods that became due only later.

A period is a month, or the first month of a quarter; its amount is what the spells give for all its months. What was
paid for a period before is taken off, so a rise decided backwards yields the difference and nothing is paid twice.

A list pays what was known at its cut-off day, and never more than is known when it is frozen: a raise decided since
waits for the next list, an end or a cut decided since counts at once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from adminapp import awards, dates

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
    basis: tuple[dict, ...] = ()
    """``{month, amount, key, decision}`` of each month: the entry and the decision that say so."""
    before: int = 0
    """Fen of the period that other batches pay; `amount` is what `basis` adds up to less that."""


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


def months_of(award: dict, period: str) -> list[str]:
    """Return the months of a period."""
    return dates.month_range(period, dates.add_months(period, (QUARTER if award["cycle"] == "quarter" else 1) - 1))


def at_cutoff(award: dict, known: str | datetime | None) -> dict:
    """Return the award as it was known at the cut-off: at the end of an ISO day, at a moment, or as it is for None."""
    later = [entry for entry in award["entries"] if entry["on" if isinstance(known, str) else "at"] > known] if known else []
    return awards.as_known(award, known) if later else award  # nearly all awards are as they were


def basis_of(award: dict, then: dict, period: str) -> list[dict]:
    """Return ``{month, amount, key, decision}`` of each month of a period in which something is due, fen above 0.

    `then` is the award as it was known at the cut-off; what is less by now is less.
    """
    found = []
    for month in months_of(award, period):
        spells = [spell for spell in (awards.spell_in(then, month), awards.spell_in(award, month)) if spell]
        spell = min(spells, key=lambda each: each["amount"]) if len(spells) == 2 else None
        if spell and spell["amount"]:
            found.append({"month": month, "amount": spell["amount"], "key": spell["key"], "decision": spell.get("decision", "")})
    return found


def periods(award: dict, month: str, runs: Mapping[str, str], unpaid: Iterable[str] = ()) -> list[str]:
    """Return the periods to look at for a batch of `month`: its own first, then earlier ones, oldest first.

    Earlier ones are those a spell was entered too late for, as long as the program paid this type then (`runs`: the cut-off
    day of each month's list; months before were paid elsewhere), and `unpaid`: periods that were held or came back.
    """
    own = period_of(award, month)
    late = {period for period in unpaid if period < own}
    for spell in award["spells"]:
        last = min(dates.add_months(month, -1), spell["to"] or month)
        # The day itself counts too: a list made in the middle of it did not see all that was decided then.
        late |= {period_of(award, each) for each, day in runs.items() if spell["from"] <= each <= last and day <= spell["on"]}
    return [own, *sorted(late - {own})]


def due(award: dict, period: str, month: str, paid: tuple[int, int], then: dict | None = None) -> Due | Overpaid | None:
    """Return what a batch of `month` owes for a period; `paid` is (fen, number of lines) of other batches.

    `then` is the award at the cut-off (`at_cutoff`), None when everything that is known counts.
    """
    basis = basis_of(award, then or award, period)
    before, serial = paid
    rest = sum(item["amount"] for item in basis) - before
    if rest < 0:
        return Overpaid(period, -rest)
    if rest == 0:
        return None
    return Due(period, len(basis), rest, bool(serial) or period != period_of(award, month), serial, tuple(basis), before)
