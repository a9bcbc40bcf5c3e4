"""The job that locks a draft: recomputes everything from the database, compares, and sets the seal in one write."""

from adminapp import audit, dates
from adminapp.errors import Conflict, Invalid
from adminapp.payments import adjustments, batches, roster, totals, variance
from adminapp.payments.verify import verify


def run(job, args):
    """Lock the batch as it stood at `args["rev"]`; raise Conflict when it moved on, Invalid when anything differs."""
    batch = batches.get(args["batch"])
    if batch["state"] in batches.SEALED and batch["rev"] == args["rev"] + 1 and batch["seal"]["job"] == job.id:
        return {"batch": batch["_id"], "digest": batch["seal"]["digest"]}  # done before a kill
    if batch["state"] != batches.DRAFT or batch["rev"] != args["rev"]:
        raise Conflict("名册在锁定过程中有改动，没有锁定，请核对后重新锁定。")
    adjustments.write(batch)
    batch["roster"]["count"] or _refuse(["名册没有任何明细，不能锁定。"])
    job.progress(0, batch["roster"]["count"], message="逐行核对")
    problems = verify(batch | {"totals": None})
    if problems:
        for number, sentence in enumerate(problems, 1):
            job.problem(number, sentence)
        _refuse([f"核对发现 {len(problems)} 处不符，没有锁定。"])
    sums = totals.measure(batch["_id"])
    seal = sums | {
        "roster": roster.summary(batch["_id"])["digest"],
        "at": dates.now(),
        "by": job.actor.name,
        "job": job.id,
    }
    after = batches.move(
        batch,
        batches.LOCKED,
        {"seal": seal, "totals": sums, "variance": variance.explain(batch)},
        job.actor,
        "lock",
        "锁定",
    )
    if after is None:
        raise Conflict("名册在锁定过程中有改动，没有锁定，请核对后重新锁定。")
    audit.log("payment", batch=batch["_id"], action="lock", count=sums["count"], digest=seal["digest"])
    return {"batch": batch["_id"], "digest": seal["digest"]}


def _refuse(problems):
    raise Invalid(problems)
