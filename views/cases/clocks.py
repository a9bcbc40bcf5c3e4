"""The time limits of a case as its page shows them: what is left, every pause with its cause, what was missed."""

from datetime import date

from flask_babel import gettext as _

from adminapp import dates
from adminapp.workflow.clocks import days_late
from adminapp.workflow.machine import ACTIONS
from views.cases.badges import due_badge


def shown(case) -> list[dict]:
    """Return the clocks of a case as components/case.html wants them, running ones first."""
    return sorted(map(_clock, case.clocks), key=lambda item: not item["open"])


def _clock(clock):
    due, started, today = date.fromisoformat(clock["due"]), date.fromisoformat(clock["started"]), dates.today()
    until = min(today, date.fromisoformat(clock["stopped"])) if clock["stopped"] else today
    left, tone = _left(clock, due)
    notes = [_pause(pause) for pause in clock["pauses"]]
    if not clock["stopped"] and dates.beyond_calendar(due):
        notes.append(_("%(year)s 年放假安排尚未公布，到期日暂按周一至周五计算", year=due.year))
    return {
        "label": clock["label"],
        "left": left,
        "tone": tone,
        "due": _("%(day)s 到期", day=due),
        "limit": f"{clock['limit']} {_(dates.UNITS[clock['unit']])}",
        "clause": clock["clause"],
        "part": None if clock["stopped"] else round(max(0, (until - started).days) / ((due - started).days or 1), 2),
        "open": not clock["stopped"],
        "notes": notes,
    }


def _left(clock, due):
    if clock["stopped"]:
        late = days_late({**clock, "paused": None}, date.fromisoformat(clock["stopped"]))
        if late:
            return _("超期 %(n)s %(unit)s办结", n=late, unit=_(dates.UNITS[clock["unit"]])), "bad"
        return _("按期办结"), "good"
    if clock["paused"]:
        return _("已暂停"), "hold"
    badge = due_badge(due)
    return badge["text"], badge["tone"]


def _pause(pause):
    cause = _(ACTIONS[pause["cause"]].label) if pause["cause"] in ACTIONS else pause["cause"]
    if pause["to"]:
        return _("%(first)s 至 %(last)s 暂停计时：%(cause)s", first=pause["from"], last=pause["to"], cause=cause)
    return _("%(first)s 起暂停计时：%(cause)s", first=pause["from"], cause=cause)
