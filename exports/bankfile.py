"""Bank files: the list of payments in exactly the form a paying bank asks for, described by a profile.

Nothing is altered to fit: a name the encoding cannot carry, a text too long in bytes or an amount out of range is
a problem to report, and a file with problems is not written.
"""

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import schemas
from adminapp.errors import Invalid
from exports import xlsx
from exports.bankcells import CELLS, Problem, find_faults
from exports.bankprofile import LINE_ENDS, BankColumn, BankProfile, read_profiles
from exports.columns import Column
from exports.files import opened

PROFILES = Path(schemas.__file__).parent / "bank_profiles.yaml"
"""The profiles the program comes with."""

__all__ = ["PROFILES", "BankColumn", "BankProfile", "Problem", "check", "file_name", "read", "read_profiles", "write"]


@dataclass
class Built:
    """The cells of a file: lines of texts, the total line, what is wrong, and the control totals."""

    lines: list[list[str]] = field(default_factory=list)
    total_line: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    count: int = 0
    total: int = 0
    """Sum of the amounts in fen."""


def check(profile: BankProfile, rows: Iterable[dict]) -> list[Problem]:
    """Return everything that keeps these rows from going to the bank, in row order; empty when the file can be written.

    A row is `{source: value}` with the sources the profile names; amounts in fen, everything else text or a date.
    """
    return _build(profile, rows).problems


def write(profile: BankProfile, rows: Iterable[dict], path_or_stream) -> Built:
    """Write the file and return its control totals (`count`, `total` in fen). The same rows give the same bytes.

    Raise Invalid with all problems, and write nothing, when there is one.
    """
    built = _build(profile, rows)
    if built.problems:
        raise Invalid(
            f"有 {len(built.problems)} 处不符合“{profile.name}”的要求，没有生成文件。", problems=built.problems
        )
    content = LAYOUTS[profile.layout].join(profile, built)
    with opened(path_or_stream) as stream:
        stream.write(content)
    return built


def read(profile: BankProfile, content: bytes) -> tuple[list[dict], dict]:
    """Return the rows `{source: value}` and the total line of a file in this profile's form, amounts in fen.

    Raise Invalid when it has another form or its total line is not the sum of its lines.
    """
    lines = LAYOUTS[profile.layout].split(profile, content)
    if profile.header:
        lines = lines[1:]
    total = {}
    if profile.total and lines:
        line = lines.pop(0 if profile.total_place == "first" else -1)
        if profile.layout == "xlsx":  # a sheet is as wide as its widest row
            line = line[: len(profile.total)]
        total = _parse(profile, profile.total, line, "合计行")
    rows = [_parse(profile, profile.columns, line, f"第 {number} 行") for number, line in enumerate(lines, 1)]
    amount = next(column.source for column in profile.columns if column.kind == "amount")
    sums = {"count": len(rows), "total": sum(row[amount] for row in rows)}
    if any(total.get(key, value) != value for key, value in sums.items()):
        raise Invalid("文件的合计行与明细不符，文件可能不完整。")
    return rows, total


def file_name(profile: BankProfile, **values) -> str:
    """Return the name of the file: the profile's pattern with `values` named as in bankprofile.PLACEHOLDERS."""
    known = {"bank": profile.key} | values
    name = re.sub(r"\{(\w+)\}", lambda found: str(known.get(found[1], "")), profile.file_name)
    return re.sub(r'[\x00-\x1f\x7f/\\:*?"<>|]', "-", name).strip(" .") + profile.suffix


def _build(profile: BankProfile, rows: Iterable[dict]) -> Built:
    built, seen = Built(), {}
    forbidden = LAYOUTS[profile.layout].forbidden(profile)
    amount = next(column.source for column in profile.columns if column.kind == "amount")
    for serial, row in enumerate(rows, 1):
        built.lines.append(
            [_cell(profile, column, row, serial, forbidden, built.problems) for column in profile.columns]
        )
        if profile.unique:
            key = tuple(row.get(source) for source in profile.unique)
            if (first := seen.setdefault(key, serial)) != serial:
                built.problems.append(Problem(serial, "全行", f"与第 {first} 行相同，银行回盘时无法区分"))
        built.count += 1
        built.total += row[amount] if type(row.get(amount)) is int else 0
    if not built.count:
        built.problems.append(Problem(0, "明细", "没有一行可以发放"))
    if built.problems:
        return built  # the total of wrong lines would only be reported as wrong once more
    sums = {"count": built.count, "total": built.total}
    built.total_line = [_cell(profile, column, sums, 0, forbidden, built.problems) for column in profile.total]
    return built


def _cell(profile, column, row, serial, forbidden, problems) -> str:
    try:
        text = CELLS[column.kind].text(row.get(column.source), column, profile, serial)
    except ValueError as error:
        problems.append(Problem(serial, column.title, str(error)))
        return ""
    if not text:
        # With blanks as separators an empty cell would move all later cells one column to the left.
        if column.required or (profile.separator.isspace() and profile.layout == "separated"):
            problems.append(Problem(serial, column.title, "不能为空"))
        return ""
    faults = find_faults(text, profile.encoding, forbidden)
    if profile.layout == "fixed" and text[-1 if column.align == "left" else 0] == column.pad:
        faults.append(f"不能以填充字符“{column.pad}”{'结尾' if column.align == 'left' else '开头'}，银行无法区分")
    problems += [Problem(serial, column.title, fault) for fault in faults]
    if column.bytes is not None:
        size = len(text.encode(profile.encoding, "surrogatepass" if profile.encoding == "utf-8" else "replace"))
        if size > column.bytes:
            problems.append(
                Problem(serial, column.title, f"“{text[:40]}”有 {size} 字节，银行最多收 {column.bytes} 字节")
            )
    return text


def _parse(profile, columns, cells, place) -> dict:
    if len(cells) != len(columns):
        raise Invalid(f"{place}有 {len(cells)} 栏，“{profile.name}”应为 {len(columns)} 栏。")
    row = {}
    for column, text in zip(columns, cells, strict=True):
        try:
            value = CELLS[column.kind].value(text, profile)
        except ValueError as error:
            raise Invalid(f"{place}“{column.title}”：{error}。") from error
        if column.source:
            row[column.source] = value
    return row


def _all_lines(profile, built) -> list[list[str]]:
    lines = [[column.title for column in profile.columns]] if profile.header else []
    totals = [built.total_line] if profile.total else []
    return lines + (totals + built.lines if profile.total_place == "first" else built.lines + totals)


class Separated:
    """Cells with a separator between them, unquoted: banks read them by splitting."""

    def forbidden(self, profile):
        return profile.separator + '"\r\n'

    def join(self, profile, built):
        end = LINE_ENDS[profile.line_end]
        text = "".join(profile.separator.join(line) + end for line in _all_lines(profile, built))
        return text.encode(profile.encoding)

    def split(self, profile, content):
        return [line.split(profile.separator) for line in re.split("\r?\n", _decode(profile, content)) if line]


class Fixed:
    """Cells filled up to a width counted in bytes, without separator."""

    def forbidden(self, profile):
        return "\r\n"

    def join(self, profile, built):
        end = LINE_ENDS[profile.line_end].encode()
        totals = [self._line(profile, profile.total, built.total_line)] if profile.total else []
        lines = [self._line(profile, profile.columns, line) for line in built.lines]
        lines = totals + lines if profile.total_place == "first" else lines + totals
        if profile.header:
            lines.insert(0, self._line(profile, profile.columns, [column.title for column in profile.columns]))
        return b"".join(line + end for line in lines)

    def _line(self, profile, columns, cells):
        sides = {"left": bytes.ljust, "right": bytes.rjust}
        return b"".join(
            sides[column.align](cell.encode(profile.encoding), column.bytes, column.pad.encode())
            for column, cell in zip(columns, cells, strict=True)
        )

    def split(self, profile, content):
        lines = [line for line in content.split(LINE_ENDS[profile.line_end].encode()) if line]
        place = {"first": int(profile.header), "last": len(lines) - 1}[profile.total_place] if profile.total else None
        return [
            self._cells(profile, profile.total if number == place else profile.columns, line)
            for number, line in enumerate(lines)
        ]

    def _cells(self, profile, columns, line):
        cells, start = [], 0
        for column in columns:
            cell = _decode(profile, line[start : start + column.bytes])
            cells.append(cell.rstrip(column.pad) if column.align == "left" else cell.lstrip(column.pad))
            start += column.bytes
        return cells


class Workbook:
    """A workbook with all cells as text, as banks' converters expect it."""

    def forbidden(self, profile):
        return "\r\n"

    def join(self, profile, built):
        lines = built.lines + ([built.total_line] if profile.total else [])
        columns = [Column(str(index), column.title) for index, column in enumerate(profile.columns)]
        stream = io.BytesIO()
        rows = ({str(index): cell for index, cell in enumerate(line)} for line in lines)
        xlsx.write(stream, columns, rows)
        return stream.getvalue()

    def split(self, profile, content):
        import openpyxl  # only a few banks send workbooks back

        sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
        return [["" if cell is None else str(cell) for cell in line] for line in sheet.iter_rows(values_only=True)]


LAYOUTS = {"csv": Separated(), "separated": Separated(), "fixed": Fixed(), "xlsx": Workbook()}


def _decode(profile, content: bytes) -> str:
    try:
        return content.decode(profile.encoding)
    except UnicodeDecodeError as error:
        raise Invalid(f"文件不是 {profile.encoding.upper()} 编码，第 {error.start + 1} 个字节读不出来。") from error
