"""Leads as work: each waits for the township's answer until its day."""

from adminapp import divisions, worklist
from adminapp.leads import leads
from adminapp.worklist import Item, Source


def _open(actor):
    return {"state": {"$in": list(leads.WAITING)}} if actor.has(*leads.WORKERS) else None


def _item(row, actor):
    what = "走访并答复线索" if row["state"] == leads.OPEN else "答复已走访的线索"
    return Item(
        what=f"{what}（紧急）" if row["urgent"] else what, title=f"{row['name']}，{divisions.name_of(row['village'])}",
        link=("leads.show", {"lead_id": row["_id"]}), number=row["_id"], township=row["township"], village=row["village"], clause=row["clause"],
        roles=leads.WORKERS,
    )  # fmt: skip


SOURCE = Source(
    key="leads", label="主动发现", collection=leads.COLLECTION, open=_open, item=_item,
    projection=("township", "village", "name", "state", "urgent", "due", "clause"), indexes=("work_township", "work"), due="due", due_text=True,
)  # fmt: skip


def register():
    """Add the source of work. Safe to call again."""
    worklist.register(SOURCE)
