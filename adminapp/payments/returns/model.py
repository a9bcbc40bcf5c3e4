"""A return file as stored: ``{_id: "<batch>/<digest>", batch, profile, name, size, digest, state, rev, counts, problems, …}``.

CHECKING → CHECKED | BLOCKED; CHECKED → APPLYING → APPLIED, or REJECTED by hand. `problems` are ``{row, column, text}``. The
bytes are kept sealed in pieces, the matched rows in chunks, so that the outcome of every line can be worked out again.

A file is known by its batch and its bytes. The bytes alone are no key: an answer without dates or serial numbers about the same
payees and amounts is that of last month byte for byte, so who takes it in says that it is this month's (`twin`).
"""

import base64
import hashlib
from collections.abc import Iterator

from pymongo import ASCENDING, DESCENDING, ReturnDocument
from pymongo.errors import DuplicateKeyError

from adminapp import audit, database, dates, indexes, sealing
from adminapp.bank import profiles
from adminapp.errors import Conflict, Forbidden, Invalid, NotFound
from adminapp.jobs import model as jobs
from adminapp.payments import batches
from adminapp.policy import FINANCE
from adminapp.scope import Actor

COLLECTION, FILES, ROWS = "payment_returns", "payment_return_files", "payment_return_rows"
indexes.declare(COLLECTION, "batch", ["batch", "-at"])
indexes.declare(COLLECTION, "digest", ["digest"])
indexes.declare(ROWS, "return", ["return", "n"], unique=True)
indexes.declare(FILES, "return", ["return", "n"], unique=True)
CHECK, APPLY = "payment_return_check", "payment_return_apply"

CHECKING, BLOCKED, CHECKED, APPLYING, APPLIED, REJECTED = "CHECKING", "BLOCKED", "CHECKED", "APPLYING", "APPLIED", "REJECTED"
STATES = {CHECKING: "核对中", BLOCKED: "有问题", CHECKED: "待入账", APPLYING: "入账中", APPLIED: "已入账", REJECTED: "已放弃"}
TONES = {CHECKING: "info", BLOCKED: "bad", CHECKED: "wait", APPLYING: "info", APPLIED: "good", REJECTED: ""}
OPEN = (batches.SENT, batches.RECONCILING)
"""States of a batch in which the bank's answer is taken."""
ANSWERED = (*OPEN, batches.CLOSED)
"""States in which there may be one."""
LARGEST = 9 * 1024 * 1024
"""Bytes of a file; a form may bring a little more (adminapp/security/limits.py)."""
PIECE = 256 * 1024
CHUNK = 500
"""Rows of a file in one chunk."""


def collection():
    """Return the return files. They are of the whole county; only finance, reviewers and auditors come here."""
    return database.raw(COLLECTION)


def get(return_id: str) -> dict:
    """Return one file's record. Raise NotFound."""
    found = collection().find_one({"_id": str(return_id)})
    if found is None:
        raise NotFound()
    return found


def listed(batch_id: str) -> list[dict]:
    """Return the files of a batch, newest first, without their problems."""
    return list(collection().find({"batch": batch_id}, {"problems": 0}, sort=[("at", DESCENDING)]))


def applied(batch_id: str) -> list[dict]:
    """Return the files whose outcome stands on the lines, in the order they were applied."""
    query = {"batch": batch_id, "state": {"$in": [APPLYING, APPLIED]}}
    return list(collection().find(query, {"problems": 0}, sort=[("applied_at", ASCENDING)]))


def upload(batch_id: str, profile_id: str, name: str, content: bytes, actor: Actor) -> dict:
    """Keep a file and start its check; return its record. One that is there already comes back as it stands.

    Raise Forbidden, NotFound, Invalid (no return form, empty, too large, batch not sent).
    """
    if not actor.has(FINANCE):
        raise Forbidden()
    batch, stored = batches.get(batch_id), profiles.get(profile_id)
    if batch["state"] not in OPEN:
        raise Invalid(f"批次状态为“{batches.STATES[batch['state']]}”，送银行以后、办结以前才能登记回盘。")
    if stored.profile.returns is None:
        raise Invalid(f"“{stored.label}”没有约定回盘格式，请先由政策管理员补充。")
    if not content:
        raise Invalid("请选择银行的回盘文件。")
    if len(content) > LARGEST:
        raise Invalid(f"文件超过 {LARGEST // 1024 // 1024} MB，请确认是不是回盘文件。")
    digest = hashlib.new("sm3", content).hexdigest()
    ident = f"{batch_id}/{digest[:24]}"
    _keep(ident, content)
    row = {
        "_id": ident, "batch": batch_id, "profile": stored.id, "name": name.strip()[:120] or "回盘文件", "size": len(content),
        "digest": digest, "state": CHECKING, "rev": 1, "by": actor.id, "by_name": actor.name, "at": dates.now(),
        "counts": None, "problems": [], "applied_at": None, "chunks": 0, "job": "",
    }  # fmt: skip
    try:
        collection().insert_one(row)
        audit.log("import", batch=batch_id, file=digest[:24], action="upload")
    except DuplicateKeyError:
        row = _again(get(ident), row)
    if row["state"] == CHECKING:
        _work_on(row, CHECK, f"核对回盘 {row['name']}", actor)
    return row


def _work_on(found, kind, title, actor) -> str:
    """Start a job about a file as it stands, unless one is under way, and note it there, for the page to show; return its id."""
    args = {"return": found["_id"], "rev": found["rev"]}
    # A file that is being applied has moved on since its job began.
    if running := jobs.running((kind,), **({"return": found["_id"]} if found["state"] == APPLYING else args)):
        return running["_id"]
    # The key is that of the job before: who comes second gets the job of the first, and one that ended early is followed by another.
    job_id = jobs.start(kind, title, args, actor, key=f"{found['_id']} {found['rev']} {found['job']}")
    collection().update_one({"_id": found["_id"]}, {"$set": {"job": job_id}})
    return job_id


def _again(found, row):
    """Return the record of a file that is uploaded once more; one that was refused, or whose check broke off, is checked anew."""
    fresh = found["state"] in (BLOCKED, REJECTED) or (found["state"] == CHECKED and found["profile"] != row["profile"])
    fresh = fresh or (found["state"] == CHECKING and found["job"] and not jobs.unfinished(found["job"]))
    if not fresh:
        return found
    changes = {key: row[key] for key in ("profile", "name", "by", "by_name", "at", "counts", "problems", "state")}
    return _move(found, (found["state"],), changes) or get(found["_id"])


def twin(found: dict) -> str | None:
    """Return the newest other batch that was answered with the same bytes, None when there is none.

    An empty file of failures says of every month that all went well: it is nobody's twin.
    """
    if found["state"] != CHECKED or not found["counts"]["rows"]:
        return None
    query = {"digest": found["digest"], "batch": {"$ne": found["batch"]}, "state": {"$in": [APPLYING, APPLIED]}}
    other = collection().find_one(query, {"batch": 1}, sort=[("applied_at", DESCENDING)])
    return other and other["batch"]


def start_apply(return_id: str, rev: int, actor: Actor, *, really_this: bool = False) -> str:
    """Start the job that writes the outcome of a checked file onto the lines, or goes on where one broke off; return its id.

    `really_this` says that somebody looked whether a file with a twin is of this batch; without it Invalid is raised.
    """
    if not actor.has(FINANCE):
        raise Forbidden()
    found = get(return_id)
    if found["rev"] != rev or found["state"] not in (CHECKED, APPLYING):
        raise Conflict()
    other = twin(found)
    if other and not really_this:
        raise Invalid(f"这个文件与批次 {other} 已入账的回盘完全相同。请与银行核对，确认是本批次的回盘后勾选再登记。")
    if other:
        audit.log("import", batch=found["batch"], file=found["digest"][:24], action="twin", same_as=other)
    return _work_on(found, APPLY, f"回盘入账 {found['name']}", actor)


def reject(return_id: str, rev: int, actor: Actor) -> dict:
    """Give up a file that was checked or refused; it may be uploaded again."""
    if not actor.has(FINANCE):
        raise Forbidden()
    found = get(return_id)
    after = _move(found | {"rev": rev}, (BLOCKED, CHECKED), {"state": REJECTED})
    if after is None:
        raise Conflict()
    free(after)
    audit.log("import", batch=found["batch"], file=found["digest"][:24], action="reject")
    return after


def free(found: dict):
    """Let other files work on the batch, when this one holds it."""
    batches.collection().update_one({"_id": found["batch"], "returning": found["_id"]}, {"$set": {"returning": None}})


def _move(found, source, changes):
    """Change a record as it was read; return it, None when it moved on."""
    query = {"_id": found["_id"], "rev": found["rev"], "state": {"$in": list(source)}}
    update = {"$set": changes, "$inc": {"rev": 1}}
    return collection().find_one_and_update(query, update, return_document=ReturnDocument.AFTER)


def finish_check(found: dict, changes: dict) -> dict | None:
    """Store what a check found, when the record still waits for it."""
    return _move(found, (CHECKING,), changes)


def finish_apply(found: dict, changes: dict) -> dict | None:
    return _move(found, (APPLYING,), changes)


def begin_apply(found: dict) -> dict | None:
    """Mark a checked file as being applied; return it, None when it moved on."""
    return _move(found, (CHECKED,), {"state": APPLYING, "applied_at": dates.now()})


# The bytes, sealed: a return file holds names and full account numbers.


def _keep(ident, content):
    pieces = [content[first : first + PIECE] for first in range(0, len(content), PIECE)]
    for n, piece in enumerate(pieces):
        data = sealing.seal(base64.b64encode(piece).decode(), FILES)
        row = {"return": ident, "n": n, "data": data}
        database.raw(FILES).update_one({"_id": f"{ident}/{n:04d}"}, {"$setOnInsert": row}, upsert=True)


def content_of(found: dict) -> bytes:
    """Return the bytes of a file as it was uploaded. Raise Invalid when they are not the same any more."""
    pieces = database.raw(FILES).find({"return": found["_id"]}, {"data": 1}, sort=[("n", ASCENDING)])
    content = b"".join(base64.b64decode(sealing.unseal(piece["data"], FILES)) for piece in pieces)
    if hashlib.new("sm3", content).hexdigest() != found["digest"]:
        raise Invalid("保存的回盘文件与上传时不同，请联系管理员。")
    return content


# The matched rows: {row, lines, to, paid, code, reason}


def keep_rows(found: dict, rows: list[dict]) -> int:
    """Store the rows of a checked file in chunks and return their number; what an earlier check left is replaced."""
    chunks = [rows[first : first + CHUNK] for first in range(0, len(rows), CHUNK)]
    for n, chunk in enumerate(chunks):
        row = {"return": found["_id"], "n": n, "rows": chunk}
        database.raw(ROWS).replace_one({"_id": f"{found['_id']}/{n:05d}"}, row, upsert=True)
    return len(chunks)


def rows_of(found: dict) -> Iterator[list[dict]]:
    """Yield the chunks of a checked file in order."""
    query = {"return": found["_id"], "n": {"$lt": found["chunks"]}}
    for chunk in database.raw(ROWS).find(query, sort=[("n", ASCENDING)], batch_size=4):
        yield chunk["rows"]
