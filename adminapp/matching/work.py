"""Matches as work, as a warning, and what the consumer does for them."""

from collections.abc import Iterator
from datetime import date, timedelta

from adminapp import database, warnings, worklist
from adminapp.jobs import consumer
from adminapp.matching import course, settling, store
from adminapp.matching.lists import match_lists
from adminapp.warnings import Finding, Rule
from adminapp.worklist import Item, Source


def _open(actor):
    states = [store.OPEN] * actor.has(*course.CHECKERS) + [store.CHECKED] * actor.has(*course.DECIDERS)
    return {"state": {"$in": states}} if states else None


def _item(row, actor):
    what = "核实比对结果" if row["state"] == store.OPEN else "复核比对结果"
    return Item(
        what=f"{what}：{match_lists()[row['list']].label}", title=row["name"], link=("matching.show", {"match_id": row["_id"]}), number=row["number"],
        kind=row["type"], township=row["township"], village=row["village"], clause=row["clause"],
        roles=course.CHECKERS if row["state"] == store.OPEN else course.DECIDERS,
    )  # fmt: skip


SOURCE = Source(
    key="matching", label="数据比对", collection=store.COLLECTION, open=_open, item=_item,
    projection=("list", "number", "type", "name", "township", "village", "state", "due", "clause"),
    indexes=("work_township", "work"), due="due", due_text=True, kind_field="type",
)  # fmt: skip


def found(engine, today: date) -> Iterator[Finding]:
    """Yield the matches that are not looked into, or are true and nothing followed."""
    query = {"state": {"$in": list(store.RUNNING)}}
    for row in database.raw(store.COLLECTION).find(query, {"detail": 0, "history": 0}, hint="work"):
        kind = match_lists().get(row["list"])
        if kind:
            who = "户主或本人" if row["leads"] else "成员"
            text = f"{who} {row['name']} {row['on']} 在{kind.label}名单中，{store.STATES[row['state']]}"
            case = {**row, "_id": row["case"]}
            yield Finding(row["_id"], case, text, (row["on"], row["state"]), ("matching.show", {"match_id": row["_id"]}))


RULE = Rule("matched", "部门数据比对命中", "核实属实的办理停发、减员或终止", found, "民发〔2021〕57号 第三十一条", every=timedelta(hours=1))


def register():
    """Add the source of work, the warning and the sweep. Safe to call again."""
    worklist.register(SOURCE)
    warnings.register(RULE)
    consumer.SWEEPS["matches"] = settling.sweep
