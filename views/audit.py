"""The log of logins, denials, reveals and exports, for the auditor."""

from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from adminapp import audit, dates, divisions, policy
from adminapp.text import plain_number

blueprint = Blueprint("audit", __name__, url_prefix="/audit")

PAGE = 50
FACTS = {
    "account": _l("账户"),
    "case": _l("案件"),
    "count": _l("数量"),
    "endpoint": _l("入口"),
    "field": _l("字段"),
    "file": _l("文件"),
    "granted": _l("角色"),
    "known": _l("账户存在"),
    "origin": _l("来源"),
    "reason": _l("理由"),
    "site": _l("来源"),
    "townships": _l("乡镇"),
}
"""What a fact of an entry is called; others show their own name."""


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
        {"key": "at", "label": _("时间"), "main": True},
        {"key": "kind", "label": _("种类")},
        {"key": "actor", "label": _("账户")},
        {"key": "ip", "label": _("地址")},
        {"key": "what", "label": _("内容"), "full": True},
    ]


def _row(entry):
    roles = "、".join(_(policy.ROLES.get(role, role)) for role in entry["roles"])
    facts = "；".join(
        f"{FACTS.get(key, key)}：{_text(key, value)}"
        for key, value in entry["data"].items()
        if value not in ("", None, [])
    )
    cells = {
        "seq": str(entry["seq"]),
        "at": entry["at"].astimezone(dates.SHANGHAI).strftime("%Y-%m-%d %H:%M:%S"),
        "kind": _(audit.KINDS.get(entry["kind"], entry["kind"])),
        "actor": {"text": entry["actor"], "sub": roles},
        "ip": entry["ip"],
        "what": {"text": entry["endpoint"], "sub": facts},
    }
    return {"id": entry["seq"], "cells": cells}


def _text(key, value):
    if isinstance(value, list):
        names = {"granted": policy.ROLES.get, "townships": lambda code, _: divisions.name_of(code)}
        return "、".join(names.get(key, lambda one, _: str(one))(item, item) for item in value)
    return (_("是") if value else _("否")) if isinstance(value, bool) else str(value)
