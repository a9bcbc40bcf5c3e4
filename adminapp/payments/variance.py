"""Why a batch pays more or less than the one of the month before: every difference has a reason, and they add up."""

from adminapp import database, dates
from adminapp.payments import batches, lines

REASONS = {
    "new": "新增",
    "stopped": "停发、减员或暂缓",
    "raised": "调增",
    "lowered": "调减",
    "late": "补发和调整",
    "before": "上月补发和调整",
}


def explain(batch: dict) -> dict | None:
    """Return ``{before, rows: [{key, count, amount}], count, amount}`` against the month before, None without one.

    Only for the first batch of a month: a supplement has nothing to be compared with.
    """
    month = dates.add_months(batch["month"], -1)
    query = {"scope": batch["scope"], "month": month, "state": {"$in": list(batches.SEALED)}}
    earlier = [row["_id"] for row in batches.collection().find(query, {"_id": 1})]
    if batches.is_supplement(batch) or not earlier:
        return None
    now, late = _sums([batch["_id"]])
    then, before = _sums(earlier)
    rows = {key: [0, 0] for key in REASONS}
    for award, amount in now.items():
        old = then.get(award)
        if old is None:
            _add(rows["new"], 1, amount)
        elif amount != old:
            _add(rows["raised" if amount > old else "lowered"], 1, amount - old)
    for award, amount in then.items():
        if award not in now:
            _add(rows["stopped"], -1, -amount)
    _add(rows["late"], late[0], late[1])
    _add(rows["before"], -before[0], -before[1])
    listed = [{"key": key, "count": row[0], "amount": row[1]} for key, row in rows.items() if any(row)]
    return {
        "before": earlier[0], "rows": listed,
        "count": len(now) - len(then), "amount": sum(now.values()) + late[1] - sum(then.values()) - before[1],
    }  # fmt: skip


def _add(row, count, amount):
    row[0] += count
    row[1] += amount


def _sums(batch_ids):
    """Return {award: fen of its regular lines} and (lines, fen) of all others that were to be paid."""
    regular, count, other = {}, 0, 0
    query = {"batch": {"$in": batch_ids}, "state": {"$in": list(lines.TO_PAY)}}
    shown = {"_id": 0, "award": 1, "kind": 1, "amount": 1}
    for line in database.raw(lines.COLLECTION).find(query, shown, batch_size=5000):
        if line["kind"] == lines.REGULAR:
            regular[line["award"]] = regular.get(line["award"], 0) + line["amount"]
        else:
            count, other = count + 1, other + line["amount"]
    return regular, (count, other)
