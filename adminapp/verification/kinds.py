"""Kinds of information a verification may ask for (schemas/verification.yaml)."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from adminapp.errors import SetupError

FILE = Path(__file__).parents[2] / "schemas" / "verification.yaml"
FORMULA_TYPES = {"money": "money", "count": "number"}


@dataclass(frozen=True)
class InquiryKind:
    """`measure` money (fen) or count: findings are added up and compared with what was declared; "": a finding counts as such."""

    key: str
    label: str
    provider: str = ""
    measure: str = ""
    unit: str = ""

    @property
    def formula_type(self):
        return FORMULA_TYPES[self.measure]


@cache
def inquiry_kinds() -> dict[str, InquiryKind]:
    """Return the kinds by key, in the order of the file."""
    return read_file(FILE)


def read_file(path: Path) -> dict[str, InquiryKind]:
    """Return the kinds of a file. Raise SetupError naming the first thing that is wrong."""
    try:
        rows = [InquiryKind(**row) for row in yaml.safe_load(Path(path).read_text("utf-8"))["kinds"]]
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise SetupError(f"核对信息类别文件 {path} 有误：{error}") from error
    kinds = {row.key: row for row in rows}
    if len(kinds) != len(rows) or any(row.measure not in ("", *FORMULA_TYPES) for row in rows):
        raise SetupError(f"核对信息类别文件 {path} 有误：key 不能重复，measure 只能是 {'、'.join(FORMULA_TYPES)}")
    return kinds
