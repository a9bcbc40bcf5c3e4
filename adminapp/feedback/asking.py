"""What somebody with a receipt and its secret is told: how far it is, and the answer. Nothing of the case, nobody's name."""

from adminapp import database
from adminapp.complaints import register as complaints
from adminapp.feedback import receipts
from adminapp.objections import register as objections

KINDS = {"YY": ("公示异议", objections), "TS": ("投诉举报", complaints)}
PUBLIC_STATES = {"RECEIVED": "已收到", "ASSIGNED": "办理中", "INVESTIGATING": "办理中", "DECIDED": "已作出处理，正在答复"}


def told(number: str, secret: str) -> dict | None:
    """Return {kind, number, state, received_on, due, answer, answered_on}; None unless number and secret belong together."""
    number = str(number).strip().upper()
    kind, module = KINDS.get(number[:2], ("", None))
    row = database.raw(module.COLLECTION).find_one({"_id": number}) if module else None
    if row is None or not receipts.matches(row, str(secret)):
        return None
    answered = row["state"] not in PUBLIC_STATES
    replied = row.get("replied") or {}
    return {
        "kind": kind, "number": number, "state": PUBLIC_STATES.get(row["state"], "已办结"), "received_on": row["received_on"],
        "due": "" if answered else row.get("limit") or row.get("due") or "", "answer": row["answer"] if answered else "",
        "answered_on": (replied.get("on") or row.get("decided_on") or "") if answered else "",
    }  # fmt: skip
