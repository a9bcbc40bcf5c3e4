"""What an application must hold before it goes on."""

from adminapp.cases import check_values


def complete(move):
    """Every required entry is there and no validation rule is broken."""
    problems = check_values(move.values, complete=True)
    if problems:
        sentences = [text for texts in problems.values() for text in texts]
        more = f"等 {len(sentences)} 处" if len(sentences) > 5 else ""
        return f"申请内容还不完整：{'；'.join(sentences[:5])}{more}"


def _papers(step):
    def guard(move):
        held = {item.document for item in move.case.files}
        missing = [
            document.label
            for document in move.relief_type.documents
            if document.step == step and document.id not in held and (document.required or move.values.holds(document.required_when, default=False))
        ]
        if missing:
            return f"缺少材料：{'、'.join(missing)}"

    guard.__doc__ = f"The papers due before {step} are attached (57号 第十条)."
    return guard


def relative_named(move):
    if move.data.get("relative") and not move.data.get("relative_of"):
        return "申请人是近亲属时，请写明近亲属姓名、单位职务和关系"


def supplement_once(move):
    """One-time notification (57号 第十条)."""
    if move.case.records_of("supplement_request"):
        return "补正只能一次性告知，本件已经告知过；请受理、不予受理或由申请人撤回"


GUARDS = (complete, supplement_once)
FORM_GUARDS = (relative_named,)
PAPERS = {f"papers_{step}": _papers(step) for step in ("submit", "accept", "confirm")}
