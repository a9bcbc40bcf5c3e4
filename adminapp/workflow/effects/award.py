"""What actions change on the award of a case; carried out when the outbox is drained."""

from adminapp import contents, dates, decisions
from adminapp.awards import entries
from adminapp.cases import covered
from adminapp.workflow import terms


def queue(move, entry: dict, reason: str = "", **about):
    """Queue an entry of the award (adminapp/awards/entries.py) with who made it, when and why; `about` makes the award.

    `reason` is that of the proposal where this confirms one.
    """
    more = {"about": about} if about else {}
    move.queue(
        "award", **entry, on=move.on.isoformat(), at=dates.now(), by=move.actor.id, by_name=move.actor.name,
        reason=str(reason or move.data.get("reason") or move.data.get("comment") or ""), **more,
    )  # fmt: skip


def settle(move, decision: dict, month: str, cause: str, record: dict) -> dict:
    """Queue a decision for ever and return what it gives (`entries.entitlement`); the record names it and its digest."""
    case, relief_type = move.case, move.relief_type
    content = contents.digest_of(contents.snapshot(case, relief_type))
    row = decisions.row_of(case, decision, month, cause, move.actor, dates.now(), content, case.village)
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
    months = terms.months(move)
    if payment.cycle == "once" or months:
        queue(move, entries.closing(dates.add_months(case.start_month, (months or 1) - 1), "term" if months else "once"))


def suspend_award(move, record):
    queue(move, entries.suspension(move.data["from_month"]))


def resume_award(move, record):
    """Pay on from a month; with the months of the pause when it is to be paid back."""
    month = move.data["from_month"]
    paused = next((spell["from"] for spell in move.award["spells"] if spell["state"] == "suspended" and spell["to"] is None), month)
    queue(move, entries.resumption(min(paused, month) if move.data.get("back_pay") else month))


def propose_end(move, record):
    move.case.pending = {"back": move.case.state}


def return_back(move, record):
    move.returns_to = move.case.pending.get("back") or "in_benefit"
    move.case.pending = {}


def set_end_posting(move, record):
    ongoing = move.relief_type.ongoing
    record["data"]["end"] = dates.add_days(move.data["start"], ongoing.end_days, ongoing.end_unit).isoformat()


def close_award(move, record):
    """End the award after the proposed month, behind a grace period where one was set; a death is recorded."""
    proposal, case = move.case.last_record("termination_proposal")["data"], move.case
    last, grace = proposal["last_month"], proposal.get("grace_months") or 0
    if grace:
        first, last = dates.add_months(last, 1), dates.add_months(last, grace)
        queue(move, entries.grace(first, last), proposal.get("reason", ""))
        move.returns_to = "grace"
    queue(move, entries.closing(last), proposal.get("reason", ""))
    record["data"] |= {"code": proposal["code"], "stop": dates.add_months(last, 1), "reason": proposal.get("reason", "")}
    if proposal["code"] == "death" and proposal.get("date") and case.people:
        move.queue("death", key=case.people[0]["key"], on=proposal["date"], source="termination", by=move.actor.id)
    case.pending = {}


EFFECTS = (open_award, suspend_award, resume_award, propose_end, return_back, set_end_posting, close_award)
