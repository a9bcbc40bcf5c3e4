"""Meetings as work: those whose attendance and votes are still to be written down."""

from adminapp import divisions, worklist
from adminapp.appraisal import meetings
from adminapp.policy import CLERK, DEPUTY
from adminapp.worklist import Item, Source


def _open(actor):
    return {"state": {"$in": list(meetings.OPEN)}} if actor.has(CLERK, DEPUTY) else None


def _item(row, actor):
    what = "召开并登记民主评议" if row["state"] == meetings.PLANNED else "写入民主评议结果"
    title = f"{divisions.name_of(row['village'])}，{len(row['items'])} 户"
    return Item(
        what=what, title=title, link=("meetings.show", {"meeting_id": row["_id"]}), number=row["_id"], township=row["township"], village=row["village"],
        roles=(CLERK, DEPUTY),
    )  # fmt: skip


SOURCE = Source(
    key="meetings", label="民主评议", collection=meetings.COLLECTION, open=_open, item=_item, projection=("township", "village", "items.case", "state", "day"),
    indexes=("work_township", "work"), due="day", due_text=True,
)  # fmt: skip


def register():
    """Add the source of work. Safe to call again."""
    worklist.register(SOURCE)
