"""What pages of postings, objections and complaints share: their history as a timeline, and taking the next step."""

from flask import abort, flash, redirect, request
from flask_babel import gettext as _

from adminapp.errors import Conflict, Forbidden, Invalid
from views.asked import shown_rev
from views.cases.history import moment


def history(entries) -> list[dict]:
    """Return the entries of a document's history for components/case.html: timeline, newest first."""
    return [
        {"title": _(item["what"]), "actor": item["by_name"], "at": moment(item["at"]), "iso": item["at"].isoformat(), "note": item["note"]}
        for item in reversed(entries)
    ]


def take_step(steps, row, url, again):
    """Take the step of `steps` that the form names: ``step(row, form, rev)``. What stands in its way is said on the page that `again(status)` makes."""
    step = steps.get(request.form.get("step", ""))
    if step is None:
        abort(400, _("请从页面上办理。"))
    try:
        step(row, request.form, shown_rev())
    except (Invalid, Conflict, Forbidden) as error:
        flash(str(error), "error")
        return again(error.status)
    flash(_("已办理。"), "success")
    return redirect(url, 303)
