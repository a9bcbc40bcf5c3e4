"""One step for many cases: what is picked in a list is shown with the form of the step, then handed to a job."""

from dataclasses import replace

from bson import ObjectId
from flask import Blueprint, flash, g, redirect, render_template, request, url_for

from adminapp import audit, database, dates, divisions
from adminapp.declaration.model import Option
from adminapp.errors import Invalid, NotFound
from adminapp.scope import ScopedCollection
from adminapp.workflow import bulk, handling
from views import plainforms
from views.addresses import own
from views.cases.badges import due_badge, state_badge

blueprint = Blueprint("bulk", __name__, url_prefix="/bulk")
SHOWN = 100
COLUMNS = dict.fromkeys(("number", "name", "township", "village", "state", "due", "hands"), 1)


@blueprint.post("/<step>")
def ask(step):
    """Show what is picked and the form of the step; with `go` hand it to a job."""
    known = bulk.STEPS.get(step)
    if known is None or not g.actor.has(*known.roles):
        raise NotFound
    back = own(request.form.get("back") or "", url_for("worklist.index"))
    try:
        ids = bulk.read_ids(request.form.getlist("ids"))
    except Invalid as error:
        flash(str(error), "error")
        return redirect(back, 303)
    cases = _read(ids)
    if not cases:
        raise NotFound
    form = plainforms.form_class(_fields(known, cases))(request.form if request.form.get("go") else None)
    if request.form.get("go") and form.validate():
        try:
            job = bulk.start(
                g.actor, step, [str(case["_id"]) for case in cases], _plain(form.typed()), request.form.get("once", "")
            )
            audit.log("job", job=job, what=known.label)
            return redirect(url_for("jobs.show", job_id=job), 303)
        except Invalid as error:
            plainforms.fail(form, error)
    return render_template(
        "bulk/ask.html", step=step, known=known, form=form, cases=[_shown(case) for case in cases[:SHOWN]], ids=[str(case["_id"]) for case in cases],
        count=len(cases), back=back, once=ObjectId(), section=plainforms.section(form),
    ), 422 if form.errors else 200  # fmt: skip


def _read(ids):
    """Return the picked cases within scope, by number; what is out of scope is not there."""
    wanted = {"_id": {"$in": [ObjectId(text) for text in ids]}}
    return sorted(ScopedCollection(database.raw("cases")).find(wanted, COLUMNS), key=lambda case: case["number"])


def _fields(known, cases):
    """Return the fields of the step; the entry of a colleague offers those who can have all of the cases."""
    townships = {case["township"] for case in cases}
    people = [dict(handling.assignees_in(township, g.actor)) for township in townships]
    shared = {key: name for key, name in people[0].items() if all(key in others for others in people)}
    offer = tuple(Option(code=key, label=name) for key, name in shared.items())
    return tuple(replace(field, kind="choice", options=offer) if field.id == "to" else field for field in known.fields)


def _plain(typed):
    return {key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in typed.items()}


def _shown(case):
    due = case["due"].date() if case.get("due") else None
    place = divisions.name_of(case["township"]) + divisions.name_of(case["village"])
    cells = {
        "name": {"text": case.get("name") or case["number"], "sub": case["number"]},
        "place": place,
        "state": state_badge(case["state"]),
        "due": due_badge(due, dates.today()) or "",
    }
    return {"id": str(case["_id"]), "cells": cells}
