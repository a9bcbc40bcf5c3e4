"""Reports as stored: one document a month (`month_reports`), and the rows behind its figures (`month_rows`).

``month_reports {_id: month, state, run, figures: {township: {type: figures}}, digest, at, by, by_name, frozen_at, frozen_by,
frozen_by_name, live: {at, figures}, working: the job that works it out}``. An open month is worked out anew as often as one
likes, by one job at a time, because each drops the rows of the others; a frozen one never, what it would be today stands
beside it in `live`. The digest (SM3) is over figures and rows.
"""

from adminapp import database, dates, indexes
from adminapp.errors import Conflict, NotFound
from adminapp.jobs import model as jobs
from adminapp.scope import Actor, ScopedCollection

COLLECTION, ROWS, JOB = "month_reports", "month_rows", "month_report"
OPEN, FROZEN = "open", "frozen"
STATES = {OPEN: "未冻结", FROZEN: "已冻结"}
TONES = {OPEN: "wait", FROZEN: "good"}
indexes.declare(ROWS, "list", ["month", "township", "type", "marks", "_id"])
indexes.declare(ROWS, "county", ["month", "marks", "type", "_id"])
indexes.declare(ROWS, "run", ["month", "run"])


def get(month: str) -> dict:
    """Return the report of a month. Raise NotFound."""
    found = database.raw(COLLECTION).find_one({"_id": month})
    if found is None:
        raise NotFound
    return found


def state_of(month: str) -> str:
    """Return how the report of a month stands, "" when it was not worked out."""
    found = database.raw(COLLECTION).find_one({"_id": month}, {"state": 1})
    return found["state"] if found else ""


def digest_of(month: str) -> str:
    """Return the digest of the frozen report of a month, "" when it is not frozen."""
    found = database.raw(COLLECTION).find_one({"_id": month, "state": FROZEN}, {"digest": 1})
    return found["digest"] if found else ""


def listed(limit: int = 36) -> list[dict]:
    """Return the reports, newest month first."""
    return list(database.raw(COLLECTION).find({}, sort=[("_id", -1)], limit=limit))


def of_months(months: list[str]) -> list[dict]:
    """Return the reports of these months that there are."""
    return list(database.raw(COLLECTION).find({"_id": {"$in": months}}))


def rows() -> ScopedCollection:
    """Return the rows within the actor's scope."""
    return ScopedCollection(database.raw(ROWS))


def begin(month: str, run: str) -> dict:
    """Make the report of a month when there is none, claim it for a run while it is open, and return it.

    Raise Conflict while another job has it; a claim ends with its job, so one that was killed finds its rows when it goes on.
    """
    first = {"state": OPEN, "run": "", "figures": {}, "live": None, "at": None, "working": None}
    database.raw(COLLECTION).update_one({"_id": month}, {"$setOnInsert": first}, upsert=True)
    report = get(month)
    holder = report.get("working")
    if report["state"] == FROZEN or holder == run:
        return report
    claimed = {"_id": month, "state": OPEN, "working": holder}
    if jobs.unfinished(holder) or not database.raw(COLLECTION).update_one(claimed, {"$set": {"working": run}}).matched_count:
        raise Conflict(f"{month} 正由另一个任务统计，请等它完成后再试。")
    return report


def keep(month: str, run: str, figures: dict, digest: str, actor: Actor, freeze: bool) -> dict:
    """Store what the run that claimed an open month worked out, and freeze it when wanted. Raise Conflict when it is not its month."""
    now = dates.now()
    values = {"run": run, "figures": figures, "digest": digest, "at": now, "by": actor.id, "by_name": actor.name, "live": None}
    if freeze:
        values |= {"state": FROZEN, "frozen_at": now, "frozen_by": actor.id, "frozen_by_name": actor.name}
    if not database.raw(COLLECTION).update_one({"_id": month, "state": OPEN, "working": run}, {"$set": values}).matched_count:
        raise Conflict
    return get(month)


def compare(month: str, figures: dict):
    """Keep beside a frozen month what it would be now."""
    database.raw(COLLECTION).update_one({"_id": month, "state": FROZEN}, {"$set": {"live": {"at": dates.now(), "figures": figures}}})
