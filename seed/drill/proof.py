"""Holds everything a drill left behind against everything else: a sentence for each fen that nothing explains."""

from collections import Counter

from adminapp import database, ledger
from adminapp.money import format_yuan
from adminapp.months import closing, figures
from adminapp.payments import batches, lines
from adminapp.payments import verify as comparison
from adminapp.payments.proof import Proof
from seed.drill.world import CHUNK, World


def sentences(engine, county: World):
    """Yield a sentence for everything that does not hold; none means that not a fen is unexplained."""
    found = list(batches.collection().find({}, sort=[("month", 1)]))
    yield from comparison.sentences(found)
    proof = Proof(engine.registry, engine.standards)
    for batch in found:
        yield from (f"{batch['_id']}：{sentence}" for sentence in proof.of_batch(batch))
        if batch["variance"] and batch["variance"]["unexplained"]:
            yield f"{batch['month']} 与上月的差额有 {format_yuan(batch['variance']['unexplained'])} 元没有说明"
        row = closing.get(batch["month"])
        if row["state"] != closing.CLOSED:
            yield f"{batch['month']} 没有月结"
        yield from (f"{batch['month']} 月结：{sentence}" for sentence in closing.changed(row))
    yield from _awards(county)
    yield from _totals(found)


def _awards(county):
    """Hold each award's ledger and what the bank credited against the plan."""
    places = range(len(county.months))
    for first in range(0, len(county.fates), CHUNK):
        part = {county.ident(fate.number): fate for fate in county.fates[first : first + CHUNK]}
        kept = ledger.of_many(database.raw("awards").find({"_id": {"$in": list(part)}}))
        credited = Counter()
        for line in database.raw(lines.COLLECTION).find({"award": {"$in": list(part)}}, lines.SUMMED):
            credited[line["award"]] += lines.settled(line)
        for ident, fate in part.items():
            owed, account = sum(fate.owed(place) for place in places), kept[ident]
            facts = {
                "应发": (account.owed, owed), "银行入账": (credited[ident], owed + fate.overpaid()),
                "台账已发": (account.paid, owed + fate.overpaid()), "多发": (account.overpaid, fate.overpaid()), "欠发": (account.arrears, 0),
            }  # fmt: skip
            for name, (stands, planned) in facts.items():
                if stands != planned:
                    yield f"演练{fate.number:05d} {name} {format_yuan(stands)} 元，按经过应为 {format_yuan(planned)} 元"


def _totals(found):
    """Hold the closings against the money that arrived and the lines."""
    for batch in found:
        closed = closing.get(batch["month"])["closings"]
        if not closed:
            continue
        frozen, arrived = figures.total(closed[-1]["figures"]["rows"]), 0
        for request in database.raw("fund_requests").find({"month": batch["month"]}, {"arrived": 1}):
            arrived += request["arrived"]
        if not frozen["due"] == batch["seal"]["amount"] == arrived:
            yield f"{batch['month']} 应发、锁定金额与到账的资金不一致"


def summary(county: World) -> dict:
    """Return what the drill paid: lines, fen credited, of them again, fen overpaid by deaths told late."""
    pipeline = [{"$group": {"_id": "$kind", "count": {"$sum": 1}, "amount": {"$sum": "$amount"}}}]
    kinds = {row["_id"]: (row["count"], row["amount"]) for row in database.raw(lines.COLLECTION).aggregate(pipeline)}
    owed = sum(fate.owed(place) for fate in county.fates for place in range(len(county.months)))
    return {"kinds": kinds, "owed": owed, "overpaid": sum(fate.overpaid() for fate in county.fates)}
