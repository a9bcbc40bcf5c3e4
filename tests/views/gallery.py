"""Every component of the look on sample pages with invented data (虚构). Run: python tests/views/gallery.py, then open http://127.0.0.1:5099/."""

import secrets
from pathlib import Path

from flask import Flask, abort, flash, g, jsonify, render_template, request
from flask_babel import Babel
from flask_wtf import CSRFProtect, FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    widgets,
)
from wtforms.validators import InputRequired, Length, ValidationError

VIEWS = Path(__file__).resolve().parents[2] / "views"
POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{0}'; style-src 'self' 'nonce-{0}'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
PAGES = (
    "dashboard worklist worklist-empty list list-picked list-empty form form-errors case batch job print "
    "login change-password two-factor two-factor-setup recovery-codes error"
).split()


class Member(Form):
    key = HiddenField()
    name = StringField("姓名", [InputRequired("请填写姓名")], render_kw={"data-width": "s"})
    relation = SelectField("与户主关系", choices=["本人", "配偶", "子女", "父母", "其他"], render_kw={"data-width": "s"})
    number = StringField(
        "证件号码", [InputRequired("请填写证件号码")],
        render_kw={"data-width": "l", "data-idnumber": "", "data-fills-birth": "birth", "data-fills-sex": "sex", "inputmode": "text"},
    )  # fmt: skip
    sex = SelectField("性别", choices=[("", ""), ("male", "男"), ("female", "女")], render_kw={"data-width": "xs"})
    birth = DateField("出生日期", render_kw={"data-width": "m"})
    income = StringField("月收入(元)", render_kw={"data-width": "s", "data-money": "", "inputmode": "decimal"})
    disabled = BooleanField("残疾", render_kw={"data-width": "xs"})


class Application(FlaskForm):
    rev = HiddenField(default="3")
    name = StringField("申请人姓名", [InputRequired("请填写姓名"), Length(max=30)])
    number = StringField(
        "公民身份号码", [InputRequired("请填写公民身份号码")], description="18 位,填写后自动核对校验位",
        render_kw={"data-idnumber": "", "data-fills-birth": "birth", "data-fills-sex": "sex"},
    )  # fmt: skip
    sex = SelectField("性别", choices=[("", "请选择"), ("male", "男"), ("female", "女")], render_kw={"data-width": "third"})
    birth = DateField("出生日期", render_kw={"data-width": "third"})
    phone = StringField("联系电话", render_kw={"data-width": "third", "inputmode": "tel"})
    township = SelectField("乡镇", choices=[("", "请选择"), ("433123101", "青溪镇(虚构)"), ("433123102", "白石乡(虚构)")])
    village = SelectField(
        "村(社区)", choices=[("", "请选择")], validate_choice=False,
        render_kw={"data-depends-on": "township", "data-options-url": "/gallery/villages"},
    )  # fmt: skip
    address = StringField("住址", render_kw={"data-width": "full"})
    kind = RadioField("救助类别", [InputRequired("请选择救助类别")], choices=[("urgent", "急难型"), ("expense", "支出型")])
    reasons = SelectMultipleField(
        "困难原因", choices=[("illness", "重大疾病"), ("accident", "意外事故"), ("fire", "火灾"), ("school", "就学")],
        widget=widgets.ListWidget(prefix_label=False), option_widget=widgets.CheckboxInput(),
    )  # fmt: skip
    self_paid = StringField(
        "近 12 个月自付金额", render_kw={"data-money": "", "data-unit": "元", "inputmode": "decimal",
        "data-visible-when": '["==", ["name", "kind"], ["const", "expense"]]'},
    )  # fmt: skip
    months = StringField("申请救助月数", render_kw={"data-number": "", "data-unit": "个月", "inputmode": "numeric"})
    total = StringField(
        "家庭月收入合计", render_kw={"data-money": "", "data-unit": "元",
        "data-compute": '["call", "total", ["name", "members"], ["name", "income"]]'},
    )  # fmt: skip
    story = TextAreaField("困难情况说明", [InputRequired("请说明困难情况")], description="写明时间、原因、已得到的帮助")
    consent = BooleanField("已签署核对授权书", [InputRequired("需要先签署授权书")])
    members = FieldList(FormField(Member), label="共同生活家庭成员", min_entries=1, max_entries=20)

    def validate_number(self, field):
        if len(field.data or "") != 18:
            raise ValidationError("公民身份号码应为 18 位")


SECTIONS = [
    {"id": "applicant", "title": "申请人", "hint": "按户口簿填写。", "fields": ["name", "number", "sex", "birth", "phone", "township", "village", "address"]},
    {"id": "members", "title": "共同生活家庭成员", "hint": "每人一行,户主写在第一行。", "fields": ["members"]},
    {"id": "need", "title": "困难情况", "fields": ["kind", "reasons", "self_paid", "months", "total", "story"]},
    {
        "id": "cost", "title": "支出明细", "hint": "只有支出型需要填写。", "fields": ["consent"],
        "visible_when": '["==", ["name", "kind"], ["const", "expense"]]',
    },
]  # fmt: skip


class Login(FlaskForm):
    username = StringField()
    password = PasswordField(widget=widgets.PasswordInput())
    new_password = PasswordField()
    new_password_confirm = PasswordField()
    code = StringField()


class Clerk:
    is_authenticated = True
    name, username = "向晓禾", "clerk"


NAMES = "田小满 龙春生 吴秋月 麻水清 石长河 向阳花 滕有田 杨柳青 隆冬梅 欧阳晴川".split()
STATES = [("待受理", ""), ("调查中", "info"), ("公示中", "wait"), ("已确认", "good"), ("不予确认", "bad"), ("有异议", "hold")]


def create_gallery():
    app = Flask(__name__, template_folder=str(VIEWS / "templates"), static_folder=str(VIEWS / "static"))
    app.jinja_loader.searchpath.append(str(Path(__file__).parent / "gallery_pages"))
    app.config.update(SECRET_KEY="gallery", BABEL_DEFAULT_LOCALE="zh_Hans_CN")
    Babel(app)
    CSRFProtect(app)

    @app.before_request
    def new_nonce():
        g.nonce = secrets.token_urlsafe(12)

    @app.after_request
    def guard(response):
        response.headers["Content-Security-Policy"] = POLICY.format(g.nonce)
        return response

    @app.context_processor
    def frame():
        return {
            "csp_nonce": lambda: g.nonce, "current_user": Clerk(), "site_name": "社会救助管理", "site_note": "凤凰县(演示)",
            "user_note": "青溪镇 · 经办", "search_url": "/gallery/list", "home_url": "/", "menu": menu(), "pages": PAGES,
            "user_menu": [{"label": "修改密码", "url": "/gallery/change-password", "icon": "key"}, {"label": "退出", "url": "/gallery/posted", "icon": "out", "post": True}],
            "banner": "演示数据,全部虚构。",
        }  # fmt: skip

    app.add_url_rule("/", view_func=show, defaults={"page": "dashboard"})
    app.add_url_rule("/gallery/<page>", view_func=show, methods=["GET", "POST"])
    app.add_url_rule("/gallery/villages", view_func=villages)
    app.add_url_rule("/gallery/job-state", view_func=job_state)
    app.add_url_rule("/gallery/posted", view_func=posted, methods=["POST"])
    return app


def villages():
    parent = request.args["parent"]
    return jsonify([[f"{parent}{n:03d}", f"{name}村"] for n, name in enumerate(["上坪", "中坪", "下坪"], 201)])


def job_state():
    return jsonify(state="done", state_label="已完成", done=200, total=200, failed=2, message="用时 8 秒", finished=True, result_url="/gallery/batch")


def posted():
    return jsonify({key: request.form.getlist(key) for key in request.form if key != "csrf_token"})


def show(page):
    if page not in PAGES:
        abort(404)
    if page == "error":
        return render_template("errors/404.html"), 404
    auth = {"login": "login", "change-password": "change_password", "two-factor": "two_factor", "two-factor-setup": "two_factor_setup", "recovery-codes": "recovery_codes"}
    if page in auth:
        return render_template(f"auth/{auth[page]}.html", form=Login(), recovery_url="#", recovery_codes=[f"{n:04d}-{n * 7:04d}" for n in range(1201, 1209)])
    data = {"sections": SECTIONS, "rows": rows(), "page": page}
    if page.startswith("form"):
        data["form"] = application(page)
    if page == "list":
        flash("已受理 3 件申请。", "success")
    template = {"form-errors": "form", "list-picked": "list", "list-empty": "list", "worklist-empty": "worklist"}.get(page, page)
    return render_template(f"{template}.html", **data)


def application(page):
    people = [{"name": "田小满", "relation": "本人"}, {"name": "龙春生", "relation": "配偶"}, {"name": "田禾", "relation": "子女"}]
    form = Application(data=None if request.method == "POST" else {"name": "田小满", "members": people, "kind": "urgent"})
    if page == "form-errors":
        form.number.data = "43312319700101001"
        form.validate()
    elif request.method == "POST":
        form.validate()
    return form


def rows():
    return [
        {
            "id": f"c{n}", "url": "/gallery/case", "name": name,
            "cells": {
                "name": name, "number": f"433123101LS2026{n:05d}", "type": ["临时救助", "最低生活保障"][n % 2],
                "place": {"text": "青溪镇", "sub": "上坪村"}, "people": n % 5 + 1, "amount": f"{(n * 137 % 40) * 100:,}.00",
                "state": {"text": STATES[n % 6][0], "tone": STATES[n % 6][1]}, "due": "2026-10-12", "at": f"2026-09-{n % 28 + 1:02d}",
            },
            "actions": [{"label": "办理", "url": "/gallery/case"}, {"label": "撤回", "url": "/gallery/posted", "post": True, "confirm": f"撤回{name}的申请?", "danger": True}],
        }
        for n, name in enumerate(NAMES * 2)
    ]  # fmt: skip


def menu():
    groups = {
        "待办": [("我的待办", "worklist", "todo", 12, "bad"), ("首页", "dashboard", "home", None, "")],
        "案件": [("全部案件", "list", "case", None, ""), ("新建申请", "form", "plus", None, ""), ("案件详情", "case", "person", None, "")],
        "公示": [("公示批次", "list-empty", "posting", 2, "warn")],
        "发放": [("发放名册", "batch", "money", None, ""), ("待遇", "list-picked", "award", None, ""), ("银行回盘", "job", "bank", 3, "")],
        "监督": [("抽查", "worklist-empty", "dice", None, ""), ("近亲属备案", "form-errors", "people", None, "")],
        "报表": [("统计", "print", "chart", None, "")],
        "配置": [("救助类型", "login", "blocks", None, ""), ("标准", "error", "scale", None, ""), ("用户", "two-factor", "gear", None, "")],
    }
    here = (request.view_args or {}).get("page")
    return [
        {"title": title, "items": [{"label": a, "url": f"/gallery/{b}", "icon": c, "count": d, "tone": e, "active": b == here} for a, b, c, d, e in items]}
        for title, items in groups.items()
    ]


if __name__ == "__main__":
    create_gallery().run(port=5099)
