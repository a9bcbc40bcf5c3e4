"""Bank profiles: how one bank wants its file and sends it back, as plain data, so that a new bank needs no programmer."""

from collections.abc import Iterable
from dataclasses import MISSING, dataclass, fields
from pathlib import Path

import yaml

from adminapp.errors import Invalid
from adminapp.words import nearest

FILE = Path(__file__).parents[2] / "schemas" / "bank_profiles.yaml"
"""The profiles the program comes with."""
ENCODINGS = ("gbk", "gb18030", "utf-8")
LAYOUTS = {"csv": "CSV", "separated": "分隔文本", "fixed": "定长文本", "xlsx": "表格（XLSX）"}
UNITS = {"fen": "分", "yuan": "元"}
LINE_ENDS = {"crlf": "\r\n", "lf": "\n"}
PLACEHOLDERS = {"bank": "银行格式", "type": "救助类型", "month": "年月", "date": "锁定日期", "batch": "批次", "count": "笔数", "total": "总金额"}
PAYEES = {"all": "全部收款人", "listed": "开户银行在清单中的", "others": "开户银行不在清单中的"}
COVERS = {"all": "回盘列出每一行", "failures": "回盘只列失败的行"}
OUTCOMES = {"paid": "成功", "failed": "失败", "returned": "退汇"}

SOURCES = {
    "name": "收款人户名", "account": "账号", "amount": "金额", "id_number": "收款人身份证号", "summary": "摘要",
    "reference": "行号（回盘对账用）", "bank": "开户银行", "number": "案件编号", "person": "享受人姓名",
    "township": "乡镇", "village": "村（社区）", "phone": "电话", "type": "救助类型", "month": "年月", "locked_on": "锁定日期",
}  # fmt: skip
"""What a column of a bank file may take from a payee's line."""
TOTAL_SOURCES = {"count": "笔数", "total": "总金额"}
RETURN_SOURCES = {
    "name": "户名", "account": "账号", "amount": "应处理金额", "id_number": "身份证号", "summary": "摘要或备注",
    "reference": "行号", "paid": "实处理金额", "code": "处理标志", "reason": "失败原因文字",
}  # fmt: skip
RETURN_TOTALS = TOTAL_SOURCES | {"paid_count": "成功笔数", "paid_total": "成功金额", "failed_count": "失败笔数", "failed_total": "失败金额"}


@dataclass(frozen=True)
class BankColumn:
    """One column: where its value comes from and what the bank allows there."""

    title: str
    kind: str = "text"
    """A key of cells.CELLS."""
    source: str = ""
    """Key of the value in a row (in the total line: of TOTAL_SOURCES); in a return file "" is a column nobody needs."""
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
class ReturnCode:
    """What a mark in the return file means; `reason` is a key of schemas/return_reasons.yaml when it failed."""

    code: str
    outcome: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class FileForm:
    """The form of a file: how lines and cells are laid out."""

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

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(column.source for column in self.columns if column.source)


@dataclass(frozen=True, kw_only=True)
class ReturnForm(FileForm):
    """How the bank tells what became of each line."""

    match: tuple[str, ...] = ("name", "account", "amount", "summary")
    """Sources by which a line is found again: those together, or the reference alone."""
    codes: tuple[ReturnCode, ...] = ()
    """What the marks mean; without any, what was paid decides (the whole amount, a part, nothing)."""
    covers: str = "all"


@dataclass(frozen=True, kw_only=True)
class BankProfile(FileForm):
    """How one bank wants its file."""

    key: str
    name: str
    fallback: str = ""
    """Encoding the whole file takes, with a warning that lists them, when a character is not in `encoding`."""
    file_name: str = "{bank}_{type}_{month}_{batch}"
    """Without suffix; names in braces are those of PLACEHOLDERS."""
    suffix: str = ".txt"
    unique: tuple[str, ...] = ()
    """Sources that together must differ on every line, because the return file is matched by them."""
    payees: str = "all"
    banks: tuple[str, ...] = ()
    """Words by which a payee's bank belongs to the list (开户银行 contains one of them)."""
    returns: ReturnForm | None = None

    @classmethod
    def from_dict(cls, data: dict) -> "BankProfile":
        """Return the profile described by plain data. Raise Invalid listing every fault with its place."""
        from adminapp.bank.checks import check_profile  # which needs the classes of this module

        faults: list[str] = []
        given = _form(cls, data, "", faults)
        if "returns" in given:
            given["returns"] = _returns(given["returns"], faults)
        if not faults:
            profile = cls(**given)
            faults = list(check_profile(profile))
        if faults:
            raise Invalid(faults)
        return profile

    def serves(self, bank: str) -> bool:
        """Tell whether a payee with this bank belongs into the profile's file."""
        listed = any(word in bank for word in self.banks)
        return self.payees == "all" or listed == (self.payees == "listed")

    def to_dict(self) -> dict:
        """Return the plain data of the profile, without what is as usual."""
        return _plain(self)


def read_profiles(path: Path = FILE) -> dict[str, BankProfile]:
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


_TYPES = {"bytes": int, "most": int, "required": bool, "header": bool, "columns": object, "total": object, "codes": object,
          "returns": dict, "unique": (list, tuple), "match": (list, tuple), "banks": (list, tuple)}  # fmt: skip


def _form(cls, data, place, faults) -> dict:
    given = _read(cls, data, place, faults)
    for name, make in (("columns", BankColumn), ("total", BankColumn), ("codes", ReturnCode)):
        rows = given.get(name) or ()
        if name not in given and name != "columns":
            continue
        if not isinstance(rows, (list, tuple)):
            faults.append(f"{place}{name}：应为清单。")
            rows = ()
        given[name] = tuple(_row(make, row, f"{place}{name}[{index}]", faults) for index, row in enumerate(rows))
    for name in ("unique", "match", "banks"):
        if name in given:
            given[name] = tuple(str(item) for item in given[name])
    return given


def _returns(data, faults) -> ReturnForm | None:
    before = len(faults)
    given = _form(ReturnForm, data, "returns.", faults)
    return ReturnForm(**given) if len(faults) == before else None


def _read(cls, data, place, faults) -> dict:
    known = {field.name: field for field in fields(cls)}
    if not isinstance(data, dict):
        faults.append(f"{place.rstrip('.') or '银行格式'}：应为键和值。")
        return {}
    for name in data.keys() - known.keys():
        faults.append(f"{place}{name}：没有这一项{nearest(str(name), known)}")
    for name, field in known.items():
        if field.default is MISSING and not data.get(name):
            faults.append(f"{place}{name}：必须填写。")
        value = data.get(name)
        expected = _TYPES.get(name, str)
        if value is not None and (not isinstance(value, expected) or (expected is int and isinstance(value, bool))):
            faults.append(f"{place}{name}：值 {value!r} 的类型不对。")
    return {name: value for name, value in data.items() if name in known and value is not None}


def _row(cls, data, place, faults):
    before = len(faults)
    given = _read(cls, data, f"{place}.", faults)
    return cls(**given) if len(faults) == before else None


def _plain(value) -> dict:
    found = {}
    for field in fields(value):
        item = getattr(value, field.name)
        if item == field.default and field.default is not MISSING:
            continue
        found[field.name] = _plain_value(item)
    return found


def _plain_value(item):
    if isinstance(item, (FileForm, BankColumn, ReturnCode)):
        return _plain(item)
    return [_plain_value(each) for each in item] if isinstance(item, Iterable) and not isinstance(item, str) else item
