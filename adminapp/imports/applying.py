"""Takes the good households of a batch in, chunk by chunk. Killed anywhere and run again, no case is lost and none doubled.

For each chunk: which of its cases are there; numbers for the others, noted with the digest of the case (`import_cases`);
the cases; their outboxes. A note whose case is not there yet keeps its number for the next try.
"""

import hashlib
from collections import defaultdict

import bson

from adminapp import audit, database, uploads
from adminapp.imports import batches, duplicates
from adminapp.imports.gathering import Fault
from adminapp.imports.opened import open_batch
from adminapp.imports.storing import drain_new
from adminapp.scope import ScopedCollection
from adminapp.workflow.opening import give_number, next_numbers


def run(job, args: dict) -> dict:
    """Take a batch in; the handler of the job."""
    batch = batches.get(args["batch"])
    if batch["state"] != batches.APPLYING:
        return batch["counts"]
    opened = open_batch(job, batch)
    finder = duplicates.Finder(batch, job.engine.registry)
    held = duplicates.standing(batch)
    first = job.cursor or 0
    job.progress(first, len(opened.households), "正在导入")
    for chunk in opened.chunks(first):
        composed = opened.composer.compose(chunk)
        late = [pair for pair in duplicates.with_verdicts(finder.find_stored(composed)) if pair["n"] not in held]
        duplicates.keep_new(late)
        held |= duplicates.held_back(late)
        store([case for household, case in composed if household.n not in held], batch, job.engine.registry)
        job.save_cursor(chunk[-1].n, chunk[-1].n)
    return _finish(job, opened, held)


def store(cases: list, batch: dict, registry):
    """Store the cases of a chunk that are not there yet, and carry out what waits in the outbox of all of them."""
    if not cases:
        return
    table, ids = database.raw("cases"), [case.id for case in cases]
    there = {row["_id"] for row in table.find({"_id": {"$in": ids}}, {"_id": 1})}
    new = [case for case in cases if case.id not in there]
    _give_numbers(new, batch, registry)
    documents = [case.to_mongo() for case in new]
    if documents:
        notes = database.raw(batches.TAKEN)
        notes.delete_many({"_id": {"$in": [case.id for case in new]}})
        notes.insert_many([_note(document, batch) for document in documents], ordered=False)
        ScopedCollection(table).insert_many(documents, ordered=False)
    drain_new(ids)


def _give_numbers(cases, batch, registry):
    kept = {row["_id"]: row["number"] for row in database.raw(batches.TAKEN).find({"_id": {"$in": [case.id for case in cases]}}, {"number": 1})}
    code, groups = registry.get(batch["type"], batch["version"]).relief_type.code, defaultdict(list)
    for case in cases:
        if case.id in kept:
            give_number(case, kept[case.id])
        else:
            groups[case.township, case.applied_on.year].append(case)
    for (township, year), group in sorted(groups.items()):
        for case, number in zip(group, next_numbers(township, code, year, len(group)), strict=True):
            give_number(case, number)


def _note(document, batch):
    place = {name: document[name] for name in ("number", "township", "village", "name")}
    return {"_id": document["_id"], "batch": batch["_id"], "n": int.from_bytes(document["_id"].binary[9:]), "digest": digest_of(document), **place}


def digest_of(document: dict) -> str:
    """Return the digest of a case as it lies in the database, what waits in its outbox left out."""
    return hashlib.sha256(bson.encode({name: value for name, value in document.items() if name != "outbox"})).hexdigest()


def _finish(job, opened, held):
    batch = opened.batch
    first, last = batches.id_range(batch["_id"], batch["at"])
    taken = {int.from_bytes(row["_id"].binary[9:]) for row in database.raw("cases").find({"_id": {"$gte": first, "$lte": last}}, {"_id": 1})}
    left = [household for household in opened.households if household.n not in taken and held.get(household.n) != duplicates.SAME]
    # After a crash the households of earlier chunks have not been judged in this process.
    opened.composer.compose([household for household in left if not household.faults and household.n not in held])
    why = {pair["n"]: pair["why"] for pair in duplicates.pairs().find({"batch": batch["_id"]})}
    for household in left:
        if household.n in held and not household.faults:
            text = f"可能重复（{duplicates.WHY[why.get(household.n, 'id')]}），请在本批导入中判断后再上传"
            household.faults.append(Fault(household.sheet, household.row, -1, text))
    opened.give_back(job, left, "没有导入的户")
    dropped = sum(1 for verdict in held.values() if verdict == duplicates.SAME)
    done = {**batch["counts"], "taken": len(taken), "left": len(left), "dropped": dropped}
    audit.log("import", batch=batch["_id"], type=batch["type"], step="applied", taken=len(taken), left=len(left), job=job.id)
    batches.finish(batch, {"state": batches.APPLIED, "counts": done, "samples": ""}, job.actor, "applied", "导入完成")
    uploads.drop(batch["upload"]["id"])
    return done
