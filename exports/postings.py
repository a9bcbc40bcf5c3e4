"""Posting sheets as one PDF for the screen. Loads reportlab and the faces only when somebody prints."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from adminapp.outputs import outputs
from adminapp.postings.sheet import columns_of, header_of, rows_of
from adminapp.public.pages import posting_address
from exports.case_notices import need_faces


def print_sheets(postings: Sequence[dict], county: str, home: Path, url: str = "") -> bytes:
    """Return the sheets of postings, each beginning on a page of its own.

    `url` is the address of the public pages, to which that of each posting is added; "" prints no code. Raise
    FontsNotReady, Invalid for a name that no face can draw.
    """
    from exports import fonts, pdf_bundle, posting_sheet

    sheets = [(posting, header_of(posting, county), rows_of(posting)) for posting in postings]
    need_faces(home, "".join(text for _posting, header, rows in sheets for line in (header, *rows) for text in line.values()))
    faces, parts = fonts.prepare(home), []
    for posting, header, rows in sheets:
        address = {"url": f"{url}{posting_address(posting)}"} if url else {}
        stream = BytesIO()
        posting_sheet.write_posting_sheet(stream, header | address, rows, faces, columns_of(posting))
        parts.append(stream.getvalue())
    return parts[0] if len(parts) == 1 else pdf_bundle.merge(parts)


def register():
    """Add the output "posting_sheet" (postings, county, home, url → PDF)."""
    outputs.add("posting_sheet", print_sheets)
