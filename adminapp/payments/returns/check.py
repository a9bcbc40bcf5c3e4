"""The job that checks a return file: every row must be one of ours, unaltered, and the totals must be right."""

from adminapp import audit
from adminapp.bank import profiles
from adminapp.bank.cells import Problem
from adminapp.bank.reading import parse
from adminapp.errors import Invalid
from adminapp.payments import batches, lines, release, transfers
from adminapp.payments.returns import match, model

SHOWN = 300
"""Problems kept with the file's record; the job's own list counts them all."""


def run(job, args):
    """Check the file of `args["return"]`; return what came out. A record that moved on is left alone."""
    found = model.get(args["return"])
    if found["state"] != model.CHECKING or found["rev"] != args["rev"]:
        return {"return": found["_id"], "state": found["state"]}
    batch, profile = batches.get(found["batch"]), profiles.get(found["profile"]).profile
    job.progress(0, 3, message="读取文件")
    try:
        parsed = parse(profile.returns, model.content_of(found))
        job.progress(1, message="逐行对账")
        told, problems, states = compare(batch, profile, parsed, job.engine.registry)
    except Invalid as error:
        parsed, told, problems, states = None, [], [Problem(0, "文件", str(error).rstrip("。"))], {}
    counts = tally(told, parsed, states)
    for problem in problems[:SHOWN]:
        job.problem(problem.row or "文件", str(problem))
    job.progress(2, message="保存结果")
    changes = {"counts": counts, "problems": [vars(problem) for problem in problems[:SHOWN]], "faults": len(problems)}
    if problems:
        changes |= {"state": model.BLOCKED, "chunks": 0}
    else:
        changes |= {"state": model.CHECKED, "chunks": model.keep_rows(found, [_stored(said) for said in told])}
    after = model.finish_check(found, changes)
    if after:
        audit.log("import", batch=batch["_id"], file=found["digest"][:24], action="check", faults=len(problems))
    return {"return": found["_id"], "state": (after or model.get(found["_id"]))["state"], "faults": len(problems)}


def compare(batch, profile, parsed, registry):
    """Return (told, problems, {line id: line as it stands}) of a file that was read; the lines are those of its banks."""
    states = {}

    def seen(rows):
        for row in rows:
            states[row["_id"]] = {"state": row["state"], "amount": row["amount"], "events": (row.get("events") or [])[-3:]}
            yield row

    sent = [item for item in transfers.of_batch(batch, seen(release.rows_of(batch, registry))) if profile.serves(item["bank"])]
    told, problems = match.match(profile, parsed, sent)
    for said in told:
        problems += _refused(said, states)
    served = {ident: states[ident] for item in sent for ident in item["lines"]}
    return told, sorted(problems, key=lambda problem: problem.row), served


def _refused(said, states):
    parts = [{"_id": ident, **states[ident]} for ident in said.transfer["lines"]]
    shares = match.allot(parts, said.to, said.paid)
    for part in parts:
        answer = match.step(part, *shares[part["_id"]])
        if answer not in ("", "go"):
            return [Problem(said.row, match.ALL, answer)]
    return []


def tally(told, parsed, states) -> dict:
    """Return ``{rows, missing, <state>: {count, amount}}``; `missing` are lines of its banks that the file says nothing about."""
    found = {"rows": parsed.count if parsed else 0}
    named = {ident for said in told for ident in said.transfer["lines"]}
    found["missing"] = sum(1 for ident, line in states.items() if line["state"] == lines.SENT and ident not in named)
    for state in (lines.PAID, lines.PARTIAL, lines.FAILED, lines.RETURNED):
        mine = [said for said in told if said.to == state]
        credited = sum(said.paid for said in mine)
        found[state] = {"count": len(mine), "amount": sum(said.transfer["amount"] for said in mine), "paid": credited}
    return found


def _stored(said):
    return {
        "row": said.row, "award": said.transfer["award"], "lines": said.transfer["lines"],
        "to": said.to, "paid": said.paid, "code": said.code, "reason": said.reason,
    }  # fmt: skip
