"""The bank profiles of this county as stored: numbered versions, each drafted by one person and confirmed by another.

``{_id: "<key>@<version>", key, version, state, data, digest, rev, makers, history}``. The newest version of a key that is
no draft counts: ACTIVE means it is offered, RETIRED that the key is not. What the program comes with is version 1. A
confirmed version never changes, and a file is exported again under the version it was exported with.
"""

import hashlib
import json
from dataclasses import dataclass

from pymongo import DESCENDING, ReturnDocument
from pymongo.errors import DuplicateKeyError

from adminapp import audit, database, dates, indexes
from adminapp.bank.profile import BankProfile, read_profiles
from adminapp.errors import Conflict, Forbidden, Invalid, NotFound
from adminapp.policy import FINANCE, POLICY_ADMIN
from adminapp.scope import Actor

COLLECTION = "bank_profiles"
indexes.declare(COLLECTION, "key", ["key", "-version"], unique=True)
audit.declare("bank_profile", "银行文件格式")

DRAFT, ACTIVE, RETIRED, DROPPED = "DRAFT", "ACTIVE", "RETIRED", "DROPPED"
STATES = {DRAFT: "待确认", ACTIVE: "使用中", RETIRED: "已停用", DROPPED: "已放弃"}
TONES = {DRAFT: "wait", ACTIVE: "good", RETIRED: "", DROPPED: ""}
SHIPPED = 1
"""Version of the profiles that come with the program."""


@dataclass(frozen=True)
class Stored:
    """One version. `rev` is 0 for what came with the program."""

    profile: BankProfile
    version: int
    state: str
    digest: str
    rev: int = 0
    makers: tuple[str, ...] = ()
    history: tuple[dict, ...] = ()

    @property
    def id(self):
        return f"{self.profile.key}@{self.version}"

    @property
    def label(self):
        return f"{self.profile.name}（第 {self.version} 版）" if self.version > SHIPPED else self.profile.name


def active() -> dict[str, Stored]:
    """Return what is offered now, by key, in order of names."""
    found = {stored.profile.key: stored for stored in _shipped().values()}
    for row in _rows({"state": {"$in": [ACTIVE, RETIRED]}}):
        found[row["key"]] = _stored(row)  # rows come by rising version
    return dict(sorted(((key, item) for key, item in found.items() if item.state == ACTIVE), key=lambda each: each[1].profile.name))


def get(ident: str) -> Stored:
    """Return one version by its id. Raise NotFound."""
    row = _collection().find_one({"_id": str(ident)})
    if row is not None:
        return _stored(row)
    found = _shipped().get(str(ident))
    if found is None:
        raise NotFound()
    return found


def versions(key: str) -> list[Stored]:
    """Return the versions of a key, newest first, drafts too. Raise NotFound when there is none."""
    found = [_stored(row) for row in _rows({"key": str(key)})]
    found = [*(item for item in _shipped().values() if item.profile.key == key), *found]
    if not found:
        raise NotFound()
    return found[::-1]


def listed() -> list[Stored]:
    """Return the newest version of each key, drafts first, by name."""
    newest = {item.profile.key: item for item in _shipped().values()}
    for row in _rows({"state": {"$ne": DROPPED}}):
        newest[row["key"]] = _stored(row)
    return sorted(newest.values(), key=lambda item: (item.state != DRAFT, item.profile.name))


def save_draft(data: dict, actor: Actor, rev: int = 0) -> Stored:
    """Store a draft of the key in the data; `rev` is that of the draft as it was read, 0 when there was none.

    Raise Forbidden, Invalid with every fault, Conflict when somebody else saved meanwhile. Nothing changes for exports.
    """
    if not actor.has(POLICY_ADMIN):
        raise Forbidden()
    profile = BankProfile.from_dict(data)
    data = profile.to_dict()
    last = next(iter(versions_or_none(profile.key)), None)
    if last is not None and last.state == DRAFT:
        changes = {"data": data, "digest": digest_of(data)}
        note = _note(actor, "save", "修改草稿")
        update = {"$set": changes, "$inc": {"rev": 1}, "$push": {"history": note}, "$addToSet": {"makers": actor.id}}
        return _change({"_id": last.id, "rev": rev, "state": DRAFT}, update, "save", last.id)
    if rev:
        raise Conflict()
    version = last.version + 1 if last else SHIPPED
    row = {
        "_id": f"{profile.key}@{version}", "key": profile.key, "version": version, "state": DRAFT, "data": data,
        "digest": digest_of(data), "rev": 1, "makers": [actor.id], "history": [_note(actor, "draft", "起草")],
    }  # fmt: skip
    try:
        _collection().insert_one(row)
    except DuplicateKeyError as error:
        raise Conflict() from error
    audit.log("bank_profile", profile=row["_id"], action="draft", digest=row["digest"])
    return _stored(row)


def confirm(ident: str, actor: Actor, rev: int) -> Stored:
    """Put a draft into use. Raise Forbidden for who drafted it, Conflict when it was changed since it was read."""
    if not actor.has(FINANCE):
        raise Forbidden()
    stored = get(ident)
    if actor.id in stored.makers:
        raise Forbidden("起草人不能自己确认，请由另一名财务人员核对后确认。")
    query = {"_id": stored.id, "rev": rev, "state": DRAFT, "makers": {"$ne": actor.id}}
    return _change(query, _step(ACTIVE, _note(actor, "confirm", "确认使用")), "confirm", ident)


def drop(ident: str, actor: Actor, rev: int) -> Stored:
    """Give a draft up: by who may draft, or by finance, who does not want it like this."""
    if not actor.has(POLICY_ADMIN, FINANCE):
        raise Forbidden()
    return _change({"_id": str(ident), "rev": rev, "state": DRAFT}, _step(DROPPED, _note(actor, "drop", "放弃草稿")), "drop", ident)


def retire(ident: str, actor: Actor, rev: int, reason: str) -> Stored:
    """Offer a key no longer. Files exported before can still be exported and their returns read."""
    if not actor.has(POLICY_ADMIN):
        raise Forbidden()
    if not reason.strip():
        raise Invalid("请填写停用的理由。")
    stored, note = get(ident), _note(actor, "retire", "停用", reason.strip()[:200])
    if stored.rev:
        return _change({"_id": stored.id, "rev": rev, "state": ACTIVE}, _step(RETIRED, note), "retire", ident)
    data = stored.profile.to_dict()
    row = {
        "_id": f"{stored.profile.key}@{SHIPPED + 1}", "key": stored.profile.key, "version": SHIPPED + 1, "state": RETIRED,
        "data": data, "digest": stored.digest, "rev": 1, "makers": [actor.id], "history": [note],
    }  # fmt: skip
    try:
        _collection().insert_one(row)
    except DuplicateKeyError as error:
        raise Conflict() from error
    audit.log("bank_profile", profile=row["_id"], action="retire")
    return _stored(row)


def digest_of(data: dict) -> str:
    """Return the SM3 of a profile's data."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.new("sm3", text.encode()).hexdigest()


def versions_or_none(key: str) -> list[Stored]:
    try:
        return versions(key)
    except NotFound:
        return []


def _change(query, update, action, ident):
    row = _collection().find_one_and_update(query, update, return_document=ReturnDocument.AFTER)
    if row is None:
        get(ident)
        raise Conflict()
    audit.log("bank_profile", profile=row["_id"], action=action, digest=row["digest"])
    return _stored(row)


def _step(state, note):
    return {"$set": {"state": state}, "$inc": {"rev": 1}, "$push": {"history": note}}


def _note(actor, action, label, reason=""):
    return {"at": dates.now(), "actor": actor.id, "actor_name": actor.name, "action": action, "label": label, "reason": reason}


def _collection():
    """Return the profiles: they are of the whole county and hold no person."""
    return database.raw(COLLECTION)


def _rows(query):
    return reversed(list(_collection().find(query, sort=[("key", DESCENDING), ("version", DESCENDING)])))


def _stored(row):
    profile = BankProfile.from_dict(row["data"])
    return Stored(profile, row["version"], row["state"], row["digest"], row["rev"], tuple(row["makers"]), tuple(row["history"]))


_read: dict[str, Stored] = {}


def _shipped() -> dict[str, Stored]:
    """Return what the program comes with, by id, read once."""
    if not _read:
        for profile in read_profiles().values():
            stored = Stored(profile, SHIPPED, ACTIVE, digest_of(profile.to_dict()))
            _read[stored.id] = stored
    return _read
