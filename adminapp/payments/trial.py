"""The job that tries a bank profile on the payees of a sealed list, before finance puts the profile into use.

Nothing is written: each cell the bank would refuse is a problem of the job, and so is each character the encoding lacks.
"""

from adminapp import audit
from adminapp.bank import profiles
from adminapp.errors import Forbidden, Invalid
from adminapp.jobs import model as jobs
from adminapp.payments import batches, release, transfers
from adminapp.policy import FINANCE
from adminapp.scope import Actor

TRY = "bank_profile_try"


def lists() -> list[dict]:
    """Return the newest sealed batches a profile may be tried on."""
    return [batch for batch in batches.listed(24) if batch["state"] in batches.SEALED][:12]


def start(ident: str, batch_id: str, actor: Actor) -> str:
    """Start the trial and return the job's id. Raise Forbidden, NotFound, Invalid for a list that is not locked."""
    if not actor.has(FINANCE):
        raise Forbidden()
    stored, batch = profiles.get(ident), batches.get(batch_id)
    if batch["state"] not in batches.SEALED:
        raise Invalid("只能用已锁定的名册试算。")
    args = {"profile": stored.id, "batch": batch["_id"]}
    return jobs.start(TRY, f"用{batches.title_of(batch)}试“{stored.label}”", args, actor)


def run(job, args):
    """Lay the payees of `args["batch"]` in the form of `args["profile"]`; return what came out."""
    stored, batch = profiles.get(args["profile"]), batches.get(args["batch"])
    job.progress(0, 2, message="读取名册")
    sent = transfers.of_batch(batch, release.rows_of(batch, job.engine.registry))
    payees = [item for item in sent if stored.profile.serves(item["bank"])]
    job.progress(1, message="逐行检查")
    found = release.BANK["preview"](stored.profile, payees)
    for kind, problems in (("不能发送", found["problems"]), ("改用编码", found["warnings"])):
        for problem in problems:
            job.problem(f"第 {problem['row']} 行" if problem["row"] else "文件", f"{kind}：{problem['column']} {problem['text']}")
    audit.log("bank_profile", profile=stored.id, action="try", batch=batch["_id"], problems=len(found["problems"]))
    result = {key: found[key] for key in ("count", "amount", "size", "encoding")}
    return result | {"profile": stored.id, "problems": len(found["problems"]), "warnings": len(found["warnings"])}
