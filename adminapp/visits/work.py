"""Packs as work: what was visited on paper waits to be entered."""

from adminapp import worklist
from adminapp.jobs import consumer
from adminapp.policy import CLERK, DEPUTY
from adminapp.visits import packs
from adminapp.worklist import Item, Source


def _open(actor):
    return {"state": packs.OPEN} if actor.has(CLERK, DEPUTY) else None


def _item(row, actor):
    left = sum(1 for stop in row["stops"] if stop["state"] == packs.PLANNED)
    return Item(
        what=f"录入走访结果，还有 {left} 户", title=f"走访包 {row['_id']}", link=("visits.pack", {"pack_id": row["_id"]}), number=row["_id"],
        township=row["township"], village=row["village"], roles=(CLERK, DEPUTY),
    )  # fmt: skip


SOURCE = Source(
    key="visits", label="入户走访", collection=packs.COLLECTION, open=_open, item=_item, projection=("township", "village", "stops", "day"),
    indexes=("work_township", "work"), due="day", due_text=True,
)  # fmt: skip


def register():
    """Add the source of work and the sweep of packs. Safe to call again."""
    worklist.register(SOURCE)
    consumer.SWEEPS["visits"] = lambda engine: packs.sweep()
