"""Sends requests out and reports on them: each step is the normal action of the case, taken by the county's checker."""

from adminapp import dates
from adminapp.cases import values_of
from adminapp.errors import Forbidden, Invalid, NotFound
from adminapp.loading import load_case
from adminapp.related import recusal
from adminapp.scope import Actor
from adminapp.verification import batches, findings, requests
from adminapp.workflow import clocks, deadlines, events
from adminapp.workflow.actions.verification import ACTIONS, VERIFICATION
from adminapp.workflow.transition import Move, perform, store

LEFT = "本件已不在调查阶段，没有发出"
UNSENT, UNREPORTED = "按目前的申请内容，本件不再需要核对，没有发出", "按目前的申请内容，本件不再需要核对，不再出具报告"
ENDS = (*ACTIONS["send_verification"].milestones, *ACTIONS["report_verification"].milestones)
"""What ends the clocks of a verification under way."""


def send(engine, row: dict, actor: Actor, told: dict | None = None) -> str:
    """Start the verification of a request's case; return "" when it runs, else the sentence why nothing was sent.

    A case that left the survey cancels its request, and so does one that needs no verification any more. Whatever else
    stands in the way (a reviewer who is recused, a delay that nobody explained) leaves it in the batch, to be sent again.
    `told` says why it is late (adminapp/workflow/deadlines.py).
    """
    try:
        case, published = load_case(engine.registry, row["case"])
    except NotFound:
        return _cancel(row, LEFT)
    if sentence := recusal.bar(actor.id, case.people):  # also of a household that a colleague sent: its numbers go into the file
        return sentence
    if any(record["data"].get("batch") == row["batch"] for record in case.records_of("verification_sent")):
        return ""
    if case.state != "surveying":
        return _cancel(row, LEFT)
    data = {"batch": row["batch"], "date": dates.today(), **(told or {})}
    move = Move(case, published, actor, engine.standards, data, driver=VERIFICATION)
    if not move.active("verification"):
        return _call_off(move, row, UNSENT)
    try:
        perform(move, "send_verification")
    except (Forbidden, Invalid) as error:
        return str(error)
    requests.change(row, {"due": None})  # the clock of starting has stopped
    return ""


def _cancel(row, sentence):
    requests.change(row, {"state": requests.CANCELLED, "summary": sentence})
    if row["batch"]:
        batches.close_if_done(row["batch"])
    return sentence


def _call_off(move, row, sentence):
    """Cancel the request of a case whose conditions of a verification hold no longer; its clock stops. Safe to repeat."""
    case = move.case
    if clocks.ending(case, move.relief_type, ENDS):
        for milestone in ENDS:
            clocks.stop(case, move.relief_type, milestone, move.on)
        clocks.set_due(case)
        told = {"request": row["_id"], "reason": sentence}
        store(case, case.rev, events.entry(move.actor, "cancel_verification", "撤销核对", case.state, case.state, told))
    return _cancel(row, sentence)


def proposal(engine, row: dict) -> list[findings.Compared]:
    """Return the kinds of a request with what was found, what is declared and the result that follows, for the checker."""
    case, published = load_case(engine.registry, row["case"])
    values = values_of(case, published.relief_type, standards=engine.standards, on=dates.today())
    return findings.compare(row, findings.unseal(row), published.relief_type, values)


def late(engine, row: dict) -> list[dict]:
    """Return the clocks of a request's case that its report would end too late today."""
    case, published = load_case(engine.registry, row["case"])
    return deadlines.late(case, published.relief_type, ACTIONS["report_verification"], dates.today())


def is_clear(compared) -> bool:
    """Return whether nobody has to judge anything: no kind is open, none is inconsistent."""
    return all(item.result in (findings.NONE, findings.CONSISTENT) for item in compared)


def _unneeded(engine, row, actor):
    """Cancel a request whose case needs no report any more and return the sentence; None when it needs one, or has it."""
    case, published = load_case(engine.registry, row["case"])
    move = Move(case, published, actor, engine.standards, driver=VERIFICATION)
    if move.recused or move.active("verification") or _has_report(case, row):
        return None
    return _call_off(move, row, UNREPORTED)


def _has_report(case, row):
    return any(record["data"].get("request") == row["_id"] for record in case.records_of("verification"))


def report(engine, row: dict, results: dict[str, str], notes: dict[str, str], summary: str, actor: Actor, told: dict | None = None) -> dict:
    """Report on a request with a result for every kind, and return it. The case's record names kinds, never figures.

    `told` says why it is late. Raise Invalid when a kind has no result or its rows are not all in, and when the case needs no
    verification any more: then the request is cancelled. A second time changes nothing.
    """
    if row["state"] == requests.REPORTED:
        return row
    if row["state"] != requests.RETURNED:
        raise Invalid("这一户的核对结果还没有全部返回，不能出具报告。")
    if sentence := _unneeded(engine, row, actor):
        raise Invalid(sentence)
    known = {item.kind.key: item.kind for item in proposal(engine, row)}
    missing = [kind.label for key, kind in known.items() if results.get(key) not in findings.RESULTS]
    if missing:
        raise Invalid(f"请给出{'、'.join(missing)}的核对结果。")
    unexplained = [known[key].label for key, result in results.items() if result in (findings.EXPLAINED, findings.INCONSISTENT) and not notes.get(key)]
    if unexplained:
        raise Invalid(f"请写明{'、'.join(unexplained)}的说明（只写涉及什么信息，不写金额、账号等原始数据）。")
    result = findings.INCONSISTENT if findings.INCONSISTENT in results.values() else findings.CONSISTENT
    kinds = [{"kind": kind.label, "result": results[key], "note": notes.get(key, "")} for key, kind in known.items()]
    case, published = load_case(engine.registry, row["case"])
    if not _has_report(case, row):
        data = {"date": dates.today(), "result": result, "kinds": kinds, "summary": summary or None, "request": row["_id"], **(told or {})}
        perform(Move(case, published, actor, engine.standards, data, driver=VERIFICATION), "report_verification")
    changes = {
        "state": requests.REPORTED, "results": kinds, "result": result, "summary": summary, "reported_on": dates.today().isoformat(),
        "reported_by": actor.name,
    }  # fmt: skip
    done = requests.change(row, changes)
    if row["batch"]:
        batches.close_if_done(row["batch"])
    return done
