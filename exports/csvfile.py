"""CSV for people: UTF-8 with BOM and CRLF, so that spreadsheet programs read Chinese right.

A text that a spreadsheet would run as a formula gets an apostrophe in front; numbers stay numbers. A text of digits
only, which a spreadsheet would turn into a number (433123195603074216 becomes 4.33E+17, 00123 becomes 123), gets a tab
behind, which no spreadsheet shows and every reader strips.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from exports.columns import Column, Totals
from exports.files import opened

MEDIA_TYPE = "text/csv; charset=utf-8"
SUFFIX = ".csv"

_FORMULA = re.compile(r"[\t\r\n]|\s*[=+\-@＝＋－＠]")
_LONG_NUMBER = re.compile(r"0\d+|\d{12,}", re.ASCII)


def write(
    path_or_stream,
    columns: Sequence[Column],
    rows: Iterable[dict],
    *,
    title: str | None = None,
    totals: dict | None = None,
    notes: Sequence[str] = (),
) -> int:
    """Write the rows as CSV and return their number. `title`, `totals` and `notes` are as in exports.xlsx."""
    summing, count = Totals(columns, totals), 0
    with opened(path_or_stream) as stream:
        stream.write(b"\xef\xbb\xbf")
        buffer = io.StringIO(newline="")
        writer = csv.writer(buffer, lineterminator="\r\n")
        if title:
            writer.writerow([neutralise(title)])
        writer.writerow([neutralise(column.title) for column in columns])
        for row in rows:
            writer.writerow([_cell(column, row) for column in columns])
            summing.add(row)
            count += 1
            if count % 1000 == 0:
                _flush(buffer, stream)
        if totals:
            last = summing.row()
            writer.writerow([_cell(column, last) for column in columns])
        writer.writerows([neutralise(note)] for note in notes)
        _flush(buffer, stream)
    return count


def neutralise(text: str) -> str:
    """Return the text with an apostrophe in front when a spreadsheet would take it for a formula."""
    return "'" + text if _FORMULA.match(text) else text


def _cell(column: Column, row: dict) -> str:
    value = column.value(row)
    if value is None:
        return ""
    text = column.rule.text(value)
    if column.kind != "text":
        return text
    return text + "\t" if _LONG_NUMBER.fullmatch(text) else neutralise(text)


def _flush(buffer: io.StringIO, stream) -> None:
    stream.write(buffer.getvalue().encode())
    buffer.seek(0)
    buffer.truncate()
