"""What must be true of a proposal."""

def proposal_matches(move):
    """The engine computes; a person may refuse an eligible case with reasons, never approve one that fails a condition."""
    decision = move.compute()
    if move.data.get("proposal") == "approve" and not decision["eligible"]:
        failed = [item["reason"] for item in decision["conditions"] if not item["passed"]]
        return f"不符合条件，不能建议确认：{'；'.join(failed)}"
    if move.data.get("proposal") == "approve" and not decision["amount"]:
        return "计算金额为 0，不能建议确认"


def adjustment_allowed(move):
    adjusted = move.data.get("adjusted")
    if adjusted is None:
        return None
    if not move.relief_type.amount.adjustable:
        return "这一类型的金额按规定计算，不能调整"
    if adjusted <= 0 or adjusted > move.compute()["amount"]:
        return "调整后的金额要大于 0，且不高于计算金额"


def opinion_given(move):
    if not move.case.last_record("opinion"):
        return "请先提出初审意见"


def approve_proposed(move):
    opinion = move.case.last_record("opinion")
    return bool(opinion) and opinion["data"]["proposal"] == "approve"


GUARDS = (opinion_given,)
FORM_GUARDS = (proposal_matches, adjustment_allowed)
NEEDS = (approve_proposed,)
