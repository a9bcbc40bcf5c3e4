"""The papers of a check: the sheet for the visit, to be filled in by hand, and the order to put things right."""

from datetime import date

from adminapp import dates, divisions
from adminapp.awards import Register
from adminapp.cases import values_of
from adminapp.legal_basis import LegalBasis, legal_basis
from adminapp.loading import load_case
from adminapp.money import format_yuan
from adminapp.notices.common import case_texts
from adminapp.notices.wording import day_text
from adminapp.supervision import checks, course

SHEET, ORDER = "spot_check_sheet", "rectification_order"


def sheet(row: dict, engine, law: LegalBasis | None = None) -> dict:
    """Return the paper of a visit: ``{kind, number, values, tables, qr_url}`` (adminapp/notices/kinds.py)."""
    law, today = law or legal_basis(), dates.today()
    case, published = load_case(engine.registry, row["case"])
    values = values_of(case, published.relief_type, standards=engine.standards, on=today, awards=Register(case, today))
    visitors = "、".join(f"{item['name']}（{item['unit']}）" if item["unit"] else item["name"] for item in row["visitors"])
    texts = case_texts(case, published.relief_type, values, law, today, SHEET) | {
        "agency": law.county.name,
        "sources": "、".join(checks.BASES[basis] for basis in row["bases"]),
        "check_number": row["number"],
        "visitors": visitors or "________________",
        "due": day_text(date.fromisoformat(row["due"])) if row["due"] else "",
        "amount": f"{format_yuan(case.amount)}元" if case.amount is not None else "",
        "since": case.start_month or "",
    }
    members = [[str(number), person["name"], "", "", ""] for number, person in enumerate(case.people, 1)]
    blank = [[str(number), "", "", "", ""] for number in range(len(members) + 1, len(members) + 3)]
    return {"kind": SHEET, "number": row["number"], "values": texts, "tables": {"members": members + blank}, "qr_url": ""}


def order(row: dict, engine, law: LegalBasis | None = None) -> dict:
    """Return the paper that tells a township what to put right."""
    law, told = law or legal_basis(), row["order"]
    on = date.fromisoformat(told["on"])
    case, published = load_case(engine.registry, row["case"])
    values = values_of(case, published.relief_type, standards=engine.standards, on=on)
    texts = case_texts(case, published.relief_type, values, law, on, ORDER) | {
        "agency": law.county.name,
        "addressee": law.office(row["township"]).name,
        "village": divisions.name_of(row["village"]),
        "visited_on": day_text(date.fromisoformat(row["visited_on"])),
        "result": course.RESULTS[row["result"]].label,
        "measure": course.MEASURES[told["measure"]].label,
        "demand": told["text"],
        "due": day_text(date.fromisoformat(told["due"])),
        "handler": told["by_name"],
        "phone": law.county.phone,
    }
    return {"kind": ORDER, "number": row["number"], "values": texts, "tables": {}, "qr_url": ""}
