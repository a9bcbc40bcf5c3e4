"""Complaints as work: the county assigns and watches all of them, an investigator has those that were given to them."""

from adminapp.complaints import register
from adminapp.policy import TOWNSHIP
from adminapp.worklist import Item, Source

WHAT = {
    register.RECEIVED: "交办投诉举报", register.ASSIGNED: "核查投诉举报", register.INVESTIGATING: "核查投诉举报", register.DECIDED: "答复投诉举报",
}  # fmt: skip
GIVEN = (register.ASSIGNED, register.INVESTIGATING, register.DECIDED)


def _open(actor):
    if actor.has(*register.ASSIGNERS):
        return {"state": {"$in": list(register.OPEN)}}
    return {"state": {"$in": list(GIVEN)}, "owner": actor.id} if actor.has(*TOWNSHIP) else None


def _item(row, actor):
    return Item(
        what=WHAT[row["state"]], title=register.SUBJECTS[row["subject"]], link=("complaints.show", {"complaint_id": row["_id"]}), number=row["_id"],
        township=row["township"], roles=tuple(sorted(register.ASSIGNERS)),
    )  # fmt: skip


SOURCES = (
    Source("complaints", "投诉举报", register.COLLECTION, _open, _item, ("subject", "state", "township"), ("work_township", "work"), due_text=True),
)
