"""Files handed to a job: kept sealed until the job has read them, in the database, so that any machine's worker finds them.

What other offices send is full of numbers and figures of persons; it lies nowhere in the clear. The job calls `drop`
when it is done; what a job that never ended left behind goes after a week.
"""

import base64
import hashlib
import secrets
from datetime import timedelta

import gridfs

from adminapp import database, dates, sealing
from adminapp.errors import NotFound

BUCKET = "uploads"
DAYS_KEPT = 7


def bucket() -> gridfs.GridFSBucket:
    return gridfs.GridFSBucket(database.current(), bucket_name=BUCKET)


def keep(data: bytes, name: str, actor) -> dict:
    """Keep a file and return ``{id, name, digest}`` for the arguments of a job."""
    ident = secrets.token_hex(12)
    sealed = sealing.seal(base64.b64encode(data).decode(), _context(ident)).encode()
    bucket().upload_from_stream_with_id(ident, ident, sealed, metadata={"by": actor.id, "at": dates.now()})
    return {"id": ident, "name": name[-120:], "digest": hashlib.sha256(data).hexdigest()}


def read(ident: str) -> bytes:
    """Return the bytes of a file that was kept. Raise NotFound when it is gone."""
    try:
        sealed = bucket().open_download_stream(ident).read().decode()
    except gridfs.NoFile as error:
        raise NotFound("上传的文件已经清理，请重新上传。") from error
    return base64.b64decode(sealing.unseal(sealed, _context(ident)))


def drop(ident: str):
    """Remove a file; removing it again does nothing."""
    try:
        bucket().delete(ident)
    except gridfs.NoFile:
        return


def sweep():
    """Remove files that no job came for within a week."""
    before = dates.now() - timedelta(days=DAYS_KEPT)
    for item in bucket().find({"uploadDate": {"$lt": before}}, limit=1000):
        drop(item._id)


def _context(ident):
    return f"uploads:{ident}"
