"""Every component of the look on sample pages with invented data (虚构). Run: python tests/views/gallery.py, then open http://127.0.0.1:5099/."""

import secrets
from pathlib import Path

from flask import Flask, abort, flash, g, jsonify, render_template, request
from flask_babel import Babel
from flask_wtf import CSRFProtect, FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    widgets,
)
from wtforms.validators import InputRequired, Length, ValidationError

from adminapp import assets

VIEWS = Path(__file__).resolve().parents[2] / "views"
POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{0}'; style-src 'self' 'nonce-{0}'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
PAGES = (  # noqa: SIM905
    "dashboard worklist worklist-empty list list-picked list-empty form form-errors case batch job print "
    "login change-password two-factor two-factor-setup recovery-codes error"
).split()
ACCOUNT_PAGES = ("login", "change-password", "two-factor", "two-factor-setup", "recovery-codes")
SAME_TEMPLATE = {"form-errors": "form", "list-picked": "list", "list-empty": "list", "worklist-empty": "worklist"}


class Member(Form):
    key = HiddenField()
    name = StringField("姓名", [InputRequired("请填写姓名")], render_kw={"data-width": "s"})
    relation = SelectField(
        "与户主关系", choices=["本人", "配偶", "子女", "父母", "其他"], render_kw={"data-width": "s"}
    )
    number = StringField(
        "证件号码",
        [InputRequired("请填写证件号码")],
        render_kw={
            "data-width": "l",
            "data-idnumber": "",
            "data-fills-birth": "birth",
            "data-fills-sex": "sex",
            "inputmode": "text",
        },
    )
    sex = SelectField(
        "性别",
        choices=[SelectChoice("", ""), SelectChoice("male", "男"), SelectChoice("female", "女")],
        render_kw={"data-width": "xs"},
    )
    birth = DateField("出生日期", render_kw={"data-width": "m"})
    income = StringField("月收入(元)", render_kw={"data-width": "s", "data-money": "", "inputmode": "decimal"})
    disabled = BooleanField("残疾", render_kw={"data-width": "xs"})


class Application(FlaskForm):
    rev = HiddenField(default="3")
    name = StringField("申请人姓名", [InputRequired("请填写姓名"), Length(max=30)])
    number = StringField(
        "公民身份号码",
        [InputRequired("请填写公民身份号码")],
        description="18 位,填写后自动核对校验位",
        render_kw={"data-idnumber": "", "data-fills-birth": "birth", "data-fills-sex": "sex"},
    )
    sex = SelectField(
        "性别",
        choices=[SelectChoice("", "请选择"), SelectChoice("male", "男"), SelectChoice("female", "女")],
        render_kw={"data-width": "third"},
    )
    birth = DateField("出生日期", render_kw={"data-width": "third"})
    phone = StringField("联系电话", render_kw={"data-width": "third", "inputmode": "tel"})
    township = SelectField(
        "乡镇",
        choices=[
            SelectChoice("", "请选择"),
            SelectChoice("433123101", "青溪镇(虚构)"),
            SelectChoice("433123102", "白石乡(虚构)"),
        ],
    )
    village = SelectField("村(社区)", choices=[SelectChoice("", "请选择"), SelectChoice("433123101201", "上坪村")], validate_choice=False)
    address = StringField("住址", render_kw={"data-width": "full"})
    kind = RadioField(
        "救助类别",
        [InputRequired("请选择救助类别")],
        choices=[SelectChoice("urgent", "急难型"), SelectChoice("expense", "支出型")],
    )
    reasons = SelectMultipleField(
        "困难原因",
        choices=[
            SelectChoice("illness", "重大疾病"),
            SelectChoice("accident", "意外事故"),
            SelectChoice("fire", "火灾"),
            SelectChoice("school", "就学"),
        ],
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
    )
    self_paid = StringField(
        "近 12 个月自付金额",
        render_kw={
            "data-money": "",
            "data-unit": "元",
            "inputmode": "decimal",
            "data-visible-when": '["==", ["name", "kind"], ["const", "expense"]]',
        },
    )
    months = StringField("申请救助月数", render_kw={"data-number": "", "data-unit": "个月", "inputmode": "numeric"})
    total = StringField(
        "家庭月收入合计",
        render_kw={
            "data-money": "",
            "data-unit": "元",
            "data-compute": '["call", "total", ["name", "members"], ["name", "income"]]',
        },
    )
    story = TextAreaField("困难情况说明", [InputRequired("请说明困难情况")], description="写明时间、原因、已得到的帮助")
    consent = BooleanField("已签署核对授权书", [InputRequired("需要先签署授权书")])
    members = FieldList(FormField(Member), label="共同生活家庭成员", min_entries=1, max_entries=20)

    def validate_number(self, field):
        if len(field.data or "") != 18:
            raise ValidationError("公民身份号码应为 18 位")


SECTIONS = [
    {
        "id": "applicant",
        "title": "申请人",
        "hint": "按户口簿填写。",
        "fields": ["name", "number", "sex", "birth", "phone", "township", "village", "address"],
    },
    {"id": "members", "title": "共同生活家庭成员", "hint": "每人一行,户主写在第一行。", "fields": ["members"]},
    {"id": "need", "title": "困难情况", "fields": ["kind", "reasons", "self_paid", "months", "total", "story"]},
    {
        "id": "cost",
        "title": "支出明细",
        "hint": "只有支出型需要填写。",
        "fields": ["consent"],
        "visible_when": '["==", ["name", "kind"], ["const", "expense"]]',
    },
]


class Login(FlaskForm):
    username = StringField()
    password = PasswordField(widget=widgets.PasswordInput())
    new_password = PasswordField()
    new_password_confirm = PasswordField()
    code = StringField()


class Clerk:
    is_authenticated = True
    name, username = "向晓禾", "clerk"


NAMES = ["田小满", "龙春生", "吴秋月", "麻水清", "石长河", "向阳花", "滕有田", "杨柳青", "隆冬梅", "欧阳晴川"]
STATES = [
    ("待受理", ""),
    ("调查中", "info"),
    ("公示中", "wait"),
    ("已确认", "good"),
    ("不予确认", "bad"),
    ("有异议", "hold"),
]


def create_gallery():
    app = Flask(__name__, template_folder=str(VIEWS / "templates"), static_folder=None)
    assets.init_app(app, VIEWS / "static")
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
        account = [
            {"label": "修改密码", "url": "/gallery/change-password", "icon": "key"},
            {"label": "退出", "url": "/gallery/posted", "icon": "out", "post": True},
        ]
        return {
            "csp_nonce": lambda: g.nonce,
            "current_user": Clerk(),
            "site_name": "社会救助管理",
            "site_note": "凤凰县(演示)",
            "user_note": "青溪镇 · 经办",
            "search_url": "/gallery/list",
            "home_url": "/",
            "menu": menu(),
            "pages": PAGES,
            "user_menu": account,
            "banner": "演示数据,全部虚构。",
        }

    app.add_url_rule("/", view_func=show, defaults={"page": "dashboard"})
    app.add_url_rule("/gallery/<page>", view_func=show, methods=["GET", "POST"])
    app.add_url_rule("/gallery/job-state", view_func=job_state)
    app.add_url_rule("/gallery/posted", view_func=posted, methods=["POST"])
    return app


def job_state():
    figures = {"done": 200, "total": 200, "failed": 2}
    return jsonify(state_label="已完成", message="用时 8 秒", finished=True, result_url="/gallery/batch", **figures)


def posted():
    return jsonify({key: request.form.getlist(key) for key in request.form if key != "csrf_token"})


def show(page):
    if page not in PAGES:
        abort(404)
    if page == "error":
        return render_template("errors/404.html"), 404
    if page in ACCOUNT_PAGES:
        codes = [f"{n:04d}-{n * 7:04d}" for n in range(1201, 1209)]
        name = page.replace("-", "_")
        return render_template(f"auth/{name}.html", form=Login(), recovery_url="#", recovery_codes=codes)
    data = {"sections": SECTIONS, "rows": rows(), "page": page}
    if page.startswith("form"):
        data["form"] = application(page)
    if page == "list":
        flash("已受理 3 件申请。", "success")
    return render_template(f"{SAME_TEMPLATE.get(page, page)}.html", **data)


def application(page):
    people = [
        {"name": "田小满", "relation": "本人"},
        {"name": "龙春生", "relation": "配偶"},
        {"name": "田禾", "relation": "子女"},
    ]
    if page == "form-errors":
        form = Application(SENT_BACK, meta={"csrf": False})
        form.validate()
        return form
    if request.method == "POST":
        form = Application()
        form.validate()
        return form
    return Application(data={"name": "田小满", "members": people, "kind": "urgent", "township": "433123101"})


SENT_BACK = MultiDict(
    {
        "name": "田小满",
        "number": "43312319700101001",
        "sex": "female",
        "township": "433123101",
        "kind": "expense",
        "months": "3",
        "members-0-name": "田小满",
        "members-0-relation": "本人",
        "members-0-number": "433123197001010019",
        "members-0-sex": "female",
        "members-0-birth": "1970-01-01",
        "members-0-income": "600.00",
        "members-1-name": "龙春生",
        "members-1-relation": "配偶",
        "members-1-sex": "male",
        "members-1-number": "",
    }
)


POST = {"url": "/gallery/posted", "post": True, "danger": True}


def rows():
    return [
        {
            "id": f"c{n}",
            "url": "/gallery/case",
            "name": name,
            "cells": {
                "name": name,
                "number": f"433123101LS2026{n:05d}",
                "type": ["临时救助", "最低生活保障"][n % 2],
                "place": {"text": "青溪镇", "sub": "上坪村"},
                "people": n % 5 + 1,
                "amount": f"{(n * 137 % 40) * 100:,}.00",
                "state": {"text": STATES[n % 6][0], "tone": STATES[n % 6][1]},
                "due": "2026-10-12",
                "at": f"2026-09-{n % 28 + 1:02d}",
            },
            "actions": [
                {"label": "办理", "url": "/gallery/case"},
                {"label": "撤回", "confirm": f"撤回{name}的申请?", **POST},
            ],
        }
        for n, name in enumerate(NAMES * 2)
    ]


def menu():
    groups = {
        "待办": [("我的待办", "worklist", "todo", 12, "bad"), ("首页", "dashboard", "home", None, "")],
        "案件": [
            ("全部案件", "list", "case", None, ""),
            ("新建申请", "form", "plus", None, ""),
            ("案件详情", "case", "person", None, ""),
        ],
        "公示": [("公示批次", "list-empty", "posting", 2, "warn")],
        "发放": [
            ("发放名册", "batch", "money", None, ""),
            ("待遇", "list-picked", "award", None, ""),
            ("银行回盘", "job", "bank", 3, ""),
        ],
        "监督": [("抽查", "worklist-empty", "dice", None, ""), ("近亲属备案", "form-errors", "people", None, "")],
        "报表": [("统计", "print", "chart", None, "")],
        "配置": [
            ("救助类型", "login", "blocks", None, ""),
            ("标准", "error", "scale", None, ""),
            ("用户", "two-factor", "gear", None, ""),
        ],
    }
    here = (request.view_args or {}).get("page")
    names = ("label", "url", "icon", "count", "tone")
    menu = []
    for title, lines in groups.items():
        items = [dict(zip(names, line, strict=True)) for line in lines]
        menu.append(
            {"title": title, "items": [{**i, "url": f"/gallery/{i['url']}", "active": i["url"] == here} for i in items]}
        )
    return menu


if __name__ == "__main__":
    create_gallery().run(port=5099)
