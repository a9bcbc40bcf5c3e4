"""Posting sheets as one PDF for the screen. Loads reportlab and the faces only when somebody prints."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from adminapp.outputs import outputs
from adminapp.postings.sheet import columns_of, header_of, rows_of
from adminapp.public.pages import posting_address
from exports.case_notices import FontsNotReady


def print_sheets(postings: Sequence[dict], county: str, home: Path, url: str = "") -> bytes:
    """Return the sheets of postings, each beginning on a page of its own.

    `url` is the address of the public pages, to which that of each posting is added; "" prints no code. Raise
    FontsNotReady, Invalid for a name that no face can draw.
    """
    from exports import fonts, pdf_bundle, posting_sheet

    texts = "".join(text for posting in postings for row in rows_of(posting) for text in row.values())
    if not fonts.is_ready(home, texts):
        fonts.prepare_aside(home)
        raise FontsNotReady()
    faces, parts = fonts.prepare(home), []
    for posting in postings:
        header = header_of(posting, county) | ({"url": f"{url}{posting_address(posting)}"} if url else {})
        stream = BytesIO()
        posting_sheet.write_posting_sheet(stream, header, rows_of(posting), faces, columns_of(posting))
        parts.append(stream.getvalue())
    return parts[0] if len(parts) == 1 else pdf_bundle.merge(parts)


def register():
    """Add the output "posting_sheet" (postings, county, home, url → PDF)."""
    outputs.add("posting_sheet", print_sheets)
