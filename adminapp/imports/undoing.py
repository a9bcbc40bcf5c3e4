"""Takes an import back: what was there before is there again, and of what came in nothing is left.

First every case is looked at: one that somebody worked on since, or for which money moved, keeps the whole batch. Then
they go, each only while it is as it was stored.
"""

from adminapp import audit, database, numbering, uploads
from adminapp.bank import accounts
from adminapp.errors import Invalid
from adminapp.imports import batches
from adminapp.imports.applying import digest_of
from adminapp.workflow.opening import counter_of

CHUNK = 500
EVENTS, LINES = "events", "payment_lines"


def run(job, args: dict) -> dict:
    """Undo a batch; the handler of the job."""
    batch = batches.get(args["batch"])
    if batch["state"] != batches.UNDOING:
        return batch["counts"]
    notes = list(database.raw(batches.TAKEN).find({"batch": batch["_id"]}, sort=[("_id", 1)]))
    job.progress(0, len(notes), "正在核对")
    if not job.cursor:
        touched = [(note, why) for chunk in _chunks(notes) for note, why in _touched(chunk)]
        if touched:
            _refuse(job, batch, touched)
        job.save_cursor({"removing": True}, 0)
    kept = []
    for chunk in _chunks(notes):
        kept += _remove(chunk)
        job.progress(job.done + len(chunk))
    if kept:  # somebody was quicker than the removal
        _refuse(job, batch, [(note, "撤销期间有人办理") for note in kept])
    _give_numbers_back(batch, notes, job.engine.registry)
    database.raw(batches.TAKEN).delete_many({"batch": batch["_id"]})
    batches.clean(batch["_id"])
    audit.log("import_undone", batch=batch["_id"], cases=len(notes), job=job.id)
    batches.finish(batch, {"state": batches.UNDONE, "samples": ""}, job.actor, "undone", "已撤销")
    uploads.drop(batch["upload"]["id"])  # there is one when the import was broken off
    return {"undone": len(notes)}


def _chunks(notes):
    return [notes[first : first + CHUNK] for first in range(0, len(notes), CHUNK)]


def _refuse(job, batch, touched):
    for note, why in touched:
        job.problem(note["number"], why)
    job.save_cursor(None)
    batches.finish(batch, {"state": batches.APPLIED}, job.actor, "kept", f"没有撤销：{len(touched)} 件已有后续办理")
    shown = "、".join(note["number"] for note, _ in touched[:5])
    raise Invalid(f"有 {len(touched)} 件导入后已经办理过，不能撤销：{shown}{' 等' if len(touched) > 5 else ''}。")


def _touched(notes):
    """Yield (note, why) for each case of a chunk that is not as it was stored."""
    ids = [note["_id"] for note in notes]
    cases = {row["_id"]: row for row in database.raw("cases").find({"_id": {"$in": ids}})}
    paid = set(database.raw(LINES).distinct("award", {"award": {"$in": ids}}))
    awards = database.raw("awards").find({"_id": {"$in": ids}}, {"entries.cause": 1})
    changed = {row["_id"] for row in awards if any(entry["cause"] not in ("open", "once") for entry in row["entries"])}
    for note in notes:
        case = cases.get(note["_id"])
        if case is None:
            continue
        if digest_of(case) != note["digest"]:
            yield note, "导入后修改或办理过"
        elif note["_id"] in paid:
            yield note, "已经列入发放名册"
        elif note["_id"] in changed:
            yield note, "享受待遇有变更"


def _remove(notes) -> list[dict]:
    """Remove what came in with a chunk and return the notes of cases that stay.

    The cases go first: one that somebody changed at this moment stays, and what belongs to it. A run that was killed behind
    that finds them gone and removes the rest.
    """
    touched = {note["_id"] for note, _ in _touched(notes)}
    untouched = [note["_id"] for note in notes if note["_id"] not in touched]
    database.raw("cases").delete_many({"_id": {"$in": untouched}, "rev": 0})
    stay = touched | set(database.raw("cases").distinct("_id", {"_id": {"$in": untouched}}))
    gone = [note["_id"] for note in notes if note["_id"] not in stay]
    numbers = {note["number"] for note in notes}
    for account in database.raw(accounts.COLLECTION).find({"uses.case": {"$in": gone}}):
        _leave_account(account, set(gone), numbers)
    database.raw("awards").delete_many({"_id": {"$in": gone}})
    for name in ("decisions", EVENTS, "case_contents"):
        database.raw(name).delete_many({"case": {"$in": gone}})
    return [note for note in notes if note["_id"] in stay]


def _leave_account(account, going, numbers):
    """Take cases out of an account; one that began with them goes with them."""
    uses = [use for use in account["uses"] if use["case"] not in going]
    if not uses and account["history"][0]["reason"] in numbers:
        database.raw(accounts.COLLECTION).delete_one({"_id": account["_id"], "rev": account["rev"]})
    else:
        accounts.change(account["_id"], lambda now: now | {"uses": [use for use in now["uses"] if use["case"] not in going]})


def _give_numbers_back(batch, notes, registry):
    """Set the counters back where nobody took a number since, so that the next case gets the one it would have had."""
    code = registry.get(batch["type"], batch["version"]).relief_type.code
    groups = {}
    for note in notes:
        groups.setdefault((note["township"], int(note["number"][-9:-5])), []).append(int(note["number"][-5:]))
    for (township, year), serials in groups.items():
        first, last = min(serials), max(serials)
        if last - first + 1 == len(serials):
            numbering.take_back(counter_of(township, code, year), first, last)
