"""States and due dates as the coloured words of the screens."""

from datetime import date

from flask_babel import gettext as _

from adminapp import dates
from adminapp.workflow.machine import STATES
from adminapp.worklist import soon_days

TONES = {"neutral": "", "info": "info", "warning": "wait", "success": "good", "danger": "bad"}


def state_badge(state: str) -> dict:
    known = STATES[state]
    return {"text": _(known.label), "label": _(known.label), "tone": TONES[known.tone]}


def due_badge(due: date | None, on: date | None = None) -> dict | None:
    """Return {text, tone, days} of a due date as seen today, None when nothing is due."""
    if due is None:
        return None
    on = on or dates.today()
    days = (due - on).days
    if days < 0:
        return {"text": _("超期 %(days)s 天", days=-days), "tone": "bad", "days": days}
    if days == 0:
        return {"text": _("今天到期"), "tone": "wait", "days": 0}
    return {"text": _("还剩 %(days)s 天", days=days), "tone": "wait" if days <= soon_days(on) else "info", "days": days}
