"""Accounts of a whole county from one table: the workbook to fill in, and the slips with first passwords."""

import io
from base64 import b64encode

from flask import Blueprint, current_app, render_template, request
from flask_babel import gettext as _

from adminapp import audit, readiness
from adminapp.auth import roster
from adminapp.errors import ReliefError
from adminapp.files import XLSX
from adminapp.outputs import outputs
from adminapp.tabular.reading import LARGEST
from views.downloads import send_bytes

blueprint = Blueprint("account_tables", __name__, url_prefix="/accounts/new/table")
SHOWN = 30
"""Problems shown of a file: whoever has more has taken the wrong one."""


@blueprint.get("/template")
def template():
    """Return the workbook, with a row for each post that is vacant."""
    stream = io.BytesIO()
    outputs["account_template"](stream, roster.proposed())
    return send_bytes(stream.getvalue(), _("账户表") + ".xlsx", XLSX.type)


@blueprint.route("/", methods=["GET", "POST"])
def index():
    if request.method == "GET":
        return _ask([])
    file = request.files.get("file")
    if file is None or not file.filename:
        return _ask([_("请选择填好的账户表")], status=400)
    try:
        found = roster.read(file.stream.read(LARGEST + 1))
        if found.problems:
            shown = [_("第 %(n)s 行：%(what)s", n=number, what=what) for number, what in found.problems[:SHOWN]]
            more = len(found.problems) - SHOWN
            return _ask([*shown, *([_("还有 %(n)s 处", n=more)] if more > 0 else [])], file.filename)
        # Before anything is stored: a password that cannot be printed would be lost.
        slips = _slips(found.new)
        made, late = roster.create(found.new)
    except ReliefError as error:
        return _ask([str(error)], file.filename, error.status)
    return _told(made, late, found.unnamed, slips if not late else _slips(made)), 201


def _ask(problems, file="", status=422):
    vacant = len(readiness.vacant())
    return render_template("accounts/from_table.html", problems=problems, file=file, vacant=vacant), status if problems else 200


def _told(made, late, unnamed, slips):
    """Show what was made. The slips go out in the page itself, so that no password is ever stored here."""
    audit.log("export", what="password_slips", count=len(made))
    columns = [{"key": "name", "label": _("姓名"), "main": True}, {"key": "username", "label": _("用户名")}]
    columns += [{"key": "roles", "label": _("角色")}, {"key": "place", "label": _("乡镇")}]
    rows = [{"id": each.username, "cells": _line(each)} for each in made]
    shown = {"columns": columns, "rows": rows, "late": [each.username for each in late], "unnamed": unnamed}
    return render_template("accounts/from_table_done.html", slips=b64encode(slips).decode() if made else "", **shown)


def _slips(new):
    settings = current_app.extensions["relief"].settings
    return outputs["password_slips"]([{**_line(each), "password": each.password} for each in new], settings.county, settings.home)


def _line(each):
    return {"name": each.name, "username": each.username, "roles": "、".join(_(label) for label in each.role_labels), "place": each.place}
