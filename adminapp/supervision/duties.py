"""Cases that are always checked: relatives of officials, and complaints (县方案 五(二)1；民发〔2021〕57号 第二十条).

Before a decision the machine itself asks for the county's visit (guards/decision.py); that visit counts. What became
known later makes a check here. The sweep finds flagged cases that have none; safe to run twice at once.
"""

from datetime import date

from adminapp import database, dates, indexes, procedure
from adminapp.scope import system
from adminapp.supervision import checks
from adminapp.workflow.actions.spotcheck import GRANTED

indexes.declare("cases", "flags", ["flags", "state", "_id"])
FLAGS = {"relative": (checks.RELATED, "spotcheck.related"), "complaint": (checks.COMPLAINT, "spotcheck.complaint")}
"""Flag of a case: the basis of its check, and the rule that orders it."""
COUNTY_VISIT = "county_visit"
SHOWN = dict.fromkeys(("number", "name", "type", "township", "village", "records", "flags", "applied_on", "decided_on"), 1)
BATCH = 500


def sweep(today: date | None = None) -> int:
    """Make the checks that are due for flagged cases; return how many are new."""
    today, made = today or dates.today(), 0
    with system("checks of related cases and complaints"):
        for flag, (basis, rule) in FLAGS.items():
            if procedure.value(rule, today):
                made += sum(_make(case, basis, flag, today) for case in _without(flag, basis))
    return made


def _without(flag, basis):
    """Yield the granted cases with a flag that have no check on this ground, in any year."""
    cases, last = database.raw("cases"), None
    while True:
        query = {"flags": flag, "state": {"$in": list(GRANTED)}, **({"_id": {"$gt": last}} if last else {})}
        rows = list(cases.find(query, {"_id": 1}, sort=[("_id", 1)], limit=BATCH, hint="flags"))
        if not rows:
            return
        ids = [row["_id"] for row in rows]
        last = ids[-1]
        found = database.raw(checks.COLLECTION).find({"case": {"$in": ids}, "bases": basis}, {"case": 1})
        missing = sorted(set(ids) - {row["case"] for row in found})
        yield from cases.find({"_id": {"$in": missing}}, SHOWN)


def _make(case, basis, flag, today):
    """Make or extend one check; a visit of the county before the decision settles it at once."""
    since = _since(case, flag) or today
    visit = next((record for record in reversed(case["records"]) if record["kind"] == COUNTY_VISIT), None)
    note = {"at": dates.now(), "by": "system", "by_name": "系统", "what": f"列入必查：{checks.BASES[basis]}", "on": today.isoformat()}
    row = checks.new(case, since.year, basis, today, case["number"][:9], history=[note])
    if visit:
        row |= settled(visit)
    if checks.insert(row):
        return True
    _reopen(row["_id"])
    return False


def settled(visit: dict) -> dict:
    """Return what a visit before the decision says of the check: it was found, and the decision dealt with what was found."""
    data = visit["data"]
    fine = data.get("result") == "true"
    state = checks.CONSISTENT if fine else checks.CLOSED
    return {
        "state": state, "stage": checks.NOTHING, "due": None, "shown": True, "visit": visit["id"], "result": data.get("result") or "",
        "visited_on": str(data.get("date") or visit["on"])[:10], "visited_by": [visit["by"]],
    }  # fmt: skip


def _reopen(check_id):
    """A household that was replaced in a draw must be visited all the same once it is a relative or complained of."""
    again = {"state": checks.DRAWN, "stage": checks.ASSIGN, "due": checks.due_after(checks.ASSIGN, dates.today())}
    database.raw(checks.COLLECTION).update_one({"_id": check_id, "state": checks.SUBSTITUTED}, {"$set": again, "$inc": {"rev": 1}})


def _since(case, flag):
    """Return the day on which the case was first marked."""
    days = [record["on"] for record in case["records"] if record["kind"] == flag]
    return date.fromisoformat(min(days)) if days else None
