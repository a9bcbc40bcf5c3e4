"""The course of an objection: received from anybody within the window, registered, investigated, decided, answered.

From its receipt on the household cannot leave the posting (`guards/posting.py` asks), while the others of the sheet go
on. Nobody unknown changes a case: what comes by the web waits for a township person, who registers it as the machine's
`object`, or says why it is none.
"""

from datetime import date

from pymongo import ReturnDocument

from adminapp import database, dates, history, procedure
from adminapp.errors import Conflict, Forbidden, Invalid
from adminapp.feedback import papers, receipts, sealed
from adminapp.jobs.model import actor_of, snapshot
from adminapp.jobs.sweeping import each
from adminapp.objections import register
from adminapp.objections.register import (
    CHANNELS,
    COLLECTION,
    DECIDED,
    DECISIONS,
    DECLINED,
    INVESTIGATING,
    RECEIVED,
    REPLIED,
    STATES,
)
from adminapp.postings import course as posting_course
from adminapp.postings import register as postings
from adminapp.related import recusal
from adminapp.scope import Actor, acting
from adminapp.workflow.action import TOWNSHIP
from adminapp.workflow.transition import Move, perform, refusals

MARK = "YY"
TRIES = 5
PUBLIC = Actor("public", "群众")


def receive(posting: dict, case_id, values: dict, uploads=(), actor: Actor | None = None, once: str = "") -> tuple[dict, str]:
    """Store an objection to one household of a running posting; return it with the secret of its receipt.

    `values`: name, contact, content, channel, received_on (of staff; None is today). `actor` None is somebody on the web.
    Raise Invalid at its input, also when the posting is over: then it is a complaint.
    """
    today = dates.today()
    on = (values.get("received_on") if actor else None) or today
    problems = []
    row = next((row for row in posting["rows"] if str(row["case"]) == str(case_id)), None)
    if row is None or row["state"] not in (postings.UP, postings.OBJECTED):
        problems.append({"case": ["请选择公示表中的一户"]})
    if on > today or not postings.is_up(posting, on):
        window = f"公示期为 {posting['start']} 至 {posting['end']}，期外的意见请作为投诉举报提交"
        problems.append({"received_on" if actor else "": [window]})
    typed = sealed.tidy_all(values, (*sealed.WHO, ("content", "异议内容", True)), problems)
    sealed.refuse(problems)
    number, secret = receipts.next_number(MARK), receipts.make_secret(once)
    objection = {
        "_id": number, "secret": receipts.digest_of(number, secret), "rev": 1, "state": RECEIVED, "township": posting["township"],
        "village": posting["village"], "posting": posting["_id"], "case": row["case"], "number": row["number"],
        "household": row["web"].get("name", ""), "type": row["type"], "type_name": row["type_name"],
        "channel": values.get("channel") if actor and values.get("channel") in CHANNELS else "web",
        "real_name": bool(typed["name"]), "received_on": on.isoformat(), "owner": "", "decision": "", "answer": "", "decided_on": None,
        "replied": None, "held": True, "due": procedure.deadline("posting.objection_register", on).isoformat(),
        **{key: sealed.seal(COLLECTION, key, text) for key, text in typed.items()}, "finding": "",
        "history": [history.entry(actor or PUBLIC, "收到异议")], **receipts.mark_of(once),
    }  # fmt: skip
    objection["papers"] = papers.keep(objection, uploads)
    objection = receipts.store(COLLECTION, objection)
    postings.set_row(posting["_id"], row["case"], {"state": postings.OBJECTED}, {"state": postings.UP})
    return objection, secret


def accept(engine, objection: dict, actor: Actor, rev: int) -> dict:
    """Register a received objection: the case stands in objection, the clock of the answer runs."""
    _may(actor, objection)
    if objection["state"] != RECEIVED:
        raise Forbidden("这件异议已经登记")
    on = date.fromisoformat(objection["received_on"])
    values = {"state": INVESTIGATING, "owner": actor.id, "due": procedure.deadline("posting.objection_answer", on).isoformat(), **_following(actor)}
    return follow(engine, history.change(COLLECTION, objection, rev, values, actor, "登记异议"))


def follow(engine, objection: dict) -> dict:
    """Bring the case and the row of the posting to where the objection stands. Safe to repeat."""
    actor = actor_of({"actor": objection["follower"], "_id": objection["_id"]})
    with acting(actor):
        if objection["state"] == INVESTIGATING:
            _object(engine, objection, actor)
        elif objection["state"] == DECIDED:
            _release(engine, objection, actor)
        elif objection["state"] == DECLINED:
            _let_go(engine, objection, actor)
    update = {"$unset": {"following": "", "follower": ""}}
    return database.raw(COLLECTION).find_one_and_update({"_id": objection["_id"]}, update, return_document=ReturnDocument.AFTER)


def sweep(engine, limit: int = 200) -> int:
    """Go on where a process died between an objection and its case; return how many went on."""
    found = list(database.raw(COLLECTION).find({"following": True}, limit=limit))
    return each(found, lambda objection: follow(engine, objection))


def _following(actor):
    return {"following": True, "follower": snapshot(actor)}


def _object(engine, objection, actor):
    """Take the machine's `object`, unless another objection did or the case has gone another way."""
    on = date.fromisoformat(objection["received_on"])
    data = {
        "objector": "实名" if objection["real_name"] else "匿名", "date": on, "receipt": objection["_id"],
        "content": f"异议人和内容已密封，见异议 {objection['_id']}",
    }  # fmt: skip
    for _ in range(TRIES):
        move = _move(engine, objection, actor, data)
        if move.case.state != "publicity":
            return
        try:
            perform(move, "object")
            return
        except Conflict:
            continue
    raise Conflict()


def decline(engine, objection: dict, actor: Actor, rev: int, reason: str) -> dict:
    """Say why what came in is no objection to this posting; the household goes on."""
    _may(actor, objection)
    if objection["state"] != RECEIVED:
        raise Forbidden("已经登记的异议要核实并答复")
    reason = sealed.tidy("reason", "理由", reason, True)
    if _dismissed(objection):
        _check_answer(engine, objection, actor)
    values = {"state": DECLINED, "held": False, "due": None, "answer": reason, "decided_on": dates.today().isoformat(), **_following(actor)}
    return follow(engine, history.change(COLLECTION, objection, rev, values, actor, "不作异议处理", reason))


def _let_go(engine, objection, actor):
    """Let a household go on once nothing holds it: by the answer to another objection, or on its sheet.

    By now the sheet may be closed; or replaced without the household, which then is due again (postings/prepare.py).
    """
    if register.open_of_case(objection["case"]):
        return
    if dismissed := _dismissed(objection):
        _release(engine, dismissed, actor)
        return
    postings.set_row(objection["posting"], objection["case"], {"state": postings.UP}, {"state": postings.OBJECTED})
    posting = database.raw(postings.COLLECTION).find_one({"_id": objection["posting"]})
    if posting["state"] == postings.CLOSED:
        posting_course.follow(engine, posting)
    elif posting["state"] == postings.REPOSTED:
        posting_course.leave(objection["posting"], objection["case"], postings.LEFT, f"{STATES[DECLINED]}，重新公示")


def _dismissed(objection):
    """Return another objection by whose answer the household goes back to its opinion; None when there is none, or one was upheld."""
    place = {"posting": objection["posting"], "case": objection["case"]}
    others = {row["decision"]: row for row in database.raw(COLLECTION).find({**place, "decision": {"$in": list(DECISIONS)}})}
    return None if "upheld" in others else others.get("dismissed")


def _check_answer(engine, objection, actor):
    """Raise Invalid when this was the last objection that holds the household, and its case could not go back to the opinion now."""
    if any(row["_id"] != objection["_id"] for row in register.open_of_case(objection["case"])):
        return
    move = _move(engine, objection, actor)
    if _goes_back(move.case) and (sentences := refusals(move, "answer_objection")):
        raise Invalid(sentences)


def _goes_back(case) -> bool:
    """Tell whether the case goes back to its opinion once every objection is answered; one that was upheld has it surveyed or appraised anew."""
    posting = case.last_record("posting")
    upheld = {"case": case.pk, "posting": posting and posting["data"].get("posting"), "decision": "upheld"}
    return case.state == "objection" and not database.raw(COLLECTION).find_one(upheld, {"_id": 1})


def decide(engine, objection: dict, actor: Actor, rev: int, decision: str, finding: str, answer: str) -> dict:
    """Decide after the investigation; `answer` is what the objector is told. Dismissed: the household is posted again.

    Upheld: the case stays in objection, from where it is surveyed or appraised anew. Raise Forbidden, Invalid, Conflict.
    """
    _may(actor, objection)
    if objection["state"] != INVESTIGATING:
        raise Forbidden("登记以后才能作出处理")
    if decision not in DECISIONS:
        raise Invalid("请选择处理结果", problems=[{"decision": ["请选择处理结果"]}])
    finding = sealed.tidy("finding", "核实情况", finding, True)
    answer = sealed.tidy("answer", "答复内容", answer, True)
    if decision == "dismissed":
        _check_answer(engine, objection, actor)
    values = {
        "state": DECIDED, "decision": decision, "finding": sealed.seal(COLLECTION, "finding", finding), "answer": answer,
        "decided_on": dates.today().isoformat(), "held": False, **_following(actor),
    }  # fmt: skip
    return follow(engine, history.change(COLLECTION, objection, rev, values, actor, DECISIONS[decision]))


def _release(engine, objection, actor):
    """Take the household off the sheet once nothing holds it; where none was upheld, it goes back to the opinion and is posted anew."""
    upheld = objection["decision"] == "upheld"
    if upheld:
        posting_course.leave(objection["posting"], objection["case"], postings.UPHELD, DECISIONS["upheld"])
    elif not register.open_of_case(objection["case"]):
        posting_course.leave(objection["posting"], objection["case"], postings.LEFT, f"{DECISIONS['dismissed']}，重新公示")
        _resume(engine, objection, actor)


def _resume(engine, objection, actor):
    for _ in range(TRIES):
        move = _move(engine, objection, actor, {"answer": objection["answer"], "receipt": objection["_id"]})
        if not _goes_back(move.case):  # it is, or is to be, surveyed or appraised anew: the new opinion counts
            return
        try:
            perform(move, "answer_objection")
            return
        except Conflict:
            continue
    raise Conflict()


def reply(objection: dict, actor: Actor, rev: int, on: date, way: str) -> dict:
    """Record that the objector was answered in writing. Raise Forbidden, Invalid, Conflict."""
    _may(actor, objection)
    if objection["state"] != DECIDED:
        raise Forbidden("作出处理以后才能登记答复")
    if on > dates.today() or on < date.fromisoformat(objection["decided_on"]):
        raise Invalid("答复日期要在处理日期和今天之间", problems=[{"on": ["答复日期要在处理日期和今天之间"]}])
    way = sealed.tidy("way", "答复方式", way, True, 100)
    late = "超过答复期限" if on.isoformat() > objection["due"] else ""
    replied = {"on": on.isoformat(), "way": way, "by": actor.id, "by_name": actor.name}
    return history.change(COLLECTION, objection, rev, {"state": REPLIED, "replied": replied, "due": None, "late": bool(late)}, actor, "书面答复", late)


def _may(actor, objection):
    if not actor.has(*TOWNSHIP) or not actor.reaches(objection["township"], objection["village"]):
        raise Forbidden()
    recusal.refuse_cases(actor, [objection["case"]])


def _move(engine, objection, actor, data=None) -> Move:
    found = database.raw("cases").find_one({"_id": objection["case"]})
    published = engine.registry.get(found["type"], found["schema_version"])
    case = published.model._from_son(found)
    return Move(case, published, actor, engine.standards, data or {}, dates.today(), driver="objection")
