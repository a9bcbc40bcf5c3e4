"""The shape of a recipe, as part of a release or a package (read and written like a declaration)."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Turn:
    """How one field of the new version gets its value: by a formula over the old version's fields, or by a table of codes.

    `to` is a field, or ``table.column``. `sources` are the old fields the report is made over (of a formula they may be
    left out). `rest` says what becomes of a value that `map` does not name: it stops the case, goes blank, or stays.
    """

    to: str
    sources: tuple[str, ...] = field(default=(), metadata={"key": "from"})
    formula: str = ""
    map: dict = field(default_factory=dict)
    rest: Literal["stop", "blank", "keep"] = "stop"


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What is moved and how. `which` are the cases: none, drafts alone, those under way, or all that are not closed.

    `states` maps a state that has no step in the new version to the state where its cases go on; ``stay`` leaves them
    under their version.
    """

    which: Literal["none", "drafts", "open", "all"] = "none"
    turns: tuple[Turn, ...] = ()
    states: dict = field(default_factory=dict)


STAY = "stay"
WHICH = {
    "none": "不转入，已有案件继续按原版本办理",
    "drafts": "只转入待提交的草稿",
    "open": "转入在办案件（尚未纳入发放的）",
    "all": "转入全部未办结案件（含享受中的）",
}
