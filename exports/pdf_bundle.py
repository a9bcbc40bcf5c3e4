"""Notices joined into one file for the printer, or cut out singly for the archive. Same input, same bytes."""

import io
import zipfile
from collections.abc import Iterable, Sequence

from pypdf import PdfReader, PdfWriter

# ZIP cannot store a time before this, and the time of packing would change the bytes.
ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def merge(parts: Sequence[bytes], bookmarks: Iterable[tuple[str, int]] = ()) -> bytes:
    """Join PDFs. `bookmarks`: title and page from 0 of each entry of the outline."""
    writer = PdfWriter()
    for part in parts:
        writer.append(io.BytesIO(part), import_outline=False)
    for title, page in bookmarks:
        writer.add_outline_item(title=title, page_number=page)
    return _bytes(writer)


def cut(pdf: bytes, first: int, count: int) -> bytes:
    """Return `count` pages of `pdf` from page `first` (from 0). Raises IndexError if there are fewer."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    if first < 0 or count < 1 or first + count > len(pages):
        raise IndexError(f"pages {first} to {first + count - 1} of {len(pages)}")
    writer = PdfWriter()
    for page in pages[first : first + count]:
        writer.add_page(page)
    return _bytes(writer)


def zip_of(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Pack `(name, bytes)` in the order given. PDFs are compressed already, so they are stored."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files:
            archive.writestr(zipfile.ZipInfo(name, ZIP_TIME), data)
    return target.getvalue()


def _bytes(writer) -> bytes:
    writer.metadata = {"/Producer": "relief-admin"}
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()
