"""Money between county and township: an advance asked for by the county's reviewer, a giveback by the township; finance confirms each with its voucher.

Collection `reserve_moves`: ``{_id, township, kind, amount, reason, state, rev, by, by_name, at, holds, voucher, on, done_by, done_name}``.
`holds` is unique while a move is open, so there is one of a kind at a time in each township. The entry follows the confirmation under
the key of the move; a process that dies in between leaves it `open` for the sweep.
"""

import secrets
from contextlib import suppress

from pymongo import DESCENDING, ReturnDocument
from pymongo.errors import DuplicateKeyError

from adminapp import audit, database, dates, divisions, indexes
from adminapp.bank import reach
from adminapp.errors import Conflict, Forbidden, Invalid, NotFound
from adminapp.jobs.sweeping import each
from adminapp.money import format_yuan, parse_yuan
from adminapp.policy import DEPUTY, FINANCE, HEAD, REVIEWER
from adminapp.reserve import book
from adminapp.scope import Actor

COLLECTION = "reserve_moves"
indexes.declare(COLLECTION, "holds", ["holds"], unique=True, sparse=True)
indexes.declare(COLLECTION, "township", ["township", "-at"])
indexes.declare(COLLECTION, "open", ["open"], sparse=True)

PROPOSED, DONE, DECLINED = "PROPOSED", "DONE", "DECLINED"
STATES = {PROPOSED: "待财政办理", DONE: "已办理", DECLINED: "已退回"}
PROPOSERS = {book.ADVANCE: frozenset({REVIEWER}), book.GIVEBACK: frozenset({DEPUTY, HEAD})}
LABELS = {book.ADVANCE: "申请拨入备用金", book.GIVEBACK: "申请上缴备用金"}


def collection():
    """Return the moves within the actor's reach."""
    return reach.collection(COLLECTION)


def get(move_id: str) -> dict:
    """Return a move. Raise NotFound, also out of reach."""
    found = collection().find_one({"_id": str(move_id)})
    if found is None:
        raise NotFound()
    return found


def of_township(township: str, limit: int = 12) -> list[dict]:
    """Return the newest moves of a township, those that wait first."""
    found = list(collection().find({"township": township}, sort=[("at", DESCENDING)], limit=limit))
    return sorted(found, key=lambda row: row["state"] != PROPOSED)


def may_propose(kind: str, actor: Actor, township: str) -> bool:
    return actor.has(*PROPOSERS[kind]) and reach.reaches(actor, township)


def propose(township: str, kind: str, amount: str, reason: str, actor: Actor) -> dict:
    """Ask for a move (`amount` text of yuan). Raise Forbidden, Invalid, Conflict while another of the kind waits."""
    if kind not in PROPOSERS or not may_propose(kind, actor, township):
        raise Forbidden()
    fen, problems = 0, []
    try:
        fen = parse_yuan(amount)
        if fen <= 0:
            problems.append("金额要大于 0。")
    except Invalid as error:
        problems.append(str(error))
    if kind == book.GIVEBACK and fen > (rest := book.balance(township)):
        problems.append(f"备用金余额只有 {format_yuan(rest)} 元。")
    if not reason.strip():
        problems.append("请填写理由。")
    if problems:
        raise Invalid(problems)
    move = {
        "_id": secrets.token_hex(12), "township": township, "kind": kind, "amount": fen, "reason": reason.strip()[:300], "state": PROPOSED, "rev": 1,
        "by": actor.id, "by_name": actor.name, "at": dates.now(), "holds": _holds(township, kind),
    }  # fmt: skip
    try:
        database.raw(COLLECTION).insert_one(move)
    except DuplicateKeyError as error:
        raise Conflict(f"{divisions.name_of(township)}已有一笔“{LABELS[kind]}”待财政办理。") from error
    audit.log("reserve", township=township, action=f"propose {kind}", amount=fen)
    return move


def confirm(move: dict, actor: Actor, rev: int, voucher: str, on: str) -> dict:
    """Note that the money moved, and book it; return the entry. Raise Forbidden (also for who proposed it), Invalid, Conflict."""
    if not actor.has(FINANCE) or actor.id == move["by"]:
        raise Forbidden()
    problems, day = [], None
    try:
        day = dates.parse_date(on)
        if not dates.day_of(move["at"]) <= day <= dates.today():
            problems.append(f"日期应在 {dates.day_of(move['at'])} 和今天之间。")
    except Invalid as error:
        problems.append(str(error))
    if not (number := voucher.strip()[:40]):
        problems.append("请填写凭证号。")
    if problems:
        raise Invalid(problems)
    done = {"state": DONE, "voucher": number, "on": day.isoformat(), "done_by": actor.id, "done_name": actor.name, "open": True}
    return _book(_change(move, rev, {"$set": done, "$unset": {"holds": ""}}))


def _book(move):
    """Book a confirmed move and return its entry. Raise Invalid when the money is gone; the move then waits for finance again."""
    try:
        return follow(move)
    except Invalid:
        undo = dict.fromkeys(("voucher", "on", "done_by", "done_name", "open"), "")
        back = {"$set": {"state": PROPOSED, "holds": _holds(move["township"], move["kind"])}, "$unset": undo, "$inc": {"rev": 1}}
        with suppress(DuplicateKeyError):  # another of the kind waits by now: this one is tried again by the sweep
            database.raw(COLLECTION).update_one({"_id": move["_id"], "rev": move["rev"]}, back)
        raise


def _holds(township, kind):
    return f"{township}:{kind}"


def follow(move: dict) -> dict:
    """Book a confirmed move and return its entry. Safe to repeat."""
    amount = move["amount"] if move["kind"] == book.ADVANCE else -move["amount"]
    actor = Actor(move["done_by"], move["done_name"])
    note = f"{move['reason']}（{move['by_name']}提出）"
    entry = book.append(move["township"], f"move:{move['_id']}", move["kind"], amount, actor, move["on"], voucher=move["voucher"], note=note)
    database.raw(COLLECTION).update_one({"_id": move["_id"]}, {"$unset": {"open": ""}})
    return entry


def decline(move: dict, actor: Actor, rev: int, reason: str) -> dict:
    """Send a proposal back with a reason; who proposed it may take it back."""
    if not (actor.has(FINANCE) or actor.id == move["by"]):
        raise Forbidden()
    if not reason.strip():
        raise Invalid("请填写理由。")
    done = {"state": DECLINED, "declined": reason.strip()[:300], "done_by": actor.id, "done_name": actor.name}
    after = _change(move, rev, {"$set": done, "$unset": {"holds": ""}})
    audit.log("reserve", township=move["township"], action="decline", amount=move["amount"])
    return after


def _change(move, rev, update):
    query = {"_id": move["_id"], "rev": rev, "state": PROPOSED}
    after = database.raw(COLLECTION).find_one_and_update(query, update | {"$inc": {"rev": 1}}, return_document=ReturnDocument.AFTER)
    if after is None:
        raise Conflict()
    return after


def sweep(engine=None):
    """Book what a process that died had confirmed only."""
    each(database.raw(COLLECTION).find({"open": True}), _book)
