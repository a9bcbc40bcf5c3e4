"""The job that locks a draft: recomputes everything from the database, compares, and sets the seal in one write."""

from adminapp import audit, dates
from adminapp.errors import Conflict, Invalid
from adminapp.payments import adjustments, batches, variance
from adminapp.payments.verify import examine


def run(job, args):
    """Lock the batch as it stood at `args["rev"]`; raise Conflict when it moved on, Invalid when anything differs."""
    batch = batches.get(args["batch"])
    if batch["state"] in batches.SEALED and batch["rev"] == args["rev"] + 1 and batch["seal"]["job"] == job.id:
        return {"batch": batch["_id"], "digest": batch["seal"]["digest"]}  # done before a kill
    if batch["state"] != batches.DRAFT or batch["rev"] != args["rev"]:
        raise Conflict("名册在锁定过程中有改动，没有锁定，请核对后重新锁定。")
    adjustments.write(batch)
    if not batch["roster"]["count"]:
        raise Invalid("名册没有任何明细，不能锁定。")
    job.progress(0, batch["roster"]["count"], message="逐行核对")
    problems, sums = examine(batch)
    if problems:
        for number, sentence in enumerate(problems, 1):
            job.problem(number, sentence)
        raise Invalid(f"核对发现 {len(problems)} 处不符，没有锁定。")
    seal = sums | {"roster": batch["roster"]["digest"], "at": dates.now(), "by": job.actor.name, "job": job.id}
    changes = {"seal": seal, "totals": sums, "variance": variance.explain(batch, sums["amount"])}
    after = batches.move(batch, batches.LOCKED, changes, job.actor, "lock", "锁定")
    if after is None:
        raise Conflict("名册在锁定过程中有改动，没有锁定，请核对后重新锁定。")
    audit.log("payment", batch=batch["_id"], action="lock", count=sums["count"], digest=seal["digest"])
    return {"batch": batch["_id"], "digest": seal["digest"]}
