"""The log of logins, denials, reveals and exports, for the auditor."""

from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import audit, dates
from adminapp.text import plain_number
from views import audit_facts, menu

blueprint = Blueprint("audit", __name__, url_prefix="/audit")

PAGE = 50
REFUSED = ("denied", "absent", "forged")
"""Kinds where the exact address that was asked for is what matters."""


@blueprint.get("/")
def index():
    """Show entries newest first; ?kind=, ?q= (username), ?before= (number)."""
    kind, who, before = (
        request.args.get("kind", ""),
        request.args.get("q", "").strip()[:40],
        request.args.get("before", ""),
    )
    number = plain_number(before, 11)
    if (kind and kind not in audit.KINDS) or (before and number is None):
        abort(400)
    query = ({"kind": kind} if kind else {}) | ({"actor": who} if who else {})
    found = audit.entries(query, number, PAGE + 1)
    keep = {key: value for key, value in {"kind": kind, "q": who}.items() if value}
    following = url_for("audit.index", **keep, before=found[PAGE - 1]["seq"]) if len(found) > PAGE else None
    kinds = {"name": "kind", "label": _("种类"), "kind": "select", "value": kind}
    kinds["options"] = [
        {"value": key, "label": _(label), "selected": key == kind} for key, label in audit.KINDS.items()
    ]
    chips = (
        [{"label": _("种类"), "value": _(audit.KINDS[kind]), "remove_url": url_for("audit.index", q=who or None)}]
        if kind
        else []
    )
    return render_template(
        "audit/list.html",
        rows=[_row(entry) for entry in found[:PAGE]],
        columns=_columns(),
        filters=[kinds],
        chips=chips,
        username=who,
        next_url=following,
        first_url=url_for("audit.index", **keep) if before else None,
    )


def _columns():
    return [
        {"key": "seq", "label": _("序号"), "align": "r"},
        {"key": "at", "label": _("时间"), "main": True, "nowrap": True},
        {"key": "kind", "label": _("种类")},
        {"key": "actor", "label": _("账户")},
        {"key": "ip", "label": _("地址")},
        {"key": "what", "label": _("内容"), "full": True},
    ]


def _row(entry):
    roles = "、".join(map(audit_facts.role, entry["roles"]))
    where = menu.title_of(entry["endpoint"])
    shown = entry["data"] | ({"endpoint": entry["endpoint"]} if where and entry["kind"] in REFUSED else {})
    facts = "；".join(audit_facts.said(entry["kind"], key, value) for key, value in shown.items() if value not in ("", None, []))
    cells = {
        "seq": str(entry["seq"]),
        "at": entry["at"].astimezone(dates.SHANGHAI).strftime("%Y-%m-%d %H:%M:%S"),
        "kind": _(audit.KINDS.get(entry["kind"], entry["kind"])),
        "actor": {"text": entry["actor"], "sub": roles},
        "ip": entry["ip"],
        "what": {"text": where or entry["endpoint"], "sub": facts},
    }
    return {"id": entry["seq"], "cells": cells}
