"""What is kept back from a list to recover what was paid too much before (抵扣), by confirmed agreement."""

from math import floor

from adminapp import awards, database, dates, procedure
from adminapp.ledger import recovery
from adminapp.payments import batches, lines


def take(award_ids: list, month: str) -> dict:
    """Return {award: [{id, amount, label}]} for a list of a month: what the agreement says, never more than is open, nor more
    than the share of the month's amount that the procedure allows; once a month, however many lists there are."""
    wanted = {"_id": {"$in": award_ids}, "state": recovery.AGREED, "agreement.way": recovery.SETOFF, "agreement.from_month": {"$lte": month}}
    ids = database.raw(recovery.COLLECTION).distinct("_id", wanted)
    if not ids:
        return {}
    recovery.refresh(ids)
    found = {award["_id"]: award for award in database.raw(awards.COLLECTION).find({"_id": {"$in": ids}})}
    share, before = procedure.value("recovery.setoff_share", dates.first_day(month)), _taken(ids, month)
    taken = {}
    for row in database.raw(recovery.COLLECTION).find(wanted | {"_id": {"$in": ids}}):
        most = floor((1 if share is None else share) * awards.amount_in(found[row["_id"]], month))
        amount = min(row["agreement"]["monthly"], most) - before.get(row["_id"], 0)
        if (amount := min(amount, row["open"])) > 0:
            taken[row["_id"]] = [{"id": f"{row['_id']}:{row['agreement']['key']}", "amount": amount, "label": "抵扣以前多发"}]
    return taken


def _taken(ids, month):
    """Return {award: fen} that other lists of the month take already."""
    named, found = batches.collection().distinct("_id", {"month": month}), {}
    for line in database.raw(lines.COLLECTION).find({"award": {"$in": ids}, "batch": {"$in": named}, "kind": lines.SETOFF}, lines.SUMMED):
        found[line["award"]] = found.get(line["award"], 0) - lines.settled(line)
    return found
