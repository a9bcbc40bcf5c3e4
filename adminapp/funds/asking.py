"""Making a fund request of approved lists: which may be asked for, what the request says, and its one insert."""

from pymongo.errors import DuplicateKeyError

from adminapp import audit, dates
from adminapp.errors import Conflict, Forbidden, Invalid
from adminapp.funds import holding, requests, table
from adminapp.payments import batches
from adminapp.policy import REVIEWER
from adminapp.scope import Actor


def askable(month: str) -> list[dict]:
    """Return the lists of a month that are approved and stand in no open request."""
    found = list(batches.collection().find({"month": month, "state": batches.APPROVED}, sort=[("scope", 1), ("n", 1)]))
    held = {held for row in requests.collection().find({"holds": {"$in": [batch["_id"] for batch in found]}}, {"holds": 1}) for held in row["holds"]}
    return [batch for batch in found if batch["_id"] not in held]


def waiting_months() -> list[str]:
    """Return the months that have an approved list nobody asked the money for, newest first."""
    return sorted(batches.collection().distinct("month", {"state": batches.APPROVED, "request": None}), reverse=True)


def compose(month: str, found: list[dict]) -> dict:
    """Return what a request for these lists says: {lists, rows, households, people, amount, before, digest}."""
    sums = ("count", "people", "amount", "digest")
    lists = [{"id": batch["_id"], "title": batches.title_of(batch), **{key: batch["seal"][key] for key in sums}} for batch in found]
    rows = table.rows(found)
    return {"lists": lists, "rows": rows, **table.totals(rows), "digest": table.digest_of(month, lists, rows)}


def submit(month: str, batch_ids: list[str], actor: Actor, note: str = "") -> dict:
    """Store a request for lists of a month and return it; asking again for the same lists returns the one that is there.

    Raise Invalid without a list, and Conflict when a list is no longer approved or stands in another request.
    """
    if not actor.has(REVIEWER):
        raise Forbidden()
    month, wanted = dates.parse_month(month), sorted(set(batch_ids))
    if not wanted:
        raise Invalid("请选择要申请资金的名册。")
    found = [batch for batch in askable(month) if batch["_id"] in wanted]
    if len(found) != len(wanted):
        if there := _same(wanted):
            return there
        raise Conflict("有的名册不在待拨款状态，或者已经列入别的资金申请，请重新选择。")
    made = compose(month, found)
    request = {
        "month": month, "state": requests.SUBMITTED, "rev": 1, **made, "holds": wanted, "note": note.strip()[:500], "by": actor.id, "by_name": actor.name,
        "at": dates.now(), "arrivals": [], "arrived": 0, "settled": requests.UNSETTLED, "history": [requests.entry(actor, "submit", "提交")],
    }  # fmt: skip
    stored = _insert(request)
    holding.settle(stored["_id"])
    return stored


def _insert(request):
    """Insert under the next free number of the month; raise Conflict when somebody else asked for one of the lists."""
    for number in range(requests.collection().count_documents({"month": request["month"]}) + 1, 1000):
        row = {"_id": request["month"] + (f":{number}" if number > 1 else ""), "n": number, **request}
        try:
            requests.collection().insert_one(row)
        except DuplicateKeyError as error:
            if "holds" in ((error.details or {}).get("keyPattern") or {}):
                if there := _same(request["holds"]):
                    return there
                raise Conflict("有的名册刚刚列入别的资金申请，请重新选择。") from error
        else:
            audit.log("funds", request=row["_id"], action="submit", amount=row["amount"], digest=row["digest"])
            return row
    raise Conflict()


def _same(wanted):
    """Return the open request for exactly these lists: the same form, sent twice."""
    there = requests.of_list(wanted[0])
    return there if there and there["holds"] == wanted else None
