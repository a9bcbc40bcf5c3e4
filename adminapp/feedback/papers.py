"""Papers that come with an objection or a complaint: pictures and PDF in GridFS, listed in the document they belong to."""

import hashlib
import secrets

from adminapp import dates, files
from adminapp.errors import Invalid, NotFound

MOST = 5
LARGEST = 8 * 1024 * 1024


def keep(owner: dict, uploads) -> list[dict]:
    """Store [(name, bytes)] and return their entries. Raise Invalid for what is no picture or PDF, or too much of it."""
    uploads = [(name, data) for name, data in uploads if data]
    if len(uploads) > MOST:
        raise Invalid(f"最多 {MOST} 个附件", problems=[{"file": [f"最多 {MOST} 个附件"]}])
    ready = [_read(name, data) for name, data in uploads]
    entries = []
    for name, found, data in ready:
        entry = {
            "id": secrets.token_hex(12), "name": name, "type": found.type, "size": len(data),
            "digest": hashlib.new("sm3", data).hexdigest(), "at": dates.now(),
        }  # fmt: skip
        files.bucket().upload_from_stream_with_id(entry["id"], name, data, metadata={"feedback": owner["_id"]})
        entries.append(entry)
    return entries


def discard(owner: dict):
    """Remove the papers of a document that was not stored."""
    for entry in owner["papers"]:
        files.bucket().delete(entry["id"])


def _read(name, data):
    try:
        if len(data) > LARGEST:
            raise Invalid(f"附件超过 {LARGEST // 1024 // 1024} MB")
        found = files.read_format(data)
        if found not in (files.JPG, files.PNG, files.PDF):
            raise Invalid("附件只收照片（JPG、PNG）和 PDF")
        return files.safe_name(name, found), found, files.clean(data, found)
    except Invalid as error:
        raise Invalid(str(error), problems=[{"file": [str(error)]}]) from error


def read(owner: dict, paper_id: str) -> tuple[dict, bytes]:
    """Return (entry, bytes) of a paper that the document lists. Raise NotFound."""
    entry = next((item for item in owner.get("papers", ()) if item["id"] == paper_id), None)
    if entry is None:
        raise NotFound()
    data = files.bucket().open_download_stream(entry["id"]).read()
    if hashlib.new("sm3", data).hexdigest() != entry["digest"]:
        raise Invalid("附件内容与登记的校验值不一致，请报告管理员")
    return entry, data
