"""The report of a quarter (季报): put together from its three months when it is looked at, so it is frozen as soon as they are.

What came and went, and the money, are sums over the months; who receives is as at the end of the last month there is, the
opening as at the beginning of the first.
"""

import hashlib
from collections.abc import Iterable

from adminapp import dates
from adminapp.errors import NotFound
from adminapp.registers import periods
from adminapp.reports import figures, store
from adminapp.reports.rows import CLOSING, MARKS, OPENING, SUSPENDED_NOW, TRAITS

UNITS = (figures.HOUSEHOLDS, figures.PERSONS)


def is_quarter(key: str) -> bool:
    return bool(periods.QUARTER.fullmatch(key))


def months_of(quarter: str) -> list[str]:
    """Return the three months. Raise Invalid."""
    return dates.month_range(*periods.read(quarter))


def before(quarter: str) -> str:
    return periods.quarter_of(dates.add_months(months_of(quarter)[0], -1))


def get(quarter: str, once: Iterable[str]) -> dict:
    """Return the report of a quarter, in the shape of that of a month, with the states of its `months`.

    ``{_id, state, figures, months: [{month, state: "" when it was not worked out}], digest, at}``; `once` are the types that
    are granted once. Raise NotFound when none of the months was worked out.
    """
    months = months_of(quarter)
    found = {report["_id"]: report for report in store.of_months(months)}
    if not found:
        raise NotFound
    states = [{"month": month, "state": found[month]["state"] if month in found else ""} for month in months]
    frozen = all(each["state"] == store.FROZEN for each in states)
    text = "\n".join(found[month].get("digest", "") for month in months) if frozen else ""
    at = max((report["at"] for report in found.values() if report["at"]), default=None)
    return {
        "_id": quarter, "state": store.FROZEN if frozen else store.OPEN, "months": states, "figures": join(months, found, set(once)), "live": None,
        "digest": hashlib.new("sm3", text.encode()).hexdigest() if frozen else "", "at": at,
    }  # fmt: skip


def join(months: list[str], found: dict[str, dict], once: set[str]) -> dict[str, dict[str, dict]]:
    """Return {township: {type: figures}} of the quarter from the reports by month; those that are missing are left out."""
    each = [found[month]["figures"] for month in months if month in found]
    places = sorted({place for figures_ in each for place in figures_})
    return {
        place: {key: _joined([part.get(place, {}).get(key) or figures.empty() for part in each], key in once) for key in sorted(_types(each, place))}
        for place in places
    }  # fmt: skip


def _types(each, place):
    return {key for part in each for key in part.get(place, {})}


def _joined(parts, once):
    total, first, last = figures.join(parts), parts[0], parts[-1]
    total[figures.PAID_YEAR] = max(part.get(figures.PAID_YEAR, 0) for part in parts)
    if once:  # every grant is counted for itself
        return total
    stock = [*(f"{mark}_{unit}" for mark in (CLOSING, SUSPENDED_NOW) for unit in UNITS), *TRAITS]
    for code, sums in total["classes"].items():
        sums |= {unit: last["classes"].get(code, {}).get(unit, 0) for unit in UNITS}
    return total | {name: last.get(name, 0) for name in stock} | {f"{OPENING}_{unit}": first[f"{OPENING}_{unit}"] for unit in UNITS}


def known(report: dict) -> list[str]:
    """Return the months of a quarter's report that were worked out."""
    return [each["month"] for each in report["months"] if each["state"]]


def months_behind(report: dict, mark: str) -> list[str]:
    """Return the months whose rows a number of the quarter counts: the first that there is, the last, or all."""
    months = known(report)
    if mark == OPENING:
        return months[:1]
    return months if mark in MARKS and mark not in (CLOSING, SUSPENDED_NOW) else months[-1:]
