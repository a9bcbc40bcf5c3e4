"""The list of warnings (collection `warnings`): one document for what a rule found, for ever under the same id.

``{_id: "<rule>:<subject>", rule, township, village, case, type, number, name, text, facts, link, since, seen, state, until,
history, rev}``. `state` is open, dismissed (until a day, or until the facts change) or gone (the rule finds it no more).
"""

from datetime import date, timedelta

from adminapp import database, dates, indexes, policy, procedure
from adminapp.errors import Forbidden, Invalid, NotFound
from adminapp.scope import Actor, ScopedCollection, current

COLLECTION = "warnings"
indexes.declare(COLLECTION, "township", ["township", "state", "rule", "_id"])
indexes.declare(COLLECTION, "state", ["state", "rule", "_id", "township"])
indexes.declare(COLLECTION, "seen", ["rule", "state", "seen"])
indexes.declare(COLLECTION, "case", ["case", "state"])

OPEN, DISMISSED, GONE = "open", "dismissed", "gone"
STATES = {OPEN: "待处理", DISMISSED: "已排除", GONE: "已消除"}
CODES = {"fine": "已核实，没有问题", "handled": "正在办理，按期完成", "known": "有书面协议或批准", "other": "其他"}
"""Why a warning is put aside."""
DAYS = "warning.dismissal"


def collection() -> ScopedCollection:
    """Return the warnings within the actor's scope."""
    return ScopedCollection(database.raw(COLLECTION))


def get(warning_id: str) -> dict:
    """Return a warning the actor may see. Raise NotFound."""
    row = collection().find_one({"_id": str(warning_id)})
    if row is None:
        raise NotFound()
    return row


def longest(today: date) -> date:
    """Return the last day until which a warning may be put aside."""
    return today + timedelta(days=procedure.value(DAYS, today) or 0)


def listed(state: str, rules, township: str = "", after: str = "", limit: int = 50) -> list[dict]:
    """Return warnings within the actor's scope by rule and id, from behind the id `after` on; read in the order of an index."""
    query = {"state": state, "rule": {"$in": sorted(rule for rule in rules if rule >= after.partition(":")[0])}}
    query |= {"township": township} if township else {}
    query |= {"_id": {"$gt": after}} if after else {}
    hint = "township" if township or current().townships is not None else "state"
    return list(collection().find(query, {"history": 0}, sort=[("rule", 1), ("_id", 1)], limit=limit, hint=hint))


def dismiss(ids, actor: Actor, code: str, reason: str, until: date | None) -> int:
    """Put open warnings aside until a day, with a reason; return how many. One that is not open any more stays as it is.

    Raise Invalid with every sentence that stands in the way, Forbidden for who may not.
    """
    _need(actor)
    today = dates.today()
    problems = [] if ids else ["没有选中任何一条"]
    problems += [] if code in CODES else ["请选择排除原因"]
    problems += [] if len(reason.strip()) >= 2 else ["请写明核实情况"]
    if until is None or not today < until <= longest(today):
        problems.append(f"排除到期日应在明天至 {longest(today)} 之间")
    if problems:
        raise Invalid(problems)
    note = _note(actor, "排除", code=code, reason=reason.strip()[:300], until=until.isoformat())
    return _change(ids, OPEN, {"state": DISMISSED, "until": until.isoformat()}, note)


def restore(ids, actor: Actor) -> int:
    """Take warnings back that were put aside; return how many."""
    _need(actor)
    if not ids:
        raise Invalid(["没有选中任何一条"])
    return _change(ids, DISMISSED, {"state": OPEN, "until": None}, _note(actor, "恢复"))


def may_dismiss(actor: Actor) -> bool:
    return actor.has(*policy.COUNTY)


def _need(actor):
    if not may_dismiss(actor):
        raise Forbidden("预警由县级核实后排除")


def _note(actor, what, **data):
    return {"at": dates.now(), "by": actor.id, "by_name": actor.name, "what": what, **data}


def _change(ids, state, changes, note):
    # The state in the filter makes it a compare-and-set: a warning that somebody else dealt with is left alone.
    query = {"_id": {"$in": list(ids)}, "state": state}
    return collection().update_many(query, {"$set": changes, "$push": {"history": note}, "$inc": {"rev": 1}}).modified_count


def by_rule(state: str = OPEN, township: str = "") -> dict[str, int]:
    """Return {rule: number} within the actor's scope; over index entries alone."""
    return _counted("$rule", state, township)


def by_township(state: str = OPEN, rule: str = "") -> dict[str, int]:
    """Return {township: number} within the actor's scope."""
    return _counted("$township", state, "", {"rule": rule} if rule else {})


def by_place_and_rule() -> dict[tuple[str, str], int]:
    """Return {(township, rule): number} of open warnings within the actor's scope."""
    pipeline = [{"$match": {"state": OPEN}}, {"$group": {"_id": {"t": "$township", "r": "$rule"}, "n": {"$sum": 1}}}]
    return {(row["_id"]["t"], row["_id"]["r"]): row["n"] for row in collection().aggregate(pipeline, hint="state")}


def _counted(key, state, township, more=None):
    query = {"state": state, **({"township": township} if township else {}), **(more or {})}
    hint = "township" if township or current().townships is not None else "state"
    return {row["_id"]: row["n"] for row in collection().aggregate([{"$match": query}, {"$group": {"_id": key, "n": {"$sum": 1}}}], hint=hint)}
