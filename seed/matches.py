"""Lists of other offices in the demo county (虚构): three were compared, and their hits stand in every state they can stand in."""

from datetime import date, datetime, time

from adminapp import awards, database, dates
from adminapp.awards.spells import ACTIVE, SUSPENDED, state_in
from adminapp.matching import course, intake, settling, store
from adminapp.matching.lists import match_lists
from adminapp.policy import CLERK, REVIEWER
from adminapp.scope import acting
from seed.names import MARK
from seed.staff import Staff

LISTS = (
    # list, days ago, days since it happened, rows of the file, what else is told, whom it hits: (state of the award, leads), what became of it
    ("custody", 42, 60, 31, {"measure": "服刑", "place": "虚构监狱"}, (((SUSPENDED, True), store.CONFIRMED), ((ACTIVE, True), store.CONFIRMED))),
    ("death", 9, 24, 118, {"place": "县殡仪馆火化"},
     (((ACTIVE, True), store.CHECKED), ((ACTIVE, False), store.CONFIRMED), ((ACTIVE, True), store.DISMISSED), ((ACTIVE, True), store.OPEN))),
    ("employment", 2, 33, 264, {"employer": "虚构电子有限公司", "wage": 280000}, (((ACTIVE, False), store.OPEN), ((ACTIVE, True), store.OPEN))),
)  # fmt: skip
FOUND = {True: "已入户并与亲属、村委会核实，情况属实", False: "已入户，本人健在，名单上的号码被误录"}
DECIDED = {True: "与数据单位再次核对，属实", False: "数据单位已更正"}


def fill(staff: Staff, county):
    """Compare the lists on their days and take the hits on; does nothing when some are there."""
    if database.raw(store.COLLECTION).find_one({}, {"_id": 1}):
        return
    taken, reviewer = set(), staff.of(REVIEWER, "")
    for key, ago, since, rows, more, wanted in LISTS:
        day = dates.add_workdays(county.on, -ago)
        happened, hits = date.fromordinal(day.toordinal() - since), []
        for township in county.townships:
            for kind, state in wanted:
                person = _person(township, *kind, county.on, taken)
                if person:
                    hits.append((person, state))
        with dates.frozen(_morning(day)):
            _compare(key, hits, happened, more, rows, reviewer)
        _follow(key, hits, day, staff, reviewer)
    with dates.frozen(_morning(county.on)):
        settling.sweep()


def _morning(day):
    return datetime.combine(day, time(9, 30), dates.SHANGHAI)


def _person(township, state, leads, on, taken):
    """Return (key, case) of somebody of an award of the township in a state, each award once; None when there is nobody."""
    month = dates.month_of(on)
    for award in database.raw(awards.COLLECTION).find({"township": township, "cycle": "month"}, sort=[("number", -1)]):
        others = [key for key in award["people"] if key != award["person"] and award["unit"] == "household"]
        key = award["person"] if leads else next(iter(others), None)
        if key and key in award["people"] and award["_id"] not in taken and state_in(award, month) == state:
            taken.add(award["_id"])
            return key, award["_id"]
    return None


def _compare(key, hits, happened, more, rows, reviewer):
    kind, new = match_lists()[key], 0
    run = f"seed-{key}"
    for (person, case), _state in hits:
        told = {person: {"name": _name(person, case), "on": happened, **more}}
        for hit in intake.hits(kind, told):
            if hit["case"] == case:
                new += intake.keep(hit | {"run": run}) == intake.NEW
    about = {"list": key, "name": f"{kind.label}名单（{MARK}）.xlsx", "digest": "", "on": dates.today().isoformat()}
    counts = {"rows": rows, "bad": 0, "hits": new, "new": new, "by": reviewer.id, "by_name": reviewer.name}
    database.raw(store.RUNS).insert_one({"_id": run, **about, **counts})


def _name(key, case):
    people = database.raw("cases").find_one({"_id": case}, {"people": 1})["people"]
    return next((person["name"] for person in people if person.get("key") == key), MARK)


def _follow(key, hits, day, staff, reviewer):
    for (person, case), state in hits:
        row = database.raw(store.COLLECTION).find_one({"_id": store.ident(key, person, case)})
        if row is None or state == store.OPEN:
            continue
        real, clerk = state != store.DISMISSED, staff.of(CLERK, row["township"])
        with dates.frozen(_morning(dates.add_workdays(day, 3))), acting(clerk):
            row = course.check(row, real, f"{FOUND[real]}（{MARK}）", clerk)
        if state != store.CHECKED:
            with dates.frozen(_morning(dates.add_workdays(day, 5))), acting(reviewer):
                course.decide(row, real, f"{DECIDED[real]}（{MARK}）", reviewer)
