"""Plans the tasks of all running awards, evenly over months and officers. A job that may be run any time, twice, and killed anywhere.

What is planned stays where it is: a later run adds what is missing, opens what the month has come for, and drops what is not needed.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from pymongo import ASCENDING, InsertOne, UpdateOne
from pymongo.errors import BulkWriteError

from adminapp import awards, database, dates, policy
from adminapp.auth import users
from adminapp.jobs import sweeping
from adminapp.ongoing import tasks, wishes
from adminapp.ongoing.tasks import COLLECTION, DONE, DROPPED, LIVE, OPEN, PLANNED, WAITING
from adminapp.scope import system
from adminapp.stored import stored_values

JOB = "ongoing_plan"
CHUNK = 300
DUPLICATE_KEY = 11000


def run(job, args: dict) -> dict:
    """Plan, open and drop; the handler of the job kind."""
    with system("ongoing plan"):
        this = dates.month_of(dates.today())
        planned = _plan(job.engine, this, lambda done: job.progress(done, None, f"已排 {done} 份待遇"))
        return {"planned": planned, "dropped": drop(this), "opened": open_month(this)}


def plan(engine, this: str, township: str = "") -> int:
    """Plan what running awards ask for and lack, in one township or all; return how many tasks were made."""
    with system("ongoing plan"):
        return _plan(engine, this, lambda done: None, township)


def _plan(engine, this, tell, township=""):
    load = Counter()
    for row in tasks.counts():
        load[row["township"], row["kind"], row["month"]] += row["n"]
    made = done = 0
    for key, published in engine.registry.latest().items():
        if published.relief_type.payment.cycle == "once":
            continue
        for chunk in _chunks(key, township):
            made += _store(_missing(engine, chunk, this, load))
            tell(done := done + len(chunk))
    return made


def _chunks(key, township) -> Iterator[list[dict]]:
    table = database.raw(awards.COLLECTION)
    for place in [township] if township else sorted(table.distinct("township", {"type": key})):
        query = {"type": key, "township": place}
        while found := list(table.find(query, {"entries": 0}, sort=[("_id", ASCENDING)], limit=CHUNK, hint="roll")):
            yield found
            query["_id"] = {"$gt": found[-1]["_id"]}


def _missing(engine, chunk, this, load) -> list[dict]:
    """Return the tasks that awards of a chunk lack; `load` counts along what is planned for a township, kind and month."""
    running = [award for award in chunk if awards.runs_from(award, this)]
    ids = [award["_id"] for award in running]
    cases, there = {row["_id"]: row for row in database.raw("cases").find({"_id": {"$in": ids}})}, tasks.of_awards(ids)
    made = []

    def add(award):
        case, mine = cases[award["_id"]], there.get(award["_id"], ())
        published, known = engine.registry.get(case["type"], case["schema_version"]), {row["_id"] for row in mine}
        for wish in asked(award, case, published, mine, this, engine.standards):
            ident = f"{wish.kind}:{award['_id']}:{wish.key}"
            if ident not in known:
                month = _month(wish, load, award["township"])
                load[award["township"], wish.kind, month] += 1
                made.append(task_of(award, ident, wish, month))

    sweeping.each((award for award in running if award["_id"] in cases), add)
    return made


def _month(wish, load, township):
    """Return the month of the window in which the township has fewest of the kind: of several a review takes the last, others the first."""
    months = reversed(wish.window) if wish.kind == tasks.REVIEW else wish.window
    return min(months, key=lambda month: load[township, wish.kind, month])


def asked(award: dict, case: dict, published, there: Iterable[dict], this: str, standards) -> list[wishes.Wish]:
    """Return what one award asks for now. `there` are its tasks: of reviews there is one at a time."""
    relief_type, begun = published.relief_type, award["spells"][0]["from"]
    values = stored_values(case, relief_type, standards=standards, on=dates.first_day(this))
    found = [*wishes.birthdays(relief_type, values, set(award["people"]), this)]
    if not any(row["kind"] == tasks.REVIEW and row["state"] in LIVE for row in there):
        found.append(wishes.review(relief_type, values.holds, begun, _last(case, "review"), this))
    seen = frozenset(record["on"][:7] for record in case.get("records") or () if record["kind"] == "life_check")
    return [*found, *wishes.life(relief_type.ongoing.life_checks, begun, seen, this)]


def _last(case, kind):
    return max((record["on"] for record in case.get("records") or () if record["kind"] == kind), default=None)


def task_of(award: dict, ident: str, wish: wishes.Wish, month: str) -> dict:
    about = {name: award[name] for name in ("number", "type", "name", "township", "village")}
    left = {"owner": "", "owner_name": "", "opened_on": None, "result": "", "record": "", "key": "", "done_on": None, "done_by_name": "", "rev": 0}
    due = (wish.due or dates.last_day(month)).isoformat()
    planned = {"kind": wish.kind, "award": award["_id"], "person": wish.person, "label": wish.label, "month": month, "due": due, "state": PLANNED}
    return {"_id": ident, **planned, **about, **left}


def _store(made: Iterable[dict]) -> int:
    """Insert tasks; one that another run has made meanwhile stays."""
    writes = [InsertOne(task) for task in made]
    if not writes:
        return 0
    try:
        return database.raw(COLLECTION).bulk_write(writes, ordered=False).inserted_count
    except BulkWriteError as error:
        if any(each["code"] != DUPLICATE_KEY for each in error.details["writeErrors"]):
            raise
        return error.details["nInserted"]


def open_month(this: str) -> int:
    """Hand out the tasks whose month has come, to the officer of the township who has fewest; return how many."""
    table, opened, officers = database.raw(COLLECTION), 0, _officers()
    held = Counter(row["owner"] for row in table.find({"state": {"$in": list(WAITING)}}, {"owner": 1}))
    waiting = table.find({"state": PLANNED, "month": {"$lte": this}}, {"township": 1, "village": 1}, hint="pile")
    writes = []
    for row in sorted(waiting, key=lambda row: (row["township"], row["village"], row["_id"])):
        owner = min(officers.get(row["township"], [None]), key=lambda user: (held[user.username], user.username) if user else ())
        about = {"owner": owner.username, "owner_name": owner.name} if owner else {}
        update = {"$set": {"state": OPEN, "opened_on": dates.today().isoformat(), **about}, "$inc": {"rev": 1}}
        writes.append(UpdateOne({"_id": row["_id"], "state": PLANNED}, update))
        held[about.get("owner", "")] += 1
    for first in range(0, len(writes), CHUNK):
        opened += table.bulk_write(writes[first : first + CHUNK], ordered=False).modified_count
    return opened


def _officers():
    """Return {township: clerks in office}; who works for several has a share in each."""
    found: dict = {}
    for user in users.all_users():
        if user.active and policy.CLERK in user.roles:
            for township in user.townships:
                found.setdefault(township, []).append(user)
    return found


def drop(this: str) -> int:
    """Drop the tasks of awards that run no more, and let the others follow their award's place and name; return how many were dropped."""
    table, dropped, last = database.raw(COLLECTION), 0, None
    while True:
        query = {"state": {"$in": list(LIVE)}} | ({"_id": {"$gt": last}} if last else {})
        rows = list(table.find(query, sort=[("_id", ASCENDING)], limit=CHUNK))
        if not rows:
            return dropped
        last = rows[-1]["_id"]
        held = {row["_id"]: row for row in database.raw(awards.COLLECTION).find({"_id": {"$in": [row["award"] for row in rows]}}, {"entries": 0})}
        writes = []
        for row in rows:
            award = held.get(row["award"])
            if award is None or not awards.runs_from(award, this):
                over = {"state": DONE if row["state"] == tasks.FOLLOW else DROPPED, "done_on": dates.today().isoformat()}
                writes.append(UpdateOne({"_id": row["_id"], "state": row["state"]}, {"$set": over, "$inc": {"rev": 1}}))
                dropped += over["state"] == DROPPED
            elif moved := {name: award[name] for name in ("township", "village", "name") if award[name] != row[name]}:
                left = {"owner": "", "owner_name": ""} if "township" in moved else {}
                writes.append(UpdateOne({"_id": row["_id"]}, {"$set": moved | left}))
        if writes:
            table.bulk_write(writes, ordered=False)
