"""What concerns many cases at once in the demo (虚构): leads from the villages, a batch for verification, a pack of visits, an appraisal.

Made when all cases stand, by the same functions as the screens call; each part only where it is not there yet.
"""

from datetime import date, datetime, time
from random import Random

from adminapp import database, dates, divisions, numbering
from adminapp.appraisal import meetings
from adminapp.leads import leads
from adminapp.policy import ASSISTANT, CLERK, REVIEWER
from adminapp.scope import acting
from adminapp.verification import batches, requests
from adminapp.visits import packs
from seed.names import MARK, MIAO, TUJIA, Namer
from seed.staff import Staff

LEADS = 9
"""Of a township in the last months."""
PAST = 90
SITUATIONS = {
    "illness": "患重病刚做完手术，欠了医药费", "disaster": "木房失火，衣被粮食都没有了", "disability": "下肢残疾，行走不便，没有办证",
    "child": "父母外出失联，随祖母生活",
    "elder": "独居，摔伤卧床，无人照料", "income": "在外务工失业三个月，家中断了收入",
}  # fmt: skip
ENDS = ("helped", "visited", "not_needed", "referred", "helped", "open", "not_needed", "visited", "open")
WAITING_STATES = ["draft", "submitted", "accepted", "surveying", "opinion", "publicity", "in_benefit"]
ATTENDANCE = [("representative", True)] * 9 + [("representative", False)] * 2 + [("committee", True)] * 2 + [("party", True)]


def fill(engine, staff: Staff, county):
    for township in county.townships:
        clerk = staff.of(CLERK, township)
        with acting(clerk):
            if leads.collection().find_one({"township": township}, {"_id": 1}) is None:
                _leads(staff, township, county)
            if packs.collection().find_one({"township": township}, {"_id": 1}) is None:
                _pack(engine, clerk, county.on)
            if meetings.collection().find_one({"township": township}, {"_id": 1}) is None:
                _meeting(clerk, county)
    if database.raw(batches.COLLECTION).find_one({}, {"_id": 1}) is None:
        _batch(staff.of(REVIEWER, ""))


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(9, 30), dates.SHANGHAI)


def _leads(staff, township, county):
    """Leads of the last months in every state, some answered late; the latest wait."""
    random, assistant, clerk = Random(f"{county.seed}:leads:{township}"), staff.of(ASSISTANT, township), staff.of(CLERK, township)
    namer, villages = Namer(random), sorted(assistant.villages)
    for number, end in enumerate(ENDS[:LEADS]):
        back = PAST - number * (PAST // LEADS) if end != "open" else random.randint(0, 2)
        day = dates.next_workday(date.fromordinal(county.on.toordinal() - back))
        day = min(day, county.on)
        kind, nation = random.choice(list(SITUATIONS)), random.choice((MIAO, TUJIA))
        values = {
            "village": villages[number % len(villages)], "name": namer.name(namer.surname(nation), random.choice(("male", "female")), nation),
            "phone": f"1390000{random.randint(0, 9999):04d}", "address": f"{random.randint(1, 9)} 组 {random.randint(1, 40)} 号", "kind": kind,
            "situation": f"{SITUATIONS[kind]}（{MARK}）", "urgent": random.random() < 0.3, "known_by": random.choice(("visit", "neighbour", "self")),
        }  # fmt: skip
        with dates.frozen(_morning(day)), acting(assistant):
            lead = leads.report(values, assistant)
        after = dates.add_workdays(day, random.choice((1, 2, 3, 4, 8)))
        if end != "open" and after <= county.on:
            with dates.frozen(_morning(after)), acting(clerk):
                _answer(lead, end, clerk)


def _answer(lead, end, clerk):
    if end in ("visited", "helped"):
        lead = leads.visit(lead, dates.today(), f"已上门，情况属实（{MARK}）", clerk)
    if end == "helped":
        known = leads.cases().find_one({"village": lead["village"], "state": {"$in": WAITING_STATES}}, {"number": 1}, sort=[("applied_on", -1), ("_id", 1)])
        if known:
            leads.link(lead, known["number"], clerk)
    elif end == "referred":
        leads.refer(lead, "县残疾人联合会", "请上门评残并办理残疾人证", clerk)
    elif end == "not_needed":
        leads.not_needed(lead, "already", "已享受待遇，生活有保障", clerk)


def _pack(engine, clerk, on):
    """The village where most households wait is visited next."""
    waiting = packs.villages_waiting(engine, clerk)
    village = max(sorted(waiting), key=waiting.get, default=None)
    stops = packs.waiting_in(engine, village, clerk) if village else []
    if stops:
        visitors = [{"name": clerk.name, "unit": "社会事务办公室", "relative": False}, {"name": "滕虚构", "unit": "驻村工作队", "relative": False}]
        packs.make(engine, village, [str(stop["case"]) for stop in stops[: packs.MOST]], on, visitors, clerk)


def _meeting(clerk, county):
    """A meeting that was held yesterday, with a recusal, and still has to be written into the cases."""
    waiting = meetings.villages_waiting(clerk)
    if not waiting:
        return
    village, day = max(sorted(waiting), key=waiting.get), dates.add_workdays(county.on, -1)
    random = Random(f"{county.seed}:meeting:{village}")
    namer = Namer(random)
    people = [
        {"name": namer.name(namer.surname(MIAO), random.choice(("male", "female")), MIAO), "capacity": capacity, "present": present}
        for capacity, present in ATTENDANCE
    ]
    people = list({row["name"]: row for row in people}.values())
    chosen = [str(item["case"]) for item in meetings.waiting_in(village, clerk)]
    meeting = meetings.plan(village, chosen, day, f"{divisions.name_of(village)}活动室", clerk)
    about = {"day": day, "place": meeting["place"], "chair": people[-1]["name"], "leader": clerk.name, "recorder": "滕虚构"}
    meeting = meetings.attend(meeting, about, people, clerk)
    came, first = sum(row["present"] for row in people), meeting["items"][0]
    ballot = {"recused": [people[0]["name"]], "agree": came - 2, "against": 1, "abstain": 0, "opinion": f"情况属实，多数同意（{MARK}）"}
    meetings.vote(meeting, {str(first["case"]): ballot}, clerk)


def _batch(reviewer):
    """The weekly batches of the past, and one that has not gone out yet with half of what waits for the county."""
    group = {"_id": "$batch", "requests": {"$sum": 1}, "people": {"$sum": {"$size": "$people"}}, "first": {"$min": "$asked_on"}}
    past = list(database.raw(requests.COLLECTION).aggregate([{"$match": {"batch": {"$ne": None}}}, {"$group": group}, {"$sort": {"_id": 1}}]))
    for row in past:
        year, serial = int(row["_id"][2:6]), int(row["_id"][7:])
        made = {"year": year, "serial": serial, "state": batches.CLOSED, "made_on": row["first"], "made_by": reviewer.id, "made_by_name": reviewer.name}
        sent = {"sent_on": row["first"], "sent_by": reviewer.name, "job": "", "rev": 0}
        database.raw(batches.COLLECTION).insert_one({"_id": row["_id"], **made, **sent, "requests": row["requests"], "people": row["people"]})
        database.raw(numbering.COLLECTION).update_one({"_id": f"verification:{year}"}, {"$max": {"value": serial}}, upsert=True)
    with acting(reviewer):
        waiting = [row["_id"] for row in requests.collection().find({"state": requests.WAITING}, {"_id": 1}, sort=[("due", 1), ("_id", 1)], limit=80)]
        if waiting:
            batches.make(waiting[: (len(waiting) + 1) // 2], reviewer)
