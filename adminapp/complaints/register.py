"""Complaints as stored (collection `complaints`), and who sees which.

``{_id: number, secret, rev, state, township, subject, case, number, about, channel, real_name, name, contact, content,
papers, received_on, due, limit, owner, owner_name, conclusion, finding, answer, decided_on, replied: {on, way, by, by_name},
late, closed_on, history}``. `about`, `name`, `contact`, `content`, `finding` are sealed. `due` is the day of the next step,
`limit` the day by which it is to be answered. `anywhere` stands where no township was named: `township` is then that of the
investigator.
"""

from adminapp import database, indexes
from adminapp.errors import NotFound
from adminapp.policy import APPROVER, AUDITOR, COUNTY, REVIEWER
from adminapp.scope import Actor

COLLECTION = "complaints"
RECEIVED, ASSIGNED, INVESTIGATING, DECIDED, REPLIED, CLOSED = "RECEIVED", "ASSIGNED", "INVESTIGATING", "DECIDED", "REPLIED", "CLOSED"
STATES = {RECEIVED: "待交办", ASSIGNED: "已交办", INVESTIGATING: "核查中", DECIDED: "待答复", REPLIED: "已答复", CLOSED: "已办结"}
TONES = {RECEIVED: "bad", ASSIGNED: "wait", INVESTIGATING: "wait", DECIDED: "wait", REPLIED: "good", CLOSED: "good"}
OPEN = (RECEIVED, ASSIGNED, INVESTIGATING, DECIDED)
SUBJECTS = {"household": "救助对象或申请人", "staff": "经办人员", "village": "村（居）委会", "other": "其他"}
CONCLUSIONS = {"true": "属实", "partly": "部分属实", "false": "不属实", "unclear": "无法查证"}
CHANNELS = {"web": "网页", "phone": "电话", "letter": "书信", "visit": "来访", "transfer": "转办"}
ASSIGNERS = frozenset({REVIEWER, APPROVER})

indexes.declare(COLLECTION, "once", ["once"], unique=True, sparse=True)
indexes.declare(COLLECTION, "work", ["state", "due"])
indexes.declare(COLLECTION, "work_township", ["township", "state", "due"])
indexes.declare(COLLECTION, "owner", ["owner", "state", "due"])
indexes.declare(COLLECTION, "recent", ["-received_on", "_id"])
indexes.declare(COLLECTION, "case", ["case"])
indexes.declare(COLLECTION, "flagging", ["flagging"], sparse=True)


def visible(actor: Actor) -> dict | None:
    """Return the filter of what an actor sees: the county and the auditor all, a township person what is assigned there.

    Not by place: the people complained of work in that place. What concerns staff is never assigned to a township.
    """
    if actor.has(*COUNTY, AUDITOR):
        return {}
    return {"owner": actor.id, "subject": {"$ne": "staff"}} if actor.id else None


def get(complaint_id: str, actor: Actor) -> dict:
    """Return a complaint the actor may see. Raise NotFound."""
    scope = visible(actor)
    row = database.raw(COLLECTION).find_one({"$and": [{"_id": str(complaint_id)}, scope]}) if scope is not None else None
    if row is None:
        raise NotFound()
    return row


def reads_words(actor: Actor, row: dict) -> bool:
    """Tell whether the actor reads what was said: who assigns, and who investigates. Never the auditor, who counts."""
    return row["owner"] == actor.id or actor.has(*ASSIGNERS)


def reads_name(actor: Actor, row: dict) -> bool:
    """Tell whether the actor may see who told it: the investigator, nobody else."""
    return bool(row["owner"]) and row["owner"] == actor.id
