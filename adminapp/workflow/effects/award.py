"""What actions change on the award of a case; carried out when the outbox is drained."""


def open_award(move, record):
    case, payment = move.case, move.relief_type.payment
    once = payment.cycle == "once"
    members = move.values.raw.get("members")
    move.queue(
        "award", change="open", month=case.start_month, last=case.start_month if once else None, amount=case.amount, cycle=payment.cycle,
        unit=payment.unit, programme=move.relief_type.programme, household_size=max(1, len(members or ())),
    )  # fmt: skip


def change_award(move, record):
    change = move.case.last_record("change")["data"]
    move.case.amount = change["new_amount"]
    move.queue("award", change="amount", month=change["from_month"], amount=change["new_amount"], cause=change["kind"])


def suspend_award(move, record):
    move.queue("award", change="suspend", month=move.data["from_month"])


def resume_award(move, record):
    move.queue("award", change="resume", month=move.data["from_month"], amount=move.case.amount)


def close_award(move, record):
    proposal = move.case.last_record("termination_proposal")["data"]
    move.queue("award", change="close", month=proposal["last_month"], cause=proposal["code"])


EFFECTS = (open_award, change_award, suspend_award, resume_award, close_award)
