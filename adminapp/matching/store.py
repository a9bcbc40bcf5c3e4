"""Matches (collection `matches`): one document for a list, a person and a case, for ever under the same id.

``{_id, list, key, case, award, number, type, township, village, name, relation, leads, told_name, on, until, detail, state,
due, clause, found_on, run, checked, decided, settled_on, history, rev}``. `key` is that of the ID number, `name` the person's name in the case, `told_name`
the one in the list, `leads` whether the award is for this person or the person heads the household, `detail` what else the
office told, sealed (class `staff`). `checked` and `decided` are ``{real, note, by, by_name, on}`` of two persons. `following`
stands until the death that it records is on record, or off it again.

`match_runs` holds one document for each file that was compared: ``{_id: job, list, name, digest, rows, bad, hits, new, on, by, by_name}``.
"""

import hashlib
from datetime import date

from adminapp import database, dates, indexes, procedure, sealing
from adminapp.errors import NotFound
from adminapp.scope import ScopedCollection, current

COLLECTION, RUNS = "matches", "match_runs"
OPEN, CHECKED, CONFIRMED, SETTLED, DISMISSED, LIFTED = "open", "checked", "confirmed", "settled", "dismissed", "lifted"
STATES = {OPEN: "待核实", CHECKED: "待复核", CONFIRMED: "属实待办理", SETTLED: "已办理", DISMISSED: "不属实", LIFTED: "已解除"}
TONES = {OPEN: "bad", CHECKED: "wait", CONFIRMED: "bad", SETTLED: "good", DISMISSED: "", LIFTED: ""}
WAITING = (OPEN, CHECKED)
RUNNING = (OPEN, CHECKED, CONFIRMED)
"""States from which something still has to follow."""
ANSWER, REVIEW = "match.answer", "match.review"
DETAIL_CONTEXT = "matches.detail"

indexes.declare(COLLECTION, "work_township", ["township", "state", "due", "_id"])
indexes.declare(COLLECTION, "work", ["state", "due", "_id", "township"])
indexes.declare(COLLECTION, "case", ["case", "state"])
indexes.declare(COLLECTION, "following", ["following"], sparse=True)
indexes.declare(COLLECTION, "run", ["run", "state"])
indexes.declare(RUNS, "on", ["-on", "-_id"])


def collection() -> ScopedCollection:
    """Return the matches within the actor's scope."""
    return ScopedCollection(database.raw(COLLECTION))


def ident(list_key: str, key: str, case) -> str:
    """Return the id of a match: nothing of the number can be read from it."""
    return hashlib.sha256(f"{list_key}\n{key}\n{case}".encode()).hexdigest()[:24]


def get(match_id: str) -> dict:
    """Return a match within the actor's scope. Raise NotFound."""
    row = collection().find_one({"_id": str(match_id)})
    if row is None:
        raise NotFound()
    return row


def due_of(rule: str, today: date) -> tuple[str, str]:
    """Return (last day, clause) of a step that begins today."""
    row = procedure.row_of(rule, today)
    return dates.add_workdays(today, row.value).isoformat(), row.clause


def seal(text: str) -> str:
    return sealing.seal(text, DETAIL_CONTEXT) if text else ""


def detail_of(row: dict) -> str:
    """Return what the office told besides name, number and day."""
    return sealing.unseal(row["detail"], DETAIL_CONTEXT) if row.get("detail") else ""


def listed(state: str, township: str = "", limit: int = 200, run: str = "") -> list[dict]:
    """Return matches within scope in a state, those due first, without what the office told; of one file when `run` is given."""
    query = {"state": state} | ({"township": township} if township else {})
    order = 1 if state in WAITING else -1
    index = "work_township" if township or current().townships is not None else "work"
    if run:
        return list(collection().find({"run": run}, {"detail": 0, "history": 0}, sort=[("state", 1)], limit=limit, hint="run"))
    return list(collection().find(query, {"detail": 0, "history": 0}, sort=[("state", order), ("due", order), ("_id", order)], limit=limit, hint=index))


def of_case(case_id) -> list[dict]:
    """Return the matches of a case that are not dismissed, newest first."""
    found = collection().find({"case": case_id, "state": {"$nin": [DISMISSED, LIFTED]}}, {"detail": 0, "history": 0}, hint="case")
    return sorted(found, key=lambda row: (row["found_on"], row["_id"]), reverse=True)


def count(state: str, township: str = "", limit: int = 1000) -> int:
    return collection().count_documents({"state": state} | ({"township": township} if township else {}), limit=limit)


def runs(limit: int = 100) -> list[dict]:
    """Return the files that were compared, newest first."""
    return list(database.raw(RUNS).find({}, sort=[("on", -1), ("_id", -1)], limit=limit))


def get_run(run_id: str) -> dict:
    """Return a file that was compared. Raise NotFound."""
    row = database.raw(RUNS).find_one({"_id": str(run_id)})
    if row is None:
        raise NotFound()
    return row


def note(what: str, actor, **data) -> dict:
    """Return a line of the history; `actor` None is the program."""
    by, name = (actor.id, actor.name) if actor else ("system", "系统")
    return {"at": dates.now(), "what": what, "by": by, "by_name": name, **data}
