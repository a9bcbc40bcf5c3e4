"""Accounts: who may work here, as what and where. For the system administrator, who sees no case."""

from flask import Blueprint, abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from adminapp import dates, divisions, policy
from adminapp.auth import accounts, attempts, rules, sessions, users
from adminapp.errors import Conflict, Invalid

blueprint = Blueprint("accounts", __name__, url_prefix="/accounts")


class Checks(SelectMultipleField):
    """A choice of several as check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class AccountForm(FlaskForm):
    display_name = StringField(_l("姓名"), [InputRequired(_l("请填写姓名")), Length(max=40)])
    roles = Checks(_l("角色"), choices=[], render_kw={"data-width": "full"})
    townships = Checks(
        _l("所在乡镇"), choices=[], description=_l("乡镇和村级角色必选，县级角色不选"), render_kw={"data-width": "full"}
    )
    villages = SelectMultipleField(
        _l("负责的村"), choices=[], description=_l("只用于村级协理员，可多选"), render_kw={"data-width": "full"}
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.roles.choices = [(key, _(label)) for key, label in policy.ROLES.items()]
        self.townships.choices = divisions.township_choices()
        self.villages.choices = divisions.grouped_choices()


class NewAccountForm(AccountForm):
    username = StringField(
        _l("用户名"),
        [InputRequired(_l("请填写用户名")), Length(max=40)],
        description=_l("小写字母、数字、点、横线；以后不能更改"),
    )


FIELDS = ["username", "display_name", "roles", "townships", "villages"]


@blueprint.get("/")
def index():
    return render_template("accounts/list.html", columns=_columns(), rows=[_row(user) for user in users.all_users()])


@blueprint.route("/new", methods=["GET", "POST"])
def create():
    form = NewAccountForm()
    if form.validate_on_submit():
        rights = form.roles.data, form.townships.data, form.villages.data
        try:
            user, password = accounts.create_user(form.username.data, form.display_name.data, *rights)
        except (Invalid, Conflict) as error:
            form.form_errors.append(str(error))
        else:
            return render_template("accounts/password.html", user=user, password=password), 201
    return render_template(
        "accounts/edit.html", form=form, title=_("新建账户"), sections=_sections(form)
    ), 400 if form.errors else 200


@blueprint.route("/<username>", methods=["GET", "POST"])
def edit(username):
    user = users.get(username)
    form = AccountForm(
        display_name=user.name, roles=sorted(user.roles), townships=list(user.townships), villages=list(user.villages)
    )
    if form.validate_on_submit():
        _not_myself(username)
        try:
            accounts.change_rights(
                username, form.display_name.data, form.roles.data, form.townships.data, form.villages.data
            )
        except Invalid as error:
            form.form_errors.append(str(error))
        else:
            flash(_("账户 %(name)s 已保存", name=username), "success")
            return redirect(url_for("accounts.index"), 303)
    facts = {"user": user, "locked": attempts.is_locked(username, rules.read()), "sessions": sessions.of(username)}
    title = f"{user.name}（{username}）"
    return render_template(
        "accounts/edit.html", form=form, title=title, sections=_sections(form), **facts
    ), 400 if form.errors else 200


@blueprint.post("/<username>/disable")
def disable(username):
    _not_myself(username)
    accounts.set_active(username, False)
    return _done(username, _("账户 %(name)s 已停用", name=username))


@blueprint.post("/<username>/enable")
def enable(username):
    accounts.set_active(username, True)
    return _done(username, _("账户 %(name)s 已启用", name=username))


@blueprint.post("/<username>/password")
def reset_password(username):
    _not_myself(username)
    password = accounts.reset_password(username)
    return render_template("accounts/password.html", user=users.get(username), password=password)


@blueprint.post("/<username>/unlock")
def unlock(username):
    accounts.unlock(username)
    return _done(username, _("账户 %(name)s 可以重新登录了", name=username))


@blueprint.post("/<username>/second-factor/remove")
def remove_second_factor(username):
    _not_myself(username)
    accounts.remove_second_factor(username)
    return _done(username, _("账户 %(name)s 的两步验证已取消", name=username))


def _not_myself(username):
    """An administrator changes the rights and password of others only; one's own go through another administrator."""
    if username == g.user.username:
        abort(403, _("不能修改自己的账户，请由另一位系统管理员办理。"))


def _done(username, sentence):
    flash(sentence, "success")
    return redirect(url_for("accounts.edit", username=username), 303)


def _sections(form):
    return [{"id": "account", "title": "", "fields": [name for name in FIELDS if name in form]}]


def _columns():
    return [
        {"key": "name", "label": _("姓名"), "main": True},
        {"key": "username", "label": _("用户名")},
        {"key": "roles", "label": _("角色")},
        {"key": "place", "label": _("乡镇")},
        {"key": "login", "label": _("最近登录")},
        {"key": "state", "label": _("状态")},
    ]


def _row(user):
    state = {"text": _("在用"), "tone": "good"} if user.active else {"text": _("停用"), "tone": "hold"}
    last = user.row["last_login"]
    cells = {
        "name": user.name,
        "username": user.username,
        "roles": "、".join(_(label) for label in user.role_labels),
        "place": "、".join(divisions.name_of(code) for code in user.townships),
        "login": dates.minute_text(last) if last else "",
        "state": state,
    }
    return {
        "id": user.username,
        "url": url_for("accounts.edit", username=user.username),
        "cells": cells,
        "dim": not user.active,
    }
