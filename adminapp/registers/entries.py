"""Entries of registers that are filled in by hand (collection `register_entries`): added and struck out, never changed.

``{_id: "<mark><township>-<year>-<serial>", register, township, village, on, name, data, state, by, by_name, at, replaces?,
striking?, struck: {at, by, by_name, reason} | None, replaced_by}``. `data` are the values by field, ID numbers sealed.

A correction is a new entry that names the one it `replaces` (only one can), which is struck out then; killed in between, the
sweep strikes it.
"""

from datetime import date

from pymongo.errors import DuplicateKeyError

from adminapp import audit, database, dates, divisions, indexes, sealing
from adminapp.errors import Conflict, Forbidden, Invalid, NotFound
from adminapp.jobs.sweeping import each
from adminapp.numbering import next_serial
from adminapp.policy import CLERK, DEPUTY
from adminapp.registers import model
from adminapp.registers.entry import STRUCK, VALID
from adminapp.registers.model import Register
from adminapp.scope import Actor, ScopedCollection

COLLECTION = "register_entries"
WRITERS = frozenset({CLERK, DEPUTY})
SEALED = "id_number"
CONTEXT = f"{COLLECTION}.number"
SHORTEST, LONGEST = 2, 200

indexes.declare(COLLECTION, "list", ["register", "on", "township"])
indexes.declare(COLLECTION, "replaces", ["replaces"], unique=True, sparse=True)
indexes.declare(COLLECTION, "once", ["once"], unique=True, sparse=True)
indexes.declare(COLLECTION, "striking", ["striking"], sparse=True)
audit.declare("register_entry", "台账登记")


def collection() -> ScopedCollection:
    """Return the entries within the actor's scope."""
    return ScopedCollection(database.raw(COLLECTION))


def get(entry_id: str, actor: Actor) -> tuple[dict, Register]:
    """Return an entry the actor may see, and its register. Raise NotFound."""
    row = collection().find_one({"_id": str(entry_id)})
    if row is None:
        raise NotFound
    return row, model.get(row["register"], actor)


def may_write(actor: Actor, register: Register, township: str = "") -> bool:
    return register.entry is not None and actor.has(*WRITERS) and (not township or actor.reaches(township))


def add(register: Register, village: str, typed: dict, actor: Actor, once: str = "", replaces: dict | None = None, reason: str = "", **context) -> dict:
    """Store an entry; with `replaces`, instead of that one, which is struck out for the reason.

    `once` is the mark of the form: sent twice, it is one entry. Raise Invalid at the inputs, Forbidden, Conflict.
    """
    if not may_write(actor, register):
        raise Forbidden
    values, problems = register.entry.judge(typed, on=dates.today(), **context)
    problems |= _misplaced(village, actor)
    day = typed.get(register.entry.day)
    if isinstance(day, date) and day > dates.today():
        problems.setdefault(register.entry.day, []).append("不能晚于今天")
    if replaces is not None:
        problems |= _unreasoned(reason)
        if replaces["state"] != VALID or replaces["register"] != register.key:
            raise Conflict("这一行已经划去，请看最新的登记。")
    if problems:
        raise Invalid([problems])
    if once and (stored := database.raw(COLLECTION).find_one({"once": once})):
        return stored
    township = village[: divisions.TOWNSHIP]
    row = {
        "_id": f"{register.entry.mark}{township}-{day.year}-{next_serial(f'entries:{register.key}:{township}:{day.year}'):04d}", "register": register.key,
        "township": township, "village": village, "on": day.isoformat(), "name": values[register.entry.name], "data": _stored(register, values),
        "state": VALID, "by": actor.id, "by_name": actor.name, "at": dates.now(), "struck": None, "replaced_by": "",
        **({"once": once} if once else {}), **({"replaces": replaces["_id"], "striking": reason.strip()} if replaces else {}),
    }  # fmt: skip
    try:
        database.raw(COLLECTION).insert_one(row)
    except DuplicateKeyError as error:
        if once and (stored := database.raw(COLLECTION).find_one({"once": once})):
            return stored
        raise Conflict("这一行刚刚被别人更正，请看最新的登记。") from error
    _follow(row)
    audit.log("register_entry", entry=row["_id"], action="correct" if replaces else "add", replaces=replaces["_id"] if replaces else "")
    return row


def strike(row: dict, actor: Actor, reason: str) -> dict:
    """Strike an entry out; it stays readable with the reason. Raise Invalid, Forbidden, Conflict."""
    if not may_write(actor, model.registers()[row["register"]], row["township"]):
        raise Forbidden
    if problems := _unreasoned(reason):
        raise Invalid([problems])
    note = {"at": dates.now(), "by": actor.id, "by_name": actor.name, "reason": reason.strip()[:LONGEST]}
    if not database.raw(COLLECTION).update_one({"_id": row["_id"], "state": VALID}, {"$set": {"state": STRUCK, "struck": note}}).matched_count:
        raise Conflict("这一行已经划去，请看最新的登记。")
    audit.log("register_entry", entry=row["_id"], action="strike", reason=note["reason"])
    return row | {"state": STRUCK, "struck": note}


def sweep(limit: int = 200) -> int:
    """Strike what corrections replaced whose process died in between; return how many."""
    found = list(database.raw(COLLECTION).find({"striking": {"$gt": ""}}, limit=limit))
    return each(found, _follow)


def plain(row: dict, register: Register) -> dict:
    """Return the values of an entry as they were typed, to begin a correction with."""
    found = {}
    for field in register.entry.fields:
        value = row["data"].get(field.id)
        if field.kind == SEALED and value:
            value = sealing.unseal(value, CONTEXT)
        found[field.id] = date.fromisoformat(value) if field.kind == "date" and value else value
    return found


def _follow(row):
    if not row.get("replaces"):
        return
    note = {"at": row["at"], "by": row["by"], "by_name": row["by_name"], "reason": row["striking"]}
    struck = {"state": STRUCK, "struck": note, "replaced_by": row["_id"]}
    database.raw(COLLECTION).update_one({"_id": row["replaces"], "state": VALID}, {"$set": struck})
    database.raw(COLLECTION).update_one({"_id": row["_id"]}, {"$unset": {"striking": ""}})


def _misplaced(village, actor):
    fine = len(village) == divisions.VILLAGE and divisions.exists(village) and actor.reaches(village[: divisions.TOWNSHIP], village)
    return {} if fine else {"village": ["请选择本乡镇的村（社区）"]}


def _unreasoned(reason):
    return {} if len(reason.strip()) >= SHORTEST else {"reason": ["请写明划去的理由"]}


def _stored(register, values):
    """Return the values as they are stored: dates as ISO text, ID numbers sealed."""
    found = {}
    for field in register.entry.fields:
        value = values.get(field.id)
        if field.kind == SEALED and value:
            value = sealing.seal(value, CONTEXT)
        found[field.id] = value.isoformat() if isinstance(value, date) else value
    return found
