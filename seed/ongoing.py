"""Ongoing management in the demo county (虚构): the plan of the coming year, and two months of it at work in the first township.

Planned by the job's own functions; what was found is written down by real actions of the cases.
"""

from datetime import datetime, time

from adminapp import database, dates
from adminapp.ongoing import course, planning, tasks
from adminapp.policy import ASSISTANT, CLERK, DEPUTY
from adminapp.scope import acting
from adminapp.workflow.transition import Move, perform
from seed.names import MARK
from seed.predictable import follow_seed, predictable
from seed.staff import Staff

MOST = 90
"""Tasks of a month that are done in the demo, each by a whole action; the few behind them are late."""
LEFT = 3
FOUND = {"review": ("same",) * 9 + ("changed", "same", "ended"), "life": ("alive", "absent", *("alive",) * 6, "dead", "alive")}


def fill(engine, staff: Staff, county):
    """Plan and work; does nothing when something is planned already."""
    if database.raw(tasks.COLLECTION).find_one({}, {"_id": 1}):
        return
    this, first = dates.month_of(county.on), county.townships[0]
    last = dates.add_months(this, -1)
    day = dates.next_workday(dates.first_day(last))
    with dates.frozen(_at(day, 8)):
        planning.plan(engine, last, first)
        planning.open_month(last)
    _work(engine, staff, first, dates.add_workdays(day, 7), LEFT, _at(county.on, 8))
    with dates.frozen(_at(county.on, 8)):
        planning.plan(engine, this)
        planning.open_month(this)
    today = county.on if dates.is_workday(county.on) else dates.add_workdays(county.on, -1)
    for township in county.townships[:2]:
        _work(engine, staff, township, today, 0, _at(today, 17), 8)
    with dates.frozen(_at(county.on, 17)):
        course.settle()


def _at(day, hour):
    return datetime.combine(day, time(hour, 30), dates.SHANGHAI)


def _work(engine, staff, township, day, left, last, most=MOST):
    """Write down what was found on a day, or after what happened later on the case, for the first open tasks but the last `left`."""
    query = {"township": township, "state": tasks.OPEN, "kind": {"$in": list(FOUND)}}
    rows = list(database.raw(tasks.COLLECTION).find(query, sort=[("kind", 1), ("_id", 1)]))
    for number, row in enumerate(rows[: max(0, min(most, len(rows) - left))]):
        stored = database.raw("cases").find_one({"_id": row["award"]})
        moment = _after(_at(day, 9 + number % 8), stored)
        if stored["state"] == "in_benefit" and moment <= last:
            with dates.frozen(moment), predictable(f"ongoing:{row['_id']}"):
                _record(engine, staff, row, stored, dates.today(), number, pauses=not left)


def _after(moment, case):
    """Return the moment, or one on the working day behind what was done on the case since."""
    last = max(case["updated"], *(record["at"] for record in case["records"]))
    return moment if moment > last else _at(dates.add_workdays(dates.day_of(last), 1), 9)


def _record(engine, staff, row, stored, day, number, pauses):
    case = engine.registry.get(stored["type"], stored["schema_version"]).model._from_son(stored)
    result = FOUND[row["kind"]][number % len(FOUND[row["kind"]])]
    clerk, deputy, helper = (staff.of(role, row["township"]) for role in (CLERK, DEPUTY, ASSISTANT))
    if row["kind"] == tasks.REVIEW:
        told = {"same": "住房、收入与上次相同", "changed": "次子已外出务工，收入要重新核算", "ended": "子女经商，收入稳定，超过标准"}[result]
        _take(engine, case, clerk, "record_review", {"date": day, "way": "visit", "findings": f"{told}（{MARK}）", "result": result}, day)
        return
    actor = helper if case.village in (helper.villages or ()) else clerk
    note = {"absent": f"两次上门未遇，邻居说随女儿外出（{MARK}）", "dead": f"村委会报告已去世（{MARK}）"}.get(result, "")
    _take(engine, case, actor, "record_life", {"date": day, "way": "home", "result": result, "seen_by": actor.name, "note": note}, day)
    if result == "absent" and pauses:
        month = dates.add_months(dates.month_of(day), 2)  # the list of the next month may be made by now
        _take(engine, case, deputy, "suspend", {"code": "life", "from_month": month, "reason": f"未联系到本人，暂停待核实（{MARK}）"}, day)


def _take(engine, case, actor, action, data, day):
    before = case.event_seq
    with acting(actor):
        perform(Move(case, engine.registry.of(case), actor, engine.standards, data, day), action)
    follow_seed({"case": case.pk, "seq": {"$gt": before}})
