"""Tokens of other systems, for the system administrator: made, shown once, revoked; and how the interface is used."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from adminapp import dates, divisions, policy
from adminapp.api import describing, tokens
from adminapp.engine import current
from adminapp.errors import Invalid

blueprint = Blueprint("tokens", __name__, url_prefix="/tokens")
STATES = {"active": (_l("有效"), "good"), "expired": (_l("已过期"), ""), "revoked": (_l("已撤销"), "bad")}
DAYS = 180


class TokenForm(FlaskForm):
    name = StringField(_l("使用系统"), [InputRequired(_l("请填写使用系统的名称")), Length(max=60)], description=_l("如：省社会救助平台"))
    role = SelectField(_l("角色"), choices=[], description=_l("民政助理员：登记申请；县级经办：读全县案件；财务：读发放批次；审计：只读"))
    townships = SelectMultipleField(
        _l("乡镇"), choices=[], widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
        description=_l("民政助理员必选；其他角色不选就是全县"), render_kw={"data-width": "full"},
    )  # fmt: skip
    days = IntegerField(_l("有效天数"), default=DAYS)
    reveal = BooleanField(_l("可以读完整号码（每次读取都记入日志）"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.role.choices = [(role, _(policy.ROLES[role])) for role in tokens.TOKEN_ROLES]
        self.townships.choices = divisions.township_choices()


FIELDS = ["name", "role", "townships", "days", "reveal"]


@blueprint.get("/")
def index():
    """List the tokens, with who made them, until when, and when they were last used; below it, what they open."""
    held = current()
    paths = [
        {"method": method.upper(), "path": f"/api/v1{path}", "label": _(operation["summary"])}
        for path, methods in describing.describe(held.registry, held.settings.county)["paths"].items()
        for method, operation in methods.items()
    ]
    return render_template("api/tokens.html", columns=_columns(), rows=[_row(row) for row in tokens.listed()], paths=paths, a_minute=tokens.A_MINUTE)


@blueprint.route("/new", methods=["GET", "POST"], endpoint="create")
def create():
    """Make a token and show it, this once."""
    form = TokenForm()
    if form.validate_on_submit():
        try:
            row, text = tokens.issue(form.name.data, form.role.data, form.townships.data, form.days.data or 0, form.reveal.data, g.actor)
            return render_template("api/issued.html", row=row, text=text)
        except Invalid as error:
            for key, sentences in error.problems[0].items():
                form[key].errors = [*form[key].errors, *sentences]
    return render_template("api/token_edit.html", form=form, fields=FIELDS), 422 if request.method == "POST" else 200


@blueprint.post("/<token_id>/revoke", endpoint="revoke")
def revoke(token_id):
    """Let a token open nothing any more."""
    tokens.revoke(token_id)
    flash(_("令牌已撤销。"), "success")
    return redirect(url_for("tokens.index"), 303)


def _columns():
    return [
        {"key": "name", "label": _("使用系统"), "main": True},
        {"key": "role", "label": _("角色和范围")},
        {"key": "state", "label": _("状态")},
        {"key": "expires", "label": _("有效至")},
        {"key": "last", "label": _("最近使用")},
    ]


def _row(row):
    state = tokens.state_of(row)
    label, tone = STATES[state]
    place = "、".join(map(divisions.name_of, row["townships"])) or _("全县")
    reveal = _("可读完整号码") if row["reveal"] else ""
    cells = {
        "name": {"text": row["name"], "sub": f"relief_{row['_id']}_…"},
        "role": {"text": _(policy.ROLES[row["role"]]), "sub": " · ".join(filter(None, [place, reveal]))},
        "state": {"text": str(label), "tone": tone},
        "expires": row["expires"],
        "last": dates.minute_text(row["last"]) if row["last"] else _("没有用过"),
    }
    action = {"label": _("撤销令牌"), "url": url_for("tokens.revoke", token_id=row["_id"]), "post": True, "danger": True}
    action["confirm"] = _("撤销这个令牌？使用它的系统立即不能再访问。")
    return {"id": row["_id"], "cells": cells, "dim": state != "active", "actions": [action] if state == "active" else []}
