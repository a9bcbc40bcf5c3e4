"""What must be true of a posting."""

from datetime import date

from adminapp.objections import register as objections
from adminapp.workflow.guards.opinion import approve_proposed


def posting_not_past(move):
    start = move.data.get("start")
    opinion = move.case.last_record("opinion")
    if start and opinion and start < date.fromisoformat(opinion["on"]):
        return "公示开始日期不能早于初审意见日期"


def never_children(move):
    """民发〔2019〕62号 二：no posting for children, whatever a declaration says."""
    if move.relief_type.protected:
        return "儿童等受保护对象的案件不公示（民发〔2019〕62号 二）"


def no_open_objection(move):
    """Whoever objected is answered first; this household waits, the others of the village go on (57号 第十九条)."""
    waiting = objections.open_of_case(move.case.pk)
    if waiting:
        return f"本户有 {len(waiting)} 件异议还没有办结，请先核实答复"


def posting_over(move):
    """Not before its end (57号 第十九条)."""
    posting = move.case.last_record("posting")
    if not posting:
        return "还没有公示记录"
    end = date.fromisoformat(posting["data"]["end"])
    if move.on <= end:
        return f"公示到 {end} 结束，期满次日才能报请确认"
    taken_down = move.data.get("taken_down")
    if taken_down and taken_down <= end:
        return f"撤下日期要在公示结束（{end}）之后"


def posting_due(move):
    return move.active("posting") and not _posted_since_opinion(move)


def posting_done(move):
    opinion = move.case.last_record("opinion")
    return bool(opinion) and (not move.active("posting") or not approve_proposed(move) or _posted_since_opinion(move))


def _posted_since_opinion(move):
    """A posting without objection still counts after the case was returned, unless the proposal changed since."""
    opinion, result = move.case.last_record("opinion"), move.case.last_record("posting_result")
    return bool(opinion and result) and result["at"] >= opinion["at"]


GUARDS = (never_children, posting_over, no_open_objection)
FORM_GUARDS = (posting_not_past,)
NEEDS = (posting_due, posting_done)
