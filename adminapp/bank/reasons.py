"""Why a bank does not credit a line: the county's own list, to which each profile maps the codes of its bank."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

FILE = Path(__file__).parents[2] / "schemas" / "return_reasons.yaml"
ACCOUNT, RETRY, CHECK = "account", "retry", "check"
FIXES = {ACCOUNT: "更正账户", RETRY: "重新发放", CHECK: "先行核实"}
UNKNOWN = "other"
"""The reason of a code that has none."""


@dataclass(frozen=True)
class Reason:
    """`fix` is a key of FIXES; `who` is "township" or "county"; `account` the state the account falls to, "" for none."""

    key: str
    label: str
    fix: str
    who: str
    help: str
    account: str = ""


@cache
def reasons() -> dict[str, Reason]:
    """Return the reasons by key, in the order of the file."""
    return {row["key"]: Reason(**row) for row in yaml.safe_load(FILE.read_text("utf-8"))}


def get(key: str) -> Reason:
    """Return a reason, that of UNKNOWN for a key that is not in the list any more."""
    return reasons().get(key) or reasons()[UNKNOWN]
