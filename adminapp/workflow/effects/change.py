"""What a change of a running award does: kept as proposed, then carried out on case, decisions and award."""

from adminapp import contents, dates, decisions, divisions, sealing
from adminapp.awards import entries
from adminapp.changes import plans
from adminapp.changes.kinds import account_fields
from adminapp.changes.ops import revise
from adminapp.workflow.effects.account import queue_account
from adminapp.workflow.effects.award import queue


def propose_change(move, record):
    """Keep what was asked for on the case, sealed as the case itself; the record tells it in words."""
    plan = move.plan
    move.case.pending = plans.keep(plan, record, move.case.state)
    record["data"] |= _told(plan)
    if move.data.get("code") == "death" and (member := move.data.get("member")):
        record["data"]["died"] = member


def carry_change(move, record):
    """Carry out what waits: the content changes and the old one is kept, each piece of months gets its decision."""
    plan, case, pending = move.plan, move.case, move.case.pending
    proposal = next(item for item in case.records if item["id"] == pending["record"])
    died = _death(move, proposal["data"])
    told, reason = _told(plan), proposal["data"].get("reason", "")
    _decide(move, plan, record, reason)
    _change_content(move, plan)
    if plan.village:
        case.move_to(divisions.township_of(plan.village), plan.village)
        queue(move, entries.moving(plan.month, case.township, case.village), reason)
    if plan.village or _touches(plan, account_fields(move.relief_type), move.relief_type):
        queue_account(move, proposal["by"], move.actor.id)
    if died:
        move.queue("death", key=died, on=proposal["data"]["date"], source="change", by=move.actor.id)
    # Why a member came or went is told by the proposal alone; the register of members reads the decision.
    why = {"code": proposal["data"]["code"]} if proposal["data"].get("code") else {}
    record["data"] |= told | why | {"reason": reason}
    move.returns_to = pending["back"]
    case.pending = {}


def carry_standard(move, record):
    """Decide the months anew under the standards of now, by the county for everybody."""
    _decide(move, move.plan, record)
    record["data"] |= _told(move.plan)


def drop_change(move, record):
    move.returns_to = move.case.pending.get("back") or "in_benefit"
    move.case.pending = {}


def _told(plan) -> dict:
    about = {"kind": plan.cause, "from_month": plan.month, "old_amount": plan.before, "new_amount": plan.amount}
    return about | ({"changes": found} if (found := plan.changes()) else {})


def _change_content(move, plan):
    if plan.operations:
        move.queue("content", **contents.row_of(move.case, move.relief_type))
        move.case.restore(_after(move, plan))


def _touches(plan, ids, relief_type):
    """Tell whether the operations set one of these fields."""
    stored = {relief_type.fields[key].stored for key in ids}
    return any(stored & set(item["values"]) for item in plan.operations if item["do"] == "set")


def _after(move, plan):
    """Return the stored values that the operations change, as they are afterwards."""
    now = move.stored()
    revised = revise(now, plan.operations)
    return {name: revised.get(name) for name in {*now, *revised} if revised.get(name) != now.get(name)}


def _decide(move, plan, record, reason=""):
    """Queue the decision of each piece and the entry that lets it be paid; the last one is the case's own."""
    case, relief_type = move.case, move.relief_type
    kinds = {term.id: term.kind for term in relief_type.amount.terms}
    for step in plan.steps:
        content = contents.of_document(step.content, relief_type)
        digest = contents.digest_of(content)
        if step.last:  # what these months are decided on never stands on the case itself
            move.queue("content", digest=digest, version=step.decision["version"], content=content)
        row = decisions.row_of(case, step.decision, step.month, plan.cause, move.actor, dates.now(), digest, step.village)
        key = move.queue("decision", **row)
        record["data"] |= {"decision": key, "decision_digest": row["digest"]}
        decided = entries.entitlement(step.decision, key, kinds, step.people, step.name)
        queue(move, entries.paying(step.month, decided, plan.cause, step.last), reason)
    if plan.steps:
        case.decision, case.amount = plan.last.decision | {"confirm_by": move.confirm_by(plan.amount)}, plan.amount


def _death(move, data):
    """Return the key of a member whose removal tells of a death, "" otherwise; asked before the content changes."""
    if not data.get("died"):
        return ""
    rows = move.stored().get(move.relief_type.fields[move.relief_type.home.table].stored) or ()
    number = next((row.get("id_number") for row in rows if row["row"] == data["died"]), None)
    return sealing.key_of(sealing.unseal(number, "id_number")) if number else ""


EFFECTS = (propose_change, carry_change, carry_standard, drop_change)
