"""The log of logins, denials, reveals and exports, for the auditor."""

from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from adminapp import audit, dates, divisions, policy
from adminapp.money import format_yuan
from adminapp.text import plain_number
from views import menu

blueprint = Blueprint("audit", __name__, url_prefix="/audit")

PAGE = 50
FACTS = {
    "account": _l("账户"),
    "action": _l("操作"),
    "amount": _l("金额"),
    "arrived": _l("到账"),
    "balance": _l("余额"),
    "batch": _l("批次"),
    "by": _l("按"),
    "case": _l("案件"),
    "cases": _l("案件"),
    "count": _l("数量"),
    "digest": _l("校验值"),
    "documents": _l("文档数"),
    "endpoint": _l("入口"),
    "entry": _l("记录"),
    "event": _l("操作"),
    "expires": _l("有效至"),
    "field": _l("字段"),
    "file": _l("文件"),
    "first": _l("从"),
    "format": _l("格式"),
    "granted": _l("角色"),
    "job": _l("任务"),
    "known": _l("账户存在"),
    "last": _l("到"),
    "line": _l("明细"),
    "month": _l("月份"),
    "notice": _l("文书"),
    "origin": _l("来源"),
    "period": _l("时段"),
    "profile": _l("银行格式"),
    "reason": _l("理由"),
    "release": _l("发布方案"),
    "request": _l("资金申请"),
    "role": _l("角色"),
    "rows": _l("行数"),
    "simulation": _l("试算"),
    "site": _l("来源"),
    "state": _l("状态"),
    "step": _l("环节"),
    "to": _l("代办人"),
    "token": _l("令牌"),
    "township": _l("乡镇"),
    "townships": _l("乡镇"),
    "type": _l("救助类型"),
    "until": _l("截止"),
    "what": _l("事项"),
}
"""What a fact of an entry is called; others show their own name."""
REFUSED = ("denied", "absent", "forged")
"""Kinds where the exact address that was asked for is what matters."""
FEN = ("amount", "arrived", "balance")


def _role(key):
    return _(policy.ROLES.get(key, key))


NAMED = {"role": _role, "granted": _role, "township": divisions.name_of, "townships": divisions.name_of}
"""{key of a fact: how one code, or each of several, is named}."""


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
    roles = "、".join(map(_role, entry["roles"]))
    facts = "；".join(
        f"{FACTS.get(key, key)}：{_text(key, value)}"
        for key, value in entry["data"].items()
        if value not in ("", None, [])
    )
    where = menu.title_of(entry["endpoint"])
    if where and entry["kind"] in REFUSED:
        facts = "；".join(filter(None, (facts, f"{FACTS['endpoint']}：{entry['endpoint']}")))
    cells = {
        "seq": str(entry["seq"]),
        "at": entry["at"].astimezone(dates.SHANGHAI).strftime("%Y-%m-%d %H:%M:%S"),
        "kind": _(audit.KINDS.get(entry["kind"], entry["kind"])),
        "actor": {"text": entry["actor"], "sub": roles},
        "ip": entry["ip"],
        "what": {"text": where or entry["endpoint"], "sub": facts},
    }
    return {"id": entry["seq"], "cells": cells}


def _text(key, value):
    if key in FEN and isinstance(value, int):
        return f"{format_yuan(value)} {_('元')}"
    if key in NAMED:
        return "、".join(NAMED[key](item) for item in (value if isinstance(value, list) else [value]))
    if isinstance(value, list):
        return "、".join(map(str, value))
    return (_("是") if value else _("否")) if isinstance(value, bool) else str(value)
