"""Attachments: bytes in GridFS, listed in the case, reached only through it.

Nothing is taken at its word: what a file is, is told by its first bytes; a picture is drawn anew, so that what hid in
it (place, owner, a second file behind it) is gone. GridFS keeps township and case beside the bytes, and who may read
them is asked of the case.
"""

import hashlib
import io
import re
import secrets
import warnings
from dataclasses import dataclass

import gridfs
from PIL import Image, ImageOps

from adminapp import database, dates, zipped
from adminapp.errors import Conflict, Invalid, NotFound
from adminapp.related import recusal
from adminapp.text import normalise
from adminapp.workflow import events
from adminapp.workflow.transition import store

BUCKET = "files"
LARGEST = 10 * 1024 * 1024
LARGEST_PICTURE = 50_000_000
"""Points of a picture, before it is opened: a small file can hold a wall."""
LARGEST_WORKBOOK = 100 * 1024 * 1024
"""Bytes of a workbook when unpacked."""
MOST = 100
"""Files of one case."""
LONGEST_SIDE = 4000
TRIES = 5
OTHER = "other"
"""The document of a file that belongs to none that the type asks for."""


@dataclass(frozen=True)
class Format:
    extension: str
    type: str
    label: str


PDF, JPG, PNG, XLSX, CSV = (
    Format("pdf", "application/pdf", "PDF"),
    Format("jpg", "image/jpeg", "JPG"),
    Format("png", "image/png", "PNG"),
    Format("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XLSX"),
    Format("csv", "text/csv", "CSV"),
)
ACCEPT = ".pdf,.jpg,.jpeg,.png,.xlsx,.csv"
ALLOWED = "PDF、JPG、PNG、XLSX、CSV"
DAMAGED = f"这个文件不是 {ALLOWED}，或者内容已损坏"


def bucket() -> gridfs.GridFSBucket:
    return gridfs.GridFSBucket(database.current(), bucket_name=BUCKET)


def read_format(data: bytes) -> Format:
    """Return what the bytes are; raise Invalid for anything that is not allowed. The file's name does not count."""
    if data.startswith(b"%PDF-"):
        return PDF
    if data.startswith(b"\xff\xd8\xff"):
        return JPG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data.startswith(b"PK\x03\x04") and _is_workbook(data):
        return XLSX
    if _is_text_table(data):
        return CSV
    raise Invalid(DAMAGED)


def _is_workbook(data):
    try:
        with zipped.opened(data, DAMAGED) as archive:
            names = archive.namelist()
            small = sum(item.file_size for item in archive.infolist()) <= LARGEST_WORKBOOK
    except Invalid:
        return False
    return small and "[Content_Types].xml" in names and "xl/workbook.xml" in names and "xl/vbaProject.bin" not in names


def _is_text_table(data):
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        line = text.splitlines()[0] if text.strip() else ""
        return (
            not re.search("[\x00-\x08\x0e-\x1f]", text)
            and ("," in line or "\t" in line)
            and not line.lstrip().startswith("<")
        )
    return False


def clean(data: bytes, found: Format) -> bytes:
    """Return the bytes to keep: pictures drawn anew, upright and without what they carried; others as they are."""
    if found not in (JPG, PNG):
        return data
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=["JPEG" if found is JPG else "PNG"])
            if picture.width * picture.height > LARGEST_PICTURE:
                raise Invalid("图片太大，请缩小后再上传")
            picture = ImageOps.exif_transpose(picture)
            picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            out = io.BytesIO()
            if found is JPG:
                picture.convert("RGB").save(out, "JPEG", quality=88)
            else:
                plain = picture.convert(
                    "RGBA" if "A" in picture.getbands() or "transparency" in picture.info else "RGB"
                )
                plain.info = {}
                plain.save(out, "PNG")
            return out.getvalue()
    except Invalid:
        raise
    except Exception as error:  # Pillow raises many kinds for a broken picture
        raise Invalid("图片打不开，可能已损坏") from error


def safe_name(name: str, found: Format) -> str:
    """Return a file name without path or odd signs, with the extension of what the file is."""
    stem = re.split(r"[\\/]", name or "")[-1].rsplit(".", 1)[0]
    try:
        stem = normalise(stem)
    except Invalid:
        stem = ""
    stem = re.sub(r'[<>:"|?*\r\n;%]', "_", stem).strip(". ")[:80]
    return f"{stem or '附件'}.{found.extension}"


def prepare(case, actor, document: str, name: str, data: bytes):
    """Keep the bytes and return the entry for the case's list of files, which is not touched.

    Raise Invalid when the file is not allowed, too large, or one too many. Whoever does not list the entry afterwards
    calls `discard`.
    """
    recusal.refuse(actor, case.people)
    if not data:
        raise Invalid("文件是空的")
    if len(data) > LARGEST:
        raise Invalid(f"文件超过 {LARGEST // 1024 // 1024} MB")
    if len(case.files) >= MOST:
        raise Invalid(f"一件最多 {MOST} 个文件")
    found = read_format(data)
    data = clean(data, found)
    entry = (
        type(case)
        ._fields["files"]
        .field.document_type(
            id=secrets.token_hex(12),
            document=document,
            name=safe_name(name, found),
            size=len(data),
            type=found.type,
            digest=hashlib.new("sm3", data).hexdigest(),
            by=actor.id,
            at=dates.now(),
        )
    )
    metadata = {"case": case.id, "township": case.township, "village": case.village, "digest": entry.digest}
    bucket().upload_from_stream_with_id(entry.id, entry.name, data, metadata=metadata)
    return entry


def discard(entries):
    """Remove the bytes of prepared entries that no case lists."""
    for entry in entries:
        bucket().delete(entry.id)


def add(case, actor, document: str, name: str, data: bytes, label: str = ""):
    """Keep a file of the case and return its entry. Raise Invalid when it is not allowed or too large."""
    entry = prepare(case, actor, document, name, data)
    event = {"document": document, "name": label or document, "file": entry.name, "digest": entry.digest}

    def attach(now):
        now.files = [*now.files, entry]

    try:
        _change(case, actor, attach, ("upload", "上传材料", event))
    except Exception:
        discard([entry])
        raise
    return entry


def remove(case, actor, file_id: str):
    """Take a file off the case. Its entry leaves the list, the event and the bytes stay for the archive."""
    entry = find(case, file_id)

    def detach(now):
        now.files = [item for item in now.files if item.id != file_id]

    _change(
        case,
        actor,
        detach,
        ("remove_file", "移除材料", {"document": entry.document, "file": entry.name, "digest": entry.digest}),
    )


def _change(case, actor, change, told):
    """Change the list of files.

    Nobody's typed values are touched, so a change by another meanwhile is no reason to refuse.
    """
    action, label, data = told
    for _ in range(TRIES):
        change(case)
        try:
            store(case, case.rev, events.entry(actor, action, label, case.state, case.state, data))
            return
        except Conflict:
            case.reload()
    raise Conflict


def find(case, file_id: str):
    """Return the entry of a file; raise NotFound when the case does not list it."""
    entry = next((item for item in case.files if item.id == file_id), None)
    if entry is None:
        raise NotFound
    return entry


def read(case, file_id: str) -> tuple[object, bytes]:
    """Return (entry, bytes) of a file that the case lists.

    Raise NotFound, or Invalid when the bytes are not those stored.
    """
    entry = find(case, file_id)
    try:
        data = bucket().open_download_stream(file_id).read()
    except gridfs.NoFile as error:
        raise NotFound from error
    if hashlib.new("sm3", data).hexdigest() != entry.digest:
        raise Invalid("文件内容与登记的校验值不一致，请报告管理员")
    return entry, data
