"""Delegation while away: who stands in for whom, arranged by oneself or by a leader, ended early when somebody is back."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import dates, delegation, divisions, policy
from adminapp.auth import users
from adminapp.errors import Conflict, Invalid

blueprint = Blueprint("delegations", __name__, url_prefix="/delegations")


@blueprint.get("/")
def index():
    return _page({})


@blueprint.post("/")
def arrange():
    form = request.form
    try:
        start, end = dates.parse_date(form.get("start", "")), dates.parse_date(form.get("end", ""))
        absentee, role = _split(form.get("who", ""))
        row = delegation.arrange(g.actor, absentee, form.get("to", ""), role, start, end, form.get("reason", ""))
    except (Invalid, Conflict) as error:
        return _page(form, str(error)), error.status
    flash(
        _("已登记：%(start)s 至 %(end)s 由%(name)s代办。", start=row["start"], end=row["end"], name=row["to_name"]),
        "success",
    )
    return redirect(url_for("delegations.index"), 303)


@blueprint.post("/<delegation_id>/end")
def end(delegation_id):
    row = delegation.end(g.actor, delegation_id)
    flash(_("已结束%(name)s的委托，今天起由本人办理。", name=row["from_name"]), "success")
    return redirect(url_for("delegations.index"), 303)


def _split(text):
    absentee, _sign, role = text.partition(":")
    return absentee, role


def absentees() -> list[tuple[str, str]]:
    """Return ("username:role", label) of whose delegation this person may arrange: one's own roles first."""
    own = [(g.actor.id, role, _("本人")) for role in delegation.ROLES if g.actor.has(role)]
    led = [role for role, leaders in delegation.LEADERS.items() if g.actor.has(*leaders)]
    staff = users.all_users() if led else ()
    others = [
        (user.username, role, user.name)
        for user in staff
        for role in led
        if user.active and role in user.roles and user.username != g.actor.id and _is_mine(user, role)
    ]
    return [(f"{username}:{role}", f"{name}（{_(policy.ROLES[role])}）") for username, role, name in [*own, *others]]


def _is_mine(user, role):
    return role not in policy.TOWNSHIP or bool(user.townships) and g.actor.reaches(user.townships[0])


def _page(form, problem=""):
    choices = absentees()
    chosen = form.get("who") or request.args.get("who", "")
    chosen = chosen if chosen in dict(choices) else choices[0][0] if choices else ""
    today = dates.today().isoformat()
    rows = delegation.listed(g.actor)
    return render_template(
        "delegations/index.html",
        absentees=choices,
        chosen=chosen,
        candidates=delegation.candidates(*_split(chosen)) if chosen else [],
        form=form,
        problem=problem,
        today=today,
        columns=_columns(),
        rows=[_row(row) for row in rows],
    )


def _columns():
    return [
        {"key": "from", "label": _("外出人"), "main": True},
        {"key": "to", "label": _("代办人")},
        {"key": "days", "label": _("起止日期"), "nowrap": True, "full": True},
        {"key": "reason", "label": _("事由"), "full": True},
        {"key": "state", "label": _("状态")},
    ]


def _row(row):
    place = divisions.name_of(row["township"]) if row["township"] else _("县级")
    cells = {
        "from": {"text": row["from_name"], "sub": f"{place} {_(policy.ROLES[row['role']])}"},
        "to": row["to_name"],
        "days": f"{row['start']} – {row['end']}",
        "reason": {
            "text": row["reason"],
            "sub": _("由%(name)s办理", name=row["by_name"]) if row["by"] != row["from"] else "",
        },
        "state": _state(row),
    }
    actions = []
    if delegation.may_end(g.actor, row) and row["end"] >= dates.today().isoformat():
        url = url_for("delegations.end", delegation_id=row["_id"])
        actions = [{"label": _("结束委托"), "url": url, "post": True, "confirm": _("结束后今天起由本人办理，确定吗？")}]
    return {"id": row["_id"], "cells": cells, "actions": actions}


def _state(row):
    if row["ended"]:
        return {"text": _("已结束"), "tone": "", "sub": row["ended"]["on"]}
    if delegation.is_active(row, dates.today()):
        return {"text": _("代办中"), "tone": "info"}
    return (
        {"text": _("未开始"), "tone": "wait"}
        if row["start"] > dates.today().isoformat()
        else {"text": _("已到期"), "tone": ""}
    )
