"""The papers of the demo cases: small generated sheets, each saying that it is invented (虚构)."""

import hashlib
import io
from functools import cache

from bson import Binary, ObjectId
from PIL import Image, ImageDraw
from reportlab.lib.pagesizes import A5
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from adminapp import dates
from adminapp.files import BUCKET, JPG, PDF
from seed.names import MARK

FILES, CHUNKS = f"{BUCKET}.files", f"{BUCKET}.chunks"
CHUNK_SIZE = 255 * 1024
FONT = "STSong-Light"  # named, not embedded: every reader of PDF knows it
PICTURES = ("photo", "photos")


class Paper(dict):
    """An entry of a case's list of files, read by its names as guards do."""

    __getattr__ = dict.__getitem__


class Papers:
    """Makes the entries and the bytes. With `own` each case has its own files; a large county shares them."""

    def __init__(self, own: bool):
        self.own = own

    def entries(self, move, ident: str) -> list[Paper]:
        """Return the papers that the case of the move needs by its declaration, all steps together."""
        return [
            self._entry(document, move.actor.id, ident if self.own else move.published.key)
            for document in move.relief_type.documents
            if document.required or document.id in PICTURES or move.values.holds(document.required_when, default=False)
        ]

    def _entry(self, document, by, ident):
        kind, data = sheet(document.id, document.label)
        return Paper(
            id=hashlib.sha256(f"{ident}:{document.id}".encode()).hexdigest()[:24],
            document=document.id,
            name=f"{document.label}.{kind.extension}",
            size=len(data),
            type=kind.type,
            digest=_digest(data),
            by=by,
            at=dates.now(),
        )

    def stored(self, relief_type, case: dict) -> dict[str, list[dict]]:
        """Return {collection: documents} of the bytes behind a case's entries."""
        labels = {document.id: document.label for document in relief_type.documents}
        found = {FILES: [], CHUNKS: []}
        for entry in case["files"]:
            data = sheet(entry["document"], labels[entry["document"]])[1]
            about = {"case": case["_id"], "township": case["township"], "village": case["village"]} if self.own else {}
            found[FILES].append(
                {
                    "_id": entry["id"],
                    "filename": entry["name"],
                    "metadata": {**about, "digest": entry["digest"]},
                    "chunkSize": CHUNK_SIZE,
                    "length": len(data),
                    "uploadDate": entry["at"],
                }
            )
            chunk = ObjectId(hashlib.sha256(entry["id"].encode()).digest()[:12])
            found[CHUNKS].append({"_id": chunk, "files_id": entry["id"], "n": 0, "data": Binary(data)})
        return found


@cache
def sheet(document: str, label: str):
    """Return (format, bytes) of the sheet for a document of this name."""
    return (JPG, _picture(label)) if document in PICTURES else (PDF, _page(label))


def _page(label):
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    out = io.BytesIO()
    page = Canvas(out, A5, invariant=1)
    width, height = A5
    page.setTitle(label)
    page.setFont(FONT, 18)
    page.drawCentredString(width / 2, height - 90, label)
    page.setFont(FONT, 11)
    page.drawCentredString(width / 2, height - 130, f"演示材料，{MARK}，没有真实内容")
    page.rect(36, 36, width - 72, height - 72)
    page.save()
    return out.getvalue()


def _picture(label):
    """A house on a hill: no faces, no places."""
    picture = Image.new("RGB", (480, 320), (214, 226, 233))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 230, 480, 320), fill=(134, 160, 118))
    pen.polygon(((120, 150), (240, 80), (360, 150)), fill=(122, 74, 58))
    pen.rectangle((140, 150, 340, 250), fill=(196, 164, 132))
    pen.rectangle((215, 185, 265, 250), fill=(92, 64, 51))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=70)
    return out.getvalue()


def _digest(data):
    return hashlib.new("sm3", data).hexdigest()
