"""What the page of a case says of its plan: what is to be looked at again, when, and by whom."""

from flask_babel import gettext as _

from adminapp import dates
from adminapp.ongoing import tasks, work
from adminapp.ongoing.tasks import DONE, DROPPED, KINDS, PLANNED, STATES, TONES
from views.cases.badges import due_badge


def offer(blueprint):
    blueprint.add_app_template_global(panel_of, "ongoing_panel_of")


def panel_of(case) -> list[dict]:
    """Return ``[{title, sub, state, tone}]`` of what is planned or waits for a case, the next one first."""
    found = [row for row in tasks.of_awards([case.pk]).get(case.pk, ()) if row["state"] not in (DONE, DROPPED)]
    return [_shown(row) for row in sorted(found, key=lambda row: (row["month"], row["_id"]))]


def _shown(row):
    about = [_("%(month)s 月份办", month=row["month"]), row["person"], row["label"], row["owner_name"], _(work.result_text(row)) if row["result"] else ""]
    badge = {"text": _(STATES[PLANNED]), "tone": TONES[PLANNED]} if row["state"] == PLANNED else due_badge(dates.parse_date(row["due"]))
    return {"title": _(KINDS[row["kind"]]), "sub": "，".join(filter(None, about)), "state": badge["text"], "tone": badge["tone"]}
