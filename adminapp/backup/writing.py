"""Write a backup: every collection as it was at one moment, the anchors, the files of jobs, and a manifest of all of it.

Members of the tar file, in order: ``header.json``, ``files/…``, ``data/<collection>/<number>.bson`` (documents one after
another, in the order of `_id`), ``manifest.json``. The manifest holds ``{collections: {name: {documents, bytes, sha256,
indexes}}, files: {name: sha256}, keys}``; `keys` tells later whether the keys at hand open what is sealed inside.
"""

import contextlib
import hashlib
import io
import json
import tarfile
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import pymongo.errors
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument

from adminapp import audit, database, dates, sealing
from adminapp.backup import KIND, sealed
from adminapp.errors import SetupError

FORMAT = 1
PART = 16 * 1024 * 1024
"""Bytes of documents in a member: as much as stays in memory."""
KEYS_CHECK = "relief backup"
RAW = CodecOptions(document_class=RawBSONDocument, tz_aware=True)
SNAPSHOT_TOO_OLD = 239
PARAMETER = "minSnapshotHistoryWindowInSeconds"
SECONDS = 3600
"""How long the server is asked to remember the moment of the backup; its own habit is five minutes."""


def name_at(at: datetime) -> str:
    """Return the name of the backup file of a moment: the names stand in the order of time."""
    return f"relief-{at.astimezone(dates.SHANGHAI):%Y%m%d-%H%M%S}.age"


def write(settings, folder: Path, recipient, note=lambda text: None) -> Path:
    """Write a backup into the folder and return its path. Raise SetupError when it cannot be made whole."""
    at = dates.now()
    path = Path(folder) / name_at(at)
    header = {
        "format": FORMAT, "at": at.isoformat(), "county": settings.county, "database": settings.database,
        "program": version("relief-admin"), "server": database.current().client.server_info()["version"],
    }  # fmt: skip
    with sealed.writing(path, recipient) as tar:
        _add(tar, "header.json", _json(header))
        # Before the moment of the database: an anchor must never tell of what is not in it.
        files = dict(_add_files(tar, settings))
        collections = dict(_add_collections(tar, note))
        _add(tar, "manifest.json", _json({**header, "collections": collections, "files": files, "keys": sealing.key_of(KEYS_CHECK)}))
    audit.log(KIND, file=path.name, documents=sum(each["documents"] for each in collections.values()), bytes=path.stat().st_size)
    return path


def _add_files(tar, settings):
    for name, folder in (("anchors", settings.anchor_folder), ("artefacts", Path(settings.home) / "artefacts")):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.name.startswith("."):
                data = path.read_bytes()
                inside = f"files/{name}/{path.relative_to(folder).as_posix()}"
                _add(tar, inside, data)
                yield inside, hashlib.sha256(data).hexdigest()


def _add_collections(tar, note):
    db = database.current()
    names = sorted(each["name"] for each in db.list_collections() if each["type"] == "collection" and not each["name"].startswith("system."))
    with _remembering(db.client), db.client.start_session(snapshot=True) as moment:
        for name in names:
            try:
                yield name, _add_collection(tar, db, name, moment)
            except pymongo.errors.OperationFailure as error:
                if error.code == SNAPSHOT_TOO_OLD:
                    raise SetupError(
                        "数据库不再保留备份开始时的状态，备份没有完成。请管理员在数据库上执行 "
                        f"setParameter minSnapshotHistoryWindowInSeconds {SECONDS} 后重试。"
                    ) from error
                raise
            note(name)


@contextlib.contextmanager
def _remembering(client):
    """Have the server remember the moment for as long as the backup takes, and no longer: what it remembers costs its cache.

    A server that does not let us is left as it is.
    """
    usual = None
    with contextlib.suppress(pymongo.errors.OperationFailure):
        usual = client.admin.command({"getParameter": 1, PARAMETER: 1})[PARAMETER]
        client.admin.command({"setParameter": 1, PARAMETER: max(SECONDS, usual)})
    try:
        yield
    finally:
        if usual is not None:
            with contextlib.suppress(pymongo.errors.PyMongoError):
                client.admin.command({"setParameter": 1, PARAMETER: usual})


def _add_collection(tar, db, name, moment) -> dict:
    digest, documents, size, part, number = hashlib.sha256(), 0, 0, io.BytesIO(), 0
    for row in db.get_collection(name, codec_options=RAW).find({}, sort=[("_id", 1)], session=moment, batch_size=1000):
        digest.update(row.raw)
        part.write(row.raw)
        documents, size = documents + 1, size + len(row.raw)
        if part.tell() >= PART:
            number += 1
            _add(tar, f"data/{name}/{number:06d}.bson", part.getvalue())
            part = io.BytesIO()
    _add(tar, f"data/{name}/{number + 1:06d}.bson", part.getvalue())
    return {"documents": documents, "bytes": size, "sha256": digest.hexdigest(), "indexes": indexes_of(db, name)}


def indexes_of(db, name) -> list[dict]:
    """Return the indexes of a collection as createIndexes takes them, without the one every collection has."""
    found = (dict(each) for each in db[name].list_indexes())
    rows = [{key: value for key, value in each.items() if key not in ("v", "ns")} for each in found if each["name"] != "_id_"]
    return [{**row, "key": list(row["key"].items())} for row in rows]


def _add(tar, name, data):
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(data), 0o600
    tar.addfile(member, io.BytesIO(data))


def _json(value) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True).encode()
