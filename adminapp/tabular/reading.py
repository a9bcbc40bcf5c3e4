"""Reads the bytes of a table into rows of text. What it is, is told by the bytes, never by the name of the file."""

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from adminapp import zipped
from adminapp.errors import Invalid

LARGEST = 10 * 1024 * 1024
LARGEST_UNPACKED = 100 * 1024 * 1024
MOST_SHEETS = 40
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 100_000, 200, 4_000
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How the old XLS begins."""
DIGITS_KEPT = 15
LOST = "数字格式，后几位已经丢失，请改成文本格式再填"
"""What a cell of more digits says: a spreadsheet keeps fifteen digits of a number."""


@dataclass(frozen=True)
class Table:
    """`rows` are lists of text, blank rows at the end left out. `kind` is xlsx, xls or csv; `encoding` is set for csv."""

    rows: list[list[str]]
    kind: str
    encoding: str = ""


def read_table(data: bytes) -> Table:
    """Return the first sheet of a workbook, or the lines of a CSV. Raise Invalid in one sentence for anything else."""
    no_sheet = "", Table([], "")
    return _limited(next(_tables(data), no_sheet)[1])


def read_sheets(data: bytes) -> dict[str, Table]:
    """Return the sheets of a workbook that hold anything, by name in order; a CSV is one sheet without a name.

    Raise Invalid as `read_table` does; the limits hold for every sheet.
    """
    found = {name: table for name, table in _tables(data) if any(map(any, table.rows))}
    if not found:
        raise Invalid("文件里没有内容。")
    return {name: _limited(table) for name, table in found.items()}


def _tables(data):
    """Yield (name, table) of each sheet, read when it is asked for."""
    if not data:
        raise Invalid("文件是空的。")
    if len(data) > LARGEST:
        raise Invalid(f"文件超过 {LARGEST // 1024 // 1024} MB，请分成几个文件。")
    if data.startswith(b"PK\x03\x04"):
        _check_size(data)
        yield from _workbook(data, "xlsx")
    elif data.startswith(OLE):
        yield from _workbook(data, "xls")
    else:
        yield "", _text(data)


def _check_size(data):
    """Refuse a small file that unpacks into a wall of bytes."""
    with zipped.opened(data, "文件已损坏，或者不是表格文件。") as archive:
        size = sum(item.file_size for item in archive.infolist())
    if size > LARGEST_UNPACKED:
        raise Invalid("表格展开后太大，请删去空行、图片后再上传。")


def _workbook(data, kind):
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for name in workbook.sheet_names[:MOST_SHEETS]:
            rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=MOST_ROWS + 1)
            yield name, Table([[_cell(cell) for cell in row] for row in rows], kind)
    except (CalamineError, OSError, ValueError, IndexError) as error:
        raise Invalid("读不出这个表格文件，请确认是 XLSX 或 XLS，没有加密。") from error


def _cell(value):
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        if abs(value) >= 10**DIGITS_KEPT:
            return LOST
        return str(int(value)) if value.is_integer() else repr(round(value, 6))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return "" if value is None else str(value).strip()


def _text(data):
    text, encoding = _decode(data)
    if "\x00" in text or text.lstrip().startswith(("<", "{", "%PDF")):
        raise Invalid("这不是表格文件，请上传 XLSX、XLS 或 CSV。")
    first = next((line for line in text.splitlines() if line.strip()), "")
    mark = max(",\t;，", key=first.count)
    if not first.count(mark):
        raise Invalid("这不是表格文件，请上传 XLSX、XLS 或 CSV；CSV 用逗号分隔。")
    try:
        rows = [[cell.strip().removeprefix("\ufeff") for cell in row] for row in csv.reader(io.StringIO(text), delimiter=mark)]
    except csv.Error as error:
        raise Invalid(f"CSV 文件读不出来：{error}。") from error
    return Table(rows, "csv", encoding)


def _decode(data):
    """Return (text, encoding). What is not UTF-8 is read as GB18030, which contains GBK and holds rare names besides."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError as error:
            place = error.start
    raise Invalid(f"文件的编码认不出来（第 {place + 1} 个字节），请另存为 UTF-8 或 GBK 编码的 CSV，或者 XLSX。")


def _limited(table):
    rows = table.rows
    while rows and not any(rows[-1]):
        rows.pop()
    if not rows:
        raise Invalid("文件里没有内容。")
    if len(rows) > MOST_ROWS:
        raise Invalid(f"超过 {MOST_ROWS} 行，请分成几个文件。")
    if max(map(len, rows)) > MOST_COLUMNS:
        raise Invalid(f"超过 {MOST_COLUMNS} 列，请核对文件。")
    long = next((number for number, row in enumerate(rows, 1) if any(len(cell) > LONGEST_CELL for cell in row)), None)
    if long:
        raise Invalid(f"第 {long} 行有超过 {LONGEST_CELL} 字的单元格，请核对文件。")
    return table
