"""The spells (享受期间) of an award, derived from its entries and never edited: who, how much and why in every month.

An entry is ``{key, on, at, by, by_name, cause, reason, from, to, within, set}``: from its first month to its last (`to`
None is open) it sets what stands in `set` on the spells whose state is in `within`. Later entries lie over earlier ones,
so a change decided backwards is one more entry, and what was known on a past day is what the entries of that day give.

A spell is ``{from, to, state, entitled, amount, components, decision, version, people, size, name, township, village,
cause, key, on}``. Months are text "2026-09", amounts fen. Spells follow each other without gap from the first month on,
the last one is open: a pause is a suspended spell, the end is an ended one.
"""

from datetime import datetime

from adminapp import dates

ACTIVE, GRACE, SUSPENDED, ENDED = "active", "grace", "suspended", "ended"
STATES = {ACTIVE: "享受中", GRACE: "渐退期", SUSPENDED: "暂停", ENDED: "已终止"}
TONES = {ACTIVE: "good", GRACE: "wait", SUSPENDED: "hold", ENDED: ""}
PENDING = "pending"
"""Of an award whose first month is still to come."""
PAYING = frozenset({ACTIVE, GRACE})
RUNNING = frozenset({ACTIVE, GRACE, SUSPENDED})


def derive(entries: list[dict], known: str | datetime | None = None) -> list[dict]:
    """Return the spells of these entries, oldest first; with `known` as they stood at the end of that ISO day, or then."""
    spells = []
    for entry in entries:
        if known is None or entry["on" if isinstance(known, str) else "at"] <= known:
            spells = _lay(spells, entry)
    return spells


def _lay(spells, entry):
    first, last = entry["from"], entry.get("to")
    if not spells:
        return [_marked({"from": first, "to": None}, entry)]
    laid = []
    if first < spells[0]["from"]:  # an award that is found to have begun earlier
        end = _earlier(last, dates.add_months(spells[0]["from"], -1))
        laid += _filled(_marked({**spells[0], "from": first, "to": end}, entry), spells[0]["from"])
    for spell in spells:
        laid += _within(spell, entry, first, last)
    return laid


def _filled(spell, following):
    """Return the spell, and an ended one up to `following` where it stops before: a hole says that nothing was due."""
    if dates.add_months(spell["to"], 1) == following:
        return [spell]
    hole = {**spell, "from": dates.add_months(spell["to"], 1), "to": dates.add_months(following, -1)}
    return [spell, hole | {"state": ENDED, "amount": 0}]


def _within(spell, entry, first, last):
    """Yield the parts of a spell before, under and behind an entry."""
    begins, ends = max(first, spell["from"]), _earlier(last, spell["to"])
    untouched = entry.get("within") and spell["state"] not in entry["within"]
    if untouched or (ends is not None and ends < begins):
        yield spell
        return
    if spell["from"] < begins:
        yield {**spell, "to": dates.add_months(begins, -1)}
    yield _marked({**spell, "from": begins, "to": ends}, entry)
    if ends is not None and (spell["to"] is None or ends < spell["to"]):
        yield {**spell, "from": dates.add_months(ends, 1)}


def _earlier(one, other):
    """Return the earlier of two last months; None is open."""
    return min(filter(None, (one, other)), default=None)


def _marked(spell, entry):
    spell = {**spell, **entry["set"], "cause": entry["cause"], "key": entry["key"], "on": entry["on"]}
    return spell | {"amount": spell["entitled"] if spell["state"] in PAYING else 0}


def spell_in(award: dict, month: str) -> dict | None:
    """Return the spell that covers a month, None before the first."""
    return next((spell for spell in award["spells"] if covers(spell, month)), None)


def covers(spell: dict, month: str) -> bool:
    return spell["from"] <= month and (not spell["to"] or month <= spell["to"])


def amount_in(award: dict, month: str) -> int:
    """Return the fen due in a month, 0 when none."""
    spell = spell_in(award, month)
    return spell["amount"] if spell else 0


def state_in(award: dict, month: str) -> str:
    """Return the state of an award in a month: PENDING before its first."""
    spell = spell_in(award, month)
    return spell.get("state", ACTIVE) if spell else PENDING if _begins_after(award, month) else ENDED


def _begins_after(award, month):
    return bool(award["spells"]) and month < award["spells"][0]["from"]


def runs_from(award: dict, month: str) -> bool:
    """Tell whether the award runs in the month or will run later: it is held, even while it is suspended."""
    return any(spell.get("state", ACTIVE) in RUNNING and (not spell["to"] or spell["to"] >= month) for spell in award["spells"])


def as_known(award: dict, known: str | datetime | None) -> dict:
    """Return the award with the spells known at the end of a day (ISO), or at a moment; as stored when `known` is None."""
    return award if known is None else {**award, "spells": derive(award["entries"], known)}
