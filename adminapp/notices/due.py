"""When a case has earned a notice (文书): the stage records that call for one, newest first."""

from dataclasses import dataclass
from datetime import date

from adminapp.errors import Invalid
from adminapp.notices.kinds import TITLES

RECORDS = {
    "supplement_request": "supplement",
    "acceptance": "acceptance",
    "non_acceptance": "non_acceptance",
    "confirmation": "confirmation",
    "refusal": "refusal",
    "change_decision": "adjustment",
    "suspension": "suspension",
    "termination": "termination",
    "relative": "relative_filing",
    "verification": "verification_result",
}
"""Stage record → the notice it calls for."""
ONLY = {"verification": {"result": "inconsistent"}}
"""Stage record → what its data must say for the notice to be called for."""


@dataclass(frozen=True)
class Due:
    """A notice that a case has earned: its kind and the stage record it tells of."""

    kind: str
    record: dict

    @property
    def title(self):
        return TITLES[self.kind]

    @property
    def on(self) -> date:
        return date.fromisoformat(self.record["on"])


def dues_of(case) -> list[Due]:
    """Return the notices that may be issued for a case, newest first; an acceptance that was sent back counts once."""
    dues = [
        Due(RECORDS[record["kind"]], record) for record in case.records if record["kind"] in RECORDS and _calls(record)
    ]
    return dues[::-1]


def _calls(record) -> bool:
    return all(record["data"].get(key) == value for key, value in ONLY.get(record["kind"], {}).items())


def due_of(case, kind: str, record_id: str = "") -> Due:
    """Return the newest notice of a kind, or of a given record. Raise Invalid when the case has not come so far."""
    if kind not in TITLES:
        raise Invalid(f"没有“{kind}”这种文书")
    found = [due for due in dues_of(case) if due.kind == kind and record_id in ("", due.record["id"])]
    if not found:
        raise Invalid(f"本件还没有办到可以出具{TITLES[kind]}的步骤")
    return found[0]
