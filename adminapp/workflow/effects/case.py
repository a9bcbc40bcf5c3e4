"""What actions change on the case itself: flags, clocks, decision."""

from adminapp import dates
from adminapp.related import marks
from adminapp.workflow import clocks


def mark_accepted(move, record):
    move.case.accepted_on, move.case.accepted_by = move.on, move.actor.id


def flag_relative(move, record):
    if move.data.get("relative"):
        marks.flag(move.case, marks.FLAG)
        marks.declare(move.case, move.data.get("relative_of") or "", move.on, move.token()[:12])


def flag_objected(move, record):
    marks.flag(move.case, "objected")


def pause_clocks(move, record):
    clocks.pause(move.case, move.on, record["action"])


def resume_clocks(move, record):
    clocks.resume(move.case, move.on)


def extend_clocks(move, record):
    clocks.extend(move.case)


def stop_clocks(move, record):
    clocks.stop_all(move.case, move.on)


def decide(move, record):
    """Store the engine's result with its trace, the adjusted amount and the first month."""
    decision = move.compute()
    adjusted = move.data.get("adjusted")
    if adjusted is not None:
        decision = {**decision, "computed": decision["amount"], "amount": adjusted, "adjusted_by": move.actor.name, "adjust_reason": move.data["comment"]}
    decision["confirm_by"] = move.confirm_by(decision["amount"])
    move.case.decision, move.case.amount, move.case.opinion_by = decision, decision["amount"], move.actor.id
    move.case.start_month = move.data.get("start_month") or None


def name_visit(move, record):
    """A reason speaks of the visit it was written after, of no later one."""
    record["data"]["visit"] = move.case.last_record("visit")["id"]


def name_meeting(move, record):
    """What came from a meeting on many cases names it: closing the meeting again finds what it has written."""
    if move.data.get("meeting"):
        record["data"]["meeting"] = move.data["meeting"]


def set_posting_end(move, record):
    """The last day of posting, by the declared days and unit; the day of posting itself does not count."""
    step = move.relief_type.step_by_name["posting"]
    record["data"]["end"] = dates.add_days(move.data["start"], step.days, step.unit).isoformat()


def mark_decided(move, record):
    case = move.case
    case.decided_on, case.confirmed_by = move.on, move.actor.id
    if not case.start_month:
        case.start_month = first_month(move.relief_type, case)


def first_month(relief_type, case):
    """Return the first month paid: after the decision, of the application or of the decision, as declared."""
    start = relief_type.payment.start
    if start == "application_month":
        return dates.month_of(case.applied_on)
    decided = dates.month_of(case.decided_on)
    return dates.add_months(decided, 1) if start == "next_month" else decided


EFFECTS = (
    mark_accepted, flag_relative, flag_objected, pause_clocks, resume_clocks, extend_clocks, stop_clocks, decide, name_visit, name_meeting, set_posting_end,
    mark_decided,
)  # fmt: skip
