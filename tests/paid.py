"""Payment lines for tests that need no real list: stored as a sealed one leaves them."""

from adminapp import awards, database
from adminapp.payments import batches, lines


def pay(case, month, state="PAID", amount=None, **about):
    """Store a line of a closed list for one month, by default what the award gives now."""
    batch, award = f"home:{month}", database.raw(awards.COLLECTION).find_one({"_id": case.pk})
    shown = {"_id": batch, "month": month, "types": ["home"], "state": batches.CLOSED, "scope": "home", "n": 1}
    database.raw(batches.COLLECTION).update_one({"_id": batch}, {"$set": shown}, upsert=True)
    number = database.raw(lines.COLLECTION).count_documents({}) + 1
    amount = awards.amount_in(award, month) if amount is None else amount
    line = {"kind": lines.REGULAR, "amount": amount, "period": month, "hold": [], "state": state, "award": case.pk, "batch": batch, **about}
    database.raw(lines.COLLECTION).insert_one({"_id": f"{batch}/{number:07d}", "slot": f"test:{number}", **line})
    lines.changed([case.pk])
