"""Tasks of ongoing management as work, as a warning, and what the consumer does for them."""

from collections.abc import Iterator
from datetime import date, datetime, time

from adminapp import database, dates, warnings, worklist
from adminapp.jobs import consumer, model
from adminapp.jobs.registry import register as register_job
from adminapp.ongoing import course, planning, tasks
from adminapp.policy import APPROVER, CLERK, DEPUTY, REVIEWER
from adminapp.scope import system
from adminapp.warnings import Finding, Rule
from adminapp.worklist import Item, Source

HANDLERS = (CLERK, DEPUTY)
TODO = {tasks.REVIEW: "定期复核", tasks.LIFE: "生存认证", tasks.BIRTHDAY: "到龄核实"}


def _open(actor):
    return {"state": {"$in": list(tasks.WAITING)}} if actor.has(*HANDLERS) else None


def _item(row, actor):
    what = TODO[row["kind"]]
    if row["state"] == tasks.FOLLOW:
        what = f"{what}：{result_text(row)}，待办理"
    return Item(
        what=what, title=f"{row['name']}，{row['person']}" if row["person"] not in ("", row["name"]) else row["name"],
        link=("cases.details_view", {"type_key": row["type"], "id": str(row["award"])}), number=row["number"], kind=row["type"],
        township=row["township"], village=row["village"], owner=row["owner"], roles=HANDLERS, notes=tuple(filter(None, (row["label"],))),
    )  # fmt: skip


def result_text(row: dict) -> str:
    """Return what was found, in words; blank before anything was."""
    return {**course.REVIEWED, **course.CERTIFIED}.get(row["result"], "")


SOURCE = Source(
    key="ongoing", label="动态管理", collection=tasks.COLLECTION, open=_open, item=_item,
    projection=("kind", "award", "number", "type", "name", "person", "label", "township", "village", "state", "result", "month"),
    indexes=("work_township", "work"), due="due", due_text=True, owner="owner", person="owner", handler="owner", kind_field="type",
)  # fmt: skip


def late(engine, today: date) -> Iterator[Finding]:
    """Yield the tasks that wait behind their last day."""
    query = {"state": {"$in": list(tasks.WAITING)}, "due": {"$lt": today.isoformat()}}
    for row in database.raw(tasks.COLLECTION).find(query, hint="work"):
        found = result_text(row)
        text = f"{TODO[row['kind']]}应于 {row['due']} 前办结" + (f"，已登记“{found}”，还没有办理" if found else "，还没有登记")
        yield Finding(row["_id"], {**row, "_id": row["award"]}, text, (row["due"], row["state"]))


RULE = Rule("ongoing_late", "复核、认证超期", "尽快复核或认证；没有联系到的，核实后办理暂停发放", late, tone="wait")


def sweep(engine):
    """Plan once a day, and close what was waited for."""
    course.settle()
    since = datetime.combine(dates.today(), time(), dates.SHANGHAI)
    if not database.raw(model.COLLECTION).find_one({"kind": planning.JOB, "created": {"$gte": since}}, {"_id": 1}):
        with system("ongoing plan") as actor:
            start(actor)


def start(actor) -> str:
    """Start the job of today, or return the one that waits or runs."""
    running = model.running([planning.JOB])
    return running["_id"] if running else model.start(planning.JOB, "编排动态管理计划", {}, actor)


def register():
    """Add the source of work, the warning, the job and the sweep. Safe to call again."""
    worklist.register(SOURCE)
    warnings.register(RULE)
    register_job(planning.JOB, planning.run, {REVIEWER, APPROVER})
    consumer.SWEEPS["ongoing"] = sweep
