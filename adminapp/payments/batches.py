"""A batch (发放批次) as stored: which types and month, its state, its seal, and every step anybody took with it.

``{_id: "<type or all>:<month>[:n]", scope, month, n, types, known, runs, state, rev, makers, job, roster, totals, seal,
variance, adjustments, files, history, …}``. All of it is one document, so every step is one compare-and-set that also
writes the step into `history`. How the job goes is in the job, never here.

`known` is the cut-off of each type, an ISO day or a moment: what was decided later is not in the list. `runs` are the
cut-off days of earlier lists by month.
"""

from pymongo import ASCENDING, DESCENDING, ReturnDocument

from adminapp import database, dates, indexes
from adminapp.errors import NotFound
from adminapp.payments import lines
from adminapp.scope import Actor
from adminapp.text import plain_number

COLLECTION = "payment_batches"
indexes.declare(COLLECTION, "month", ["-month", "scope", "n"])
ALL_TYPES = "all"
BUILD, SEAL, RELEASE, PROVE = "payment_build", "payment_seal", "payment_release", "payment_prove"

PROPOSED, BUILDING, DRAFT, LOCKED, APPROVED, FUNDED = "PROPOSED", "BUILDING", "DRAFT", "LOCKED", "APPROVED", "FUNDED"
SENT, RECONCILING, CLOSED, ABORTED = "SENT", "RECONCILING", "CLOSED", "ABORTED"
STATES = {
    PROPOSED: "待同意", BUILDING: "编制中", DRAFT: "待锁定", LOCKED: "待审批", APPROVED: "待拨款", FUNDED: "待送银行",
    SENT: "已送银行", RECONCILING: "对账中", CLOSED: "已办结", ABORTED: "已作废",
}  # fmt: skip
TONES = {PROPOSED: "wait", BUILDING: "info", DRAFT: "wait", LOCKED: "wait", APPROVED: "wait", FUNDED: "wait", SENT: "info",
         RECONCILING: "info", CLOSED: "good", ABORTED: ""}  # fmt: skip
BEFORE_SENT = (PROPOSED, BUILDING, DRAFT, LOCKED, APPROVED, FUNDED)
OPEN = (PROPOSED, BUILDING, DRAFT)
"""States in which a batch takes in what is decided: a second one of the month would be too early."""
SEALED = (LOCKED, APPROVED, FUNDED, SENT, RECONCILING, CLOSED)
PAYABLE = (APPROVED, FUNDED, SENT, RECONCILING, CLOSED)
"""States in which a bank file may leave."""


def collection():
    """Return the batches. They are of the whole county and hold no person; the lines are scoped."""
    return database.raw(COLLECTION)


def get(batch_id: str) -> dict:
    """Return a batch. Raise NotFound."""
    batch = collection().find_one({"_id": str(batch_id)})
    if batch is None:
        raise NotFound()
    return batch


def listed(limit: int = 60, before: str | None = None) -> list[dict]:
    """Return the newest batches, by month, without adjustments and history.

    `before` is the id of the last one of the page before, or a month, and then only earlier months are listed. Raise Invalid.
    """
    order = [("month", DESCENDING), ("scope", ASCENDING), ("n", ASCENDING)]
    hidden = {"history": 0, "adjustments": 0, "variance": 0, "runs": 0, "known": 0}
    return list(collection().find(_behind(before) if before else {}, hidden, sort=order, limit=limit))


def _behind(mark):
    scope, more, rest = mark.partition(":")
    if not more:
        return {"month": {"$lt": dates.parse_month(mark)}}
    month, _colon, number = rest.partition(":")
    month, n = dates.parse_month(month), plain_number(number) or 1
    return {"month": {"$lte": month}, "$or": [{"month": {"$lt": month}}, {"scope": {"$gt": scope}}, {"scope": scope, "n": {"$gt": n}}]}


def move(batch: dict, to: str, changes: dict, actor: Actor, action: str, label: str, maker: bool = True) -> dict | None:
    """Take a step of a job on the batch as it was read, with the step in its history; return it, None when stale.

    `maker` False: who let the job run, as who consents to a supplement does, is not one who made the list.
    """
    note = entry(actor, action, label, batch["state"], to)
    update = {
        "$set": {**changes, "state": to},
        "$inc": {"rev": 1},
        "$push": {"history": note},
    }
    if maker:
        update["$addToSet"] = {"makers": actor.id}
    query = {"_id": batch["_id"], "rev": batch["rev"], "state": batch["state"]}
    return collection().find_one_and_update(query, update, return_document=ReturnDocument.AFTER)


def entry(actor, action, label, before, after, reason="", seal=None) -> dict:
    """Return one step for the history; a seal that is given up stays readable there."""
    note = {
        "at": dates.now(), "actor": actor.id, "actor_name": actor.name, "action": action, "label": label,
        "from": before, "to": after, "reason": reason,
    }  # fmt: skip
    return note | ({"digest": seal["digest"]} if seal and after == DRAFT else {})


def scope_name(batch: dict) -> str:
    """Return the name of the type, as it was when the batch was made, or that of all."""
    return "全部类型" if batch["scope"] == ALL_TYPES else batch["names"].get(batch["scope"], batch["scope"])


def is_supplement(batch: dict) -> bool:
    """Tell whether another batch of the month was paid before; one made anew after an abort is none."""
    return batch["supplement"] or batch["again"]


def short_name(batch_id: str) -> str:
    """Return "2026-12 名册" of the id of a batch, "2026-12 第 2 批名册" of another one of the month, "2026-12 备用金" of a reserve."""
    if batch_id.startswith(lines.RESERVE):
        return f"{batch_id.rpartition(':')[2]} 备用金"
    _scope, month, *number = batch_id.split(":")
    return f"{month} 第 {number[0]} 批名册" if number else f"{month} 名册"


def title_of(batch: dict) -> str:
    """Return "2026 年 9 月农村低保发放名册"."""
    more = f"（补充 {batch['n']}）" if batch["supplement"] else f"（第 {batch['n']} 批）" if batch["again"] else ""
    return f"{int(batch['month'][:4])} 年 {int(batch['month'][5:])} 月{scope_name(batch)}发放名册{more}"
