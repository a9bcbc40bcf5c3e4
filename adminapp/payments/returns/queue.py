"""What came back from the bank and is still owed (更正队列): who must put what right before it is paid again.

The truth is on the lines: `queue` is set while a line is PARTIAL, RETURNED or FAILED. One entry is what came back of one
award in one batch. An account is put right in the register of accounts; what needs looking into is answered here.
"""

from adminapp import audit, awards, database, dates
from adminapp.bank import accounts, reach, reasons
from adminapp.errors import Conflict, Forbidden, Invalid, NotFound
from adminapp.payments import lines
from adminapp.payments.due import Due, due
from adminapp.policy import APPROVER, CLERK, DEPUTY, HEAD, REVIEWER
from adminapp.scope import Actor

TOWNSHIP_FIXERS, COUNTY_FIXERS = frozenset({CLERK, DEPUTY, HEAD}), frozenset({REVIEWER, APPROVER})
WAITING, READY, LISTED = "waiting", "ready", "listed"
STATES = {WAITING: "待更正", READY: "可以重发", LISTED: "已列入名册"}
TONES = {WAITING: "wait", READY: "info", LISTED: "good"}
SHOWN = {"events": 1, "state": 1, "amount": 1, "batch": 1, "award": 1, "number": 1, "name": 1, "payee": 1, "township": 1, "village": 1,
         "type": 1, "period": 1, "account": 1, "fixed": 1, "queue": 1}  # fmt: skip


def query(actor: Actor, township: str = "") -> dict:
    """Return the filter of the lines in the queue; the scope of the person is added by the collection."""
    if township:
        return {"queue": township}
    return {"queue": {"$gt": ""}} if reach.sees_all(actor) else {"queue": {"$in": sorted(actor.townships)}}


def listed(actor: Actor, township: str = "", after: str = "", limit: int = 30) -> list[dict]:
    """Return entries in order of batch and award, newest months first within the page's order of line ids."""
    found = lines.collection().find(
        query(actor, township) | ({"_id": {"$lt": after}} if after else {}), SHOWN, sort=[("_id", -1)], limit=limit
    )
    rows = list(found)
    again = _again([row["_id"] for row in rows])
    register = accounts.of_cases(list({row["award"] for row in rows}))
    return [_entry(row, again.get(row["_id"]), register.get(row["award"])) for row in rows]


def count(actor: Actor, township: str = "") -> int:
    """Return how many lines are in the queue, within the actor's scope."""
    return lines.collection().count_documents(query(actor, township))


def get(line_id: str) -> dict:
    """Return the entry of a line in the queue, within the actor's scope. Raise NotFound."""
    row = lines.collection().find_one({"_id": str(line_id), "queue": {"$gt": ""}}, SHOWN)
    if row is None:
        raise NotFound()
    return _entry(row, _again([row["_id"]]).get(row["_id"]), accounts.of_cases([row["award"]]).get(row["award"]))


def _again(line_ids):
    """Return {line id: the line that pays it again} of lists that were not aborted."""
    query = {"reissues": {"$in": line_ids}, "state": {"$in": [*lines.TO_PAY]}}
    found = database.raw(lines.COLLECTION).find(query, {"reissues": 1, "batch": 1})
    return {ident: line for line in found for ident in line["reissues"]}


def _entry(row, again, account):
    told = lines.outcome(row)
    reason = reasons.get(told.get("reason", ""))
    blocked = accounts.refusal(account, row["award"], row["account"], "") if reason.fix == reasons.ACCOUNT else None
    if blocked and account and not accounts.is_same(account["number"], row["account"]) and account["state"] == accounts.VERIFIED:
        blocked = None  # the case is paid to another account by now
    open_question = reason.fix == reasons.CHECK and not row.get("fixed")
    state = LISTED if again else WAITING if blocked or open_question else READY
    return {
        "line": row, "reason": reason, "told": told, "owed": row["amount"] - lines.settled(row), "state": state,
        "why": blocked or ("" if not open_question else reason.help), "again": again, "account": account,
    }  # fmt: skip


def may_fix(entry: dict, actor: Actor) -> bool:
    """Tell whether the person answers for an entry: the township for its people, the county for the rest and with it."""
    if entry["state"] != WAITING or entry["reason"].fix != reasons.CHECK:
        return False
    return actor.has(*COUNTY_FIXERS) or (entry["reason"].who == "township" and actor.has(*TOWNSHIP_FIXERS))


def is_still_due(line: dict) -> bool:
    """Tell whether the award still owes the period of a line that came back: what was decided since counts."""
    award = database.raw(awards.COLLECTION).find_one({"_id": line["award"]})
    paid = lines.paid([line["award"]], {line["period"]}, "")
    return award is not None and isinstance(due(award, line["period"], line["period"], paid.get((line["award"], line["period"]), (0, 0))), Due)


def settle(line_id: str, actor: Actor, pay: bool, note: str) -> dict:
    """Answer what needed looking into: pay it again with the next list, or never because the award is not due any more.

    Raise Forbidden, Invalid without a note or when the award still runs, Conflict when somebody else answered meanwhile.
    """
    entry = get(line_id)
    if not may_fix(entry, actor):
        raise Forbidden("这一笔不由您更正，或者已经更正。")
    if not note.strip():
        raise Invalid("请写明核实的情况。")
    if not pay and is_still_due(entry["line"]):
        raise Invalid("待遇在这个月仍然有效，应当发放。确实不应再发的，先在案件中办理停发或变更，再登记。")
    row, fixed = entry["line"], {"by": actor.id, "by_name": actor.name, "at": dates.now(), "note": note.strip()[:300], "pay": pay}
    update = {"$set": {"fixed": fixed}} | ({} if pay else {"$unset": {"queue": "", "owed": ""}})
    done = lines.collection().update_one({"_id": row["_id"], "state": row["state"], "fixed": {"$exists": False}}, update)
    if not done.matched_count:
        raise Conflict()
    audit.log("payment", batch=row["batch"], action="fix", line=row["_id"], pay=pay)
    return fixed
