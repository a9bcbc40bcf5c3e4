"""Objections as work: to be registered, investigated, answered."""

from adminapp.objections import register
from adminapp.policy import POSTERS
from adminapp.worklist import Item, Source

WHAT = {register.RECEIVED: "登记公示异议", register.INVESTIGATING: "核实公示异议", register.DECIDED: "书面答复异议"}


def _open(actor):
    return {"state": {"$in": list(register.OPEN)}} if actor.has(*POSTERS) else None


def _item(row, actor):
    return Item(
        what=WHAT[row["state"]], title=row["household"], link=("objections.show", {"objection_id": row["_id"]}), number=row["_id"],
        township=row["township"], village=row["village"], roles=tuple(sorted(POSTERS)),
    )  # fmt: skip


SOURCES = (
    Source(
        "objections", "公示异议", register.COLLECTION, _open, _item, ("household", "state", "township", "village"), ("work_township", "work"),
        due_text=True,
    ),
)  # fmt: skip
