"""The course of a posting: hung with a photo, run to its end, taken down, closed; or made void, or hung anew.

The document changes by compare-and-set and says what is to become of each row; the cases follow one by one through the
machine, each for itself, and what a crash left behind is done by `follow` at the next sweep. The steps of the cases are
taken in the name of who made the sheet: that person started the posting, the photo only sets the clock.
"""

from contextlib import suppress
from datetime import date

from pymongo.errors import DuplicateKeyError

from adminapp import database, dates, procedure
from adminapp.errors import Conflict, Forbidden, Invalid, ReliefError
from adminapp.jobs.model import actor_of, snapshot
from adminapp.jobs.sweeping import each
from adminapp.postings import evidence, prepare, register, rows, settings
from adminapp.postings.register import (
    CLOSED,
    DONE,
    LEFT,
    LISTED,
    OBJECTED,
    POSTED,
    PREPARED,
    REPOSTED,
    UP,
    VOID,
    change,
)
from adminapp.public import refresh as public
from adminapp.related import recusal
from adminapp.scope import Actor, acting
from adminapp.workflow.action import TOWNSHIP
from adminapp.workflow.transition import Move, perform

TRIES = 5
HANGERS = (*TOWNSHIP, "village_assistant")
"""Who may bring proof that a sheet was hung or taken down."""


def hang(engine, posting: dict, photo: dict, place: str, actor: Actor, rev: int) -> dict:
    """Start the clock with the photo of the sheet on the wall; return the posting with its cases posted.

    The first day is that of the photo as our server saw it, or the day printed on the sheet when that is later. Raise
    Forbidden, Invalid (a row is no longer what the sheet says, an old photo), Conflict.
    """
    _may(actor, HANGERS, posting)
    if posting["state"] != PREPARED:
        raise Forbidden(f"公示表“{register.STATES[posting['state']]}”，不能再上传张贴照片")
    stale = stale_rows(engine, posting)
    if stale and database.raw(register.COLLECTION).count_documents({"_id": posting["_id"], "rev": rev}) == 0:
        raise Conflict()
    if stale:
        raise Invalid(["公示表编制以后案件有变化，请作废后重新编制、重新张贴：", *stale])
    today = dates.today()
    evidence.check_photo(photo, posting, dates.day_of(posting["history"][0]["at"]))
    start = max(today, date.fromisoformat(posting["planned"]))
    end = dates.add_days(start, posting["days"], posting["unit"])
    entry = evidence.keep(photo, posting, evidence.HUNG, place, actor)
    values = {
        "state": POSTED, "start": start.isoformat(), "end": end.isoformat(), "place": place or posting["place"],
        "photos": [*posting["photos"], entry], "due": _take_down_by(end).isoformat(), "following": True,
    }  # fmt: skip
    try:
        posting = change(posting, rev, values, actor, "上传张贴照片，开始公示", f"{start} 至 {end}")
    except Conflict:
        evidence.discard(entry)
        raise
    return follow(engine, posting)


def _take_down_by(end: date) -> date:
    return procedure.deadline("posting.take_down", end)


def stale_rows(engine, posting) -> list[str]:
    """Return a sentence for each row that is no longer what the sheet says, so that nothing wrong hangs on a wall."""
    held, sentences = settings.read(), []
    held = settings.PostingSettings(posting["wide"], held.names)
    maker = actor_of({"actor": posting["maker"], "_id": posting["_id"]})
    for row in posting["rows"]:
        move = _move(engine, row, maker)
        if move is None or move.case.state not in (("publicity",) if posting["replaces"] else prepare.STEPS):
            sentences.append(f"{row['name']}（{row['number']}）已不在待公示状态")
        elif rows.freeze(move.case, move.relief_type, move.values, held)["texts"] != row["texts"]:
            sentences.append(f"{row['name']}（{row['number']}）的公示内容有变化")
    return sentences


def _move(engine, row, actor, data=None, on=None) -> Move | None:
    found = database.raw("cases").find_one({"_id": row["case"]})
    if found is None:
        return None
    published = engine.registry.get(found["type"], found["schema_version"])
    return Move(published.model._from_son(found), published, actor, engine.standards, data or {}, on or dates.today(), driver="posting")


def follow(engine, posting: dict, again: bool = False, told: dict | None = None) -> dict:
    """Bring the cases to where their rows say they are; what cannot be done is noted at the row. Safe to repeat.

    `again` also tries rows that were refused before; `told` says why they are late (adminapp/workflow/deadlines.py).
    """
    before, step = {POSTED: (LISTED, _post), CLOSED: (UP, _end)}.get(posting["state"], (None, None))
    waiting = [row for row in posting["rows"] if row["state"] == before and (again or not row["note"])]
    _each(engine, posting, waiting, step, told or {})
    public.posting_changed(posting["_id"])
    database.raw(register.COLLECTION).update_one({"_id": posting["_id"]}, {"$unset": {"following": ""}})
    return database.raw(register.COLLECTION).find_one({"_id": posting["_id"]})


def _each(engine, posting, waiting, step, told):
    maker = actor_of({"actor": posting["maker"], "_id": posting["_id"]})
    with acting(maker):
        for row in waiting:
            try:
                after = step(engine, posting, row, maker, told)
            except ReliefError as error:
                after = {"note": str(error)[:300]}
            register.set_row(posting["_id"], row["case"], after, {"state": row["state"]})


def _post(engine, posting, row, maker, told):
    data = told | {"start": date.fromisoformat(posting["start"]), "place": posting["place"], "phone": posting["phone"], "posting": posting["_id"]}
    for _ in range(TRIES):
        move = _move(engine, row, maker, data)
        if move is None:
            return {"state": LEFT, "note": "案件已不存在"}
        last = move.case.last_record("posting")
        if last and last["data"].get("posting") == posting["_id"]:  # done before, the row only does not know yet
            return {"state": UP, "note": ""}
        try:
            if posting["replaces"] or move.case.state == "publicity":  # of a sheet that was replaced
                move.data = data | {"reason": posting["history"][0]["note"] or "重新公示"}
                perform(move, "repost")
            else:
                perform(move, "post")
            return {"state": UP, "note": ""}
        except Conflict:
            continue
    raise Conflict()


def _end(engine, posting, row, maker, told):
    taken_down = date.fromisoformat(posting["taken_down"]["on"])
    for _ in range(TRIES):
        move = _move(engine, row, maker)
        if move is None or move.case.state not in ("publicity", "confirm_ready"):
            return {"state": LEFT, "note": "案件已转入其他环节"}
        if move.case.state == "confirm_ready":  # done before
            return {"state": DONE, "note": ""}
        answered = "objected" in move.case.flags
        move.data = told | {"result": "answered" if answered else "none", "taken_down": taken_down}
        try:
            perform(move, "end_posting")
            return {"state": DONE, "note": ""}
        except Conflict:
            continue
    raise Conflict()


def take_down(posting: dict, actor: Actor, rev: int, on: date, photo: dict | None = None) -> dict:
    """Record that the sheet was taken off the wall after its last day. Raise Forbidden, Invalid, Conflict."""
    _may(actor, HANGERS, posting)
    if posting["state"] != POSTED or posting["taken_down"]:
        raise Forbidden("没有在张贴的公示表，或者已经登记撤下")
    today, end = dates.today(), date.fromisoformat(posting["end"])
    if today <= end:
        raise Invalid(f"公示到 {end} 结束，期满次日起才能撤下")
    if not end < on <= today:
        raise Invalid(f"撤下日期要在公示结束（{end}）之后、不晚于今天")
    photos = posting["photos"]
    if photo:
        evidence.check_photo(photo, posting, end)
        photos = [*photos, evidence.keep(photo, posting, evidence.TAKEN_DOWN, posting["place"], actor)]
    values = {"taken_down": {"on": on.isoformat(), "by": actor.id, "by_name": actor.name, "at": dates.now()}, "photos": photos}
    late = f"应于 {_take_down_by(end)} 前撤下" if on > _take_down_by(end) else ""
    return change(posting, rev, values, actor, "登记撤下", late)


def close(engine, posting: dict, actor: Actor, rev: int) -> dict:
    """Close a posting that was taken down: its cases without open objection go on to confirmation, each for itself."""
    _may(actor, TOWNSHIP, posting)
    if posting["state"] != POSTED or not posting["taken_down"]:
        raise Forbidden("登记撤下以后才能办结")
    values = {"state": CLOSED, "due": None, "maker": snapshot(actor), "following": True}
    return follow(engine, change(posting, rev, values, actor, "办结公示", unset=("active",)))


def void(posting: dict, actor: Actor, rev: int, reason: str) -> dict:
    """Give up a sheet that was not hung; its cases are due again. Raise Forbidden, Invalid, Conflict."""
    _may(actor, TOWNSHIP, posting)
    if posting["state"] != PREPARED:
        raise Forbidden("已经张贴的公示表不能作废；内容有误的请重新公示")
    if not reason.strip():
        raise Invalid("请写明作废理由")
    return change(posting, rev, {"state": VOID, "due": None}, actor, "作废", reason, unset=("active",))


def repost(engine, posting: dict, actor: Actor, rev: int, reason: str, planned: date) -> dict:
    """Replace a posting that hangs by a new sheet (torn down, wrong in content): its running rows are frozen anew.

    The clock of the new one starts with its own photo; until then the old one stays closed to the public. A household that
    is held by an objection stays behind; it is due again once nothing holds it. Return the new posting. Raise Forbidden,
    Invalid, Conflict.
    """
    _may(actor, TOWNSHIP, posting)
    if posting["state"] != POSTED:
        raise Forbidden("只有公示中的公示表可以重新公示")
    if not reason.strip():
        raise Invalid("请写明重新公示的理由")
    prepare.check_planned(planned)
    held, frozen = settings.read(), []
    for row in posting["rows"]:
        move = _move(engine, row, actor) if row["state"] == UP else None
        if move is not None and move.case.state == "publicity":
            frozen.append(rows.freeze(move.case, move.relief_type, move.values, held))
    if not frozen:
        raise Invalid("没有还在公示中的案件，不需要重新公示")
    values = {key: posting[key] for key in ("village", "township", "days", "unit", "place", "phone")}
    values |= {"planned": planned.isoformat(), "wide": held.wide, "rows": frozen}
    new = prepare.document(values, actor, "重新编制公示表", reason, replaces=posting["_id"])
    # The successor waits in the old document, in the write that ends it: a crash in between loses neither.
    ended = {"state": REPOSTED, "due": None, "replaced_by": new["_id"], "next": new, "following": True}
    return _succeed(change(posting, rev, ended, actor, "重新公示", reason, unset=("active",)))


def _succeed(old: dict) -> dict:
    """Store the successor that waits in a posting; safe to repeat."""
    postings, new = database.raw(register.COLLECTION), old["next"]
    public.posting_changed(old["_id"])
    with suppress(DuplicateKeyError):
        postings.insert_one(new)
    postings.update_one({"_id": old["_id"]}, {"$unset": {"next": "", "following": ""}})
    return postings.find_one({"_id": new["_id"]})


def leave(posting_id: str, case_id, state: str = LEFT, note: str = ""):
    """Take a case off a running posting: an objection was upheld, or the case went another way."""
    after = register.take_off(posting_id, case_id, {"state": state, "note": note[:300]}, (LISTED, UP, OBJECTED))
    public.posting_changed(posting_id)
    return after


def sweep(engine, limit: int = 200) -> int:
    """Go on with rows whose cases did not follow because a process died; return how many postings went on."""
    found = list(database.raw(register.COLLECTION).find({"following": True}, limit=limit))
    return each(found, lambda posting: _succeed(posting) if "next" in posting else follow(engine, posting))


def _may(actor, roles, posting):
    """Raise Forbidden unless the role, the place and no relative on the sheet let this person handle it."""
    if not actor.has(*roles):
        raise Forbidden()
    if posting["kind"] != register.REVIEW:
        raise Forbidden("长期公示的名单由系统每月更新")
    register.require_place(actor, posting)
    recusal.refuse_cases(actor, [row["case"] for row in posting["rows"]])
