"""Corrections of a draft: new lines beside the old ones, never edits. They are noted on the batch first, in the same
write that checks it is still a draft, so that none can slip in behind the seal."""

from pymongo import ReturnDocument

from adminapp import audit, database, dates
from adminapp.errors import Conflict, Forbidden, Invalid, NotFound
from adminapp.money import format_yuan
from adminapp.payments import batches, lines
from adminapp.policy import REVIEWER
from adminapp.related import recusal
from adminapp.scope import Actor

MOST = 1000
"""Corrections a batch may hold; more means that the roster itself is wrong."""


def add(batch_id: str, line_id: str, amount: int, reason: str, actor: Actor, rev: int) -> dict:
    """Add a correction of `amount` fen (negative takes off) to a line that is to be paid; return the batch.

    Raise Forbidden (also for a near relative's line), Invalid (no reason, nothing left to pay), NotFound, Conflict when the batch moved on.
    """
    if not actor.has(REVIEWER):
        raise Forbidden()
    batch = batches.get(batch_id)
    line = database.raw(lines.COLLECTION).find_one({"_id": str(line_id), "batch": batch["_id"]})
    if line is None or line["kind"] in lines.BESIDE:
        raise NotFound()
    recusal.refuse_cases(actor, [line["award"]])
    if line["state"] != lines.PENDING:
        raise Invalid("暂缓或不发放的明细不能调整。")
    if not reason.strip():
        raise Invalid("请填写调整理由。")
    if len(batch["adjustments"]) >= MOST:
        raise Invalid(f"一个批次最多调整 {MOST} 行，请作废后重新编制。")
    others = sum(item["amount"] for item in batch["adjustments"] if item["line"] == line["_id"])
    kept_back = _kept_back(batch, line)
    if not amount or line["amount"] + others - kept_back + amount <= 0:
        less = f"（已抵扣 {format_yuan(kept_back)} 元）" if kept_back else ""
        raise Invalid(f"调整后的金额必须大于 0，本行现为 {format_yuan(line['amount'] + others - kept_back)} 元{less}。")
    item = {
        "line": line["_id"],
        "amount": amount,
        "reason": reason.strip()[:200],
        "by": actor.id,
        "by_name": actor.name,
        "at": dates.now(),
    }
    note = batches.entry(
        actor, "adjust", "调整", batch["state"], batch["state"], f"{format_yuan(amount)} 元：{item['reason']}"
    )
    update = {"$push": {"adjustments": item, "history": note}, "$inc": {"rev": 1}, "$addToSet": {"makers": actor.id}}
    query = {"_id": batch["_id"], "rev": rev, "state": batches.DRAFT}
    after = batches.collection().find_one_and_update(query, update, return_document=ReturnDocument.AFTER)
    if after is None:
        raise Conflict()
    audit.log("payment", batch=batch["_id"], action="adjust", line=line["_id"])
    write(after)
    return after


def _kept_back(batch, line) -> int:
    """Return the fen that set-offs of the award need from this line: what its other lines in the list do not give."""
    query = {"award": line["award"], "batch": batch["_id"], "state": lines.PENDING, "_id": {"$ne": line["_id"]}}
    found = list(database.raw(lines.COLLECTION).find(query, {"amount": 1, "kind": 1}, hint="award"))
    others = {each["_id"]: each["amount"] for each in found if each["kind"] not in lines.BESIDE}
    taken = -sum(each["amount"] for each in found if each["kind"] == lines.SETOFF)
    corrected = sum(item["amount"] for item in batch["adjustments"] if item["line"] in others)
    return max(0, taken - sum(others.values()) - corrected)


def write(batch: dict):
    """Write the line of each correction; those that are there stay."""
    if not batch["adjustments"]:
        return
    wanted = {"_id": {"$in": [item["line"] for item in batch["adjustments"]]}}
    corrected = {line["_id"]: line for line in database.raw(lines.COLLECTION).find(wanted)}
    lines.insert(
        [line_of(batch, serial, item, corrected[item["line"]]) for serial, item in enumerate(batch["adjustments"], 1)]
    )


def line_of(batch: dict, serial: int, item: dict, line: dict) -> dict:
    """Return the line of a correction: the corrected line with another amount."""
    row = {key: value for key, value in line.items() if key not in ("_id", "batch", *lines.CHANGING, *lines.OWN)}
    row |= {"months": 0, "kind": lines.ADJUST, "amount": item["amount"], "reason": item["reason"], "corrects": item["line"]}
    # A letter sorts behind all digits: corrections come last, and their numbers never meet those of the roster.
    made = lines.line_of(batch["_id"], f"a{serial:05d}", row)
    return made | {"slot": f"-{made['_id']}"}
