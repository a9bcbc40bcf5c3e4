"""The job that writes what a checked return file says onto the lines: state and event in one update of each line.

One file at a time works on a batch. Before anything is written every line is asked whether it may take the step, so a
file is applied wholly or not at all; a killed job begins again and finds what it did before.
"""

from pymongo import UpdateOne

from adminapp import audit, database
from adminapp.bank import profiles, reasons, verifying
from adminapp.bank.cells import Problem
from adminapp.errors import Conflict, Invalid
from adminapp.payments import batches, lines
from adminapp.payments.returns import match, model


def run(job, args):
    """Apply the file of `args["return"]`; return what the batch looks like now."""
    found = model.get(args["return"])
    if found["state"] == model.CHECKED and found["rev"] == args["rev"]:
        claim(batches.get(found["batch"]), found, job.actor)
        found = model.begin_apply(found) or model.get(found["_id"])
    if found["state"] != model.APPLYING:
        model.free(found)  # it may have been given up between the two writes above
        return {"return": found["_id"], "state": found["state"]}
    batch = batches.get(found["batch"])
    job.progress(0, 2 * found["counts"]["rows"], message="核对每一行的状态")
    refused = _refused(job, found)
    if refused:
        _give_up(job, found, refused)
        raise Invalid(f"核对以后有 {len(refused)} 行的状态变了，没有入账，请重新上传核对。")
    _write(job, found)
    _write_rest(found, batch)
    for rows in model.rows_of(found):
        _accounts_fall(found, [row for row in rows if row["to"] in (lines.FAILED, lines.RETURNED)])
    results = count_results(batch["_id"])
    release(batch, found, results, job.actor)
    after = model.finish_apply(found, {"state": model.APPLIED, "results": results})
    if after:
        audit.log("import", batch=batch["_id"], file=found["digest"][:24], action="apply", rows=found["counts"]["rows"])
    return {"return": found["_id"], "state": model.APPLIED}


def claim(batch, found, actor):
    """Take the batch for this file, and begin its reconciling with the first. Raise Conflict while another file works."""
    query = {"_id": batch["_id"], "state": {"$in": list(model.OPEN)}, "returning": {"$in": [None, found["_id"]]}}
    changes = {"state": batches.RECONCILING, "returning": found["_id"]}
    note = batches.entry(actor, "return", f"回盘入账 {found['name']}", batch["state"], batches.RECONCILING)
    update = {"$set": changes, "$inc": {"rev": 1}, "$push": {"history": note | {"file": found["digest"]}}}
    table = batches.collection()
    if table.find_one({"_id": batch["_id"], "returning": found["_id"]}, {"_id": 1}):
        return
    if not table.update_one(query, update).matched_count:
        raise Conflict("这个批次正在入账另一个回盘文件，或者已经办结，请稍后再试。")


def release(batch, found, results, actor):
    """Give the batch free for the next file, with what became of its lines."""
    query = {"_id": batch["_id"], "returning": found["_id"]}
    batches.collection().update_one(query, {"$set": {"returning": None, "results": results}, "$inc": {"rev": 1}})


def _give_up(job, found, refused):
    for number, sentence in refused:
        job.problem(number, sentence)
    model.free(found)
    problems = [vars(Problem(number, match.ALL, sentence)) for number, sentence in refused]
    model.finish_apply(found, {"state": model.BLOCKED, "problems": problems, "faults": len(refused)})


def _steps(rows):
    """Yield (row, line, state, fen) for each line the rows speak of; one query for all of them."""
    wanted = [ident for row in rows for ident in row["lines"]]
    shown = {"state": 1, "amount": 1, "events": 1, "township": 1, "award": 1}
    stored = {line["_id"]: line for line in database.raw(lines.COLLECTION).find({"_id": {"$in": wanted}}, shown)}
    for row in rows:
        parts = [stored[ident] for ident in row["lines"]]
        shares = match.allot(parts, row["to"], row["paid"])
        for line in parts:
            yield row, line, *shares[line["_id"]]


def _refused(job, found):
    """Return [(row, sentence)] of lines that cannot take the step, unless this very file took it before."""
    refused = []
    for n, rows in enumerate(model.rows_of(found)):
        for row, line, to, paid in _steps(rows):
            mine = any(event.get("file") == found["digest"] for event in line.get("events") or ())
            answer = "" if mine else match.step(line, to, paid)
            if answer not in ("", "go"):
                refused.append((row["row"], answer))
        job.progress(model.CHUNK * n)
    return refused


def _write(job, found):
    for n, rows in enumerate(model.rows_of(found)):
        updates = [
            UpdateOne({"_id": line["_id"], "state": line["state"]}, told(found, row["row"], line, to, paid, row))
            for row, line, to, paid in _steps(rows)
            if match.step(line, to, paid) == "go"
        ]
        if updates:
            database.raw(lines.COLLECTION).bulk_write(updates, ordered=False)
        lines.changed(row["award"] for row in rows)
        job.progress(found["counts"]["rows"] + model.CHUNK * n, message="入账" if n == 0 else None)


def told(found, number, line, to, paid, row) -> dict:
    """Return the update of a line that the bank told something of."""
    event = {
        "at": found["applied_at"], "by": found["by"], "from": line["state"], "to": to, "paid": paid,
        "code": row["code"], "reason": row["reason"] if to != lines.PAID else "", "file": found["digest"], "row": number,
    }  # fmt: skip
    update = {"$set": {"state": to}, "$push": {"events": event}}
    if to in lines.BROKEN and line["amount"] > 0:
        update["$set"] |= {"queue": line["township"], "owed": line["award"]}
    return update


def _write_rest(found, batch):
    """Take every line of its banks that a file of failures does not name for paid, where the bank has agreed to that."""
    profile = profiles.get(found["profile"]).profile
    if profile.returns.covers != "failures":
        return
    event = {
        "at": found["applied_at"], "by": found["by"], "from": lines.SENT, "to": lines.PAID, "code": "", "reason": "",
        "file": found["digest"], "row": 0,
    }  # fmt: skip
    # The amount credited is the line's own: only a pipeline can put it into the event.
    paid = {"$mergeObjects": [event, {"paid": "$amount"}]}
    pipeline = [{"$set": {"state": lines.PAID, "events": {"$concatArrays": [{"$ifNull": ["$events", []]}, [paid]]}}}]
    table, query = database.raw(lines.COLLECTION), {"batch": batch["_id"], "state": lines.SENT}
    banks = [bank for bank in table.distinct("bank", query) if profile.serves(bank)]
    table.update_many(query | {"bank": {"$in": banks}}, pipeline)


def _accounts_fall(found, rows):
    """Let the accounts fall that the bank found wrong, so that nothing more is sent there before somebody looked."""
    wrong = {row["award"]: row for row in rows if reasons.get(row["reason"]).account}
    sent = {row["lines"][0]: award for award, row in wrong.items()}
    for line in database.raw(lines.COLLECTION).find({"_id": {"$in": list(sent)}}, {"account": 1}):
        row = wrong[sent[line["_id"]]]
        reason, key = reasons.get(row["reason"]), f"{found['_id']}:{row['row']}"
        verifying.fall(row["award"], line["account"], reason.account, reason.label, key, found["by"])


def count_results(batch_id: str) -> dict:
    """Return ``{state: {count, amount, paid}}`` of a batch's lines, from the database; `count` leaves corrections out."""
    found = {}
    shown = {"state": 1, "kind": 1, "amount": 1, "events": {"$slice": -1}}
    for line in database.raw(lines.COLLECTION).find({"batch": batch_id}, shown, batch_size=5000):
        add_result(found, line)
    return found


def add_result(results: dict, line: dict):
    """Count one line into the sums of its state."""
    sums = results.setdefault(line["state"], {"count": 0, "amount": 0, "paid": 0})
    sums["count"] += line["kind"] not in lines.BESIDE
    sums["amount"] += line["amount"]
    sums["paid"] += lines.settled(line)
