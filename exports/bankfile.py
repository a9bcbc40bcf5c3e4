"""Bank files: the list of payments in exactly the form a paying bank asks for, described by a profile.

Nothing is altered to fit: a name the encoding cannot carry, a text too long in bytes or an amount out of range is
a problem to report, and a file with problems is not written. A profile may name a second encoding that the bank takes
for files with rare characters; these are listed as warnings then.
"""

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from adminapp.bank.cells import CELLS, Problem, find_faults, find_lost, name_characters
from adminapp.bank.profile import LINE_ENDS, BankProfile
from adminapp.errors import Invalid
from exports import xlsx
from exports.columns import Column
from exports.files import opened


@dataclass
class Built:
    """The cells of a file: lines of texts, the total line, what is wrong, and the control totals."""

    profile: BankProfile
    """As the file is written: in the second encoding when the first lacked a character."""
    lines: list[list[str]] = field(default_factory=list)
    total_line: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    """Cells with characters that only the second encoding has."""
    count: int = 0
    total: int = 0
    """Sum of the amounts in fen."""


def check(profile: BankProfile, rows: Iterable[dict]) -> Built:
    """Return the file as it would be, with everything that keeps it from the bank in `problems`, in row order.

    A row is `{source: value}` with the sources the profile names; amounts in fen, everything else text or a date.
    """
    return _build(profile, rows)


def render(built: Built) -> bytes:
    """Return the bytes of a file without problems."""
    return LAYOUTS[built.profile.layout].join(built.profile, built)


def write(profile: BankProfile, rows: Iterable[dict], path_or_stream) -> Built:
    """Write the file and return its control totals (`count`, `total` in fen). The same rows give the same bytes.

    Raise Invalid with all problems, and write nothing, when there is one.
    """
    built = _build(profile, rows)
    if built.problems:
        raise Invalid(
            f"有 {len(built.problems)} 处不符合“{profile.name}”的要求，没有生成文件。", problems=built.problems
        )
    with opened(path_or_stream) as stream:
        stream.write(render(built))
    return built


def file_name(profile: BankProfile, **values) -> str:
    """Return the name of the file: the profile's pattern with `values` named as in profile.PLACEHOLDERS."""
    known = {"bank": profile.key} | values
    name = re.sub(r"\{(\w+)\}", lambda found: str(known.get(found[1], "")), profile.file_name)
    return re.sub(r'[\x00-\x1f\x7f/\\:*?"<>|]', "-", name).strip(" .") + profile.suffix


def _build(profile: BankProfile, rows: Iterable[dict]) -> Built:
    rows = list(rows)
    built, lost = _lay(profile, rows)
    if lost and profile.fallback:
        built, still = _lay(replace(profile, encoding=profile.fallback), rows)
        built.warnings, lost = lost, still
    place = {column.title: number for number, column in enumerate(profile.columns)}
    built.problems = sorted([*built.problems, *lost], key=lambda found: (found.row, place.get(found.column, -1)))
    if not built.problems:  # the total of wrong lines would only be reported as wrong once more
        sums = {"count": built.count, "total": built.total}
        built.total_line = _Line(built, 0, sums, []).cells(profile.total)
    return built


def _lay(profile, rows):
    """Return the lines of a file in the profile's encoding, and a problem for each cell that it cannot carry."""
    built, lost, seen = Built(profile), [], {}
    amount = next(column.source for column in profile.columns if column.kind == "amount")
    for serial, row in enumerate(rows, 1):
        built.lines.append(_Line(built, serial, row, lost).cells(profile.columns))
        if profile.unique:
            key = tuple(row.get(source) for source in profile.unique)
            if (first := seen.setdefault(key, serial)) != serial:
                built.problems.append(Problem(serial, "全行", f"与第 {first} 行相同，银行回盘时无法区分"))
        built.count += 1
        built.total += row[amount] if type(row.get(amount)) is int else 0
    if not built.count:
        built.problems.append(Problem(0, "明细", "没有一行可以发放"))
    return built, lost


class _Line:
    """Makes the cells of one line; what is wrong with them goes to the file's problems."""

    def __init__(self, built, serial, row, lost):
        self.profile, self.problems = built.profile, built.problems
        self.serial, self.row, self.lost = serial, row, lost
        self.forbidden = LAYOUTS[built.profile.layout].forbidden(built.profile)

    def cells(self, columns) -> list[str]:
        return [self.cell(column) for column in columns]

    def cell(self, column) -> str:
        try:
            text = CELLS[column.kind].text(self.row.get(column.source), column, self.profile, self.serial)
        except ValueError as error:
            self.say(column, str(error))
            return ""
        if not text:
            # With blanks as separators an empty cell would move all later cells one column to the left.
            if column.required or (self.profile.separator.isspace() and self.profile.layout == "separated"):
                self.say(column, "不能为空")
            return ""
        self.check(column, text)
        return text

    def check(self, column, text):
        encoding = self.profile.encoding
        for fault in find_faults(text, encoding, self.forbidden):
            self.say(column, fault)
        if self.profile.layout == "fixed" and text[-1 if column.align == "left" else 0] == column.pad:
            side = "结尾" if column.align == "left" else "开头"
            self.say(column, f"不能以填充字符“{column.pad}”{side}，银行无法区分")
        if lost := find_lost(text, encoding):
            where = f"{name_characters(lost)}不在 {encoding.upper()} 编码中，请按银行的生僻字办法处理"
            self.lost.append(Problem(self.serial, column.title, where))
        if column.bytes is not None:
            size = len(text.encode(encoding, "surrogatepass" if encoding == "utf-8" else "replace"))
            if size > column.bytes:
                self.say(column, f"“{text[:40]}”有 {size} 字节，银行最多收 {column.bytes} 字节")

    def say(self, column, reason):
        self.problems.append(Problem(self.serial, column.title, reason))


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


LAYOUTS = {"csv": Separated(), "separated": Separated(), "fixed": Fixed(), "xlsx": Workbook()}
