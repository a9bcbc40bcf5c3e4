"""Who acts, and which cases they reach: every query of a scoped collection passes here and fails closed.

The current actor is a context variable. No actor means no access, never all; a deliberate look at everything is
`system("reason")`, which is logged.
"""

import logging
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from pymongo import UpdateOne
from pymongo.cursor import Cursor

from adminapp.errors import Forbidden

log = logging.getLogger(__name__)
ALL = None
"""Townships of a county actor: no limit by place."""


class ScopeError(Forbidden):
    """A query that would reach beyond the actor, or has no actor."""


@dataclass(frozen=True)
class Actor:
    """A person, or the program itself. `townships` and `villages` are codes; None means the whole county."""

    id: str
    name: str
    roles: frozenset[str] = frozenset()
    townships: frozenset[str] | None = frozenset()
    villages: frozenset[str] | None = None
    reason: str = field(default="", compare=False)

    def has(self, *roles) -> bool:
        return bool(self.roles & set(roles))

    def filter(self) -> dict:
        """Return the Mongo filter of what the actor may reach."""
        if self.villages is not None:
            return {"village": {"$in": sorted(self.villages)}}
        if self.townships is ALL:
            return {}
        townships = sorted(self.townships)
        return {"township": townships[0]} if len(townships) == 1 else {"township": {"$in": townships}}

    def reaches(self, township, village=None) -> bool:
        if self.villages is not None:
            return village in self.villages
        return self.townships is ALL or township in self.townships


_current: ContextVar[Actor | None] = ContextVar("actor", default=None)


def current() -> Actor:
    """Return the actor; raise ScopeError when there is none."""
    actor = _current.get()
    if actor is None:
        raise ScopeError("没有登录身份，不能读取数据")
    return actor


@contextmanager
def acting(actor: Actor):
    """Act as `actor` inside the block."""
    token = _current.set(actor)
    try:
        yield actor
    finally:
        _current.reset(token)


@contextmanager
def system(reason: str):
    """Reach everything inside the block, for the stated reason: cross-township checks, jobs, seeding. Logged."""
    log.debug("unscoped access: %s", reason)
    with acting(Actor(id="system", name="系统", roles=frozenset({"system"}), townships=ALL, reason=reason)) as actor:
        yield actor


READS = {"find", "find_one", "count_documents", "distinct"}
CHANGES = {"update_one", "update_many", "delete_one", "delete_many", "find_one_and_update", "find_one_and_delete"}
INSERTS = {"insert_one", "insert_many"}
HARMLESS = {"name", "full_name", "codec_options", "read_preference", "write_concern", "read_concern", "index_information", "list_indexes"}
JOINING = {"$lookup", "$unionWith", "$graphLookup", "$out", "$merge"}


class ScopedCursor(Cursor):
    """A cursor whose `collection` is scoped too: mongoengine counts through it."""

    @property
    def collection(self):
        return ScopedCollection(super().collection)


class ScopedCollection:
    """A pymongo collection that adds the actor's scope to whatever passes. Methods not listed do not exist here."""

    def __init__(self, collection):
        self._collection = collection

    @property
    def database(self):
        return ScopedDatabase(self._collection.database)

    def with_options(self, **options):
        return ScopedCollection(self._collection.with_options(**options))

    def __getattr__(self, name):
        if name in HARMLESS:
            return getattr(self._collection, name)
        method = getattr(self._collection, name, None) if name in READS | CHANGES | INSERTS else None
        if method is None:
            raise ScopeError(f"不允许直接使用 {name}")
        if name in INSERTS:
            return lambda documents, **options: method(_owned(documents), **options)
        if name == "find":
            return lambda filter=None, *args, **options: ScopedCursor(self._collection, _within(filter), *args, **options)
        if name == "distinct":
            return lambda key, filter=None, **options: method(key, _within(filter), **options)
        if name in CHANGES and "update" in name:
            return lambda filter, update, **options: method(_within(filter), _contained(update, options), **options)
        return lambda filter=None, *args, **options: method(_within(filter), *args, **options)

    def update_each(self, updates: list[tuple[dict, dict]]) -> int:
        """Do `update_one` for each (filter, update) in one call, in any order; return how many documents changed."""
        if not updates:
            return 0
        wanted = [UpdateOne(_within(query), _contained(update, {})) for query, update in updates]
        return self._collection.bulk_write(wanted, ordered=False).modified_count

    def estimated_document_count(self, **options):
        return self._collection.count_documents(_within({}), **options)

    def aggregate(self, pipeline, **options):
        for stage in pipeline:
            if JOINING & set(stage) or "$facet" in stage:
                raise ScopeError(f"不允许的汇总步骤：{'、'.join(stage)}")
        return self._collection.aggregate([{"$match": _within({})}, *pipeline], **options)


class ScopedDatabase:
    """The database seen from a scoped document class: its collections are scoped."""

    def __init__(self, database):
        self._database = database

    @property
    def name(self):
        return self._database.name

    @property
    def client(self):
        return self._database.client

    def __getitem__(self, name):
        return ScopedCollection(self._database[name])

    get_collection = __getitem__

    def dereference(self, reference, **options):
        return self[reference.collection].find_one({"_id": reference.id}, **options)


def _within(query):
    scope = current().filter()
    return {"$and": [scope, query]} if scope and query else scope or query or {}


def _owned(documents):
    for document in documents if isinstance(documents, list) else [documents]:
        _check_place(document.get("township"), document.get("village"))
    return documents


def _contained(update, options):
    if isinstance(update, list) or options.get("upsert"):
        raise ScopeError("不允许的更新方式")
    for operator, changes in update.items():
        if operator == "$rename" or not {"township", "village"} & set(changes):
            continue
        if operator != "$set" or "township" not in changes or "village" not in changes:
            raise ScopeError("变更乡镇和村要同时给出")
        _check_place(changes["township"], changes["village"])
    return update


def _check_place(township, village):
    if not current().reaches(township, village):
        raise ScopeError("不能把案件放到管辖范围以外")
