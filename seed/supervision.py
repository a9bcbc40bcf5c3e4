"""A year and a half of supervision in the demo county (虚构): quarterly draws, visits, what they found and what became of it.

Draws, assignments and judgements are the engine's own. Visits and answers are real actions of the case, taken in memory
with numbers that follow from the seed (seed/walk.py), so that the same seed gives the same database.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from random import Random

from bson import Binary, ObjectId
from pymongo import UpdateOne

from adminapp import database, dates
from adminapp.engine import Engine
from adminapp.files import JPG
from adminapp.policy import APPROVER, CLERK, FINANCE, REVIEWER
from adminapp.scope import acting, system
from adminapp.supervision import checks, course, duties, rounds
from adminapp.workflow import events
from adminapp.workflow.actions.spotcheck import GRANTED, SPOT_CHECK
from seed.bulk import insert
from seed.names import MARK
from seed.papers import CHUNK_SIZE, CHUNKS, FILES, sheet
from seed.staff import Staff
from seed.walk import Walk

PHOTO, SHARED = "spot_check_photos", "5e" * 12
"""Document of the photos of a visit, and the one photo that all visits show."""
QUARTERS = (4, 7, 10)
"""Months at whose beginning the county draws; January draws what is missing of the year before."""
WITNESS = "见证人报数"
RESULTS = ("true",) * 17 + ("amount", "ineligible", "absent")
OWN = ("spot_check", "rectification")
"""Records that a check leaves on its case."""
KEPT = 2
"""Checks of the newest draw that are not visited yet, however long ago it was."""
OPEN_DAYS = 16
"""Days after a draw in which not everything is visited yet."""
FINDINGS = {
    "true": "住房、生活与申报一致，邻里反映属实",
    "amount": "长子今年外出务工，收入没有变更登记，待遇应当减少",
    "ineligible": "全家已随子女在县外定居，生活来源稳定，不再符合条件",
    "absent": "登记地址无人居住，邻居反映全家外出多年",
}
ORDERS = {
    "amount": ("change", "请按核查的家庭收入重新核算，听取意见后从次月起调整"),
    "ineligible": ("terminate", "请核实后按程序终止待遇，书面告知理由和救济途径"),
    "absent": ("papers", "请查明下落，补正居住和联系信息；查实人户分离的按规定处理"),
}


class Later(Walk):
    """Goes on with a stored case. `first` is how its numbers begin: each action has numbers of its own."""

    def __init__(self, published, standards, row: dict, last: dict | None, first: str):
        super().__init__(published, standards, first, Random(first), [], checked=False)
        self.case = published.model._from_son(row)
        self.row, self.last, self.told = row, last, []
        self.events = [last] if last else []

    def take_on(self, actor, action: str, data: dict, on: datetime, check: str, papers) -> UpdateOne:
        """Take an action at a moment and return the changes of the case."""
        with dates.frozen(on):
            move = self.move(actor, dates.day_of(on), data, SPOT_CHECK)
            move.about, move.files = check, list(papers)
            count = len(self.case.records)
            entry = self.take(move, action)
            for record in self.case.records[count:]:
                record["id"] = self.token(12)
            for paper in papers:
                paper.record = self.case.records[-1]["id"]
            self._log(entry)
            self.case.rev += 1
            self.case.updated = dates.now()
        now = self.case.to_mongo()
        changed = {name: now[name] for name in ("records", "files", "rev", "updated", "event_seq") if name in now}
        return UpdateOne({"_id": self.case.pk, "rev": self.row["rev"]}, {"$set": changed})

    def _carry_spot_check(self, item):
        data = {**item["data"], "set": {**item["data"]["set"]}}
        kinds = {"visit": "spot_check", "answer": "rectification"}
        last = {kind: self.case.last_record(kind) for kind in kinds.values()}
        if "visit" in data["set"]:
            data["set"]["visit"] = last["spot_check"]["id"]
        if "answer" in data["set"]:
            data["set"]["answer"] |= {"record": last["rectification"]["id"]}
        self.told.append({"key": item["key"], "data": data})


def fill(engine: Engine, seed: int, on: date, staff: Staff, both_years: bool):
    """Draw and check as seen on the day `on`; what is there already stays. `both_years` takes in the year before."""
    desk = Desk(engine, seed, on, staff)
    for year in (on.year - 1, on.year) if both_years or on.month < QUARTERS[0] else (on.year,):
        for number, day in enumerate(_days(year, on), 1):
            desk.draw(year, number, day)
    duties.sweep(on)


def _days(year, on) -> Iterator[date]:
    """Yield the days on which a year is drawn, before `on`."""
    for first in (*(date(year, month, 1) for month in QUARTERS), date(year + 1, 1, 4)):
        if (day := dates.next_workday(first)) < on:
            yield day


class Desk:
    """The county's supervision at work."""

    def __init__(self, engine, seed, on, staff):
        self.engine, self.seed, self.on, self.staff = engine, seed, on, staff
        self.reviewer, self.approver = staff.of(REVIEWER, ""), staff.of(APPROVER, "")
        self.companions = [{"name": staff.of(FINANCE, "").name.partition("（")[0], "unit": "县财政局"}]

    def draw(self, year, number, day):
        if database.raw(rounds.ROUNDS).find_one({"_id": f"{year}-{number}"}) is None:
            with dates.frozen(_at(day, 9)), acting(self.reviewer):
                rounds.begin(year, self.reviewer, f"{WITNESS} {Random(f'{self.seed}:{year}:{number}').randint(1, 99)}", self._chance(year, number))
        fixed = rounds.get(f"{year}-{number}")
        if fixed["state"] != rounds.DONE:
            with dates.frozen(_at(day, 10)), system("demo county"):
                rounds.draw(fixed)
        drawn = list(database.raw(checks.COLLECTION).find({"round": fixed["_id"], "replaces": None}, sort=[("number", 1)]))
        for row in drawn[self.kept(fixed) :]:
            self.follow(row, day)
        for row in drawn[: self.kept(fixed)] if (next_day := dates.add_workdays(day, 2)) < self.on else ():
            self.assign(row["_id"], next_day)
        for row in list(database.raw(checks.COLLECTION).find({"round": fixed["_id"], "replaces": {"$ne": None}}, sort=[("number", 1)])):
            self.follow(row, dates.add_workdays(day, 4))

    def kept(self, fixed):
        """Return how many of a round still wait for their visit, whatever the day: the newest round has something to do."""
        newest = max(day for day in (*_days(self.on.year - 1, self.on), *_days(self.on.year, self.on)))
        return KEPT if fixed["on"] == newest.isoformat() else 0

    def _chance(self, year, number):
        return lambda size: hashlib.sha256(f"{self.seed}:{year}:{number}".encode()).hexdigest()[: 2 * size]

    def _check(self, check_id):
        return database.raw(checks.COLLECTION).find_one({"_id": check_id})

    def follow(self, check: dict, drawn: date):
        """Take one check as far as it has come by now; what was done before is not done again."""
        case = database.raw("cases").find_one({"_id": check["case"]})
        if case is None or case["state"] not in GRANTED:
            return
        for day, step, *values in self.plan(check, case, drawn):
            if day >= self.on:
                return
            getattr(self, step)(check["_id"], day, *values)

    def plan(self, check, case, drawn) -> Iterator[tuple]:
        """Yield (day, step, values), the same however often it is asked."""
        random = Random(f"{self.seed}:{check['_id']}")
        fate, gaps = random.random(), [random.randint(*limits) for limits in ((1, 3), (2, 14), (1, 3), (0, 1), (4, 9), (2, 5))]
        recent = (self.on - drawn).days < OPEN_DAYS * 2
        day = dates.add_workdays(drawn, gaps[0])
        if fate < 0.03 and check["bases"] == [checks.RANDOM]:
            yield day, "substitute"
            return
        if recent and fate > 0.85:
            return
        yield day, "assign"
        if recent and fate > 0.55:
            return
        # Never before what the case tells last, so that its log goes on in time.
        last = max((record["on"] for record in case["records"] if record["kind"] not in OWN), default="")
        before = max(_day(case["state_since"]), date.fromisoformat(last)) if last else _day(case["state_since"])
        day = max(dates.add_workdays(day, gaps[1]), dates.add_workdays(before, 1))
        result = random.choice(RESULTS)
        yield day, "visit", result
        if recent and fate > 0.45:
            return
        day = dates.add_workdays(day, gaps[2])
        yield day, "judge", result
        if result == "true":
            return
        day = dates.add_workdays(day, gaps[3])
        yield day, "order", result
        day = dates.add_workdays(day, gaps[4])
        yield day, "answer", result
        if result == "absent" or fate < 0.5:
            yield dates.add_workdays(day, gaps[5]), "recheck", result

    # The steps

    def substitute(self, check_id, day):
        self._step(check_id, day, self.reviewer, (checks.DRAWN,), course.substitute, "away", f"全家在外务工，电话联系后确认年底才返乡（{MARK}）")

    def assign(self, check_id, day):
        self._step(check_id, day, self.reviewer, (checks.DRAWN,), course.assign, [self.reviewer.id], self.companions)

    def visit(self, check_id, day, result):
        surveyors = [{"name": self.reviewer.name.partition("（")[0], "unit": "县民政局", "relative": False}]
        surveyors += [{**item, "relative": False} for item in self.companions]
        data = {
            "date": day, "surveyors": surveyors, "respondent": "邻居" if result == "absent" else "本人", "persons": None, "income": None,
            "received": result != "absent", "keeper": "self", "findings": f"{FINDINGS[result]}。（{MARK}）", "result": result, "advice": None,
        }  # fmt: skip
        self._act(check_id, day, self.reviewer, "record_spot_check", data, [PHOTO])

    def judge(self, check_id, day, result):
        self._step(check_id, day, self.approver, (checks.VISITED,), course.judge, result == "true")

    def order(self, check_id, day, result):
        self._step(check_id, day, self.approver, (checks.DEVIATION,), course.order, *ORDERS[result])

    def answer(self, check_id, day, result):
        exception = "" if result == "absent" else "正在听取意见，听取后办理变更"
        told = {"done": f"已上门核实并约谈，情况属实，正按程序办理。（{MARK}）", "exception": exception or None}
        case = database.raw("cases").find_one({"_id": self._check(check_id)["case"]}, {"township": 1})
        self._act(check_id, day, self.staff.of(CLERK, case["township"]), "answer_rectification", told, [])

    def recheck(self, check_id, day, result):
        done = not course.MEASURES[ORDERS[result][0]].decided
        text = "材料齐全，居住和联系信息已补正" if done else "待遇还没有调整，请办结后再反馈"
        row = self._check(check_id)
        if row["stage"] == checks.RECHECK and not any(line["what"].startswith("整改不到位") for line in row["history"]):
            self._step(check_id, day, self.approver, (checks.RECTIFYING,), course.recheck, done, text)

    def _step(self, check_id, day, actor, states, function, *values):
        row = self._check(check_id)
        if row["state"] in states:
            with dates.frozen(_at(day, 10)), acting(actor):
                function(check_id, actor, row["rev"], *values)

    def _act(self, check_id, day, actor, action, data, papers):
        """Take an action of the case, and bring it to the check; each once."""
        row, moment = self._check(check_id), _at(day, 15)
        case = database.raw("cases").find_one({"_id": row["case"]})
        first = f"{self.seed}:{check_id}:{action}"
        ident = hashlib.sha256(first.encode()).hexdigest()[:24]
        last = database.raw(events.COLLECTION).find_one({"case": case["_id"]}, sort=[("seq", -1)])
        if not any(record.get("on") == day.isoformat() and record["action"] == action for record in case["records"]):
            published = self.engine.registry.get(case["type"], case["schema_version"])
            later = Later(published, self.engine.standards, case, last, first)
            kept = [_paper(later.case, paper, actor, moment, ident) for paper in papers]
            with acting(actor):
                update = later.take_on(actor, action, data, moment, check_id, kept)
            insert(events.COLLECTION, later.events[1:])
            database.raw("cases").bulk_write([update])
            for item in later.told:
                course.carry(case, item)


def _paper(case, document, actor, at, ident):
    """Return the entry of a photo, whose bytes all photos of the county share."""
    data = sheet("photo", "现场照片")[1]
    digest = hashlib.new("sm3", data).hexdigest()
    made = type(case)._fields["files"].field.document_type
    entry = made(id=SHARED, document=document, name="现场照片.jpg", size=len(data), type=JPG.type, digest=digest, by=actor.id, at=at)
    insert(FILES, [{"_id": SHARED, "filename": entry.name, "metadata": {"digest": digest}, "chunkSize": CHUNK_SIZE, "length": len(data), "uploadDate": at}])
    insert(CHUNKS, [{"_id": ObjectId(SHARED), "files_id": SHARED, "n": 0, "data": Binary(data)}])
    return entry


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), dates.SHANGHAI).astimezone(UTC)


def _day(value) -> date:
    return value.date() if isinstance(value, datetime) else value
