"""Why a list pays more or less than the one of the month before: every line that differs, its reason, and their sum.

Rows are ``{_id: "<batch>/<award>", batch, rev, key, cause, award, number, name, township, village, type, before, after,
amount}``, fen; `key` groups them (REASONS), `cause` says why in words. The batch holds their sums, and in `unexplained` what
the control totals differ beyond them: 0, or something is wrong. What both lists pay alike has no row.
"""

from pymongo import ReplaceOne

from adminapp import awards, database, dates, indexes
from adminapp.awards.entries import CAUSES
from adminapp.bank import reach
from adminapp.payments import batches, lines

COLLECTION = "payment_variances"
indexes.declare(COLLECTION, "place", ["batch", "township", "village", "_id"])
indexes.declare(COLLECTION, "key", ["batch", "key", "township", "village", "_id"])
CHUNK = 1000

REASONS = {
    "new": "新增",
    "stopped": "停发、减员",
    "held": "暂缓",
    "raised": "调增",
    "lowered": "调减",
    "late": "本月补发、重发和调整",
    "before": "上月补发、重发和调整",
}
SHOWN = {"award": 1, "number": 1, "name": 1, "township": 1, "village": 1, "type": 1, "kind": 1, "period": 1, "amount": 1, "reason": 1}


def collection():
    """Return the rows within the actor's reach."""
    return reach.collection(COLLECTION)


def explain(batch: dict, total: int | None = None) -> dict | None:
    """Write the rows of a batch and return ``{before, rev, rows: [{key, count, amount}], count, amount, unexplained}``.

    None without a list of the month before, and for a supplement: it has nothing to be compared with. `total` are the
    fen of the control totals, measured by somebody else. Safe to repeat.
    """
    month = dates.add_months(batch["month"], -1)
    query = {"scope": batch["scope"], "month": month, "state": {"$in": list(batches.SEALED)}}
    earlier = {row["_id"]: row["seal"]["amount"] for row in batches.collection().find(query, {"seal.amount": 1}, sort=[("n", 1)])}
    if batches.is_supplement(batch) or not earlier:
        return None
    now, late = _split([batch["_id"]])
    then, before = _split(list(earlier))
    found = [*_changes(batch, now, then), *_beside(batch, "late", late, 1), *_beside(batch, "before", before, -1)]
    _keep(batch, found)
    sums = {key: [0, 0] for key in REASONS}
    for row in found:
        sums[row["key"]][0] += _count(row)
        sums[row["key"]][1] += row["amount"]
    paid = sum(line["amount"] for line in [*now.values(), *late]) if total is None else total
    amount = paid - sum(earlier.values())
    return {
        "before": next(iter(earlier)), "rev": batch["rev"],
        "rows": [{"key": key, "count": count, "amount": fen} for key, (count, fen) in sums.items() if count or fen],
        "count": len(now) - len(then), "amount": amount, "unexplained": amount - sum(row["amount"] for row in found),
    }  # fmt: skip


def _count(row):
    """Return how many payees a row adds: one that only changes counts as one too."""
    return -1 if row["key"] in ("stopped", "held", "before") else 1


def _split(batch_ids):
    """Return {award: its regular line} and [other lines] of what was to be paid; an award's regular lines are summed."""
    regular, other = {}, []
    query = {"batch": {"$in": batch_ids}, "state": {"$in": list(lines.TO_PAY)}}
    for line in database.raw(lines.COLLECTION).find(query, SHOWN, batch_size=5000):
        if line["kind"] != lines.REGULAR:
            other.append(line)
        elif line["award"] in regular:
            regular[line["award"]]["amount"] += line["amount"]
        else:
            regular[line["award"]] = line
    return regular, other


def _changes(batch, now, then):
    """Yield a row for each award whose regular amount differs from the month before."""
    changed = [award for award in now.keys() | then.keys() if _fen(now, award) != _fen(then, award)]
    changed.sort(key=lambda award: (now.get(award) or then[award])["_id"].rpartition("/")[2])
    held = _held(batch, changed)
    for first in range(0, len(changed), CHUNK):
        part = changed[first : first + CHUNK]
        known = {award["_id"]: award for award in database.raw(awards.COLLECTION).find({"_id": {"$in": part}}, {"spells": 1, "cycle": 1})}
        for award in part:
            old, new = _fen(then, award), _fen(now, award)
            key = "new" if not old else "raised" if new > old else "lowered" if new else "held" if award in held else "stopped"
            cause = held[award] if key == "held" else _cause(known.get(award), batch["month"], key)
            yield _row(batch, str(award), now.get(award) or then[award], key, cause, old, new)


def _fen(regular, award):
    return regular[award]["amount"] if award in regular else 0


def _held(batch, changed):
    """Return {award: why} of those whose line of this month is held."""
    query = {"batch": batch["_id"], "award": {"$in": changed}, "state": lines.HELD}
    return {line["award"]: "；".join(line["hold"]) for line in database.raw(lines.COLLECTION).find(query, {"award": 1, "hold": 1})} if changed else {}


def _cause(award, month, key):
    """Return why an award changed in a month, in the words of its entries."""
    spell = awards.spell_in(award, month) if award else None
    if award and award["cycle"] == "once":
        return CAUSES["once"]
    if spell and spell["from"] <= month and (key != "new" or spell["amount"]):
        return CAUSES.get(spell["cause"], spell["cause"])
    return "已另外发放" if key in ("stopped", "lowered") else CAUSES["open"]


def _beside(batch, key, found, sign):
    """Yield a row for each line of another kind: this month's are added, last month's are gone."""
    for line in found:
        cause = f"{lines.KINDS[line['kind']]} {line['period']}" + (f"：{line['reason']}" if line.get("reason") else "")
        old, new = (0, line["amount"]) if sign > 0 else (line["amount"], 0)
        yield _row(batch, line["_id"].replace("/", "~"), line, key, cause, old, new)


def _row(batch, name, line, key, cause, old, new):
    place = {field: line[field] for field in ("award", "number", "name", "township", "village", "type")}
    return {
        "_id": f"{batch['_id']}/{name}", "batch": batch["_id"], "rev": batch["rev"], "key": key, "cause": cause, **place,
        "before": old, "after": new, "amount": new - old,
    }  # fmt: skip


def _keep(batch, found):
    """Store the rows; those of an earlier state of the draft that no longer hold are taken away."""
    table = database.raw(COLLECTION)
    for first in range(0, len(found), CHUNK):
        table.bulk_write([ReplaceOne({"_id": row["_id"]}, row, upsert=True) for row in found[first : first + CHUNK]], ordered=False)
    table.delete_many({"batch": batch["_id"], "rev": {"$lt": batch["rev"]}})
