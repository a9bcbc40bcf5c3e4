"""Checks as a source of work: the county assigns, visits, judges, orders and looks again; the township puts right."""

from adminapp.policy import APPROVER, CLERK, DEPUTY, REVIEWER
from adminapp.supervision import checks, course
from adminapp.worklist import Item, Source, register

COUNTY_STAGES = [checks.ASSIGN, checks.VISIT, checks.JUDGE, checks.ORDER, checks.RECHECK]


def _open(actor):
    # By the place, not by the role alone: whom the county will visit waits for nobody in a township.
    if actor.townships is None:
        return {"stage": {"$in": COUNTY_STAGES}} if actor.has(REVIEWER, APPROVER) else None
    return {"stage": checks.RECTIFY} if actor.has(CLERK, DEPUTY) else None


def _item(row, actor):
    return Item(
        what=checks.STAGES[row["stage"]],
        title=row["name"] or row["number"],
        link=("supervision.show", {"check_id": row["_id"]}),
        number=row["number"],
        kind=row["type"],
        township=row["township"],
        village=row["village"],
        clause="县方案 五(二)1",
        owner=row["owner"],
        roles=tuple(role for role in (REVIEWER, CLERK) if role in actor.roles),
        notes=(course.RESULTS[row["result"]].label,) if row["result"] and not course.RESULTS[row["result"]].fine else (),
    )


SOURCE = Source(
    key="spot_checks",
    label="抽查核查",
    collection=checks.COLLECTION,
    open=_open,
    item=_item,
    projection=("number", "name", "type", "township", "village", "stage", "result"),
    indexes=("work_township", "work"),
    due="due",
    due_text=True,
    owner="owner",
    person="owner",
    handler="owner",
)
register(SOURCE)
