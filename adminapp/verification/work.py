"""Requests as work: those to be put into a batch, batches not yet sent, households whose report is to be made."""

from adminapp import worklist
from adminapp.policy import REVIEWER
from adminapp.verification import requests
from adminapp.worklist import Item, Source

OPEN = (requests.WAITING, requests.RETURNED)
TIMED = (requests.WAITING, requests.SENT, requests.RETURNED)
"""A request in a batch keeps its due date until the batch has gone out."""


def _states(*states):
    return lambda actor: {"state": {"$in": list(states)}} if actor.has(REVIEWER) else None


def _item(row, actor):
    what, link = "组批提请核对", ("verification.index", {})
    if row["state"] == requests.SENT:
        what, link = f"发出核对批次 {row['batch']}", ("verification.batch", {"batch_id": row["batch"]})
    elif row["state"] == requests.RETURNED:
        what, link = "出具核对报告", ("verification.show", {"request_id": row["_id"]})
    return Item(
        what=what, title=row["name"], link=link, number=row["number"], kind=row["type"], township=row["township"], village=row["village"],
        clause=row.get("clause") or "", roles=(REVIEWER,),
    )  # fmt: skip


SOURCE = Source(
    key="verification",
    label="信息核对",
    collection=requests.COLLECTION,
    open=_states(*OPEN),
    timed=_states(*TIMED),
    item=_item,
    projection=("number", "type", "name", "township", "village", "state", "batch", "clause"),
    indexes=("work_township", "work"),
    due_text=True,
    kind_field="type",
)

def register():
    """Add the source of work. Safe to call again."""
    worklist.register(SOURCE)
