"""A notice before it has a number: what it says of a case, for the preview and for the one that is issued."""

from dataclasses import dataclass, field
from datetime import date

from adminapp.awards import Register
from adminapp.cases import values_of
from adminapp.declaration.model import ReliefType
from adminapp.legal_basis import LegalBasis, Office
from adminapp.notices import awards, decisions, findings, intake
from adminapp.notices.common import common_texts
from adminapp.notices.due import Due
from adminapp.notices.own_wording import own_template
from adminapp.notices.view import View

BUILDERS = {
    "acceptance": intake.acceptance,
    "supplement": intake.supplement,
    "non_acceptance": intake.non_acceptance,
    "confirmation": decisions.confirmation,
    "refusal": decisions.refusal,
    "adjustment": awards.adjustment,
    "suspension": awards.suspension,
    "termination": awards.termination,
    "relative_filing": findings.relative_filing,
    "verification_result": findings.verification_result,
}
"""Kind → what gives its own texts and tables."""
COUNTY_SIGNS = {"confirmation", "refusal", "adjustment", "termination"}
"""Kinds signed by whoever confirms; the township signs the others."""


@dataclass(frozen=True)
class Draft:
    """A notice before it has a number. `template` is set only where the declaration has its own wording."""

    kind: str
    office: Office
    on: date
    values: dict[str, str]
    tables: dict[str, list[list[str]]] = field(default_factory=dict)
    template: str = ""


def draft(case, relief_type: ReliefType, due: Due, law: LegalBasis, template: str, standards=None) -> Draft:
    """Return what the notice says. `template` is the common one, used when the declaration adds wording to it."""
    values = values_of(case, relief_type, standards=standards, on=due.on, awards=Register(case, due.on))
    by = (case.decision or {}).get("confirm_by", "township") if due.kind in COUNTY_SIGNS else "township"
    view = View(case, relief_type, values, due, law, law.office(case.township, by))
    texts, tables = BUILDERS[due.kind](view)
    return Draft(
        due.kind,
        view.office,
        due.on,
        {**common_texts(view), **texts},
        tables,
        own_template(relief_type, due.kind, template),
    )
