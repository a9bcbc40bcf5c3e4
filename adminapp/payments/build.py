"""The job that builds a batch: freezes the roster, closes it with its digest, writes the lines, opens a draft.

Every write is one of: a chunk or line under its natural key, or a compare-and-set on the batch. So it may be killed
anywhere, run by several at once, and begun again, and the result is the same.
"""

from adminapp import audit
from adminapp.payments import batches, lines, roster, totals, variance


def run(job, args):
    """Build the batch of `args["batch"]`; return what came out. A batch that is past building is left alone."""
    batch = batches.get(args["batch"])
    if batch["state"] == batches.BUILDING:
        batch = close_roster(job, batch)
    if batch["state"] == batches.BUILDING:
        write_lines(job, batch)
        batch = open_draft(job, batch)
    return {"batch": batch["_id"], "state": batch["state"]}


def close_roster(job, batch) -> dict:
    """Freeze whoever is due, and note count, sum and digest of the roster on the batch; return the batch."""
    if batch["roster"]:
        return batch
    frozen = roster.freeze(
        batch, job.engine.registry, lambda chunk: job.progress(chunk["first"], message="冻结应发名单")
    )
    job.progress(frozen["first"], 2 * (frozen["first"] + frozen["count"]))
    closed = {"$set": {"roster": roster.summary(batch["_id"])}}
    batches.collection().update_one({"_id": batch["_id"], "state": batches.BUILDING, "roster": None}, closed)
    return batches.get(batch["_id"])


def write_lines(job, batch):
    """Write the line of each row of the roster; those that are there stay."""
    count = batch["roster"]["count"]
    for chunk in roster.chunks(batch["_id"], job.cursor or 0):
        lines.insert(
            [lines.line_of(batch["_id"], number, row) for number, row in enumerate(chunk["rows"], chunk["first"])]
        )
        for number, row in enumerate(chunk["rows"], chunk["first"]):
            for reason in row["hold"]:
                job.problem(f"{number} {row['number']}", f"暂缓：{reason}")
        lines.changed(row["award"] for row in chunk["rows"])
        job.total, job.done = 2 * count, count + chunk["first"] + chunk["count"] - 1
        job.save_cursor(chunk["n"] + 1)


def open_draft(job, batch) -> dict:
    """Measure the lines and hand the batch over as a draft; return it as it stands."""
    job.progress(2 * batch["roster"]["count"], message="核对合计")
    sums = totals.measure(batch["_id"])
    changes = {
        "totals": sums, "variance": variance.explain(batch, sums["amount"]),
        "overpaid": roster.overpaid(batch["_id"])[:500],
    }  # fmt: skip
    after = batches.move(batch, batches.DRAFT, changes, job.actor, "built", "编制完成", maker=False)
    if after:
        audit.log("payment", batch=batch["_id"], action="built", count=after["totals"]["count"])
    return after or batches.get(batch["_id"])
