"""Bank profiles: how one bank wants its file, read from data, so that a new bank needs no programmer."""

import codecs
import difflib
import re
from dataclasses import MISSING, dataclass, fields
from pathlib import Path

import yaml

from adminapp.errors import Invalid
from exports.bankcells import CELLS

ENCODINGS = ("gbk", "gb18030", "utf-8")
LAYOUTS = ("csv", "separated", "fixed", "xlsx")
UNITS = ("fen", "yuan")
LINE_ENDS = {"crlf": "\r\n", "lf": "\n"}
PLACEHOLDERS = ("bank", "type", "month", "date", "batch", "count", "total")


@dataclass(frozen=True)
class BankColumn:
    """One column: where its value comes from and what the bank allows there."""

    title: str
    kind: str = "text"
    """A key of bankcells.CELLS."""
    source: str = ""
    """Key of the value in a row (in the total line: "count" or "total")."""
    value: str = ""
    """The text of a constant."""
    bytes: int | None = None
    """Longest text, or exact width in a fixed layout, in bytes of the profile's encoding."""
    most: int | None = None
    """Largest amount in fen."""
    required: bool = True
    align: str = "left"
    """Side of the text in a fixed layout: left or right."""
    pad: str = " "
    """Character that fills a fixed width."""


@dataclass(frozen=True)
class BankProfile:
    """How one bank wants its file."""

    key: str
    name: str
    columns: tuple[BankColumn, ...]
    encoding: str = "gbk"
    layout: str = "csv"
    separator: str = ","
    unit: str = "yuan"
    header: bool = False
    total: tuple[BankColumn, ...] = ()
    """Columns of the total line; none, no such line."""
    total_place: str = "last"
    line_end: str = "crlf"
    file_name: str = "{bank}_{type}_{month}_{batch}"
    """Without suffix; names in braces are those of PLACEHOLDERS."""
    suffix: str = ".txt"
    unique: tuple[str, ...] = ()
    """Sources that together must differ on every line, because the return file is matched by them."""

    @classmethod
    def from_dict(cls, data: dict) -> "BankProfile":
        """Return the profile described by plain data. Raise Invalid listing every fault with its place."""
        faults = []
        given = _read(cls, data, "", faults)
        for name in ("columns", "total"):
            lines = given.get(name) or ()
            if not isinstance(lines, (list, tuple)):
                faults.append(f"{name}：应为列的清单。")
                lines = ()
            given[name] = tuple(_column(line, f"{name}[{index}]", faults) for index, line in enumerate(lines))
        given["unique"] = tuple(given.get("unique") or ())
        if not faults:
            profile = cls(**given)
            faults = list(_check(profile))
        if faults:
            raise Invalid(faults)
        return profile


def read_profiles(path: Path) -> dict[str, BankProfile]:
    """Return the profiles of a YAML file by key. Raise Invalid listing every fault."""
    profiles, faults = {}, []
    for index, data in enumerate(yaml.safe_load(path.read_text("utf-8")) or []):
        try:
            profile = BankProfile.from_dict(data)
            if profile.key in profiles:
                faults.append(f"{path.name}[{index}]：{profile.key} 重复。")
            profiles[profile.key] = profile
        except Invalid as error:
            faults += [f"{path.name}[{index}].{problem}" for problem in error.problems]
    if faults:
        raise Invalid(faults)
    return profiles


_TYPES = {"bytes": int, "most": int, "required": bool, "header": bool, "columns": object, "total": object,
          "unique": (list, tuple)}  # fmt: skip


def _read(cls, data, place, faults) -> dict:
    known = {field.name: field for field in fields(cls)}
    if not isinstance(data, dict):
        faults.append(f"{place or '银行格式'}：应为键和值。")
        return {}
    for name in data.keys() - known.keys():
        near = difflib.get_close_matches(str(name), known, 1)
        hint = f"是不是 {near[0]}？" if near else ""
        faults.append(f"{place}{name}：没有这一项。{hint}可用：{'、'.join(known)}。")
    for name, field in known.items():
        if field.default is MISSING and not data.get(name):
            faults.append(f"{place}{name}：必须填写。")
        value = data.get(name)
        expected = _TYPES.get(name, str)
        if value is not None and (not isinstance(value, expected) or (expected is int and type(value) is not int)):
            faults.append(f"{place}{name}：值 {value!r} 的类型不对。")
    return {name: value for name, value in data.items() if name in known and value is not None}


def _column(data, place, faults) -> BankColumn | None:
    before = len(faults)
    given = _read(BankColumn, data, f"{place}.", faults)
    return BankColumn(**given) if len(faults) == before else None


def _check(profile: BankProfile):
    for name, known in (("encoding", ENCODINGS), ("layout", LAYOUTS), ("unit", UNITS), ("line_end", tuple(LINE_ENDS)),
                        ("total_place", ("first", "last"))):  # fmt: skip
        if getattr(profile, name) not in known:
            yield f"{name}：“{getattr(profile, name)}”不认识，可用：{'、'.join(known)}。"
            return
    for place, columns in (("columns", profile.columns), ("total", profile.total)):
        for index, column in enumerate(columns):
            for fault in _check_column(profile, column):
                yield f"{place}[{index}].{fault}"
    if not any(column.kind == "amount" for column in profile.columns):
        yield "columns：没有金额列（kind: amount）。"
    missing = set(profile.unique) - {column.source for column in profile.columns}
    if missing:
        yield f"unique：{'、'.join(sorted(missing))} 不在 columns 的 source 中。"
    if profile.layout == "xlsx" and not (
        profile.header and profile.total_place == "last" and len(profile.total) <= len(profile.columns)
    ):
        yield "header：表格格式必须有表头，合计行在最后，且不宽于明细。"
    if profile.layout in ("csv", "separated") and len(profile.separator) != 1:
        yield "separator：应为一个字符。"
    if not re.fullmatch(r"\.[a-z]{2,4}", profile.suffix):
        yield "suffix：应为 .txt、.csv 这样的后缀。"
    for name in re.findall(r"\{([^}]*)\}", profile.file_name):
        if name not in PLACEHOLDERS:
            yield f"file_name：不认识 {{{name}}}，可用：{'、'.join(PLACEHOLDERS)}。"


def _check_column(profile, column):
    if column.kind not in CELLS:
        yield f"kind：“{column.kind}”不认识，可用：{'、'.join(CELLS)}。"
    if column.kind not in ("constant", "serial") and not column.source:
        yield "source：必须填写。"
    if column.kind == "constant" and not column.value:
        yield "value：常数列必须填写。"
    if profile.layout == "fixed" and not column.bytes:
        yield "bytes：定长格式必须填写宽度。"
    if column.bytes is not None and column.bytes < 1:
        yield "bytes：应大于 0。"
    if column.align not in ("left", "right"):
        yield f"align：“{column.align}”不认识，可用：left、right。"
    if len(column.pad.encode(codecs.lookup(profile.encoding).name, "replace")) != 1:
        yield "pad：应为一个单字节字符。"
