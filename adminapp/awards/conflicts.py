"""What rules an award out beside others, as its type declares."""


def conflicts(case, relief_type, values) -> list[str]:
    """Return a sentence for each award that rules this case out, and each prerequisite that is missing."""
    register = values.evaluator.awards
    sentences = [
        f"{item.reason}（{item.clause}）" if item.clause else item.reason
        for item in relief_type.excludes
        if (not item.when or values.holds(item.when)) and register.holds(item.programme)
    ]
    if relief_type.payment.cycle != "once":
        if register.holds(relief_type.programme):
            sentences.append("本人已在享受同一项目的待遇")
        elif relief_type.payment.unit == "household" and register.household_holds(relief_type.programme):
            sentences.append("共同生活成员已随另一户享受同一项目的待遇")
    for item in relief_type.requires:
        ask = register.holds if item.who == "person" else register.household_holds
        if (not item.when or values.holds(item.when)) and not ask(item.programme):
            sentences.append(f"{item.reason}（{item.clause}）" if item.clause else item.reason)
    return sentences

