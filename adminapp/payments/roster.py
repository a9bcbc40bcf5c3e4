"""The roster: who is due what in a batch, frozen as a chain of documents that are written once and never changed.

Chunk n of a batch is ``{_id: "<batch>/<n>", first, rows, last, end, digest}`` and begins behind `last` of chunk n-1.
Whoever writes a chunk first decides it; any other runner finds it there and goes on from it. So two runners, or one
that comes back after an hour, make one roster, although awards and cases change meanwhile.
"""

import hashlib
from itertools import islice

from pymongo import ASCENDING, DESCENDING
from pymongo.errors import DuplicateKeyError

from adminapp import awards, conflicts, database, dates, indexes
from adminapp.bank import reasons
from adminapp.cases import values_of
from adminapp.fields import KINDS
from adminapp.payments import lines
from adminapp.payments.due import Due, due, periods

COLLECTION = "payment_rosters"
indexes.declare(COLLECTION, "batch", ["batch", "n"], unique=True)
CHUNK = 500
"""Awards a chunk covers."""
SOURCES = {
    "id": "applicant_id",
    "payee": "account_name",
    "bank": "bank_name",
    "phone": "phone",
    "address": "home_address",
}
"""Value of a line and the declared field it is taken from."""


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


def _rows(batch, registry, found):
    owed, overpaid = _owed(batch, found)
    due_awards = {award["_id"]: award for award, *_ in owed}
    cases = _cases(registry, due_awards)
    beside = conflicts.Beside(due_awards.values())
    made = []
    for award, item, came_back in owed:
        case = cases.get(award["_id"], {})
        values = _values(registry, award, case)
        holds = [*_conflicts(registry, award, case, beside, item.period), *_gaps(values, case)]
        for row in _split(_row(award, item, values), came_back):
            row["hold"] = [*holds, *_unsettled(row, came_back)]
            made.append(row)
    return made, overpaid


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
        award["_id"]: periods(award, batch["month"], batch["runs"].get(award["type"], ()), unpaid.get(award["_id"], ()))
        for award in found
    }
    paid = lines.paid(ids, {period for each in looked.values() for period in each}, batch["_id"])
    owed, overpaid = [], []
    for award in found:
        for period in looked[award["_id"]]:
            item = due(award, period, batch["month"], paid.get((award["_id"], period), (0, 0)))
            if isinstance(item, Due):
                owed.append((award, item, unpaid.get(award["_id"], {}).get(period, [])))
            elif item is not None:
                about = {key: award[key] for key in ("number", "name", "township", "village")}
                overpaid.append({"award": award["_id"], **about, "period": item.period, "amount": item.amount})
    return owed, overpaid


def _cases(registry, due_awards):
    wanted = {"people": 1, "village": 1, "township": 1, "type": 1, "schema_version": 1}
    for key, version in {(award["type"], award["version"]) for award in due_awards.values()}:
        wanted |= {stored: 1 for stored in sources(registry.get(key, version).relief_type).values() if stored}
    return {case["_id"]: case for case in database.raw("cases").find({"_id": {"$in": list(due_awards)}}, wanted)}


def sources(relief_type) -> dict[str, str]:
    """Return the stored field each value of a line comes from, "" when the type declares none.

    The names are those of every declaration (`applicant_id`, `account_name` …); the account is also known by its kind.
    """
    live = relief_type.live_fields
    found = {name: live[key].stored if key in live else "" for name, key in SOURCES.items()}
    accounts = [field for field in live.values() if KINDS[field.kind].name == "bank_account"]
    return found | {"account": accounts[0].stored if accounts else ""}


def _values(registry, award, case):
    """Return what a line takes from the case as it is stored: payee, account, address …"""
    fields = sources(registry.get(award["type"], award["version"]).relief_type)
    return {name: case.get(stored) or "" for name, stored in fields.items()}


def _row(award, item, values):
    return {
        "slot": _slot(award, item), "award": award["_id"], "number": award["number"], "type": award["type"],
        "version": award["version"], "programme": award["programme"], "unit": award["unit"],
        "kind": "arrears" if item.late else "regular", "period": item.period,
        "months": item.months, "amount": item.amount,
        "township": award["township"], "village": award["village"], "name": award["name"],
        "people": award["household_size"] if award["unit"] == "household" else 1, "person": award["person"], **values,
    }  # fmt: skip


def _slot(award, item):
    """Return what may be paid only once: a person's programme in a period. One-off relief counts by decision."""
    who = award["person"] if award["person"] and award["cycle"] != "once" else str(award["_id"])
    return f"{award['programme']}:{who}:{item.period}" + (f":{item.serial}" if item.serial else "")


def _gaps(row, case):
    if not case:
        yield "案件资料缺失"
    elif not row["account"]:
        yield "没有登记银行账号"


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
    except Exception:  # a doubtful line is held, and said so, rather than paid or stopping the whole list
        return True
