"""Makes cases findable that were stored before they could be found by sound."""

from types import SimpleNamespace

from pymongo import UpdateOne

from adminapp import database
from adminapp.search import terms

CHUNK = 2000


def adopt() -> int:
    """Set what cases without `sounds` are found by; return their number. Safe to repeat and to run while people work."""
    cases, count, waiting = database.raw("cases"), 0, []
    for row in cases.find({"sounds": None}, {"people": 1, "number": 1, "rev": 1}, hint="sounds"):
        case = SimpleNamespace(people=row.get("people") or [], number=row.get("number"))
        terms.index(case)
        found = {"$set": {"terms": case.terms, "sounds": case.sounds}}
        waiting.append(UpdateOne({"_id": row["_id"], "rev": row["rev"]}, found))
        count += 1
        if len(waiting) == CHUNK:
            cases.bulk_write(waiting, ordered=False)
            waiting = []
    if waiting:
        cases.bulk_write(waiting, ordered=False)
    return count
