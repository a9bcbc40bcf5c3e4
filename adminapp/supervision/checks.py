"""Spot checks (collection `spot_checks`): one case visited by the county in one year, whatever it was chosen for.

``{_id: "<year>:<case>", year, case, number, name, type, origin, township, village, bases, round, state, stage, due, owner,
visitors, drawn_on, shown, visit, result, visited_on, visited_by, card_kept?, judged_by, order, answer, replaces, replaced_by,
reason, history, rev}``

`bases` says why it is visited: drawn at random, a relative, a complaint. `origin` is the township that opened the award
and is checked, `township` and `village` are where the case lies now. `stage` is what is to be done next and, with `due`
and `owner`, what work lists read. A township sees a check only when it is `shown`: nobody is told before the visit.
"""

from dataclasses import dataclass
from datetime import date

from pymongo.errors import DuplicateKeyError

from adminapp import database, dates, indexes, procedure
from adminapp.errors import Conflict, NotFound
from adminapp.scope import Actor, ScopedCollection

COLLECTION = "spot_checks"
indexes.declare(COLLECTION, "stratum", ["year", "origin", "type", "number"])
indexes.declare(COLLECTION, "work", ["stage", "due"])
indexes.declare(COLLECTION, "work_township", ["township", "stage", "due"])
indexes.declare(COLLECTION, "owner", ["owner", "stage", "due"])
indexes.declare(COLLECTION, "case", ["case"])
indexes.declare(COLLECTION, "round", ["round", "number"])
indexes.declare(COLLECTION, "state", ["year", "state", "_id"])
indexes.declare(COLLECTION, "state_township", ["township", "year", "state", "_id"])
indexes.declare(COLLECTION, "card_kept", ["card_kept"], sparse=True)

RANDOM, RELATED, COMPLAINT = "random", "related", "complaint"
BASES = {RANDOM: "随机抽取", RELATED: "近亲属", COMPLAINT: "投诉举报"}


@dataclass(frozen=True)
class State:
    label: str
    tone: str = ""


DRAWN, ASSIGNED, VISITED, CONSISTENT = "DRAWN", "ASSIGNED", "VISITED", "CONSISTENT"
DEVIATION, RECTIFYING, CLOSED, SUBSTITUTED = "DEVIATION", "RECTIFYING", "CLOSED", "SUBSTITUTED"
STATES = {
    DRAWN: State("已抽中", "wait"), ASSIGNED: State("待入户", "info"), VISITED: State("已入户，待审定", "info"), CONSISTENT: State("属实", "good"),
    DEVIATION: State("有偏差", "bad"), RECTIFYING: State("整改中", "wait"), CLOSED: State("已整改销号", "good"), SUBSTITUTED: State("已替换"),
}  # fmt: skip
SEEN = (VISITED, CONSISTENT, DEVIATION, RECTIFYING, CLOSED)
"""States in which the household was visited: these count."""

ASSIGN, VISIT, JUDGE, ORDER, RECTIFY, RECHECK, NOTHING = "assign", "visit", "judge", "order", "rectify", "recheck", ""
STAGES = {ASSIGN: "指派核查人", VISIT: "入户核查", JUDGE: "审定核查结果", ORDER: "下达整改", RECTIFY: "整改并反馈", RECHECK: "复核整改"}
DAYS = {ASSIGN: "spotcheck.visit", RECTIFY: "spotcheck.rectify", RECHECK: "spotcheck.recheck"}
"""Figure of the procedure (working days) by which a stage ends; a visit keeps the day of its draw."""


def collection() -> ScopedCollection:
    """Return the checks within the actor's scope."""
    return ScopedCollection(database.raw(COLLECTION))


def visible(actor: Actor) -> dict:
    """Return the filter of what somebody may know besides their scope: a township learns of a check by the visit."""
    return {} if actor.townships is None else {"shown": True}


def get(check_id: str, actor: Actor) -> dict:
    """Return a check the actor may see. Raise NotFound."""
    row = collection().find_one({"_id": str(check_id), **visible(actor)})
    if row is None:
        raise NotFound()
    return row


def due_after(stage: str, on: date) -> str | None:
    """Return the last day of a stage that begins on a day, None where no rule limits it."""
    days = procedure.value(DAYS[stage], on) if stage in DAYS else None
    return dates.add_workdays(on, days).isoformat() if days else None


def new(case: dict, year: int, basis: str, on: date, origin: str, **more) -> dict:
    """Return a check of a raw case that nobody was named for yet."""
    about = {name: case.get(name) or "" for name in ("number", "name", "type", "township", "village")}
    return {
        "_id": f"{year}:{case['_id']}", "year": year, "case": case["_id"], **about, "origin": origin, "bases": [basis], "round": None,
        "state": DRAWN, "stage": ASSIGN, "due": due_after(ASSIGN, on), "owner": "", "visitors": [], "drawn_on": on.isoformat(), "shown": False,
        "visit": None, "result": "", "visited_on": None, "visited_by": [], "judged_by": "", "order": None, "answer": None,
        "replaces": None, "replaced_by": None, "reason": "", "history": [], "rev": 0, **more,
    }  # fmt: skip


def insert(row: dict) -> bool:
    """Store a new check; one that the case has in this year already gets the basis added. Return whether it is new."""
    try:
        database.raw(COLLECTION).insert_one(row)
        return True
    except DuplicateKeyError:
        more = {"round": row["round"], "drawn_on": row["drawn_on"]} if RANDOM in row["bases"] else {}
        update = {"$push": {"bases": row["bases"][0], "history": {"$each": row["history"]}}, "$set": {"year": row["year"], **more}, "$inc": {"rev": 1}}
        wanted = {"_id": row["_id"], "bases": {"$ne": row["bases"][0]}}
        database.raw(COLLECTION).update_one(wanted, update)
        return False


def entry(actor: Actor, what: str, **data) -> dict:
    """Return a line of a check's history."""
    return {"at": dates.now(), "by": actor.id, "by_name": actor.name, "what": what, **data}


def change(row: dict, changes: dict, note: dict) -> dict:
    """Store changes of a check that stands at its `rev`, with a line of history, and return it. Raise Conflict."""
    update = {"$set": {**changes, "rev": row["rev"] + 1}, "$push": {"history": note}}
    if not database.raw(COLLECTION).update_one({"_id": row["_id"], "rev": row["rev"]}, update).matched_count:
        raise Conflict()
    return {**row, **changes, "rev": row["rev"] + 1, "history": [*row["history"], note]}
