"""Packs of visits (走访包, collection `visit_packs`): who goes to which households of a village on a day, on paper, and what came of it.

``{_id: "RH433123109-2026-0007", township, village, day, surveyors: [{name, unit, relative}], stops: [{case, number, name,
type, address, state, note, on}], state, done, made_by, made_by_name, made_on, rev}``

The truth about a visit is the record of its case; a stop only says where the pack stands: planned, done (its visit was
entered from the pack), absent (nobody met, with a note) or dropped.
"""

import re
from collections import Counter

from bson import ObjectId

from adminapp import database, dates, indexes, paging, procedure
from adminapp.cases import values_of
from adminapp.errors import Conflict, Forbidden, Invalid, NotFound
from adminapp.jobs.sweeping import each
from adminapp.numbering import next_serial
from adminapp.policy import CLERK, DEPUTY
from adminapp.related import recusal
from adminapp.scope import Actor, ScopedCollection, system
from adminapp.workflow.transition import Move

COLLECTION = "visit_packs"
OPEN, CLOSED = "open", "closed"
STATES = {OPEN: "走访中", CLOSED: "已录完"}
PLANNED, DONE, ABSENT, DROPPED = "planned", "done", "absent", "dropped"
STOPS = {PLANNED: "待录入", DONE: "已录入", ABSENT: "未见到人", DROPPED: "不再走访"}
MOST = 60
"""Households of one day."""
LONGEST_NOTE = 100
WAITING = {"state": "surveying", "records.kind": {"$ne": "visit"}}
ADDRESSES = ("home_address", "hukou_address")

indexes.declare(COLLECTION, "work_township", ["township", "state", "day", "_id"])
indexes.declare(COLLECTION, "work", ["state", "day", "_id"])
indexes.declare(COLLECTION, "recent_township", ["township", "-day", "_id"])


def collection() -> ScopedCollection:
    """Return the packs within the actor's scope."""
    return ScopedCollection(database.raw(COLLECTION))


def cases() -> ScopedCollection:
    return ScopedCollection(database.raw("cases"))


def villages_waiting(engine, actor: Actor) -> dict[str, int]:
    """Return {village: number} of the cases within scope that `waiting_in` offers this actor, in order of the villages."""
    found = Counter(move.case.village for move in _to_visit(engine, cases().find(WAITING), actor))
    return dict(sorted(found.items()))


def waiting_in(engine, village: str, actor: Actor) -> list[dict]:
    """Return the stops to choose from in a village, in the order of the way: those whose type wants a visit of this case."""
    rows = cases().find({**WAITING, "village": village}, sort=[("_id", 1)], limit=500)
    return sorted((_stop(engine, move) for move in _to_visit(engine, rows, actor)), key=_on_the_way)


def _to_visit(engine, rows, actor):
    """Yield the moves of the cases that the actor may visit and whose type wants it."""
    for row in rows:
        published = engine.registry.get(row["type"], row["schema_version"])
        move = Move(published.model._from_son(row), published, actor, engine.standards)
        if not move.recused and move.active("survey"):
            yield move


def _stop(engine, move):
    case, relief_type = move.case, move.relief_type
    values = values_of(case, relief_type, standards=engine.standards, on=dates.today())
    address = next((text for name in ADDRESSES if name in relief_type.live_fields and (text := values.raw.get(name))), "")
    return {"case": case.id, "number": case.number, "name": case.name, "type": case.type, "address": address, "state": PLANNED, "note": "", "on": None}


def _on_the_way(stop):
    """Order by address as people read it: 2组 before 10组; then by number."""
    parts = re.split(r"(\d+)", stop["address"])
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts], stop["number"]


def make(engine, village: str, chosen: list[str], day, surveyors: list[dict], actor: Actor) -> dict:
    """Store a pack of the chosen cases and return it. Raise Invalid with every sentence: day, visitors, nobody chosen."""
    if not actor.has(CLERK, DEPUTY):
        raise Forbidden()
    stops = [stop for stop in waiting_in(engine, village, actor) if str(stop["case"]) in set(chosen)]
    problems = [*_problems_of_day(day), *_problems_of_visitors(surveyors, day or dates.today())]
    if not chosen:
        problems.append("请勾选要走访的户。")
    elif len(stops) < len(set(chosen)):
        problems.append("有的户已经登记过入户调查或者不在调查阶段，请刷新后再选。")
    if len(stops) > MOST:
        problems.append(f"一天最多 {MOST} 户，请分几个包。")
    if problems:
        raise Invalid(problems)
    township = village[:9]
    serial = next_serial(f"visits:{township}:{day.year}")
    pack = {
        "_id": f"RH{township}-{day.year}-{serial:04d}", "township": township, "village": village, "day": day.isoformat(), "surveyors": surveyors,
        "stops": stops, "state": OPEN, "done": 0, "made_by": actor.id, "made_by_name": actor.name, "made_on": dates.today().isoformat(), "rev": 0,
    }  # fmt: skip
    collection().insert_one(pack)
    return pack


def _problems_of_day(day):
    if day is None:
        yield "请填写走访日期。"
    elif day < dates.today():
        yield f"走访日期 {day} 已经过去；已经走访过的请直接在案件中登记。"


def _problems_of_visitors(surveyors, day):
    least, names = procedure.value("survey.people", day) or 1, [row["name"] for row in surveyors]
    if len(set(names)) < len(names):
        yield "同一名调查人写了两次。"
    if len(set(names)) < least:
        yield f"调查人至少 {least} 名（{procedure.clause('survey.people', day)}）。"
    for row in surveyors:
        if row.get("relative"):
            yield f"{row['name']}是近亲属，不能参加走访；涉及的户请另外安排。"


def get(pack_id: str) -> dict:
    """Return a pack within scope. Raise NotFound."""
    pack = collection().find_one({"_id": str(pack_id)})
    if pack is None:
        raise NotFound()
    return pack


def listed(limit: int = 50, after: str = "") -> list[dict]:
    """Return the packs within scope, open ones by day first, then the newest closed ones; `after` is the mark of the last one shown."""
    return paging.by_state(collection(), {OPEN: paging.UP, CLOSED: paging.DOWN}, limit, after)


def stop_of(pack: dict, case_id) -> dict:
    """Return a stop by its case. Raise NotFound."""
    wanted = ObjectId(case_id) if ObjectId.is_valid(case_id) else None
    stop = next((stop for stop in pack["stops"] if stop["case"] == wanted), None)
    if stop is None:
        raise NotFound()
    return stop


def following(pack: dict, case_id=None) -> dict | None:
    """Return the next planned stop after a case, round the whole way; None when nothing is left."""
    ids = [stop["case"] for stop in pack["stops"]]
    start = ids.index(case_id) + 1 if case_id in ids else 0
    way = pack["stops"][start:] + pack["stops"][:start]
    return next((stop for stop in way if stop["state"] == PLANNED and stop["case"] != case_id), None)


def mark(pack_id: str, case_id, state: str, note: str = "") -> dict:
    """Set where a stop stands and return the pack; a second time changes nothing. A pack without planned stops closes itself.

    Raise Invalid without a note for somebody who was not met.
    """
    note = note.strip()[:LONGEST_NOTE]
    if state in (ABSENT, DROPPED) and len(note) < 2:
        raise Invalid("请写明情况，如“在县医院住院，三天后再去”。")
    for _ in range(5):
        pack = get(pack_id)
        stops = [dict(stop) for stop in pack["stops"]]
        stop = next((stop for stop in stops if stop["case"] == ObjectId(case_id)), None)
        if stop is None:
            raise NotFound()
        if stop["state"] == DONE or (stop["state"], stop["note"]) == (state, note):
            return pack
        stop |= {"state": state, "note": note, "on": dates.today().isoformat()}
        left = any(item["state"] == PLANNED for item in stops)
        changes = {"stops": stops, "done": sum(item["state"] == DONE for item in stops), "state": OPEN if left else CLOSED}
        changed = collection().update_one({"_id": pack_id, "rev": pack["rev"]}, {"$set": {**changes, "rev": pack["rev"] + 1}})
        if changed.matched_count:
            return {**pack, **changes, "rev": pack["rev"] + 1}
    raise Conflict()


def refreshed(pack: dict) -> dict:
    """Return the pack with every stop as done whose visit was entered by another way since the pack was made. Stores nothing."""
    open_ids = [stop["case"] for stop in pack["stops"] if stop["state"] in (PLANNED, ABSENT)]
    seen = {
        row["_id"] for row in cases().find({"_id": {"$in": open_ids}}, {"records.kind": 1, "records.on": 1}) if open_ids
        if any(record["kind"] == "visit" and record["on"] >= pack["made_on"] for record in row.get("records") or ())
    }  # fmt: skip
    return {**pack, "stops": [{**stop, "state": DONE} if stop["case"] in seen else stop for stop in pack["stops"]]}


def without_relatives(pack: dict, actor: Actor) -> dict:
    """Return the pack without the stops of which the actor must keep off."""
    near = sorted(recusal.related_keys(actor))
    query = {"_id": {"$in": [stop["case"] for stop in pack["stops"]]}, "people.key": {"$in": near}}
    barred = {row["_id"] for row in cases().find(query, {"_id": 1})} if near else set()
    return {**pack, "stops": [stop for stop in pack["stops"] if stop["case"] not in barred]}


def settle(pack: dict) -> dict:
    """Store what `refreshed` finds, and return the pack."""
    for before, now in zip(pack["stops"], refreshed(pack)["stops"], strict=True):
        if before["state"] != now["state"]:
            pack = mark(pack["_id"], now["case"], DONE)
    return pack


def sweep():
    """Settle open packs: of visits entered without the pack, or left unmarked by a process that died."""
    with system("visit packs"):
        each(list(collection().find({"state": OPEN}, sort=[("day", 1), ("_id", 1)])), settle)
