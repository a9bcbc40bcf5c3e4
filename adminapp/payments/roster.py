"""The roster: who is due what in a batch, frozen as a chain of documents that are written once and never changed.

Chunk n of a batch is ``{_id: "<batch>/<n>", first, rows, last, end, digest}`` and begins behind `last` of chunk n-1.
Whoever writes a chunk first decides it; any other runner finds it there and goes on from it. So two runners, or one
that comes back after an hour, make one roster, although awards and cases change meanwhile.
"""

import hashlib
from itertools import islice

from pymongo import ASCENDING, DESCENDING
from pymongo.errors import DuplicateKeyError, PyMongoError

from adminapp import awards, conflicts, database, dates, indexes, matching
from adminapp.bank import accounts, payee, reasons
from adminapp.cases import values_of
from adminapp.payments import lines
from adminapp.payments.due import Due, at_cutoff, due, periods

COLLECTION = "payment_rosters"
indexes.declare(COLLECTION, "batch", ["batch", "n"], unique=True)
CHUNK = 500
"""Awards a chunk covers."""
SETOFFS: list = []
"""What is to be taken off: ``function(award ids, month) -> {award: [{id, amount, label}]}``, fen above 0 of ledger entries."""


def freeze(batch: dict, registry, on_chunk=lambda chunk: None) -> dict:
    """Write the chunks that are missing and return the last one. `on_chunk` hears of each chunk written or found."""
    chunk = _chunks().find_one({"batch": batch["_id"]}, {"rows": 0}, sort=[("n", DESCENDING)])
    while chunk is None or not chunk["end"]:
        chunk = _keep(_next(batch, registry, chunk))
        on_chunk(chunk)
    return chunk


def cut(batch_id: str):
    """End the roster of an aborted batch where it is, so that a runner that still sleeps can add nothing."""
    while True:
        chunk = _chunks().find_one({"batch": batch_id}, {"rows": 0}, sort=[("n", DESCENDING)])
        if chunk and chunk["end"]:
            return
        _keep(_chunk(batch_id, chunk, [], chunk["last"] if chunk else None, True, []))


def chunks(batch_id: str, start: int = 0):
    """Yield the chunks of a batch in order, from number `start`."""
    query = {"batch": batch_id, "n": {"$gte": start}}
    yield from _chunks().find(query, sort=[("n", ASCENDING)], batch_size=4)


def rows(batch_id: str):
    """Yield (number, row) of the whole roster."""
    for chunk in chunks(batch_id):
        yield from enumerate(chunk["rows"], chunk["first"])


def summary(batch_id: str) -> dict:
    """Return ``{count, amount, chunks, digest}`` of a finished roster, recomputed from its rows."""
    total = hashlib.new("sm3")
    count = amount = number = 0
    for number, chunk in enumerate(chunks(batch_id), 1):  # noqa: B007
        total.update(digest_of(chunk["rows"]).encode())
        count += len(chunk["rows"])
        amount += sum(row["amount"] for row in chunk["rows"])
    return {"count": count, "amount": amount, "chunks": number, "digest": total.hexdigest()}


def overpaid(batch_id: str) -> list[dict]:
    """Return ``{award, number, name, period, amount}`` of awards that got more for a period than is due by now."""
    return [item for chunk in _chunks().find({"batch": batch_id}, {"overpaid": 1}) for item in chunk["overpaid"]]


def digest_of(rows: list[dict]) -> str:
    """Return the SM3 of rows in their order."""
    total = hashlib.new("sm3")
    for row in rows:
        total.update(lines.canonical(row))
    return total.hexdigest()


def _chunks():
    return database.raw(COLLECTION)


def _keep(chunk):
    try:
        _chunks().insert_one(chunk)
    except DuplicateKeyError:
        return _chunks().find_one({"_id": chunk["_id"]}, {"rows": 0})
    return chunk


def _chunk(batch_id, before, rows, last, end, overpaid):
    n = before["n"] + 1 if before else 0
    first = before["first"] + before["count"] if before else 1
    return {
        "_id": f"{batch_id}/{n:05d}", "batch": batch_id, "n": n, "first": first, "count": len(rows), "rows": rows,
        "last": last, "end": end, "digest": digest_of(rows), "overpaid": overpaid,
    }  # fmt: skip


def _next(batch, registry, before):
    found = list(islice(_awards(batch, before["last"] if before else None), CHUNK))
    made, overpaid = _rows(batch, registry, found) if found else ([], [])
    last = [found[-1]["type"], found[-1]["township"], found[-1]["_id"]] if found else (before or {}).get("last")
    return _chunk(batch["_id"], before, made, last, len(found) < CHUNK, overpaid)


def _awards(batch, last):
    """Yield the awards of the batch's types that ever had a spell by its month, in order of type, township and id."""
    table = database.raw(awards.COLLECTION)
    for key in batch["types"]:
        if last and key < last[0]:
            continue
        for township in sorted(table.distinct("township", {"type": key})):
            if last and key == last[0] and township < last[1]:
                continue
            query = {"type": key, "township": township, "spells.from": {"$lte": _horizon(batch["month"])}}
            if last and key == last[0] and township == last[1]:
                query["_id"] = {"$gt": last[2]}
            yield from table.find(query, sort=[("_id", ASCENDING)], batch_size=CHUNK, limit=CHUNK)


def _horizon(month):
    return dates.add_months(month, 2)  # the last month of a quarter that begins with the batch


def rows_now(registry, award: dict, month: str, with_account: bool = True) -> list[dict]:
    """Return the rows that an award is due for a month by what is known now, each with what holds it, as a list would make them."""
    batch = {"_id": "", "month": month, "runs": {}, "known": {}}
    return _rows(batch, registry, [award], _gaps if with_account else _no_gaps)[0]


def _rows(batch, registry, found, gaps=None):
    owed, overpaid = _owed(batch, found)
    due_awards = {award["_id"]: award for award, *_ in owed}
    cases = _cases(registry, due_awards)
    beside, matched = conflicts.Beside(due_awards.values()), matching.Holds(due_awards)
    registered = accounts.of_cases(list(due_awards))
    made = []
    for award, item, came_back in owed:
        case, account = cases.get(award["_id"], {}), registered.get(award["_id"])
        values = payee.values_of(registry, case)
        holds = [*_conflicts(registry, award, case, beside, item.period), *matched.reasons(award, item.period), *(gaps or _gaps)(award, case, values, account)]
        if account and account["spelling"]:
            values["spelling"] = account["spelling"]
        for row in _split(_row(award, item, values), came_back):
            row["hold"] = [*holds, *_unsettled(row, came_back)]
            made.append(row)
    return _with_setoffs(batch, made), overpaid


def _with_setoffs(batch, made):
    """Return the rows with what is set off behind those of its award: never all that the award is paid in this list."""
    paying = {row["award"] for row in made if not row["hold"]}
    found = {award: items for take in SETOFFS for award, items in take(sorted(paying), batch["month"]).items()}
    if not found:
        return made
    rest, last = {}, {}
    for place, row in enumerate(made):
        if not row["hold"]:
            rest[row["award"]] = rest.get(row["award"], 0) + row["amount"]
            last[row["award"]] = place
    behind = {}
    for award, items in found.items():
        for item in items if award in rest else ():
            amount = min(item["amount"], rest[award] - 1)
            rest[award] -= amount
            if amount > 0:
                about = {"kind": lines.SETOFF, "amount": -amount, "ledger": item["id"], "reason": item["label"]}
                behind.setdefault(last[award], []).append(_beside(batch, made[last[award]], about))
    return [each for place, row in enumerate(made) for each in (row, *behind.get(place, ()))]


def _beside(batch, row, about):
    kept = {key: value for key, value in row.items() if key not in lines.OWN}
    return kept | about | {"slot": f"{about['kind']}:{about['ledger']}:{batch['_id']}", "months": 0}


def _split(row, came_back):
    """Yield the row, or its two parts when some of it was sent before and came back: that part is paid again as such."""
    again = min(row["amount"], sum(line["amount"] - lines.settled(line) for line in came_back if line["amount"] > 0))
    if again <= 0:
        yield row
        return
    yield row | {"kind": lines.REISSUE, "amount": again, "reissues": [line["_id"] for line in came_back]}
    if row["amount"] > again:
        serial = int(row["slot"].rpartition(":")[2]) + 1
        yield row | {"kind": lines.ARREARS, "amount": row["amount"] - again, "slot": f"{row['slot'].rpartition(':')[0]}:{serial}"}


def _unsettled(row, came_back):
    """Yield why a returned amount is not paid again yet: somebody has to look into it first."""
    for line in came_back if row["kind"] == lines.REISSUE else ():
        reason = reasons.get(lines.outcome(line).get("reason", ""))
        if reason.fix == reasons.CHECK and not line.get("fixed"):
            yield f"退汇待核实：{reason.label}"
            return


def _owed(batch, found):
    """Return [(award, Due, lines that came back)] and what was overpaid, with two queries for all awards of a chunk."""
    ids = [award["_id"] for award in found]
    unpaid = lines.unpaid(ids)
    looked = {
        award["_id"]: periods(award, batch["month"], batch["runs"].get(award["type"], {}), unpaid.get(award["_id"], ()))
        for award in found
    }
    paid = lines.paid(ids, {period for each in looked.values() for period in each}, batch["_id"])
    owed, overpaid = [], []
    for award in found:
        then = at_cutoff(award, batch["known"].get(award["type"]))
        for period in looked[award["_id"]]:
            item = due(award, period, batch["month"], paid.get((award["_id"], period), (0, 0)), then)
            if isinstance(item, Due):
                owed.append((award, item, unpaid.get(award["_id"], {}).get(period, [])))
            elif item is not None:
                about = {key: award[key] for key in ("number", "name", "township", "village")}
                overpaid.append({"award": award["_id"], **about, "period": item.period, "amount": item.amount})
    return owed, overpaid


def _cases(registry, due_awards):
    wanted = {"people": 1, "village": 1, "township": 1, "type": 1, "schema_version": 1}
    for key, version in {(award["type"], award["version"]) for award in due_awards.values()}:
        wanted |= {stored: 1 for stored in payee.of_version(registry, key, version).values() if stored}
    return {case["_id"]: case for case in database.raw("cases").find({"_id": {"$in": list(due_awards)}}, wanted)}


def _row(award, item, values):
    return {
        "slot": _slot(award, item), "award": award["_id"], "number": award["number"], "type": award["type"],
        "version": award["version"], "programme": award["programme"], "unit": award["unit"],
        "kind": "arrears" if item.late else "regular", "period": item.period,
        "months": item.months, "amount": item.amount,
        "township": award["township"], "village": award["village"], "name": award["name"],
        "people": award["household_size"] if award["unit"] == "household" else 1, "person": award["person"],
        "basis": list(item.basis), "before": item.before, **values,
    }  # fmt: skip


def _slot(award, item):
    """Return what may be paid only once: a person's programme in a period. One-off relief counts by decision."""
    who = award["person"] if award["person"] and award["cycle"] != "once" else str(award["_id"])
    return f"{award['programme']}:{who}:{item.period}" + (f":{item.serial}" if item.serial else "")


def _gaps(award, case, values, account):
    if not case:
        yield "案件资料缺失"
    elif not values["account"]:
        yield "没有登记银行账号"
    elif sentence := accounts.refusal(account, award["_id"], values["account"], values["payee"]):
        yield sentence


def _no_gaps(award, case, values, account):
    """What is paid in cash needs no account."""
    return () if case else ("案件资料缺失",)


def _conflicts(registry, award, case, beside, month):
    """Yield a sentence for what stands against paying the award for a month, with what to do about it."""
    published = registry.get(award["type"], award["version"])
    for finding in conflicts.on_list(award, published.relief_type, beside, month, lambda formula: _holds(published, case, formula)):
        if finding.bars:
            yield finding.advice


def _holds(published, case, formula):
    """Evaluate a condition of an exclusion on the case as it is stored now; one that cannot be evaluated holds."""
    try:
        document = published.model._from_son(database.raw("cases").find_one({"_id": case["_id"]}))
        return values_of(document, published.relief_type, on=dates.today()).holds(formula)
    except PyMongoError:  # the roster is frozen for good: nobody is held because a server was away for a moment
        raise
    except Exception:  # a doubtful line is held, and said so, rather than paid or stopping the whole list
        return True
