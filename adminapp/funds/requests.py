"""Fund requests as stored (collection `fund_requests`): their states, and how they are found.

``{_id: "<month>[:n]", month, n, state, rev, lists: [{id, title, count, people, amount, digest}], holds: [list ids], rows,
households, people, amount, before, digest, note, by, by_name, at, arrivals: [{amount, date, voucher, by, by_name, at}],
arrived, settled, history}``. `holds` is unique while the request is open, so a list is asked for once, whoever asks.
"""

from pymongo import DESCENDING

from adminapp import audit, database, dates, indexes
from adminapp.errors import NotFound
from adminapp.scope import Actor
from adminapp.text import plain_number

COLLECTION = "fund_requests"
audit.declare("funds", "资金申请")
indexes.declare(COLLECTION, "holds", ["holds"], unique=True, sparse=True)
indexes.declare(COLLECTION, "month", ["-month", "-n"])
indexes.declare(COLLECTION, "unsettled", ["settled"], sparse=True)

SUBMITTED, APPROVED, ARRIVED, RETURNED, WITHDRAWN = "SUBMITTED", "APPROVED", "ARRIVED", "RETURNED", "WITHDRAWN"
STATES = {SUBMITTED: "待财政审核", APPROVED: "待到账", ARRIVED: "已到账", RETURNED: "已退回", WITHDRAWN: "已撤回"}
TONES = {SUBMITTED: "wait", APPROVED: "info", ARRIVED: "good", RETURNED: "bad", WITHDRAWN: ""}
OPEN = (SUBMITTED, APPROVED, ARRIVED)
"""States that hold their lists."""
UNSETTLED = "no"


def collection():
    """Return the requests. They are of the whole county and hold no person."""
    return database.raw(COLLECTION)


def get(request_id: str) -> dict:
    """Return a request. Raise NotFound."""
    found = collection().find_one({"_id": str(request_id)})
    if found is None:
        raise NotFound()
    return found


def listed(limit: int, before: str | None = None) -> list[dict]:
    """Return the newest requests, without their tables; `before` is the id of the last one of the page before. Raise Invalid."""
    query = _behind(before) if before else {}
    return list(collection().find(query, {"rows": 0, "history": 0}, sort=[("month", DESCENDING), ("n", DESCENDING)], limit=limit))


def _behind(mark):
    month, _colon, number = mark.partition(":")
    month, n = dates.parse_month(month), plain_number(number) or 1
    return {"month": {"$lte": month}, "$or": [{"month": {"$lt": month}}, {"n": {"$lt": n}}]}


def of_list(batch_id: str) -> dict | None:
    """Return the open request that asks for the money of a list."""
    return collection().find_one({"holds": batch_id}, {"rows": 0})


def entry(actor: Actor, action: str, label: str, reason: str = "") -> dict:
    """Return one step for the history."""
    return {"at": dates.now(), "by": actor.id, "by_name": actor.name, "action": action, "label": label, "reason": reason}


def title_of(request: dict) -> str:
    """Return "2026 年 9 月社会救助资金申请", with its number from the second on."""
    more = f"（第 {request['n']} 次）" if request["n"] > 1 else ""
    return f"{int(request['month'][:4])} 年 {int(request['month'][5:])} 月社会救助资金申请{more}"
