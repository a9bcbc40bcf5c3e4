"""Meetings (collection `meetings`): planned for a village and a day, held with attendance and votes, closed into the cases.

``{_id: "PY433123109-2026-0001", township, village, day, place, chair, leader, recorder, attendance: [{name, capacity,
present}], items: [{case, number, name, type, recused: [name], agree, against, abstain, opinion, state, problem}], stages:
[text], state, made_by, made_by_name, made_on, closed_on, rev}``

What was voted stands in the record of each case, written by its normal action; the meeting only knows which cases are left.
"""

from collections import Counter
from datetime import date

from adminapp import database, dates, files, indexes, paging, procedure
from adminapp.appraisal import counting
from adminapp.errors import Conflict, Forbidden, Invalid, NotFound, ReliefError
from adminapp.loading import load_case
from adminapp.numbering import next_serial
from adminapp.policy import CLERK, DEPUTY
from adminapp.related import recusal
from adminapp.scope import Actor, ScopedCollection
from adminapp.workflow.transition import Move, perform

COLLECTION = "meetings"
PLANNED, HELD, CLOSED, CANCELLED = "planned", "held", "closed", "cancelled"
STATES = {PLANNED: "待召开", HELD: "待写入案件", CLOSED: "已办结", CANCELLED: "已取消"}
OPEN = (PLANNED, HELD)
WAITING, RECORDED, DROPPED = "waiting", "recorded", "dropped"
ITEMS = {WAITING: "待评议", RECORDED: "已写入案件", DROPPED: "没有写入"}
MOST, MOST_PEOPLE, LONGEST = 60, 200, 500
SCAN, RECORD = "appraisal_scan", "record_appraisal"

indexes.declare(COLLECTION, "work_township", ["township", "state", "day", "_id"])
indexes.declare(COLLECTION, "work", ["state", "day", "_id"])


def collection() -> ScopedCollection:
    """Return the meetings within the actor's scope."""
    return ScopedCollection(database.raw(COLLECTION))


def cases() -> ScopedCollection:
    return ScopedCollection(database.raw("cases"))


def villages_waiting(actor: Actor) -> dict[str, int]:
    """Return {village: number} of the cases within scope that `waiting_in` offers this actor, in order of the villages."""
    taken = _taken()
    rows = cases().find({"state": "appraisal"}, {"village": 1, "people": 1})
    found = Counter(row["village"] for row in rows if _free(row, taken, actor))
    return dict(sorted(found.items()))


def waiting_in(village: str, actor: Actor) -> list[dict]:
    """Return the cases of a village to choose from: {case, number, name, type}; those of the actor's own relatives are left out."""
    taken = _taken()
    rows = cases().find({"state": "appraisal", "village": village}, {"number": 1, "name": 1, "type": 1, "people": 1}, sort=[("_id", 1)], limit=500)
    return [
        {"case": row["_id"], "number": row["number"], "name": row["name"], "type": row["type"]}
        for row in rows
        if _free(row, taken, actor)
    ]


def _free(row, taken, actor):
    return row["_id"] not in taken and not recusal.bar(actor.id, row.get("people") or ())


def _taken():
    rows = collection().find({"state": {"$in": list(OPEN)}}, {"items.case": 1, "items.state": 1})
    return {item["case"] for row in rows for item in row["items"] if item["state"] == WAITING}


def plan(village: str, chosen: list[str], day: date | None, place: str, actor: Actor) -> dict:
    """Store a meeting on the chosen cases of a village and return it. Raise Invalid with every sentence."""
    _need(actor)
    found = [item for item in waiting_in(village, actor) if str(item["case"]) in set(chosen)]
    problems = []
    if day is None:
        problems.append("请填写评议日期。")
    if not place.strip():
        problems.append("请填写评议地点。")
    if not chosen:
        problems.append("请勾选要评议的户。")
    elif len(found) < len(set(chosen)):
        problems.append("有的户已经不在民主评议阶段，或者已列入另一场评议，请刷新后再选。")
    if len(found) > MOST:
        problems.append(f"一场评议最多 {MOST} 户。")
    if problems:
        raise Invalid(problems)
    township = village[:9]
    serial = next_serial(f"meetings:{township}:{day.year}")
    blank = {"recused": [], "agree": None, "against": None, "abstain": None, "opinion": "", "state": WAITING, "problem": ""}
    meeting = {
        "_id": f"PY{township}-{day.year}-{serial:04d}", "township": township, "village": village, "day": day.isoformat(), "place": place.strip()[:60],
        "chair": "", "leader": "", "recorder": "", "attendance": [], "items": [item | blank for item in found], "stages": [], "state": PLANNED,
        "made_by": actor.id, "made_by_name": actor.name, "made_on": dates.today().isoformat(), "closed_on": None, "rev": 0,
    }  # fmt: skip
    collection().insert_one(meeting)
    return meeting


def _need(actor):
    if not actor.has(CLERK, DEPUTY):
        raise Forbidden()


def get(meeting_id: str) -> dict:
    """Return a meeting within scope. Raise NotFound."""
    meeting = collection().find_one({"_id": str(meeting_id)})
    if meeting is None:
        raise NotFound()
    return meeting


def listed(limit: int = 50, after: str = "") -> list[dict]:
    """Return the meetings within scope: open ones by day, then the newest of the others; `after` is the mark of the last one shown."""
    return paging.by_state(collection(), dict.fromkeys(OPEN, paging.UP) | dict.fromkeys((CLOSED, CANCELLED), paging.DOWN), limit, after)


def _change(meeting, changes) -> dict:
    """Store a change of a meeting that stands at its rev, and return it. Raise Conflict."""
    done = collection().update_one({"_id": meeting["_id"], "rev": meeting["rev"]}, {"$set": {**changes, "rev": meeting["rev"] + 1}})
    if not done.matched_count:
        raise Conflict("这场评议刚刚有变动，请刷新后再保存。")
    return {**meeting, **changes, "rev": meeting["rev"] + 1}


def attend(meeting: dict, about: dict, attendance: list[dict], actor: Actor) -> dict:
    """Store who was there: `about` is {day, place, chair, leader, recorder}. Raise Invalid with every sentence."""
    _need(actor)
    _open(meeting)
    problems = [] if about["day"] else ["请填写评议日期。"]
    if about["day"] and about["day"] > dates.today():
        problems.append(f"评议日期 {about['day']} 还没有到，开过会再登记。")
    problems += [f"请填写{label}。" for key, label in (("place", "评议地点"), ("chair", "主持人"), ("recorder", "记录人")) if not about[key]]
    rows = [{"name": row["name"], "capacity": row["capacity"], "present": bool(row["present"])} for row in attendance if row.get("name")][:MOST_PEOPLE]
    problems += [f"请选择{row['name']}的身份。" for row in rows if row["capacity"] not in counting.CAPACITIES]
    changes = {**about, "day": about["day"].isoformat() if about["day"] else meeting["day"], "attendance": rows}
    if not problems:
        problems = counting.problems_of_attendance({**meeting, **changes})
    if problems:
        raise Invalid(problems)
    return _change(meeting, {**changes, "state": HELD})


def vote(meeting: dict, votes: dict[str, dict], actor: Actor) -> dict:
    """Store the votes by case id: {recused: [name], agree, against, abstain, opinion}; what is still blank may stay so."""
    _need(actor)
    _open(meeting)
    items = [{**item, **votes.get(str(item["case"]), {})} if item["state"] == WAITING else item for item in meeting["items"]]
    touched = [item for item in items if item["state"] == WAITING and any(item[key] is not None for key in counting.VOTES)]
    if problems := [sentence for item in touched for sentence in counting.problems_of_votes(meeting, item)]:
        raise Invalid(problems)
    return _change(meeting, {"items": items})


def cancel(meeting: dict, actor: Actor) -> dict:
    """Give up a meeting of which nothing stands in a case yet: its cases wait again."""
    _need(actor)
    _open(meeting)
    if any(item["state"] == RECORDED for item in meeting["items"]):
        raise Invalid("已有户写入案件，不能取消；其余的户可以另开一场。")
    return _change(meeting, {"state": CANCELLED})


def _open(meeting):
    if meeting["state"] not in OPEN:
        raise Invalid(f"这场评议{STATES[meeting['state']]}，不能再改。")


def close(engine, meeting: dict, stages: list[str], scan: tuple[str, bytes] | None, actor: Actor) -> dict:
    """Write each household's record by the normal action of its case and return the meeting; a case that refuses is left alone.

    `scan` is (name, bytes) of the page of signatures. Again after a crash: cases that have this meeting's record are not
    written twice. Raise Invalid before anything is written.
    """
    _need(actor)
    _open(meeting)
    day = date.fromisoformat(meeting["day"])
    problems = counting.problems_of_attendance(meeting) if meeting["state"] == HELD else ["请先登记参加人。"]
    waiting = [item for item in meeting["items"] if item["state"] == WAITING]
    problems += [sentence for item in waiting for sentence in counting.problems_of_votes(meeting, item)]
    if missing := [stage for stage in procedure.value("appraisal.stages", day) or () if stage not in stages]:
        problems.append(f"评议程序还缺：{'、'.join(missing)}（{procedure.clause('appraisal.stages', day)}）。")
    if scan is None and procedure.value("appraisal.scan", day):
        problems.append(f"请附上全体参加人签字的评议记录（{procedure.clause('appraisal.scan', day)}）。")
    if problems:
        raise Invalid(problems)
    if scan is not None:
        files.clean(scan[1], files.read_format(scan[1]))  # refused before the first case is written
    items = []
    for item in meeting["items"]:
        items.append(_record(engine, {**meeting, "stages": stages}, item, scan, actor) if item["state"] == WAITING else item)
        meeting = _change(meeting, {"items": items + meeting["items"][len(items) :]})
    left = any(item["state"] == WAITING for item in items)
    done = {} if left else {"state": CLOSED, "closed_on": dates.today().isoformat()}
    return _change(meeting, {"stages": stages, **done})


def _record(engine, meeting, item, scan, actor):
    """Write one case and return the item as it stands then."""
    kept = []
    try:
        case, published = load_case(engine.registry, item["case"])
    except NotFound as error:
        return {**item, "state": DROPPED, "problem": str(error)}
    last = case.last_record("appraisal")
    if last and last["data"].get("meeting") == meeting["_id"]:
        return {**item, "state": RECORDED, "problem": ""}
    try:
        if scan is not None:
            kept = [files.prepare(case, actor, SCAN, scan[0], scan[1])]
        perform(Move(case, published, actor, engine.standards, data_of(meeting, item), files=kept), RECORD)
    except ReliefError as error:
        files.discard(kept)
        gone = case.state != "appraisal"
        return {**item, "state": DROPPED if gone else WAITING, "problem": "；".join(map(str, getattr(error, "problems", None) or [error]))}
    return {**item, "state": RECORDED, "problem": ""}


def data_of(meeting: dict, item: dict) -> dict:
    """Return what the record of a case says of the meeting: counts are of those who judged this household."""
    judges = counting.voters(meeting, item)
    away = len(counting.present(meeting)) - len(judges)
    return {
        "date": date.fromisoformat(meeting["day"]), "place": meeting["place"], "chair": meeting["chair"], "leader": meeting["leader"] or None,
        "recorder": meeting["recorder"], "expected": len(meeting["attendance"]) - away, "attended": len(judges),
        "representatives": sum(row["capacity"] == counting.REPRESENTATIVE for row in judges), "recused": "、".join(item["recused"]) or None,
        **{key: item[key] for key in counting.VOTES}, "minutes": item["opinion"], "stages": "、".join(meeting["stages"]) or None, "meeting": meeting["_id"],
    }  # fmt: skip
