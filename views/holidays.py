"""The county's calendar: holidays as published, what a change does to time limits, putting it in force."""

from itertools import islice

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import dates, divisions, policy
from adminapp.errors import Conflict, Invalid
from adminapp.holidays import recount, store, typed
from adminapp.text import plain_number
from views.asked import shown_rev
from views.cases.history import moment
from views.jobs import RESULTS
from views.worklist import type_names

blueprint = Blueprint("holidays", __name__, url_prefix="/config/calendar")
RESULTS[recount.JOB] = lambda job: url_for("holidays.index")
SHOWN = 50
MOST = 20_000
"""Cases looked at for a preview; the job looks at all."""
FIRST_YEAR = 2000
"""No case is older; "26" is no year."""


@blueprint.get("/")
def index():
    return _page(store.newest())


def _page(table, status=200, **more):
    lines = more.pop("text", typed.write(table["days"]))
    return render_template(
        "holidays/index.html",
        table=table,
        text=lines,
        known=max(dates.known_until(), table["known_until"]),
        years=list(range(dates.today().year, dates.today().year + 4)),
        chosen=more.pop("chosen", max(table["known_until"], dates.known_until())),
        beyond=recount.beyond(table),
        history=[{**row, "at": moment(row["at"])} for row in store.history()],
        may=policy.permits("holidays.change", g.actor.roles),
        reason=request.form.get("reason", ""),
        **{"problems": [], "effect": None, "columns": _columns()} | more,
    ), status


@blueprint.post("/")
def change():
    """Show what the typed table would change, or put it in force when that was seen."""
    before, text = store.newest(), request.form.get("text", "")
    chosen = plain_number(request.form.get("known_until"), 4) or 0
    try:
        days = typed.read(text)
        if not FIRST_YEAR <= chosen <= dates.today().year + 10:
            raise Invalid([_("请选择已经公布到哪一年")])
        if request.form.get("go"):
            table = store.publish(days, chosen, g.actor, shown_rev(), request.form.get("reason", ""))
            job = recount.start(table, g.actor)
            flash(_("放假安排已发布，正在重算办理时限。"), "success")
            return redirect(url_for("jobs.show", job_id=job), 303)
    except (Invalid, Conflict) as error:
        return _page(before, 422, text=text, chosen=chosen, problems=getattr(error, "problems", None) or [str(error)])
    return _page(before, text=text, chosen=chosen, effect=_effect({"rev": 0, "days": days, "known_until": chosen}))


def _effect(table):
    """Return what a table would move: how many open cases, and the first of them."""
    found = list(islice(recount.changes(table), MOST))
    return {"count": len(found), "more": len(found) == MOST, "rows": [_row(each) for each in found[:SHOWN]]}


def _row(found):
    case, told = found["case"], found["moved"]
    cells = {
        "number": {"text": case["number"], "sub": type_names().get(case["type"], case["type"])},
        "place": divisions.name_of(case["township"]),
        "clock": "、".join(item["label"] for item in told),
        "before": "、".join(dict.fromkeys(item["before"] for item in told)),
        "after": "、".join(dict.fromkeys(item["after"] for item in told)),
    }
    return {"id": str(case["_id"]), "cells": cells}


def _columns():
    named = [("number", _("案件")), ("place", _("乡镇")), ("clock", _("环节")), ("before", _("现在到期")), ("after", _("改为"))]
    return [{"key": key, "label": label, "main": key == "number", "nowrap": key in ("before", "after")} for key, label in named]
