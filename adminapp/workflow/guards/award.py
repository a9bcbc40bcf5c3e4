"""What must be true before an award changes or ends."""

from datetime import date

from adminapp.workflow.action import APPROVER, HEAD
from adminapp.workflow.persons import makers

HEARING_SINCE = date(2026, 7, 1)


def proposer_not_confirmer(move):
    proposal = "termination_proposal" if move.case.state == "terminating" else "change"
    if move.persons(HEAD, APPROVER) & makers(move.case, proposal):
        return "发起人不能自己确认，也不能委托他人确认"


def heard_when_reduced(move):
    """Reduction needs the recipient's heard opinion from 2026-07-01 (社会救助法 第四十八条)."""
    change = move.case.last_record("change")
    if change and change["data"]["new_amount"] < (move.case.amount or 0):
        return heard_before_stop(move, since=change["at"])


def heard_before_stop(move, since=None):
    proposal = move.case.last_record("termination_proposal")
    since = since or (proposal or {}).get("at")
    heard = [record for record in move.case.records_of("hearing") if since is None or record["at"] >= since]
    if move.on >= HEARING_SINCE and not heard:
        return "减发或终止前要先听取当事人意见并登记（社会救助法第四十八条）"


GUARDS = (proposer_not_confirmer, heard_when_reduced, heard_before_stop)
