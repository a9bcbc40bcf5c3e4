"""Objections as stored (collection `objections`).

``{_id: number, secret, rev, state, township, village, posting, case, number, household, type, type_name, channel, real_name, name, contact,
content, papers: [...], received_on, due, owner, decision, finding, answer, decided_on, replied: {on, way, by, by_name},
history}``. `name`, `contact`, `content`, `finding` are sealed; `household` is the name as the public page shows it.
`held` stands while the case may not leave its posting.
"""

from adminapp import database, indexes
from adminapp.errors import NotFound
from adminapp.scope import ScopedCollection

COLLECTION = "objections"
RECEIVED, INVESTIGATING, DECIDED, REPLIED, DECLINED = "RECEIVED", "INVESTIGATING", "DECIDED", "REPLIED", "DECLINED"
STATES = {RECEIVED: "待登记", INVESTIGATING: "核实中", DECIDED: "待答复", REPLIED: "已答复", DECLINED: "不作异议处理"}
TONES = {RECEIVED: "bad", INVESTIGATING: "wait", DECIDED: "wait", REPLIED: "good", DECLINED: ""}
OPEN = (RECEIVED, INVESTIGATING, DECIDED)
DECISIONS = {"dismissed": "异议不成立", "upheld": "异议成立"}
CHANNELS = {"web": "网页", "counter": "当面", "phone": "电话", "letter": "书信", "visit": "走访"}

indexes.declare(COLLECTION, "held", ["case", "held"])
indexes.declare(COLLECTION, "posting", ["posting", "_id"])
indexes.declare(COLLECTION, "work_township", ["township", "state", "due", "_id"])
indexes.declare(COLLECTION, "once", ["once"], unique=True, sparse=True)
indexes.declare(COLLECTION, "work", ["state", "due", "_id"])
indexes.declare(COLLECTION, "following", ["following"], sparse=True)
indexes.declare(COLLECTION, "recent", ["township", "-_id"])
indexes.declare(COLLECTION, "received", ["received_on", "township"])


def collection() -> ScopedCollection:
    """Return the objections within the actor's scope."""
    return ScopedCollection(database.raw(COLLECTION))


def get(objection_id: str) -> dict:
    """Return an objection the actor may see. Raise NotFound."""
    row = collection().find_one({"_id": str(objection_id)})
    if row is None:
        raise NotFound()
    return row


def open_of_case(case_id) -> list[dict]:
    """Return the objections that hold a case, oldest first, wherever they lie."""
    return list(database.raw(COLLECTION).find({"case": case_id, "held": True}, {"_id": 1, "state": 1}, sort=[("_id", 1)])) if case_id else []
