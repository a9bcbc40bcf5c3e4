"""What an award owed and what was paid for it, by period. Derived from spells and payment lines whenever it is asked for.

A period is owed once the program ran a list for it (`runs`): months before were paid elsewhere, months after are to come.
For every award, always: balance = owed − paid = arrears − overpaid + taken back.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from adminapp import awards, database
from adminapp.payments import batches, lines
from adminapp.payments.due import months_of, period_of


@dataclass
class Period:
    """One period: `due` is what the spells give, `paid` what reached the payee for it, `adjusted` what a person corrected
    by hand, `taken` what was set off in its list. Fen; `lines` are the payment lines behind it."""

    period: str
    due: int = 0
    paid: int = 0
    adjusted: int = 0
    taken: int = 0
    lines: list = field(default_factory=list)

    @property
    def arrears(self) -> int:
        return max(0, self.due - self.paid)

    @property
    def overpaid(self) -> int:
        return max(0, self.paid - self.due)


@dataclass
class Account:
    """The periods of one award, newest first."""

    periods: list[Period]

    @property
    def owed(self) -> int:
        return sum(item.due + item.adjusted for item in self.periods)

    @property
    def paid(self) -> int:
        """Return what the household got and kept: a set-off was kept back."""
        return sum(item.paid + item.adjusted - item.taken for item in self.periods)

    @property
    def balance(self) -> int:
        return self.owed - self.paid

    @property
    def arrears(self) -> int:
        """Return what the next lists pay."""
        return sum(item.arrears for item in self.periods)

    @property
    def overpaid(self) -> int:
        return sum(item.overpaid for item in self.periods)

    @property
    def taken(self) -> int:
        return sum(item.taken for item in self.periods)


def of(award: dict) -> Account:
    return of_many([award])[award["_id"]]


def of_many(found: Iterable[dict]) -> dict:
    """Return {award id: Account} with one query for the lines and one a type for its lists."""
    found = list(found)
    paid = _paid([award["_id"] for award in found])
    runs = {key: runs_of(key) for key in {award["type"] for award in found}}
    return {award["_id"]: _account(award, runs[award["type"]], paid.get(award["_id"], [])) for award in found}


def runs_of(type_key: str) -> list[str]:
    """Return the months for which the program has a list of a type, drafts included: what is in none is not owed yet."""
    query = {"types": type_key, "state": {"$nin": [batches.BUILDING, batches.ABORTED]}}
    return batches.collection().distinct("month", query)


def _paid(ids):
    wanted = {"award": {"$in": ids}, "state": {"$in": [*lines.TO_PAY, lines.HELD]}}
    found: dict = {}
    for line in database.raw(lines.COLLECTION).find(wanted, lines.SUMMED | {"batch": 1, "hold": 1, "reason": 1}, sort=[("period", 1), ("_id", 1)]):
        found.setdefault(line["award"], []).append(line)
    return found


def _account(award, runs, paid):
    periods = {key: Period(key, _due(award, key)) for key in {period_of(award, month) for month in runs}}
    for line in paid:
        item = periods.setdefault(line["period"], Period(line["period"], _due(award, line["period"])))
        item.lines.append(line)
        if line["kind"] == lines.ADJUST:
            item.adjusted += lines.settled(line)
        elif line["kind"] == lines.SETOFF:
            item.taken -= lines.settled(line)
        else:
            item.paid += lines.settled(line)
    kept = (item for item in periods.values() if item.due or item.lines)
    return Account(sorted(kept, key=lambda item: item.period, reverse=True))


def _due(award, period):
    return sum(awards.amount_in(award, month) for month in months_of(award, period))
