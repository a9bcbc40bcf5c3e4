"""What must be true before an award pauses or ends."""

from datetime import date

from adminapp import dates, procedure
from adminapp.workflow.action import APPROVER, HEAD
from adminapp.workflow.persons import makers

AHEAD = 12
"""Months ahead for which a change may be decided: further is a slip of the hand."""


def proposer_not_confirmer(move):
    proposal = "termination_proposal" if move.case.state == "terminating" else "change"
    if move.persons(HEAD, APPROVER) & makers(move.case, proposal):
        return "发起人不能自己确认，也不能委托他人确认"


def suspender_not_resumer(move):
    record = move.case.last_record("suspension")
    if record and record["by"] == move.actor.id:
        return "暂停的经办人不能自己恢复，请由其他人办理"


def heard_before_stop(move, since=None):
    """Reduction and end need the recipient's heard opinion (社会救助法 第四十八条)."""
    proposal = move.case.last_record("termination_proposal")
    since = since or (proposal or {}).get("at")
    heard = [record for record in move.case.records_of("hearing") if since is None or record["at"] >= since]
    dead = move.case.state == "terminating" and proposal and proposal["data"]["code"] == "death"
    if procedure.value("hearing.before_reduction", move.on) and not heard and not dead:
        clause = procedure.clause("hearing.before_reduction", move.on)
        return f"减发或终止前要先听取当事人意见：出具听取意见通知书，再“登记听取意见”（{clause}）"


def month_fits(move):
    """A month in which the award runs, not further back than the procedure allows, not far ahead."""
    month, award = move.data.get("from_month"), move.award
    if not month:
        return None
    if award is None:
        return "本件没有待遇记录"
    first, now = award["spells"][0]["from"], dates.month_of(move.on)
    if month < first:
        return f"本件从 {first} 起发放，生效年月不能更早"
    back = procedure.value("change.back_months", move.on)
    if back is not None and dates.months_between(month, now) > back:
        return f"最早追溯到 {dates.add_months(now, -back)}"
    if month > dates.add_months(now, AHEAD):
        return f"最晚填写 {dates.add_months(now, AHEAD)}"


def last_month_fits(move):
    month, award = move.data.get("last_month"), move.award
    if not month or award is None:
        return None
    first, now = award["spells"][0]["from"], dates.month_of(move.on)
    if month < dates.add_months(first, -1):
        return f"本件从 {first} 起发放，最后发放年月不能早于 {dates.add_months(first, -1)}"
    if month > dates.add_months(now, AHEAD):
        return f"最晚填写 {dates.add_months(now, AHEAD)}"


def grace_allowed(move):
    """As long as the type declares, never longer than the procedure allows (83号 一(三))."""
    months = move.data.get("grace_months") or 0
    most = min(move.relief_type.ongoing.grace, procedure.value("grace.most", move.on) or 0)
    if months > most:
        return f"渐退期最长 {most} 个月" if most else "这一类型没有渐退期"
    if months and move.case.state == "suspended":
        return "暂停发放的待遇不能设渐退期，请先恢复"


def death_dated(move):
    if move.data.get("code") == "death" and not move.data.get("date"):
        return "因死亡终止的，请填写死亡日期"


def end_posted(move):
    """Posted as long as the type declares before it is ended (43号 第二十六条)."""
    days = move.relief_type.ongoing.end_days
    proposal = move.case.last_record("termination_proposal")
    if not days or (proposal and proposal["data"]["code"] == "death"):
        return None
    posting = move.case.last_record("termination_posting")
    if not posting or (proposal and posting["at"] < proposal["at"]):
        return f"终止前要公示 {days} {dates.UNITS[move.relief_type.ongoing.end_unit]}，请先“登记终止公示”"
    end = date.fromisoformat(posting["data"]["end"])
    if move.on <= end:
        return f"终止公示到 {end} 结束，期满次日才能终止"


def grace_over(move):
    award = move.award
    last = max((spell["to"] or "" for spell in award["spells"] if spell["state"] == "grace"), default="") if award else ""
    if last and dates.month_of(move.on) <= last:
        return f"渐退期到 {last}，期满后才能办结"


def end_posting_declared(move):
    return bool(move.relief_type.ongoing.end_days)


GUARDS = (proposer_not_confirmer, suspender_not_resumer, heard_before_stop, end_posted, grace_over)
FORM_GUARDS = (month_fits, last_month_fits, grace_allowed, death_dated)
NEEDS = (end_posting_declared,)
