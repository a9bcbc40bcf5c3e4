"""What matches do to payments: an award of somebody found on a list that stops is held from the month after, with its reason."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from adminapp import database, dates
from adminapp.awards.spells import spell_in
from adminapp.matching import store
from adminapp.matching.lists import CONFIRMED, DEATH, FOUND, match_lists


class Holds:
    """The matches of many awards, read at once."""

    def __init__(self, award_ids: Iterable):
        query = {"case": {"$in": list(award_ids)}, "state": {"$in": [*store.RUNNING, store.SETTLED]}}
        self._found = defaultdict(list)
        for row in database.raw(store.COLLECTION).find(query, {"detail": 0, "history": 0}, sort=[("_id", 1)]):
            self._found[row["case"]].append(row)

    def reasons(self, award: dict, month: str) -> Iterable[str]:
        """Yield why the award is held for a month. Who is not counted in the award that month holds nothing."""
        found = self._found.get(award["_id"])
        spell = spell_in(award, month) if found else None
        for row in found if spell else ():
            if row["leads"] and row["key"] in (spell.get("people") or award["people"]) and counts_in(row, month):
                kind = match_lists().get(row["list"])
                if kind and (sentence := _reason(kind, row)):
                    yield sentence


def counts_in(row: dict, month: str) -> bool:
    """Tell whether what a list says holds for a month: from the month after its day to the month before its end."""
    begun = dates.month_of(date.fromisoformat(row["on"])) < month
    return begun and (not row["until"] or month < dates.month_of(date.fromisoformat(row["until"])))


def _reason(kind, row):
    told = f"外部数据比对命中{kind.label}名单（{row['on']}）"
    if row["state"] in store.WAITING and kind.holds == FOUND:
        return f"{told}，核实前暂缓"
    true = row["state"] == store.CONFIRMED or (row["state"] == store.SETTLED and row["decided"] and row["decided"]["real"])
    # An end that came late leaves months of before that are not to be paid either.
    if true and kind.holds in (FOUND, CONFIRMED) and kind.records != DEATH:  # a recorded death says so itself
        return f"{told}，已核实属实。{kind.todo}"
    return None
