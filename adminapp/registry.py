"""Published relief types: which versions exist, which is newest, and the document class of each.

Publications are numbered by one counter (`seq`, unique). A worker asks for a newer number at every request, one indexed
read, and loads only what it does not have. Published versions are immutable and hashed; that a type is retired or a
version withdrawn is a further row with a number of its own.
"""

import hashlib
import threading
from dataclasses import dataclass, field, fields, replace
from functools import cached_property

from pymongo import ASCENDING, DESCENDING
from pymongo.errors import DuplicateKeyError

from adminapp import database, dates, indexes
from adminapp.compiler import compile_type
from adminapp.declaration import DeclarationError, Problem, ReliefType, read_text
from adminapp.declaration.proof import prove
from adminapp.errors import Conflict, NotFound
from adminapp.words import nearest

COLLECTION = "relief_types"
indexes.declare(COLLECTION, "seq", ["seq"], unique=True)
indexes.declare(COLLECTION, "key_version", ["key", "-version"], unique=True, sparse=True)
indexes.declare(COLLECTION, "once", ["once"], unique=True, sparse=True)
RETIRE, RESTORE, WITHDRAW = "retire", "restore", "withdraw"


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
    release: str = ""
    retired: bool = False
    """No new applications; old cases go on. Of the whole type, as it stands now."""
    withdrawn: bool = False
    """The publication was taken back; the version stays readable for whatever still stands under it."""

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
            versions = dict(self._versions)
            for row in collection.find({"seq": {"$gt": self.seq}}, sort=[("seq", ASCENDING)]):
                LOADERS[row.get("event", "publish")](self, versions, row)
            latest = {}
            for item in versions.values():
                if not item.withdrawn:
                    latest[item.key] = item
            self._versions, self._latest, self.seq = versions, latest, newest["seq"]
        return self

    def _load(self, versions, row):
        known = {item.name: row[item.name] for item in fields(Published) if item.name in row}
        retired = any(item.retired for key, item in versions.items() if key[0] == row["key"])
        versions[row["key"], row["version"]] = Published(**known, retired=retired, base=self.base)

    def _mark_type(self, versions, row):
        for key, item in versions.items():
            if key[0] == row["about"]["key"]:
                versions[key] = replace(item, retired=row["event"] == RETIRE)

    def _mark_version(self, versions, row):
        key = row["about"]["key"], row["about"]["version"]
        versions[key] = replace(versions[key], withdrawn=True)

    def latest(self) -> dict[str, Published]:
        """Return {key: newest version that was not withdrawn}, in the order of first publication, retired types too."""
        return self._latest

    def versions(self, key: str) -> list[Published]:
        """Return every version of a type, oldest first, withdrawn ones too."""
        return [item for (of, _), item in self._versions.items() if of == key]

    def get(self, key: str, version: int | None = None) -> Published:
        """Return a version, the newest when `version` is None; raise NotFound."""
        found = self._versions.get((key, version)) if version is not None else self._latest.get(key)
        if found is None:
            raise NotFound(f"没有救助类型“{key}”{nearest(key, self._latest)}")
        return found

    def of(self, case) -> Published:
        """Return the version a case stands under."""
        return self.get(case.type, case.schema_version)

    def publish(
        self, source: str, by: str, standards: dict[str, str], *, parent: str | None = None, release: str = ""
    ) -> Published | None:
        """Publish declaration text as the next version; return None when it is the newest already.

        `parent` is the digest of the version the text was made from ("" for a new type); None asks for nothing. A
        `release` publishes a type once: the second time its version is returned. Raise DeclarationError with all
        problems, Conflict when somebody else published meanwhile.
        """
        self.refresh()
        relief_type = read_text(source)
        if release and (done := self._released(release, relief_type.key)):
            return done
        last = self._latest.get(relief_type.key)
        if problems := self.problems_of(relief_type, standards):
            raise DeclarationError(problems, relief_type.key)
        if parent is not None and parent != (last.digest if last else ""):
            raise Conflict(f"“{relief_type.name}”在此期间发布了另一个版本，请按新版本重新修改和检查")
        digest = hashlib.sha256(source.encode()).hexdigest()
        if last and last.digest == digest:
            return None
        row = {
            "key": relief_type.key, "version": self._next_version(relief_type.key), "name": relief_type.name,
            "group": relief_type.group, "code": relief_type.code, "digest": digest, "source": source,
            "parent": last.digest if last else "", "published": dates.now(), "by": by,
            **({"release": release, "once": f"{release}:{relief_type.key}"} if release else {}),
        }  # fmt: skip
        self._append(row)
        return self.refresh().get(relief_type.key, row["version"])

    def problems_of(self, relief_type: ReliefType, standards: dict[str, str]) -> list[Problem]:
        """Return what stands against publishing a relief type as the next version of its key."""
        last = self._latest.get(relief_type.key)
        return [*prove(relief_type, standards, last.relief_type if last else None), *self._check_others(relief_type)]

    def _released(self, release, key):
        return next((item for item in self.versions(key) if item.release == release), None)

    def _next_version(self, key):
        return max((item.version for item in self.versions(key)), default=0) + 1

    def _append(self, row):
        try:
            database.raw(COLLECTION).insert_one({**row, "seq": self.seq + 1})
        except DuplicateKeyError as error:
            raise Conflict("刚刚有人发布了另一个版本，请重新查看差异后再发布") from error

    def retire(self, key: str, by: str):
        """Take no new applications for a type; old cases go on, and their notices, lists and payments with them."""
        self._mark(RETIRE, {"key": key}, by, not self.refresh().get(key).retired)

    def restore(self, key: str, by: str):
        """Take applications again."""
        self._mark(RESTORE, {"key": key}, by, self.refresh().get(key).retired)

    def withdraw(self, key: str, version: int, by: str):
        """Take a publication back: the version before is the newest again. Raise Conflict unless it is the newest now."""
        item = self.refresh().get(key, version)
        if not item.withdrawn and self._latest.get(key) is not item:
            raise Conflict(f"“{item.name}”第 {version} 版之后又发布了新版本，只能先撤回较新的版本")
        self._mark(WITHDRAW, {"key": key, "version": version}, by, not item.withdrawn)

    def _mark(self, event, about, by, needed):
        if needed:
            self._append({"event": event, "about": about, "by": by, "published": dates.now()})
            self.refresh()

    def _check_others(self, relief_type):
        for other in self.latest().values():
            if other.key != relief_type.key and other.code == relief_type.code:
                yield Problem("code", f"代码“{relief_type.code}”已用于“{other.name}”")


LOADERS = {"publish": Registry._load, RETIRE: Registry._mark_type, RESTORE: Registry._mark_type, WITHDRAW: Registry._mark_version}
"""What a row of the collection does to the versions known so far; rows without an event are versions."""


class Versions:
    """The versions of one type, as a part of the program sees them that holds only one: others are loaded when asked for."""

    def __init__(self, published: Published):
        self.published, self._registry = published, None

    def get(self, key: str, version: int) -> Published:
        if (key, version) == (self.published.key, self.published.version):
            return self.published
        if self._registry is None:
            self._registry = Registry(self.published.base).refresh()
        return self._registry.get(key, version)
