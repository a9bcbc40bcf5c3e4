"""Joins the ledger to lists, awards and work lists."""

from adminapp import awards, policy, worklist
from adminapp.ledger import recovery, setoff
from adminapp.money import format_yuan
from adminapp.payments import lines, roster

WAITS = {
    "agree": ("拟定还款安排", (policy.CLERK, policy.DEPUTY)),
    "confirm_agreement": ("确认还款安排", (policy.HEAD, policy.APPROVER)),
    "confirm_write_off": ("批准核销", (policy.APPROVER,)),
}
"""What a recovery waits for: what is to be done, and by whom."""


def _open(actor):
    found = sorted(key for key, (_what, roles) in WAITS.items() if actor.has(*roles))
    return {"waiting": {"$in": found}} if found else None


def _item(row, actor):
    what, roles = WAITS[row["waiting"]]
    title = f"{row['name']} 未归还 {format_yuan(row['open'])} 元"
    place = {"township": row["township"], "village": row["village"]}
    return worklist.Item(what, title, ("recoveries.show", {"recovery_id": row["_id"]}), number=row["number"], kind=row["type"], **place, roles=roles)


SOURCE = worklist.Source(
    key="recovery", label="追缴", collection=recovery.COLLECTION, open=_open, item=_item,
    projection=("number", "name", "type", "township", "village", "waiting", "open"), indexes=("work_township", "work"), kind_field="type",
)  # fmt: skip


def register():
    """Join everything. Safe to call again."""
    for hooks, function in ((roster.SETOFFS, setoff.take), (lines.CHANGED, recovery.refresh_known), (awards.CHANGED, recovery.refresh)):
        if function not in hooks:
            hooks.append(function)
    worklist.register(SOURCE)
