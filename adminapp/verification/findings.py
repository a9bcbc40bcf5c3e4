"""What the verifying agencies sent back about a household: kept sealed, compared with what was declared, judged by kind.

The findings of a request are one sealed text, ``{line: {kind: [{found, amount, count, detail, as_of}]}}``. Their class
of disclosure is `checker`: the county's checkers open them for a stated reason, which is logged; a township sees the
result of each kind and no figure.
"""

import json
from dataclasses import dataclass
from datetime import date

from adminapp import disclosure, sealing
from adminapp.errors import Forbidden
from adminapp.formula.evaluator import MissingValue
from adminapp.money import format_yuan
from adminapp.scope import Actor
from adminapp.verification.kinds import InquiryKind, inquiry_kinds

NONE, CONSISTENT, EXPLAINED, INCONSISTENT = "none", "consistent", "explained", "inconsistent"
RESULTS = {NONE: "无信息", CONSISTENT: "与申报一致", EXPLAINED: "有信息，不影响", INCONSISTENT: "与申报不一致"}


@dataclass(frozen=True)
class Compared:
    """One kind of information for one household. `result` is "" when a person has to judge."""

    kind: InquiryKind
    result: str
    total: int | None
    declared: int | None

    def shown(self, value) -> str:
        if value is None:
            return ""
        return f"{format_yuan(value)} 元" if self.kind.measure == "money" else f"{value} {self.kind.unit}"


def seal(request_id: str, findings: dict) -> str:
    return sealing.seal(json.dumps(findings, ensure_ascii=False, sort_keys=True, separators=(",", ":")), _context(request_id))


def unseal(row: dict) -> dict:
    """Return the findings of a request, for the program's own use; a screen asks `opened`."""
    return json.loads(sealing.unseal(row["findings"], _context(row["_id"]))) if row["findings"] else {}


def opened(row: dict, actor: Actor) -> dict:
    """Return the findings for a reader. Raise Forbidden for anybody but the county's checkers."""
    if not disclosure.may_reveal(disclosure.CHECKER, actor):
        raise Forbidden("核对原始数据只有县级核对人员可以查看（社会救助法第七十条）。")
    return unseal(row)


def _context(request_id):
    return f"verifications.findings:{request_id}"


def merged(findings: dict, arrived: dict) -> dict:
    """Return the findings with those of a file: each line and kind that arrived is replaced whole."""
    return {**findings, **{line: {**findings.get(line, {}), **kinds} for line, kinds in arrived.items()}}


def unanswered(row: dict, findings: dict) -> list[tuple[str, str]]:
    """Return the (line, kind) for which nothing came yet."""
    return [(person["line"], kind) for person in row["people"] for kind in row["inquiries"] if not findings.get(person["line"], {}).get(kind)]


def compare(row: dict, findings: dict, relief_type, values) -> list[Compared]:
    """Return each kind of a request with what was found in all and what the application declares."""
    known, declared = inquiry_kinds(), {item.kind: item.declared for item in relief_type.verification.inquiries}
    return [_compare(known[kind], declared.get(kind, ""), findings, values) for kind in row["inquiries"] if kind in known]


def _compare(kind, formula, findings, values):
    entries = [item for kinds in findings.values() for item in kinds.get(kind.key, ()) if item["found"] == "found"]
    field = "amount" if kind.measure == "money" else "count"
    total = sum(item[field] or 0 for item in entries) if kind.measure else None
    stated = _stated(formula, values) if formula else None
    if not entries:
        return Compared(kind, NONE, total, stated)
    if stated is None:
        return Compared(kind, "", total, None)
    return Compared(kind, CONSISTENT if total <= stated else INCONSISTENT, total, stated)


def _stated(formula, values):
    """Return what the application says, in fen or pieces; None when it does not say it."""
    try:
        stated = values.run(formula)
    except MissingValue:
        return None
    return None if isinstance(stated, (str, date, bool)) else int(stated)
