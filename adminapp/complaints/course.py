"""The course of a complaint: received, assigned by the county, investigated, concluded, answered, closed.

A case that it concerns carries the flag `complaint` from then on, so that the county visits before it is confirmed
(民发〔2021〕57号 第二十条). Nobody who handled that case, nor a relative, investigates it.
"""

from datetime import date

from pymongo import ReturnDocument

from adminapp import database, dates, divisions, history, procedure
from adminapp.auth import users
from adminapp.complaints import register
from adminapp.complaints.register import (
    ASSIGNED,
    ASSIGNERS,
    CHANNELS,
    CLOSED,
    COLLECTION,
    CONCLUSIONS,
    DECIDED,
    INVESTIGATING,
    OPEN,
    RECEIVED,
    REPLIED,
    SUBJECTS,
)
from adminapp.errors import Conflict, Forbidden, Invalid
from adminapp.feedback import papers, receipts, sealed
from adminapp.jobs.sweeping import each
from adminapp.policy import CLERK, COUNTY, DEPUTY, HEAD
from adminapp.related import marks, recusal
from adminapp.scope import Actor, system
from adminapp.workflow import events, transition

MARK, FLAG, RECORD, ACTION = "TS", "complaint", "complaint", "flag_complaint"
INVESTIGATORS = COUNTY | {CLERK, DEPUTY, HEAD}
PUBLIC = Actor("public", "群众")
TRIES = 5


def receive(values: dict, uploads=(), actor: Actor | None = None, once: str = "") -> tuple[dict, str]:
    """Store a complaint and return it with the secret of its receipt; anonymous ones too.

    `values`: name, contact, content, about, subject, township; of staff also channel, received_on. Raise Invalid at its input.
    """
    today = dates.today()
    on = (values.get("received_on") if actor else None) or today
    problems, subject, township = [], values.get("subject") or "", values.get("township") or ""
    if on > today:
        problems.append({"received_on": ["受理日期不能晚于今天"]})
    if subject not in SUBJECTS:
        problems.append({"subject": ["请选择反映的对象"]})
    if township and not (len(township) == divisions.TOWNSHIP and divisions.exists(township)):
        problems.append({"township": ["没有这个乡镇"]})
    labels = (*sealed.WHO, ("about", "被反映的人或单位", False), ("content", "反映的问题", True))
    typed = sealed.tidy_all(values, labels, problems)
    sealed.refuse(problems)
    number, secret = receipts.next_number(MARK), receipts.make_secret(once)
    channel = values.get("channel") if actor and values.get("channel") in CHANNELS else "web"
    complaint = {
        "_id": number, "secret": receipts.digest_of(number, secret), "rev": 1, "state": RECEIVED, "township": township,
        "subject": subject, "case": None, "number": "", "channel": channel, "real_name": bool(typed["name"]),
        "received_on": on.isoformat(),
        "due": procedure.deadline("complaint.assign", on).isoformat(), "limit": procedure.deadline("complaint.reply", on).isoformat(),
        "owner": "", "owner_name": "",
        "conclusion": "", "finding": "", "answer": "", "decided_on": None, "replied": None, "late": None, "closed_on": None,
        **{key: sealed.seal(COLLECTION, key, text) for key, text in typed.items()},
        "history": [history.entry(actor or PUBLIC, "收到")], **receipts.mark_of(once),
    }  # fmt: skip
    complaint["papers"] = papers.keep(complaint, uploads)
    complaint = receipts.store(COLLECTION, complaint)
    return complaint, secret


def link(registry, complaint: dict, actor: Actor, rev: int, number: str) -> dict:
    """Say which case a complaint concerns, by its number, and flag it. Raise Invalid when there is no such case.

    An investigator who must keep off that case loses the complaint: it is assigned anew.
    """
    _assigner(actor, complaint)
    row = database.raw("cases").find_one({"number": number.strip().upper()}, {"township": 1, "number": 1, "village": 1})
    if row is None:
        raise Invalid("没有这个编号的案件", problems=[{"number": ["没有这个编号的案件"]}])
    values = {"case": row["_id"], "number": row["number"], "township": row["township"], "anywhere": False, "flagging": True}
    owner, note = users.find(complaint["owner"]) if complaint["owner"] else None, row["number"]
    if owner and may_investigate(owner, {**complaint, **values}):
        note = f"{note}；{owner.name}不能核查这一案件，须重新交办"
        values |= {"state": RECEIVED, "owner": "", "owner_name": "", "conclusion": "", "answer": "", "decided_on": None}
        values["due"] = procedure.deadline("complaint.assign", dates.today()).isoformat()
    after = history.change(COLLECTION, complaint, rev, values, actor, "关联案件", note)
    return flag_case(registry, after)


def flag_case(registry, complaint: dict) -> dict:
    """Put the flag, a record and an event on the case of a complaint, once. Safe to repeat."""
    for _ in range(TRIES):
        with system("complaint flag"):
            row = database.raw("cases").find_one({"_id": complaint["case"]})
            case = registry.get(row["type"], row["schema_version"]).model._from_son(row)
            if all(record["data"].get("receipt") != complaint["_id"] for record in case.records_of(RECORD)):
                put_flag(case, complaint["_id"])
                try:
                    transition.store(case, case.rev, None)
                except Conflict:
                    continue
        update = {"$unset": {"flagging": ""}}
        return database.raw(COLLECTION).find_one_and_update({"_id": complaint["_id"]}, update, return_document=ReturnDocument.AFTER)
    raise Conflict()


def put_flag(case, receipt: str):
    """Put flag, record and event on a case in memory."""
    marks.flag(case, FLAG)
    data = {"receipt": receipt}
    case.records = [*case.records, marks.record_of(RECORD, ACTION, data, dates.today())]
    events.note(case, events.entry(marks.SYSTEM, ACTION, "收到投诉举报", case.state, case.state, data))


def sweep(engine, limit: int = 200) -> int:
    """Flag the cases that a process which died left unflagged; return how many."""
    found = list(database.raw(COLLECTION).find({"flagging": True}, limit=limit))
    return each(found, lambda complaint: flag_case(engine.registry, complaint))


def may_investigate(user, complaint: dict) -> str | None:
    """Return why an account may not investigate a complaint, None when it may."""
    if not user.active or not user.has(*INVESTIGATORS):
        return "只能交给县级或乡镇的工作人员核查"
    if not user.has(*COUNTY):
        if complaint["subject"] == "staff":
            return "反映经办人员的，由县民政局核查，不能交给乡镇"
        if _named_township(complaint) and complaint["township"] not in user.townships:
            return "不能交给其他乡镇"
    case = database.raw("cases").find_one({"_id": complaint["case"]}) if complaint["case"] else None
    if case is not None:
        if user.username in {case.get(key) for key in ("created_by", "accepted_by", "opinion_by", "confirmed_by")}:
            return "本人办理过这一案件，不能核查对它的投诉举报"
        return recusal.bar(user.username, case["people"])
    return None


def _named_township(complaint):
    """Return the township that a complaint, or the case it concerns, names; "" when it only stands where it was assigned to."""
    return "" if complaint.get("anywhere") else complaint["township"]


def _place(complaint, user):
    """Return where a complaint that names no township stands: with its investigator, whose work is read by place."""
    if _named_township(complaint):
        return {}
    return {"township": "" if user.has(*COUNTY) else next(iter(user.townships), ""), "anywhere": True}


def assign(complaint: dict, actor: Actor, rev: int, username: str, note: str = "") -> dict:
    """Give a complaint to who investigates it. Raise Forbidden, Invalid, Conflict."""
    _assigner(actor, complaint)
    if complaint["state"] not in (RECEIVED, ASSIGNED, INVESTIGATING):
        raise Forbidden("已经作出结论的不能再交办")
    user = users.find(username)
    sentence = "没有这个账户" if user is None else may_investigate(user, complaint)
    if sentence:
        raise Invalid(sentence, problems=[{"owner": [sentence]}])
    values = {"state": ASSIGNED, "owner": user.username, "owner_name": user.name, "due": complaint["limit"], **_place(complaint, user)}
    return history.change(COLLECTION, complaint, rev, values, actor, "交办", "；".join(filter(None, [user.name, note.strip()])))


def begin(complaint: dict, actor: Actor, rev: int) -> dict:
    """The investigator takes it up."""
    _owner(actor, complaint)
    if complaint["state"] != ASSIGNED:
        raise Forbidden("不是待核查的投诉举报")
    return history.change(COLLECTION, complaint, rev, {"state": INVESTIGATING}, actor, "开始核查")


def conclude(complaint: dict, actor: Actor, rev: int, conclusion: str, finding: str, answer: str) -> dict:
    """Conclude; `answer` is what is told to who complained, `finding` stays inside. Raise Forbidden, Invalid, Conflict."""
    _owner(actor, complaint)
    if complaint["state"] not in (ASSIGNED, INVESTIGATING):
        raise Forbidden("不在核查中")
    if conclusion not in CONCLUSIONS:
        raise Invalid("请选择结论", problems=[{"conclusion": ["请选择结论"]}])
    finding = sealed.tidy("finding", "核查情况", finding, True)
    answer = sealed.tidy("answer", "答复内容", answer, True)
    values = {
        "state": DECIDED, "conclusion": conclusion, "finding": sealed.seal(COLLECTION, "finding", finding), "answer": answer,
        "decided_on": dates.today().isoformat(),
    }  # fmt: skip
    return history.change(COLLECTION, complaint, rev, values, actor, "作出结论", CONCLUSIONS[conclusion])


def reply(complaint: dict, actor: Actor, rev: int, on: date, way: str) -> dict:
    """Record that it was answered; an anonymous one is answered under its receipt. Raise Forbidden, Invalid, Conflict."""
    _owner(actor, complaint)
    if complaint["state"] != DECIDED:
        raise Forbidden("作出结论以后才能登记答复")
    if on > dates.today() or on < date.fromisoformat(complaint["decided_on"]):
        raise Invalid("答复日期要在结论日期和今天之间", problems=[{"on": ["答复日期要在结论日期和今天之间"]}])
    way = sealed.tidy("way", "答复方式", way, True, 100)
    late = on.isoformat() > complaint["limit"]
    replied = {"on": on.isoformat(), "way": way, "by": actor.id, "by_name": actor.name}
    values = {"state": REPLIED, "replied": replied, "late": late, "due": None}
    return history.change(COLLECTION, complaint, rev, values, actor, "答复", "超过期限" if late else "")


def close(complaint: dict, actor: Actor, rev: int) -> dict:
    """The county closes what was answered."""
    _assigner(actor, complaint)
    if complaint["state"] != REPLIED:
        raise Forbidden("答复以后才能办结")
    return history.change(COLLECTION, complaint, rev, {"state": CLOSED, "closed_on": dates.today().isoformat()}, actor, "办结")


def _assigner(actor, complaint):
    if not actor.has(*ASSIGNERS):
        raise Forbidden("由县民政局交办")
    if complaint["state"] not in (*OPEN, REPLIED):
        raise Forbidden("已经办结")


def _owner(actor, complaint):
    if not register.reads_name(actor, complaint):
        raise Forbidden("由核查人办理")
