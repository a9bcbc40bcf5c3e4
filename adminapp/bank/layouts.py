"""Reading the bytes of a bank's file into lines of cells, by layout. Writing them is in exports/bankfile.py."""

import io
import re

from adminapp.bank.profile import LINE_ENDS
from adminapp.errors import Invalid

DIGITS_KEPT = 15
"""A spreadsheet keeps so many digits of a number; a longer account in a number cell has lost its end."""


def split(form, content: bytes) -> list[list[str]]:
    """Return the lines of a file as texts, header and total line included. Raise Invalid when it cannot be read."""
    return LAYOUTS[form.layout](form, content)


def _separated(form, content):
    lines = [line for line in re.split("\r?\n|\r", decode(form, content)) if line.strip()]
    if form.separator == " ":  # a bank pads with as many as it likes
        return [line.split() for line in lines]
    return [[cell.strip() for cell in line.split(form.separator)] for line in lines]


def _fixed(form, content):
    end = LINE_ENDS[form.line_end].encode()
    lines = [line for line in content.split(end) if line.strip()]
    place = {"first": int(form.header), "last": len(lines) - 1}[form.total_place] if form.total else None
    return [_cut(form, form.total if number == place else form.columns, line) for number, line in enumerate(lines)]


def _cut(form, columns, line):
    cells, start = [], 0
    for column in columns:
        cell = decode(form, line[start : start + column.bytes])
        cells.append(cell.rstrip(column.pad) if column.align == "left" else cell.lstrip(column.pad))
        start += column.bytes
    return cells


def _workbook(form, content):
    from python_calamine import CalamineError, CalamineWorkbook  # only some banks send workbooks back

    try:
        sheets = CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows = sheets.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError, IndexError) as error:
        raise Invalid("读不出这个表格文件，请确认是 XLS 或 XLSX，没有加密。") from error
    return [[_cell(cell) for cell in row] for row in rows if any(cell not in ("", None) for cell in row)]


def _cell(value):
    if isinstance(value, float):
        if abs(value) >= 10**DIGITS_KEPT:
            raise Invalid("账号列是数字格式，后几位已经丢失，请用文本格式的文件。")
        return str(int(value)) if value.is_integer() else repr(round(value, 6))
    return "" if value is None else str(value).strip()


LAYOUTS = {"csv": _separated, "separated": _separated, "fixed": _fixed, "xlsx": _workbook}


def decode(form, content: bytes) -> str:
    """Return the text of bytes. What says GBK is read as GB18030, which contains it and holds rare names besides."""
    encoding, wanted = "utf-8-sig" if form.encoding == "utf-8" else "gb18030", form.encoding.upper()
    if form.encoding != "utf-8" and content.startswith(b"\xef\xbb\xbf"):
        raise Invalid(f"文件是 UTF-8 编码，约定的是 {wanted}，请核对选择的银行格式。")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise Invalid(f"文件不是 {wanted} 编码，第 {error.start + 1} 个字节读不出来。") from error
