"""Keeps the list of warnings: asks each rule when its time has come, and writes what is new, changed or gone.

Safe to run twice at once and to kill anywhere: every finding has its id, and `seen` only grows.
"""

import logging
from collections.abc import Iterable
from itertools import islice

from pymongo import UpdateOne

from adminapp import database, dates
from adminapp.scope import system
from adminapp.warnings import store
from adminapp.warnings.rules import RULES, Finding, Rule

RUNS = "warning_runs"
BATCH = 1000
log = logging.getLogger(__name__)


def sweep(engine, force: bool = False) -> dict[str, int]:
    """Ask the rules whose time has come; return {rule: number found}. One rule that fails keeps no other from its turn."""
    last, now, found = runs(), dates.now(), {}
    for rule in RULES.values():
        if force or rule.key not in last or last[rule.key]["at"] + rule.every <= now:
            try:
                found[rule.key] = run(rule, engine)
            except Exception:
                log.exception("rule of warnings %s failed", rule.key)
    return found


def runs() -> dict[str, dict]:
    """Return {rule: ``{at, found}``} of the last complete runs."""
    return {row["_id"]: row for row in database.raw(RUNS).find()}


def run(rule: Rule, engine) -> int:
    """Ask one rule over the whole county and return how many it finds."""
    began, count = dates.now(), 0
    with system(f"warnings: {rule.key}"):
        findings = iter(rule.find(engine, dates.today()))
        while batch := list(islice(findings, BATCH)):
            _keep(rule, batch, began)
            count += len(batch)
    table = database.raw(store.COLLECTION)
    note = {"at": began, "by": "system", "by_name": "系统", "what": "不再存在"}
    over = {"rule": rule.key, "state": {"$in": [store.OPEN, store.DISMISSED]}, "seen": {"$lt": began}}
    table.update_many(over, {"$set": {"state": store.GONE, "until": None}, "$push": {"history": note}, "$inc": {"rev": 1}}, hint="seen")
    database.raw(RUNS).update_one({"_id": rule.key}, {"$set": {"at": began, "found": count}}, upsert=True)
    return count


def _keep(rule, batch: Iterable[Finding], began):
    """Store a batch: one that stands unchanged is only marked as seen."""
    table, today = database.raw(store.COLLECTION), dates.today().isoformat()
    rows = {row["_id"]: row for row in (_row(rule, finding) for finding in batch)}
    stored = {row["_id"]: row for row in table.find({"_id": {"$in": list(rows)}}, dict.fromkeys(("state", "until", *SAME), 1))}
    same = [key for key, row in rows.items() if key in stored and _stands(stored[key], row, today)]
    writes = [_write(rows[key], stored.get(key), today, began) for key in rows.keys() - set(same)]
    if same:
        table.update_many({"_id": {"$in": same}}, {"$max": {"seen": began}})
    if writes:
        table.bulk_write(writes, ordered=False)


SAME = ("facts", "text", "township", "village", "name")


def _stands(before, row, today):
    if before["state"] == store.GONE or (before["state"] == store.DISMISSED and before["until"] < today):
        return False
    return all(before.get(name) == row[name] for name in SAME)


def _row(rule, finding):
    about = {name: finding.case.get(name) or "" for name in ("township", "village", "type", "number", "name")}
    return {
        "_id": f"{rule.key}:{finding.subject}", "rule": rule.key, "case": finding.case.get("_id"), **about, "text": finding.text,
        "facts": list(finding.facts), "link": [finding.link[0], dict(finding.link[1])] if finding.link else None,
    }  # fmt: skip


def _write(row, before, today, began):
    """Return the write of a finding that is new, has changed, came back, or whose dismissal has ended."""
    ident = row.pop("_id")
    if before is None:
        start = {"state": store.OPEN, "since": today, "until": None, "history": [], "rev": 0}
        return UpdateOne({"_id": ident}, {"$set": row, "$setOnInsert": start, "$max": {"seen": began}}, upsert=True)
    update = {"$set": row, "$max": {"seen": began}, "$inc": {"rev": 1}}
    still = before["state"] == store.DISMISSED and before["until"] >= today and before.get("facts") == row["facts"]
    if before["state"] != store.OPEN and not still:
        what = "再次出现" if before["state"] == store.GONE else "情况有变化" if before.get("facts") != row["facts"] else "排除到期"
        update["$set"] |= {"state": store.OPEN, "until": None} | ({"since": today} if before["state"] == store.GONE else {})
        update["$push"] = {"history": {"at": began, "by": "system", "by_name": "系统", "what": what}}
    return UpdateOne({"_id": ident, "state": before["state"]}, update)
