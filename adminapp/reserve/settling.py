"""Monthly settlement (月度结算) of a township's reserve: the township hands it in when every payment has its receipt, the county checks it.

Collection `reserve_settlements`, one document a month of a book: ``{_id: "<township>:<month>", township, month, state, rev, sums,
last, digest, by, by_name, at, history}``. Handing it in is an entry of the book (`last`), so nothing is booked into the month any more,
and its `digest` holds all entries before. A month that the county sends back can only get the receipts that are missing.
"""

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from adminapp import audit, database, dates, indexes
from adminapp.bank import reach
from adminapp.errors import Conflict, Forbidden, Invalid
from adminapp.payments.steps import Step
from adminapp.policy import APPROVER, DEPUTY, HEAD, REVIEWER
from adminapp.reserve import book
from adminapp.scope import Actor

COLLECTION = "reserve_settlements"
indexes.declare(COLLECTION, "month", ["month", "township"])
OPEN, SUBMITTED, APPROVED = "OPEN", "SUBMITTED", "APPROVED"
STATES = {OPEN: "未结算", SUBMITTED: "待县级核对", APPROVED: "已结算"}
TONES = {OPEN: "wait", SUBMITTED: "info", APPROVED: "good"}
STEPS = {
    "submit": Step("报送结算", OPEN, SUBMITTED, frozenset({DEPUTY, HEAD}), "每一笔支付都有签收单以后报送。报送以后发生的收支记入下月；县级核对以后结清。"),
    "approve": Step("核对无误", SUBMITTED, APPROVED, frozenset({REVIEWER, APPROVER}), "核对支付、签收单和余额以后结清本月。", other_person=True),
    "return": Step("退回", SUBMITTED, OPEN, frozenset({REVIEWER, APPROVER}), "退回乡镇改正以后重新报送。", reason=True),
}


def get(township: str, month: str) -> dict:
    """Return a settlement; one that was never handed in is open with `rev` 0."""
    return of_books({township: month})[township]


def of_books(months: dict[str, str]) -> dict[str, dict]:
    """Return {township: settlement} of one month of each book ({township: month}), as `get` does."""
    blanks = {f"{town}:{month}": {"township": town, "month": month, "state": OPEN, "rev": 0, "history": []} for town, month in months.items()}
    stored = {row["_id"]: row for row in database.raw(COLLECTION).find({"_id": {"$in": list(blanks)}})}
    return {blank["township"]: stored.get(key, {"_id": key, **blank}) for key, blank in blanks.items()}


def of_month(month: str) -> dict[str, dict]:
    """Return {township: settlement} of a month."""
    return {row["township"]: row for row in database.raw(COLLECTION).find({"month": month})}


def offered(row: dict, actor: Actor, count: int) -> dict[str, Step]:
    """Return the steps the person may take now; `count` are the entries of the month."""
    if not count or row["month"] > dates.month_of(dates.today()) or not reach.reaches(actor, row["township"]):
        return {}
    return {key: step for key, step in STEPS.items() if step.is_open(row["state"], actor) and not (step.other_person and row.get("by") == actor.id)}


def take(township: str, month: str, key: str, actor: Actor, rev: int, reason: str = "") -> dict:
    """Take a step and return the settlement. Raise Forbidden for what is not offered, Invalid for what is missing, Conflict when it moved on."""
    row = get(township, month)
    if row["rev"] != rev:
        raise Conflict()
    if key not in offered(row, actor, book.month_of(township, month)[1]["count"]):
        raise Forbidden()
    step = STEPS[key]
    if step.reason and not reason.strip():
        raise Invalid("请填写理由。")
    changes = {"state": step.to}
    if key == "submit":
        if problems := problems_of(township, month):
            raise Invalid(problems)
        entry = book.append(township, book.settle_key(township, month), book.SETTLE, 0, actor, dates.today().isoformat(), month)
        changes |= {"sums": book.month_of(township, month)[1], "last": entry["n"], "digest": entry["digest"]}
        changes |= {"by": actor.id, "by_name": actor.name, "at": dates.now()}
    note = {"at": dates.now(), "by": actor.id, "by_name": actor.name, "action": key, "label": step.label, "reason": reason.strip()[:300]}
    update = {"$set": changes | {"township": township, "month": month}, "$inc": {"rev": 1}, "$push": {"history": note}}
    query = {"_id": row["_id"], "rev": rev if rev else {"$exists": False}}
    try:
        after = database.raw(COLLECTION).find_one_and_update(query, update, upsert=not rev, return_document=ReturnDocument.AFTER)
    except DuplicateKeyError as error:
        raise Conflict() from error
    if after is None:
        raise Conflict()
    audit.log("reserve", township=township, month=month, action=key)
    return after


def problems_of(township: str, month: str) -> list[str]:
    """Return what keeps a month from being settled."""
    entries = book.of_month(township, month)
    missing = [entry for entry in entries if entry.get("wants")]
    found = [f"第 {entry['n']} 号 {entry['name']} 还没有上传签收单。" for entry in missing]
    if any(entry.get("open") for entry in entries):
        found.append("有一笔正在入账，请稍后再试。")
    earlier = [each for each in book.months(township) if each < month and get(township, each)["state"] == OPEN]
    return found + [f"{each} 还没有报送结算。" for each in sorted(earlier)]


def unsettled(month: str) -> dict[str, str]:
    """Return {township: state} of the books that booked something in a month and are not settled."""
    booked = database.raw(book.COLLECTION).distinct("township", {"month": month})
    known = of_month(month)
    states = {township: known[township]["state"] if township in known else OPEN for township in booked}
    return {township: state for township, state in sorted(states.items()) if state != APPROVED}
