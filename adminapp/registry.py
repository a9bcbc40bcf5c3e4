"""Published relief types: which versions exist, which is newest, and the document class of each.

Publications are numbered by one counter (`seq`, unique). A worker asks for a newer number at every request, one indexed
read, and loads only what it does not have. Published versions are immutable and hashed.
"""

import hashlib
import threading
from dataclasses import dataclass, field, fields
from functools import cached_property

from pymongo import ASCENDING, DESCENDING
from pymongo.errors import DuplicateKeyError

from adminapp import database, dates, indexes
from adminapp.compiler import compile_type
from adminapp.declaration import DeclarationError, ReliefType, read_text
from adminapp.declaration.checks import check
from adminapp.errors import Conflict, NotFound
from adminapp.words import nearest

COLLECTION = "relief_types"
indexes.declare(COLLECTION, "seq", ["seq"], unique=True)
indexes.declare(COLLECTION, "key_version", ["key", "-version"], unique=True)


@dataclass(frozen=True)
class Published:
    """One version for ever. `source` is the declaration text as published, byte for byte; `digest` its SHA-256.

    `name`, `group` and `code` are what menus and lists of types need; the declaration is read and its document class
    compiled when first asked for, so that a worker with hundreds of types starts at once.
    """

    key: str
    version: int
    seq: int
    name: str
    group: str
    code: str
    digest: str
    source: str = field(repr=False)
    published: object
    by: str
    base: type = field(repr=False, compare=False)

    @cached_property
    def relief_type(self) -> ReliefType:
        return read_text(self.source, f"{self.key} 第 {self.version} 版")

    @cached_property
    def model(self) -> type:
        """Return the Document class of this version's cases."""
        return compile_type(self.relief_type, self.version, self.base)


class Registry:
    """The published types as this process knows them. Dicts are replaced, never mutated: readers need no lock."""

    def __init__(self, base):
        self.base = base
        self.seq = 0
        self._versions: dict[tuple[str, int], Published] = {}
        self._latest: dict[str, Published] = {}
        self._lock = threading.Lock()

    def refresh(self):
        """Load what was published since the last call."""
        collection = database.raw(COLLECTION)
        newest = collection.find_one({}, {"seq": 1}, sort=[("seq", DESCENDING)])
        if not newest or newest["seq"] == self.seq:
            return self
        with self._lock:
            versions, latest = dict(self._versions), dict(self._latest)
            for row in collection.find({"seq": {"$gt": self.seq}}, sort=[("seq", ASCENDING)]):
                item = self._load(row)
                versions[item.key, item.version] = item
                latest[item.key] = item
            self._versions, self._latest, self.seq = versions, latest, newest["seq"]
        return self

    def _load(self, row):
        known = {item.name: row[item.name] for item in fields(Published) if item.name in row}
        return Published(**known, base=self.base)

    def latest(self) -> dict[str, Published]:
        """Return {key: newest version}, in the order of first publication."""
        return self._latest

    def get(self, key: str, version: int | None = None) -> Published:
        """Return a version, the newest when `version` is None; raise NotFound."""
        found = self._versions.get((key, version)) if version is not None else self._latest.get(key)
        if found is None:
            raise NotFound(f"没有救助类型“{key}”{nearest(key, self._latest)}")
        return found

    def of(self, case) -> Published:
        """Return the version a case stands under."""
        return self.get(case.type, case.schema_version)

    def publish(self, source: str, by: str, standards: dict[str, str]) -> Published | None:
        """Publish declaration text as the next version; return None when it is the newest already.

        Raise DeclarationError with all problems, Conflict when somebody else published meanwhile.
        """
        relief_type = read_text(source)
        problems = [*check(relief_type, standards), *self._check_others(relief_type)]
        if problems:
            raise DeclarationError(problems, relief_type.key)
        self.refresh()
        last = self._latest.get(relief_type.key)
        digest = hashlib.sha256(source.encode()).hexdigest()
        if last and last.digest == digest:
            return None
        version = last.version + 1 if last else 1
        row = {
            "key": relief_type.key, "version": version, "seq": self.seq + 1, "name": relief_type.name, "group": relief_type.group,
            "code": relief_type.code, "digest": digest, "source": source,
            "parent": last.digest if last else "", "published": dates.now(), "by": by,
        }  # fmt: skip
        try:
            database.raw(COLLECTION).insert_one(row)
        except DuplicateKeyError as error:
            raise Conflict("刚刚有人发布了另一个版本，请重新查看差异后再发布") from error
        return self.refresh().get(relief_type.key)

    def _check_others(self, relief_type):
        from adminapp.declaration.problems import Problem

        for other in self.refresh().latest().values():
            if other.key != relief_type.key and other.code == relief_type.code:
                yield Problem("code", f"代码“{relief_type.code}”已用于“{other.name}”")
