"""Drafts as stored, and the one way to change them: an operation against the `rev` its author saw.

``{_id, kind, key, title, rev, state, content, golden, minted, origin, last, author, editors, created, updated, by, facts, holds}``.
`origin` is what was published when the draft began (`{version, digest, mapping}`), None for something new. `last` is the operation that led to
`rev`: it is copied to `draft_operations` under (draft, seq), and whoever comes next does that first, so a death between the
two writes loses nothing. `holds` is there only while a draft of something published is open; a unique index keeps it single.

An operation made on an older `rev` is carried out when nothing it touches was changed since, else it raises `Clash`.
"""

import hashlib
import secrets
from dataclasses import dataclass, field, replace
from functools import cached_property

from pymongo import DESCENDING
from pymongo.errors import DuplicateKeyError

from adminapp import database, dates, indexes
from adminapp.drafts import content as contents
from adminapp.drafts.clashes import Clash, clash_of
from adminapp.drafts.kinds import KINDS
from adminapp.drafts.operations import Done, Gone
from adminapp.drafts.operations import apply as apply_parts
from adminapp.errors import Conflict, Invalid, NotFound

COLLECTION, OPERATIONS = "drafts", "draft_operations"
indexes.declare(COLLECTION, "holds", ["holds"], unique=True, sparse=True)
indexes.declare(COLLECTION, "listed", ["state", "kind", "-updated"])
indexes.declare(OPERATIONS, "draft_seq", ["draft", "-seq"], unique=True)

OPEN, DISCARDED = "open", "discarded"
TRIES = 40
HEAD = {"content": 0, "golden": 0, "origin.mapping": 0, "last": 0}

_LOCKS: dict[tuple, object] = {}
MOST_LOCKS = 100
"""What was published never changes, so it is looked through once for all edits of a draft."""


@dataclass
class Draft:
    """A draft as read; `content`, `golden` and `origin["mapping"]` are left out of lists."""

    id: str
    kind: str
    key: str
    """What it is of: a type's key, "standards"."""
    title: str
    rev: int
    state: str
    author: dict
    by: dict
    created: object
    updated: object
    editors: list = field(default_factory=list)
    """Ids of everybody who changed it."""
    origin: dict | None = None
    facts: dict = field(default_factory=dict)
    content: dict = field(default=None, repr=False)
    golden: str = field(default="", repr=False)
    """The file of golden cases that goes with it."""
    minted: int = 0
    last: dict = field(default=None, repr=False)

    @property
    def sort(self):
        return KINDS[self.kind]

    @property
    def base(self) -> int:
        """Return the version it began from, 0 for something new."""
        return self.origin["version"] if self.origin else 0

    @property
    def is_open(self) -> bool:
        return self.state == OPEN

    @cached_property
    def places(self) -> dict[str, contents.Place]:
        """Return every item by key, the root too."""
        return {place.key: place for place in contents.walk(self.content, self.sort.model)}

    @cached_property
    def mapping(self) -> dict:
        """Return the plain mapping, as `reader.read_mapping` takes it."""
        return contents.harvest(self.content, self.sort.model)

    @cached_property
    def _read(self):
        return self.sort.read(self.mapping)

    @property
    def thing(self):
        """Return what the draft says as far as it can be read: a ReliefType, a Standards table."""
        return self._read[0]

    @property
    def shape_problems(self) -> list:
        return self._read[1]

    @cached_property
    def locks(self):
        if self.origin is None:
            return self.sort.locks(None)
        known = self.kind, self.key, self.origin["digest"]
        if known not in _LOCKS:
            if len(_LOCKS) >= MOST_LOCKS:
                _LOCKS.clear()
            _LOCKS[known] = self.sort.locks(self.origin["mapping"])
        return _LOCKS[known]

    @cached_property
    def text(self) -> str | None:
        """Return the canonical text of its file, None while it has problems of shape."""
        try:
            return self.sort.text(self.mapping)
        except Invalid:
            return None

    @property
    def digest(self) -> str:
        """Return what pins the draft: the digest of its text and golden cases, "" while there is no text."""
        return hashlib.sha256(f"{self.text}\n{self.golden}".encode()).hexdigest() if self.text else ""


def _draft(row) -> Draft:
    return Draft(**{"id" if key == "_id" else key: value for key, value in row.items() if key != "holds"})


# Making, finding, listing


def create(kind: str, mapping: dict, actor, origin: tuple | None = None, golden: str = "", **facts) -> Draft:
    """Store a draft and return it. `origin` is (mapping, version, digest) of what is published under the same key.

    With an origin, the open draft that is there already is returned instead: two people who begin at once share one.
    Raise Invalid with every place of `mapping` that has not the shape of the model.
    """
    sort, mint, now = KINDS[kind], contents.Minter(), dates.now()
    content = contents.plant(mapping, sort.model, mint)
    contents.measure(content, sort.model)
    row = {
        "_id": secrets.token_hex(12), "kind": kind, "key": sort.key(content), "title": sort.label(content), "rev": 0, "state": OPEN,
        "content": content, "golden": golden, "minted": mint.last, "last": None, "author": _who(actor), "editors": [], "by": _who(actor),
        "created": now, "updated": now, "facts": facts,
        "origin": origin and {"version": origin[1], "digest": origin[2], "mapping": _storable(origin[0], sort)},
    }  # fmt: skip
    if origin:
        row["holds"] = f"{kind}:{row['key']}"
    try:
        database.raw(COLLECTION).insert_one(row)
    except DuplicateKeyError:
        return open_for(kind, row["key"]) or create(kind, mapping, actor, origin, golden, **facts)
    return get(row["_id"])


def _storable(mapping, sort):
    """Dates as ISO text, words written out: MongoDB has no date without a time."""

    def strip(value):
        if isinstance(value, dict):
            return {key: strip(item) for key, item in value.items() if key != contents.KEY}
        return [strip(item) for item in value] if isinstance(value, list) else value

    return strip(contents.plant(mapping, sort.model, contents.Minter()))


def _who(actor) -> dict:
    return {"id": actor.id, "name": actor.name}


def get(draft_id: str) -> Draft:
    """Return a draft. Raise NotFound."""
    row = database.raw(COLLECTION).find_one({"_id": str(draft_id)})
    if row is None:
        raise NotFound()
    return _draft(row)


def listed(kind: str | None = None, state: str | None = OPEN, limit: int = 200) -> list[Draft]:
    """Return drafts without their content, last changed first; `state` None is every state."""
    query = {"state": state} if state else {}
    query |= {"kind": kind} if kind else {}
    return [
        _draft(row) for row in database.raw(COLLECTION).find(query, HEAD, sort=[("updated", DESCENDING)], limit=limit)
    ]


def open_for(kind: str, key: str) -> Draft | None:
    """Return the open draft of something published, None when nobody began one."""
    row = database.raw(COLLECTION).find_one({"holds": f"{kind}:{key}"})
    return row and _draft(row)


# Changing


def apply(draft_id: str, rev: int, parts: list[dict], actor, token: str = "", **extra) -> Draft:
    """Carry out an operation that was made on `rev`, all parts or none, and return the draft as it stands then.

    `token` marks a submission: the same one again (a resend after a lost answer) changes nothing. Raise Clash when
    somebody changed what it touches since `rev`, Conflict when the draft takes no edits, Invalid for a bad operation.
    """
    if isinstance(parts, list):
        parts = [
            {key: value for key, value in part.items() if key != "keyed"} if isinstance(part, dict) else part
            for part in parts
        ]
    return _apply(draft_id, rev, parts, actor, {"token": str(token)[:40], **extra})


def imagine(draft: Draft, parts: list[dict]) -> Draft:
    """Return the draft as it would be after an operation, without storing anything. Raise Invalid for a bad operation."""
    done = apply_parts(draft.content, draft.sort.model, parts, contents.Minter(draft.minted), draft.locks)
    return replace(draft, content=done.content)


def _apply(draft_id, rev, parts, actor, facts) -> Draft:
    for _ in range(TRIES):
        draft = get(draft_id)
        if not draft.is_open:
            raise Conflict("这份草稿已经送审或结束，不能再改；要改请先撤回。")
        if not 0 <= rev <= draft.rev:
            raise Conflict("页面已经过期，请刷新后再试。")
        since = operations_since(draft, rev)
        if facts.get("token") and any(
            one.get("token") == facts["token"] and one["by"]["id"] == actor.id for one in since
        ):
            return draft
        mint = contents.Minter(draft.minted)
        try:
            done = apply_parts(draft.content, draft.sort.model, parts, mint, draft.locks)
        except Gone as gone:
            raise _gone(gone, since) or gone from None
        if clash := clash_of(done, since, draft, parts):
            raise clash
        if not done.changed:
            return draft
        if stored := _store(draft, done, mint, actor, facts):
            return stored
    raise Conflict("很多人同时在改这份草稿，请稍后再试。")


def _gone(gone, since):
    taker = next((one for one in reversed(since) if f"{gone.key}@gone" in one["marks"]), None)
    return taker and Clash("这一项已被删除，您的修改没有保存。", by=taker["by"]["name"], at=taker["at"], item=gone.key)


def _store(draft, done, mint, actor, facts, **more) -> Draft | None:
    now, sort = dates.now(), draft.sort
    entry = {
        "draft": draft.id, "seq": draft.rev + 1, "at": now, "by": _who(actor), "said": done.said, "parts": done.parts,
        "inverse": done.inverse, "marks": sorted(done.marks), **facts,
    }  # fmt: skip
    new = {
        "content": done.content, "minted": mint.last, "rev": draft.rev + 1, "updated": now, "by": _who(actor), "last": entry,
        "key": draft.key if draft.origin else sort.key(done.content), "title": sort.label(done.content),
        **more,
    }  # fmt: skip
    _keep_last(draft)
    if (
        not database.raw(COLLECTION)
        .update_one(
            {"_id": draft.id, "rev": draft.rev, "state": OPEN}, {"$set": new, "$addToSet": {"editors": actor.id}}
        )
        .modified_count
    ):
        return None
    stored = replace(draft, **new, editors=[*{*draft.editors, actor.id}])
    _keep_last(stored)
    return stored


def _keep_last(draft):
    """See that the operation that led to this rev stands in the log."""
    if draft.last:
        key = {"_id": f"{draft.id}:{draft.last['seq']}"}
        database.raw(OPERATIONS).update_one(key, {"$setOnInsert": draft.last}, upsert=True)


def operations_since(draft: Draft, rev: int) -> list[dict]:
    """Return the operations after `rev`, oldest first."""
    if rev >= draft.rev:
        return []
    query = {"draft": draft.id, "seq": {"$gt": rev, "$lte": draft.rev}}
    found = list(database.raw(OPERATIONS).find(query, sort=[("seq", 1)]))
    if draft.last and (not found or found[-1]["seq"] < draft.last["seq"]):
        found.append(draft.last)
    return found


def history(draft_id: str, limit: int = 200) -> list[dict]:
    """Return the operations of a draft, newest first: `seq`, `at`, `by`, `said`, `marks`, `parts`."""
    draft = get(draft_id)
    _keep_last(draft)
    return list(
        database.raw(OPERATIONS).find({"draft": draft.id}, {"inverse": 0}, sort=[("seq", DESCENDING)], limit=limit)
    )


def set_golden(draft_id: str, rev: int, text: str, actor) -> Draft:
    """Replace the golden cases that go with a draft. Raise Conflict when the draft was changed since `rev`."""
    draft = get(draft_id)
    if not draft.is_open or draft.rev != rev:
        raise Conflict("草稿刚刚被他人修改，请重新查看后再保存示例案件。")
    done = Done(draft.content, said="修改示例案件", changed=True)
    stored = _store(draft, done, contents.Minter(draft.minted), actor, {}, golden=text)
    if stored is None:
        raise Conflict("草稿刚刚被他人修改，请重新查看后再保存示例案件。")
    return stored


# State: other parts of the program close a draft or hold it fast


def set_state(draft_id: str, rev: int, state: str, actor, was: str | None = None, **facts) -> Draft:
    """Give a draft another state and keep `facts` with it; only an open draft takes operations.

    Raise Conflict when somebody changed the draft since `rev`, or it is no more in the state `was`: what was looked at is
    what changes its state.
    """
    return _change_state(draft_id, rev, state, actor, facts, {}, {"state": was} if was else {})


def _change_state(draft_id, rev, state, actor, facts, more, also=None) -> Draft:
    given = {
        "state": state,
        "updated": dates.now(),
        "by": _who(actor),
        **{f"facts.{key}": value for key, value in facts.items()},
    }
    if (
        not database.raw(COLLECTION)
        .update_one({"_id": str(draft_id), "rev": rev, **(also or {})}, {"$set": given, **more})
        .matched_count
    ):
        get(draft_id)
        raise Conflict("草稿刚刚被他人修改，请重新查看后再办理。")
    return get(draft_id)


def close(draft_id: str, rev: int, actor, state: str = DISCARDED, **facts) -> Draft:
    """End a draft: published, discarded. Another draft of the same thing may begin then."""
    return _change_state(draft_id, rev, state, actor, facts, {"$unset": {"holds": ""}})
