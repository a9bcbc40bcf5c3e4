"""Complaints of the demo county (虚构), in every state they can stand in; two of them concern a case."""

from datetime import datetime, time

from adminapp import database, dates
from adminapp.complaints import course, register
from adminapp.scope import acting
from seed.accounts import SMALL
from seed.marks import note_on
from seed.predictable import predictable
from seed.staff import Staff

TOLD = (
    # days ago, subject, channel, named, state, who investigates, words
    (1, "household", "web", False, register.RECEIVED, "", "有人开车买房还在吃低保"),
    (2, "staff", "web", True, register.RECEIVED, "", "办事人员要求另交手续费"),
    (6, "household", "phone", True, register.ASSIGNED, "deputy", "该户子女在外务工收入没有申报"),
    (9, "village", "letter", False, register.INVESTIGATING, "reviewer", "村里公示栏没有张贴公示表"),
    (15, "household", "visit", True, register.DECIDED, "deputy", "老人已随女儿到县城居住"),
    (40, "other", "phone", True, register.REPLIED, "reviewer", "补贴到账比往月迟"),
    (80, "household", "web", True, register.CLOSED, "deputy", "邻居家情况好转仍在享受"),
    (95, "staff", "letter", False, register.CLOSED, "reviewer", "受理时态度生硬"),
    (130, "household", "transfer", True, register.CLOSED, "reviewer", "一户两人重复领取"),
)
ANSWER = "您反映的问题已经核查，结果如下：与申报情况一致（虚构）"
LATE = 95
"""Days ago of the one that was answered too late."""


def build(engine, county):
    """Take each through the real steps on its days."""
    staff, boss = Staff(county.townships), Staff(county.townships).of("county_reviewer", "")
    for place, (ago, subject, channel, named, state, who, words) in enumerate(TOLD):
        day = dates.add_workdays(county.on, -max(1, ago * 5 // 7))
        case = _case(place) if subject == "household" and place in (2, 4) else None
        values = {
            "name": "吴某（虚构）" if named else "", "contact": "0743-0000000" if named else "", "about": "某某（虚构）", "content": f"{words}（虚构）",
            "subject": subject, "township": SMALL[0], "channel": channel, "received_on": day,
        }  # fmt: skip
        with predictable(f"{county.seed}:complaint:{place}"), _at(day):
            complaint, _secret = course.receive(values, actor=None if channel == "web" else boss)
        if case:
            _link(engine, county, complaint, case)
        owner = staff.of("township_deputy", SMALL[0]) if who == "deputy" else boss
        _walk(complaint["_id"], day, state, owner, boss, late=ago == LATE)


def _case(place):
    query = {"township": SMALL[0], "state": {"$in": ["surveying", "opinion"]}, "type": {"$nin": ["dibao_rural", "dibao_urban"]}}
    found = list(database.raw("cases").find(query, {"number": 1}, sort=[("number", 1)], limit=place + 1))
    return found[-1] if found else None


def _link(engine, county, complaint, case):
    values = {"case": case["_id"], "number": case["number"], "township": case["number"][:9]}
    database.raw(register.COLLECTION).update_one({"_id": complaint["_id"]}, {"$set": values})

    def flag(found):
        if any(record["data"].get("receipt") == complaint["_id"] for record in found.records_of(course.RECORD)):
            return False
        course.put_flag(found, complaint["_id"])
        return True

    with dates.frozen(county.on):
        note_on(engine, case["_id"], "complaint", flag)


def _walk(number, day, state, owner, boss, late):
    steps = [register.ASSIGNED, register.INVESTIGATING, register.DECIDED, register.REPLIED, register.CLOSED]
    for step in steps[: steps.index(state) + 1] if state in steps else ():
        gap = {register.ASSIGNED: 1, register.INVESTIGATING: 1, register.DECIDED: 4, register.REPLIED: 40 if late else 1}.get(step, 1)
        day = dates.add_workdays(day, gap)
        row = database.raw(register.COLLECTION).find_one({"_id": number})
        actor = boss if step in (register.ASSIGNED, register.CLOSED) else owner
        with acting(actor), _at(day):
            STEPS[step](row, actor, row["rev"], owner, day)


STEPS = {
    register.ASSIGNED: lambda row, actor, rev, owner, day: course.assign(row, actor, rev, owner.id, "请依法核查"),
    register.INVESTIGATING: lambda row, actor, rev, owner, day: course.begin(row, actor, rev),
    register.DECIDED: lambda row, actor, rev, owner, day: course.conclude(
        row, actor, rev, "false" if row["subject"] == "household" else "partly", "经入户和走访核实（虚构）", ANSWER
    ),
    register.REPLIED: lambda row, actor, rev, owner, day: course.reply(row, actor, rev, day, "书面" if row["real_name"] else "凭编号查询"),
    register.CLOSED: lambda row, actor, rev, owner, day: course.close(row, actor, rev),
}


def _at(day):
    return dates.frozen(datetime.combine(day, time(10), dates.SHANGHAI))
