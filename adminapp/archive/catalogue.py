"""The catalogue (档案目录): one row for each file that was bound, with its digest (collection `dossiers`).

``{_id, case, number, type, programme, township, village, name, day, state, ended, keep_until, pages, size, digest, parts, at, by,
by_name}``. `_id` is case and digest of the content: binding the same content again changes nothing but the last time.
Days are ISO text.
"""

from pymongo import ASCENDING, DESCENDING

from adminapp import database, dates, indexes
from adminapp.archive.dossier import ended_on, keep_until
from adminapp.scope import ScopedCollection

COLLECTION = "dossiers"
PAGE = 100
indexes.declare(COLLECTION, "case", ["case", "-at"])
indexes.declare(COLLECTION, "recent", ["-at"])
indexes.declare(COLLECTION, "township", ["township", "-at"])
indexes.declare(COLLECTION, "village", ["village", "-at"])
indexes.declare(COLLECTION, "due", ["keep_until"])


def collection() -> ScopedCollection:
    """Return the catalogue within the actor's scope."""
    return ScopedCollection(database.raw(COLLECTION))


def enter(standing, dossier, bound, pdf_digest: str, plan, actor):
    """Note that a file was bound. `bound` has pages and contents, `pdf_digest` is the SM3 of the bytes."""
    case, until = standing.case, keep_until(standing.case, standing.relief_type, plan)
    ended = ended_on(case)
    about = {
        "case": case.pk, "number": case.number, "type": case.type, "programme": standing.relief_type.programme, "township": case.township,
        "village": case.village, "name": case.name, "day": standing.day.isoformat(), "state": case.state,
        "ended": ended.isoformat() if ended else "", "keep_until": until.isoformat() if until else "",
        "digest": dossier.digest, "parts": list(bound.contents),
    }  # fmt: skip
    now = {"pages": bound.pages, "size": len(bound.pdf), "pdf": pdf_digest, "at": dates.now(), "by": actor.id, "by_name": actor.name}
    # Its place was checked when the case was read in scope.
    database.raw(COLLECTION).update_one({"_id": f"{case.pk}:{dossier.digest}"}, {"$setOnInsert": about, "$set": now}, upsert=True)


def of_case(case_id) -> list[dict]:
    """Return what was bound of a case, newest first."""
    return list(collection().find({"case": case_id}, {"parts": 0}, sort=[("at", DESCENDING)], limit=PAGE))


def recent(township: str = "", type_key: str = "") -> list[dict]:
    """Return the files bound last within the actor's scope."""
    query = {key: value for key, value in (("township", township), ("type", type_key)) if value}
    return list(collection().find(query, {"parts": 0}, sort=[("at", DESCENDING)], limit=PAGE))


def due(day, limit: int) -> list[dict]:
    """Return the files that need not be kept any longer on a day, oldest first. Nothing is ever deleted by itself."""
    query = {"keep_until": {"$gt": "", "$lt": day.isoformat()}}
    return list(collection().find(query, {"parts": 0}, sort=[("keep_until", ASCENDING)], limit=limit))
