"""What actions change on the award of a case; carried out when the outbox is drained."""

from adminapp import contents, dates, decisions
from adminapp.awards import entries
from adminapp.cases import covered


def queue(move, entry: dict, **about):
    """Queue an entry of the award (adminapp/awards/entries.py) with who made it and when; `about` makes the award."""
    more = {"about": about} if about else {}
    move.queue(
        "award", **entry, on=move.on.isoformat(), at=dates.now(), by=move.actor.id, by_name=move.actor.name,
        reason=str(move.data.get("reason") or move.data.get("comment") or ""), **more,
    )  # fmt: skip


def settle(move, decision: dict, month: str, cause: str, record: dict) -> dict:
    """Queue a decision for ever and return what it gives (`entries.entitlement`); the record names it and its digest."""
    case, relief_type = move.case, move.relief_type
    content = contents.digest_of(contents.snapshot(case, relief_type))
    row = decisions.row_of(case, decision, month, cause, move.actor, dates.now(), content)
    key = move.queue("decision", **row)
    record["data"] |= {"decision": key, "decision_digest": row["digest"]}
    kinds = {term.id: term.kind for term in relief_type.amount.terms}
    return entries.entitlement(decision, key, kinds, covered(move.values), case.name)


def open_award(move, record):
    case, payment = move.case, move.relief_type.payment
    decided = settle(move, case.decision, case.start_month, "open", record)
    queue(
        move, entries.opening(case.start_month, decided, {"township": case.township, "village": case.village}),
        number=case.number, type=case.type, programme=move.relief_type.programme, unit=payment.unit, cycle=payment.cycle,
        person=next((person["key"] for person in case.people), ""),
    )  # fmt: skip
    if payment.cycle == "once":
        queue(move, entries.closing(case.start_month, "once"))


def change_award(move, record):
    change = move.case.last_record("change")["data"]
    amount = move.case.amount = change["new_amount"]
    part = {"id": entries.ADJUST, "label": entries.COMPONENTS[entries.ADJUST], "kind": entries.ADJUST, "amount": amount}
    queue(move, entries.paying(change["from_month"], {"entitled": amount, "components": [part]}, change["kind"]))


def suspend_award(move, record):
    queue(move, entries.suspension(move.data["from_month"]))


def resume_award(move, record):
    queue(move, entries.resumption(move.data["from_month"]))


def close_award(move, record):
    proposal = move.case.last_record("termination_proposal")["data"]
    queue(move, entries.closing(proposal["last_month"]))


EFFECTS = (open_award, change_award, suspend_award, resume_award, close_award)
