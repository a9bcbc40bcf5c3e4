"""Which indexes there must be. Modules declare theirs next to the document; `relief db upgrade` builds them.

The program refuses to start while one is missing (`verify`), because unique indexes carry its guarantees.
"""

from dataclasses import dataclass

import pymongo
import pymongo.errors
from pymongo import WriteConcern

from adminapp.errors import SetupError

INDEXES = {}  # (collection, name) -> Index
TRIES = 360  # of ten seconds each: an hour for the largest collection


@dataclass(frozen=True)
class Index:
    """One index: `keys` is ((field, direction), …); `options` is what MongoDB stores of it besides the name."""

    collection: str
    name: str
    keys: tuple
    options: tuple = ()

    def __str__(self):
        return f"{self.collection}.{self.name}"

    @property
    def stored(self):
        """Return the index as `list_indexes` shows it: ``(keys, options)``."""
        return list(self.keys), dict(self.options)


def declare(collection, name, keys, *, unique=False, sparse=False, expire_after=None):
    """Register an index and return it. Nothing is built yet.

    `keys` is a field name, or a list of names and (name, direction) pairs; a leading "-" means descending.
    `expire_after` deletes documents so many seconds after the date in the field. Declaring a name of a collection
    twice raises ValueError, and so do two names for the same keys, which MongoDB would refuse.
    """
    index = Index(collection, name, _pairs(keys), _options(unique, sparse, expire_after))
    if (collection, name) in INDEXES:
        raise ValueError(f"index {index} is declared twice")
    for other in INDEXES.values():
        if other.collection == collection and other.keys == index.keys:
            raise ValueError(f"index {index} has the keys of {other}")
    INDEXES[collection, name] = index
    return index


def upgrade(db):
    """Build what is declared and missing, rebuild what is declared otherwise; return a sentence for each one built.

    Safe to run again after any interruption and while the program works (while a unique index is rebuilt, duplicates
    are not refused). Indexes nobody declared are left alone, unless they stand in the way by having the same keys.
    Raise SetupError naming the index when stored documents break a unique one; what was built before stays.
    """
    return [_build(db, index) for index in verify(db)]


def verify(db):
    """Return the declared indexes (list of Index) that the database lacks or has otherwise; empty when all is well."""
    stored = {collection: _read_stored(db[collection]) for collection in {index.collection for index in _sorted()}}
    return [index for index in _sorted() if stored[index.collection].get(index.name) != index.stored]


def check(db):
    """Raise SetupError while `verify` finds anything: the program must not work without its unique indexes."""
    missing = verify(db)
    if missing:
        raise SetupError(f"数据库缺少 {len(missing)} 个索引（{missing[0]} 等），请先执行 relief db upgrade。")


def _sorted():
    return sorted(INDEXES.values(), key=str)


def _read_stored(collection):
    """Return ``{name: (keys, options)}`` of a collection's indexes; empty when it does not exist."""
    found = [each for each in collection.list_indexes() if each["name"] != "_id_"]
    return {each["name"]: (list(each["key"].items()), _kept(each)) for each in found}


def _kept(stored):
    options = ("unique", "sparse", "expireAfterSeconds")
    return {key: stored[key] for key in options if stored.get(key, False) is not False}


def _build(db, index):
    # Waiting for a majority without the usual time limit: a build takes as long as the collection is large.
    collection = db[index.collection].with_options(write_concern=WriteConcern("majority"))
    stored = _read_stored(collection)
    in_the_way = [name for name, (keys, _) in stored.items() if name == index.name or keys == list(index.keys)]
    for name in in_the_way:
        collection.drop_index(name)
    for _ in range(TRIES):
        try:
            collection.create_index(list(index.keys), name=index.name, **dict(index.options))
            return f"{index}：{'重建' if in_the_way else '新建'}"
        except pymongo.errors.DuplicateKeyError as error:
            fields = "、".join(key for key, _ in index.keys)
            raise SetupError(f"无法建立唯一索引 {index}：已有数据的 {fields} 重复，请先处理重复数据。") from error
        except pymongo.errors.AutoReconnect:
            continue  # the client gave up waiting, the server did not: asking again joins the build under way
    raise SetupError(f"索引 {index} 在一小时内没有建成，请检查数据库服务器。")


def _pairs(keys):
    keys = [keys] if isinstance(keys, str) else keys
    pairs = tuple(_pair(key) for key in keys)
    if not pairs or len({name for name, _ in pairs}) != len(pairs):
        raise ValueError(f"index keys {keys!r} are empty or repeated")
    return pairs


def _pair(key):
    if not isinstance(key, str):
        name, direction = key
        return name, direction
    return (key[1:], pymongo.DESCENDING) if key.startswith("-") else (key, pymongo.ASCENDING)


def _options(unique, sparse, expire_after):
    options = {"unique": unique, "sparse": sparse, "expireAfterSeconds": expire_after}
    # 0 is a good expire_after (at the date itself), False means absent.
    return tuple((key, value) for key, value in options.items() if value is not None and value is not False)
