"""The photo that proves a sheet hung on the wall: kept with what its camera said of the day, and used for one posting only."""

import hashlib
import io
import secrets
from datetime import date, datetime

from PIL import Image

from adminapp import database, dates, files
from adminapp.errors import Invalid, NotFound
from adminapp.postings import register
from adminapp.scope import Actor

HUNG, TAKEN_DOWN = "hung", "taken_down"
_TAKEN_TAGS = (0x9003, 0x0132)
"""EXIF: the moment of the picture, or else of its last change."""


def read_photo(name: str, data: bytes) -> dict:
    """Return {name, type, size, digest, taken, data} of a picture fit as proof. Raise Invalid with a sentence."""
    if not data:
        raise Invalid("请选择照片")
    if len(data) > files.LARGEST:
        raise Invalid(f"照片超过 {files.LARGEST // 1024 // 1024} MB")
    found = files.read_format(data)
    if found not in (files.JPG, files.PNG):
        raise Invalid("请上传照片（JPG 或 PNG）")
    # The digest is of what was sent: the same picture sent again is known, whatever we draw anew.
    digest, taken = hashlib.new("sm3", data).hexdigest(), _taken(data)
    clean = files.clean(data, found)
    return {"name": files.safe_name(name, found), "type": found.type, "size": len(clean), "digest": digest, "taken": taken, "data": clean}


def _taken(data) -> str | None:
    """Return the day on which the camera says it took the picture, ISO text; None when it says nothing readable."""
    try:
        with Image.open(io.BytesIO(data), formats=["JPEG", "PNG"]) as picture:
            exif = picture.getexif()
            text = exif.get_ifd(0x8769).get(_TAKEN_TAGS[0]) or exif.get(_TAKEN_TAGS[1])
        return datetime.strptime(str(text)[:10], "%Y:%m:%d").date().isoformat()
    except Exception:  # Pillow raises many kinds for odd metadata, and none of it matters
        return None


def check_photo(photo: dict, posting: dict, not_before: date):
    """Raise Invalid when the picture cannot prove this posting: used before, or older than the sheet."""
    if database.raw(register.COLLECTION).find_one({"photos.digest": photo["digest"]}, {"_id": 1}):
        raise Invalid("这张照片已经用过，请上传本次张贴的照片")
    if photo["taken"] and photo["taken"] < not_before.isoformat():
        raise Invalid(f"照片拍摄于 {photo['taken']}，早于 {not_before}，请上传本次张贴的照片")


def keep(photo: dict, posting: dict, use: str, place: str, actor: Actor) -> dict:
    """Store the bytes and return the entry for the posting, which lists it; the bytes alone prove nothing."""
    entry = {key: photo[key] for key in ("name", "type", "size", "digest", "taken")} | {
        "id": secrets.token_hex(12), "use": use, "place": place, "at": dates.now(), "on": dates.today().isoformat(),
        "by": actor.id, "by_name": actor.name, "stored": hashlib.new("sm3", photo["data"]).hexdigest(),
    }  # fmt: skip
    metadata = {"posting": posting["_id"], "township": posting["township"], "village": posting["village"]}
    files.bucket().upload_from_stream_with_id(entry["id"], entry["name"], photo["data"], metadata=metadata)
    return entry


def discard(entry: dict):
    files.bucket().delete(entry["id"])


def read(posting: dict, photo_id: str) -> tuple[dict, bytes]:
    """Return (entry, bytes) of a photo that the posting lists. Raise NotFound, Invalid when the bytes are not those stored."""
    entry = next((item for item in posting["photos"] if item["id"] == photo_id), None)
    if entry is None:
        raise NotFound()
    data = files.bucket().open_download_stream(entry["id"]).read()
    if hashlib.new("sm3", data).hexdigest() != entry["stored"]:
        raise Invalid("照片内容与登记的校验值不一致，请报告管理员")
    return entry, data
