"""Closing a month, and opening it again: who, from which state, each one compare-and-set on the month."""


from pymongo import DESCENDING, ReturnDocument
from pymongo.errors import DuplicateKeyError

from adminapp import audit, database, dates, divisions, indexes
from adminapp.errors import Conflict, Forbidden, Invalid
from adminapp.money import format_yuan
from adminapp.months import figures
from adminapp.months.points import points
from adminapp.payments import batches
from adminapp.payments.steps import Step
from adminapp.policy import APPROVER, FINANCE, REVIEWER
from adminapp.scope import Actor

COLLECTION = "month_closes"
indexes.declare(COLLECTION, "state", ["state", "-_id"])
audit.declare("month", "月结")

OPEN, CLOSED, ASKED = "OPEN", "CLOSED", "ASKED"
STATES = {OPEN: "未月结", CLOSED: "已月结", ASKED: "待同意重开"}
TONES = {OPEN: "", CLOSED: "good", ASKED: "wait"}


STEPS = {
    "close": Step("月结", OPEN, CLOSED, frozenset({REVIEWER, FINANCE}), "月结以后统计数字固定，本月不能再编补充名册。"),
    "ask": Step("申请重开", CLOSED, ASKED, frozenset({REVIEWER, APPROVER, FINANCE}), "另一人同意以后重开；原来的数字保留。", reason=True),
    "agree": Step("同意重开", ASKED, OPEN, frozenset({APPROVER, FINANCE}), "重开以后可以编补充名册，再次月结另存一份数字。", other_person=True),
    "decline": Step("不同意重开", ASKED, CLOSED, frozenset({APPROVER, FINANCE}), "本月保持月结。", reason=True, other_person=True),
}


def collection():
    """Return the months that were ever closed. They are of the whole county and hold no person."""
    return database.raw(COLLECTION)


def get(month: str) -> dict:
    """Return a month as stored; one that was never closed is open with `rev` 0."""
    month = dates.parse_month(month)
    return collection().find_one({"_id": month}) or _new(month)


def _new(month):
    return {"_id": month, "state": OPEN, "rev": 0, "closings": [], "asked": None, "history": []}


def listed() -> list[dict]:
    """Return every month that has a list, newest first, with where it stands: the months of a county are few."""
    stored = {row["_id"]: row for row in collection().find({}, {"closings.figures.rows": 0, "closings.figures.other": 0}, sort=[("_id", DESCENDING)])}
    months = set(batches.collection().distinct("month", {"state": {"$ne": batches.ABORTED}})) | stored.keys()
    return [stored.get(month) or _new(month) for month in sorted(months, reverse=True)]


def closed_months() -> set[str]:
    """Return the months that are closed; one whose reopening is asked for still is."""
    return {row["_id"] for row in collection().find({"state": {"$in": [CLOSED, ASKED]}}, {"_id": 1})}


def is_closed(month: str) -> bool:
    """Tell whether a month is closed: no list is added to it."""
    return collection().find_one({"_id": month, "state": {"$in": [CLOSED, ASKED]}}, {"_id": 1}) is not None


def offered(row: dict, actor: Actor) -> dict[str, Step]:
    """Return the steps this person may take now, by key."""
    return {
        key: step
        for key, step in STEPS.items()
        if step.is_open(row["state"], actor) and not (step.other_person and row["asked"]["by"] == actor.id)
    }


def take(month: str, key: str, actor: Actor, rev: int, reason: str = "") -> dict:
    """Take a step and return the month.

    Raise Forbidden for what is not offered, Conflict when it moved on meanwhile, Invalid without a reason or while something
    stands in the way.
    """
    step, row = STEPS.get(key), get(month)
    if row["rev"] != rev:
        raise Conflict()
    if key not in offered(row, actor):
        apart = step is not None and step.is_open(row["state"], actor)
        raise Forbidden("申请重开的人不能自己同意，请由其他人办理。" if apart else None)
    if step.reason and not reason.strip():
        raise Invalid("请填写理由。")
    note = {"at": dates.now(), "by": actor.id, "by_name": actor.name, "action": key, "label": step.label, "reason": reason.strip()[:500]}
    changes, push = {"state": step.to, "asked": note if key == "ask" else None}, {"history": note}
    if key == "close":
        if found := points(month, closed_months()):
            raise Invalid([point.text for point in found])
        measured = figures.measure(month)
        closing = {"n": len(row["closings"]) + 1, "figures": measured, "digest": figures.digest_of(month, measured)}
        push["closings"] = closing | {name: note[name] for name in ("at", "by", "by_name")}
    try:
        after = collection().find_one_and_update(
            {"_id": month, "rev": rev} if rev else {"_id": month, "rev": {"$exists": False}},
            {"$set": changes, "$inc": {"rev": 1}, "$push": push}, upsert=not rev, return_document=ReturnDocument.AFTER,
        )  # fmt: skip
    except DuplicateKeyError as error:
        raise Conflict() from error
    if after is None:
        raise Conflict()
    audit.log("month", month=month, action=key, digest=after["closings"][-1]["digest"])
    return after


def changed(row: dict) -> list[str]:
    """Return sentences on where a closed month differs from what is stored now; none means it can be proved."""
    if row["state"] == OPEN:
        return []
    frozen = row["closings"][-1]
    if figures.digest_of(row["_id"], frozen["figures"]) != frozen["digest"]:
        return ["月结数字与月结时的校验值不符。"]
    now, found = figures.measure(row["_id"]), []
    before = {(each["list"], each["type"], each["township"]): each for each in frozen["figures"]["rows"]}
    after = {(each["list"], each["type"], each["township"]): each for each in now["rows"]}
    for key in sorted(before.keys() | after.keys()):
        if before.get(key) != after.get(key):
            pairs = {name: [(each.get(key) or {}).get(name, 0) for each in (before, after)] for name in figures.SUMS}
            parts = [f"{figures.SUMS[name]} {_said(name, old)} → {_said(name, new)}" for name, (old, new) in pairs.items() if old != new]
            kind, township = (before.get(key) or after[key])["name"], divisions.name_of(key[2])
            found.append(f"{township}{kind}（{batches.short_name(key[0])}）：{'，'.join(parts) or '分项不同'}。")
    return found


def _said(name, value):
    return f"{value:,}" if name in ("households", "people") else f"{format_yuan(value)} 元"
