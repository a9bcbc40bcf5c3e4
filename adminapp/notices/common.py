"""What every paper about a case says: who writes to whom, about what, by which law, and whom to ask."""

from datetime import date

from adminapp import divisions
from adminapp.cases import CaseValues
from adminapp.declaration.model import ReliefType
from adminapp.legal_basis import LegalBasis
from adminapp.notices.due import Due
from adminapp.notices.kinds import KINDS
from adminapp.notices.view import View
from adminapp.notices.wording import day_text

ADDRESSES = ("home_address", "hukou_address")


def common_texts(view: View) -> dict[str, str]:
    case, due = view.case, view.due
    declared = [row.text for row in view.relief_type.legal_basis if row.holds_on(due.on)]
    handler = (case.last_record("acceptance") or due.record)["by_name"]
    texts = {
        "agency": view.office.name,
        "applicant": case.name,
        "address": _address(view),
        "item": view.relief_type.title or view.relief_type.name,
        "case_number": case.number,
        "applied_on": day_text(case.applied_on or due.on),
        "issued_on": day_text(due.on),
        "handler": handler,
        "phone": view.office.phone,
        "county_phone": view.law.county_phone,
        "basis": view.law.cited(due.kind, view.relief_type.programme, due.on, declared),
    }
    if KINDS[due.kind].decides:
        texts["remedy"] = view.law.remedy(due.kind, due.title, due.on)
    return texts


def case_texts(
    case, relief_type: ReliefType, values: CaseValues, law: LegalBasis, on: date, kind: str
) -> dict[str, str]:
    """Return what every paper about a case says, for a blank of `kind` that is printed before there is a record."""
    due = Due(kind, {"id": "", "on": on.isoformat(), "by_name": "", "data": {}})
    return common_texts(View(case, relief_type, values, due, law, law.office(case.township)))


def _address(view) -> str:
    place = divisions.full_name(view.case.village)
    written = next((text for name in ADDRESSES if (text := view.values.raw.get(name))), "")
    return (
        written
        if written.startswith(divisions.county().county_name)
        else place + written.removeprefix(divisions.name_of(view.case.village))
    )
