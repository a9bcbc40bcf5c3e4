"""Townships, villages and their offices: as they are, as a workbook to change, what a changed one would do, putting it in force."""

import io
from base64 import b64decode, b64encode
from binascii import Error as NotBase64

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import policy
from adminapp.divisions import differences, tables, workbook
from adminapp.errors import Conflict, Invalid
from adminapp.files import XLSX
from adminapp.outputs import outputs
from views.asked import shown_rev
from views.cases.history import moment
from views.downloads import send_bytes

blueprint = Blueprint("divisions", __name__, url_prefix="/config/divisions")
LARGEST = 300 * 1024
"""Bytes of a workbook: it goes to the browser and back while somebody looks at what it changes. 300 villages take 20 KB."""
SHOWN = 60
"""Lines shown of one kind of change, and problems of a file."""


@blueprint.get("/")
def index():
    return _page()


@blueprint.get("/workbook")
def download():
    """Return what is in force as the workbook that can be changed and uploaded."""
    stream = io.BytesIO()
    outputs["division_workbook"](stream, workbook.rows(tables.current()))
    return send_bytes(stream.getvalue(), _("区划表") + ".xlsx", XLSX.type)


@blueprint.post("/")
def change():
    """Show what an uploaded workbook would change, or put it in force when that was seen."""
    name, reason, before = request.form.get("file_name", ""), request.form.get("reason", ""), tables.current()
    try:
        data, name = _sent(name)
        table = workbook.read(data, before)
        found = differences.compare(before, table)
        _check(found)
    except Invalid as error:
        return _page(422, problems=error.problems, file=name)
    seen = {"kept": b64encode(data).decode(), "effect": _effect(table, before, found), "file": name}
    if not request.form.get("go"):
        return _page(**seen)
    try:
        number = tables.publish(table, g.actor, shown_rev(), reason)
    except Conflict as error:
        return _page(error.status, problems=[str(error)], file=name)
    except Invalid as error:
        return _page(422, problems=error.problems, **seen)
    flash(_("区划表第 %(n)s 版已生效。", n=number), "success")
    return redirect(url_for("divisions.index"), 303)


def _sent(name):
    """Return (bytes, name) of the workbook: uploaded, or as it came back from the page that showed it. Raise Invalid."""
    kept, file = request.form.get("kept", ""), request.files.get("file")
    if file is not None and file.filename:
        data, name = file.stream.read(LARGEST + 1), file.filename
    else:
        try:
            data = b64decode(kept, validate=True)
        except (NotBase64, ValueError):
            data = b""
        if not data:
            raise Invalid(_("请选择改好的区划表。"))
    if len(data) > LARGEST:
        raise Invalid(_("文件太大。区划表只有几十 KB，请在下载的表上修改，不要加图片。"))
    return data, name[:200]


def _check(found):
    """Raise Invalid when the table lacks a division that something carries, or changes nothing."""
    used = differences.carried(found.lost)
    if used:
        raise Invalid(
            _("有案件或账户在用的区划不能删去"),
            [_("“%(name)s”（%(code)s）有案件或账户在用，不能从表里删去；已撤并的请保留这一行，填写停用日期。", name=one.name, code=one.code) for one in used],
        )
    if not found:
        raise Invalid(_("与现行的区划表相同，没有需要发布的内容。"))


def _effect(table, before, found):
    """Return the cards of what changes: title, number, lines."""
    ended = [_("%(name)s（%(code)s）%(day)s 后停用", name=one.name, code=one.code, day=one.valid_to) for one in found.ended]
    lost = [f"{one.name}（{one.code}）" for one in found.lost]
    kinds = ((_("新增"), found.added), (_("更改"), found.changed), (_("停用"), ended), (_("删去（没有任何案件或账户在用）"), lost))
    cards = [{"title": title, "count": len(lines), "lines": lines[:SHOWN], "more": max(0, len(lines) - SHOWN)} for title, lines in kinds if lines]
    return {"cards": cards, "open": differences.open_cases(found.ended), "count": _count(table.divisions)}


def _page(status=200, **more):
    held = tables.current()
    problems = more.pop("problems", [])
    return render_template(
        "divisions/index.html",
        columns=_columns(),
        rows=[_row(one, held) for one in held.divisions.townships()],
        count=_count(held.divisions),
        county={"name": held.divisions.county_name, "office": held.offices["county"]["name"], "phone": held.offices["county"]["phone"],
                "complaints": held.offices["county_phone"]},
        own=tables.rev() > 0,
        rev=tables.rev(),
        history=[{**row, "at": moment(row["at"])} for row in tables.history()],
        may=policy.permits("divisions.change", g.actor.roles),
        reason=request.form.get("reason", ""),
        problems=problems[:SHOWN],
        hidden=max(0, len(problems) - SHOWN),
        **{"effect": None, "kept": "", "file": ""} | more,
    ), status  # fmt: skip


def _count(held):
    townships = held.townships()
    return {"townships": len(townships), "villages": sum(len(held.villages(one.code)) for one in townships)}


def _row(one, held):
    office = held.offices["townships"].get(one.code, {})
    cells = {
        "name": {"text": one.name, "sub": one.code},
        "villages": len(held.divisions.villages(one.code)),
        "office": office.get("name", ""),
        "mark": office.get("mark", ""),
        "phone": office.get("phone", ""),
    }
    return {"id": one.code, "cells": cells}


def _columns():
    named = [("name", _("乡镇")), ("villages", _("村（社区）")), ("office", _("文书上的机关")), ("mark", _("文号简称")), ("phone", _("咨询电话"))]
    placed = {"name": {"main": True}, "villages": {"align": "r"}, "mark": {"nowrap": True}, "phone": {"nowrap": True}}
    return [{"key": key, "label": label, **placed.get(key, {})} for key, label in named]
