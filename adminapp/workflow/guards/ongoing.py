"""What must be true of a review and of a proof of life."""


def certified_alive(move):
    return move.relief_type.ongoing.life_checks > 0


def birthdays_declared(move):
    return bool(move.relief_type.ongoing.birthdays)


def after_the_grant(move):
    day, decided = move.data.get("date"), move.case.decided_on
    if day and decided and day < decided:
        return f"日期 {day} 早于确认日期 {decided}"


def absence_explained(move):
    if move.data.get("result") == "absent" and not (move.data.get("note") or "").strip():
        return "没有联系到的，请在“情况说明”中写明找过几次、向谁打听过"


FORM_GUARDS = (after_the_grant, absence_explained)
NEEDS = (certified_alive, birthdays_declared)
