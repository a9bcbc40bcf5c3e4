"""For how many months an award is paid, where its type says so (payment.months)."""

from adminapp.decision import scoped
from adminapp.errors import Invalid


def months(move) -> int | None:
    """Return how many months the award of a case runs, None when its type sets no end.

    Raise Invalid for anything but a whole number from 1: a blank field counts as 0 in formulas, and such an award would never
    end, or end before its first month.
    """
    formula = move.relief_type.payment.months
    if not formula:
        return None
    found = scoped(move.values, {"amount": move.case.amount}).run(formula)
    if found < 1 or found != int(found):
        raise Invalid(f"发放月数算得 {float(found):g}，应为 1 以上的整数；请退回初审，更正以后重新计算")
    return int(found)
