"""The paper on which a household authorises its verification (核对授权书), and one for each obligor outside it."""

from datetime import date

from adminapp.errors import Invalid
from adminapp.legal_basis import LegalBasis, legal_basis
from adminapp.notices.common import case_texts
from adminapp.verification import people
from adminapp.verification.kinds import inquiry_kinds


def authorisation(case, relief_type, values, on: date, address: str = "", law: LegalBasis | None = None) -> list[dict]:
    """Return what is printed, one dict a paper: ``{kind, number, values, tables, qr_url}`` (notices/kinds.py).

    `address` is what the code on the paper leads to. Numbers stand there in full: the signed paper is the proof that is
    sent with the request. Raise Invalid while nobody is on the case.
    """
    law = law or legal_basis()
    asked = people.subjects(case, relief_type, values)
    if not asked or not asked[0].name:
        raise Invalid("还没有填写申请人，不能打印授权书。")
    known = inquiry_kinds()
    scope = [known[item.kind] for item in relief_type.verification.inquiries if item.kind in known]
    texts = case_texts(case, relief_type, values, law, on, "authorisation") | {
        "scope": "、".join(f"{kind.label}（{kind.provider}）" for kind in scope),
        "validity": law.text("validity", on, relief_type.programme),
    }
    members = [item for item in asked if item.role == people.MEMBER and item.must_sign(on)]
    rows = [[item.name, item.number, item.relation, "", ""] for item in members]
    papers = [_paper("authorisation", case, texts, {"signers": rows}, address)]
    for item in asked:
        if item.role == people.OUTSIDER:
            own = {"signer": item.name, "signer_number": item.number or "____________________", "signer_relation": item.relation}
            papers.append(_paper("authorisation_outsider", case, texts | own, {}, address))
    return papers


def _paper(kind, case, texts, tables, address):
    return {"kind": kind, "number": case.number, "values": texts, "tables": tables, "qr_url": address}
