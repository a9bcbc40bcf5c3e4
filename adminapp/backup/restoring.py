"""Bring a backup into an empty database, and prove that what stands there is what was saved.

A restore that broke off leaves a mark; the next one clears what it left and begins again. A database that holds anything
else is never touched.
"""

import hashlib
import os
from pathlib import Path

import bson
from bson.raw_bson import RawBSONDocument
from pymongo import IndexModel

from adminapp import database, sealing
from adminapp.backup import reading
from adminapp.backup.writing import KEYS_CHECK, RAW
from adminapp.config import private_folder
from adminapp.errors import SetupError

MARK = "_restore"
BATCH = 1000


def restore(settings, path: Path, identity, note=lambda text: None) -> dict:
    """Restore the backup and return its manifest.

    The file is read to its end before the first write. Raise SetupError for a file that is not whole, for keys that are
    not those of the backup, and for a database that is not empty.
    """
    manifest = reading.through(path, identity)
    if sealing.key_of(KEYS_CHECK) != manifest["keys"]:
        raise SetupError("RELIEF_HOME 里的密钥不是这份备份的：恢复后身份证号和账号打不开。请先执行 relief backup restore-keys。")
    db = database.current()
    _clear(db)
    db[MARK].insert_one({"_id": Path(path).name})
    reading.through(path, identity, documents=_load, file=lambda name, data: _write(settings, name, data))
    for name, told in manifest["collections"].items():
        if digest_of(db, name) != told["sha256"]:
            raise SetupError(f"恢复后的“{name}”与备份不同，请换一台数据库服务器重试。")
        _build(db, name, told)  # behind the proof: with its indexes the server begins to drop rows whose time is over
        note(name)
    db.drop_collection(MARK)
    return manifest


def digest_of(db, name) -> str:
    """Return the SHA-256 (hex) of all documents of a collection in the order of `_id`."""
    digest = hashlib.sha256()
    for row in db.get_collection(name, codec_options=RAW).find({}, sort=[("_id", 1)], batch_size=1000):
        digest.update(row.raw)
    return digest.hexdigest()


def _clear(db):
    names = db.list_collection_names()
    if MARK in names:
        db.client.drop_database(db.name)
    elif any(db[name].find_one({}, {"_id": 1}) for name in names if not name.startswith("system.")):
        raise SetupError(f"数据库 {db.name} 里已有数据，没有改动。请用 RELIEF_DATABASE 指定一个新的库名。")
    else:
        for name in names:
            db.drop_collection(name)


def _load(collection, data):
    target = database.current().get_collection(collection, codec_options=RAW)
    rows = bson.decode_file_iter(_Parts(data), RAW)
    batch = []
    for row in rows:
        batch.append(RawBSONDocument(row.raw))
        if len(batch) >= BATCH:
            target.insert_many(batch, ordered=False)
            batch = []
    if batch:
        target.insert_many(batch, ordered=False)


class _Parts:
    """Bytes that are read like a file, without another copy of all of them."""

    def __init__(self, data):
        self.data, self.at = memoryview(data), 0

    def read(self, size):
        piece = self.data[self.at : self.at + size]
        self.at += len(piece)
        return bytes(piece)


def _build(db, name, told):
    if name not in db.list_collection_names():
        db.create_collection(name)
    found = [IndexModel([(field, order) for field, order in each["key"]], **{k: v for k, v in each.items() if k != "key"}) for each in told["indexes"]]
    if found:
        db[name].create_indexes(found)


def _write(settings, name, data):
    """Put a file of the backup back; one that is there with the same bytes stays."""
    kind, _slash, rest = name.partition("/")
    folder = settings.anchor_folder if kind == "anchors" else private_folder(Path(settings.home) / kind)
    path = (folder / rest).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise SetupError(f"备份中的文件名“{name}”不对，没有恢复。")
    if path.exists():
        if path.read_bytes() != data:
            raise SetupError(f"{path} 已经存在且内容不同，没有覆盖；请用空的 RELIEF_HOME 恢复。")
        return
    private_folder(path.parent)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400 if kind == "anchors" else 0o600), "wb") as file:
        file.write(data)
