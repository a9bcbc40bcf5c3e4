"""Signing in and out, one's own password, second factor, sessions and language."""

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from adminapp import audit, engine, sealing
from adminapp.auth import accounts, attempts, login, passwords, rules, totp
from adminapp.auth import sessions as stored
from adminapp.errors import Invalid
from adminapp.security import guard
from views import agents
from views.preferences import came_from

blueprint = Blueprint("auth", __name__)

CLEAR = '"cache", "storage"'
YEAR = 365 * 24 * 3600


class LoginForm(FlaskForm):
    username = StringField(_l("用户名"), [InputRequired(_l("请填写用户名")), Length(max=200)])
    password = PasswordField(_l("密码"), [InputRequired(_l("请填写密码")), Length(max=passwords.LONGEST)])


class CodeForm(FlaskForm):
    code = StringField(_l("验证码"), [InputRequired(_l("请填写验证码")), Length(max=40)])


class ProofForm(FlaskForm):
    """Asks who replaces a second factor for the password: the session may stand open at somebody else's hands."""

    password = PasswordField(_l("当前密码"), [InputRequired(_l("请填写当前密码")), Length(max=passwords.LONGEST)])

    def validate_password(self, field):
        if not passwords.verify(g.user.row["password"], field.data):
            raise ValidationError(_("当前密码不正确"))


class PasswordForm(FlaskForm):
    password = PasswordField(_l("当前密码"), [InputRequired(_l("请填写当前密码")), Length(max=passwords.LONGEST)])
    new_password = PasswordField(_l("新密码"), [InputRequired(_l("请填写新密码")), Length(max=passwords.LONGEST)])
    new_password_confirm = PasswordField(_l("再输一次新密码"), [InputRequired(_l("请再输一次新密码"))])

    def validate_new_password_confirm(self, field):
        if field.data != self.new_password.data:
            raise ValidationError(_("两次输入的新密码不一样"))


@blueprint.route("/login", methods=["GET", "POST"], endpoint="login")
def sign_in():
    if g.actor is not None:
        return redirect(next_url())
    form, status = LoginForm(), 200
    if form.validate_on_submit():
        try:
            cookie, stage = login.sign_in(form.username.data, form.password.data, address(), agent())
        except (login.Refused, attempts.Locked) as error:
            form.form_errors.append(str(error))
            status = error.status
        else:
            if stage == "code":
                return with_cookie(redirect(url_for("auth.second_factor", next=request.args.get("next")), 303), cookie)
            return entered(cookie)
    return render_template("auth/login.html", form=form), status


@blueprint.route("/login/code", methods=["GET", "POST"])
def second_factor():
    if g.session is None or g.session["stage"] != "code":
        return redirect(url_for("auth.login"), 303)
    form, status = CodeForm(), 200
    if form.validate_on_submit():
        try:
            cookie = login.check_code(g.session, form.code.data, address(), agent())
        except (login.Refused, attempts.Locked) as error:
            form.form_errors.append(str(error))
            return render_template("auth/two_factor.html", form=form), error.status
        if cookie:
            return entered(cookie)
        form.code.errors = [_("验证码不正确或已用过，请等下一个")]
        status = 401
    return render_template("auth/two_factor.html", form=form), status


@blueprint.post("/logout")
def logout():
    stored.close(g.session["_id"])
    audit.log("logout")
    session.clear()
    answer = redirect(url_for("auth.login"), 303)
    answer.delete_cookie(
        guard.cookie_name(), secure=current_app.config["SESSION_COOKIE_SECURE"], httponly=True, samesite="Lax"
    )
    answer.headers["Clear-Site-Data"] = CLEAR
    return answer


@blueprint.route("/password", methods=["GET", "POST"])
def change_password():
    form, status, limits = PasswordForm(), 200, rules.read()
    if g.user.demo and request.method == "POST":
        abort(403, _("演示账户不能修改密码。"))
    if form.validate_on_submit():
        try:
            user = accounts.change_password(g.user, form.password.data, form.new_password.data)
        except Invalid as error:
            form.form_errors.extend(str(problem) for problem in error.problems)
            status = 400
        else:
            cookie = stored.open_session(
                user, limits, stage="signed", needs=login.needs_of(user, limits), ip=address(), agent=agent()
            )
            flash(_("密码已修改，其他设备上的登录已结束"), "success")
            return with_cookie(redirect(url_for("home.index"), 303), cookie)
    help_text = _(
        "至少 %(count)s 个字符，含大小写字母、数字、符号中的三种；不要用姓名、地名和常见词。",
        count=limits.password_length,
    )
    must = "password" in g.session["needs"]
    return render_template("auth/change_password.html", form=form, must_change=must, password_help=help_text), status


@blueprint.route("/second-factor", methods=["GET", "POST"])
def set_up_second_factor():
    """First post makes a secret, which waits sealed with the session; the second proves that the phone has it."""
    if g.user.demo:
        abort(403, _("演示账户不能设置两步验证。"))
    form, context = CodeForm(), f"sessions.pending:{g.session['_id']}"
    proof = ProofForm() if g.user.has_second_factor else None
    if request.method == "GET":
        return render_template("auth/two_factor_setup.html", form=form, proof=proof)
    if "setup" in request.form or not g.session.get("pending"):
        if proof and not proof.validate():
            return render_template("auth/two_factor_setup.html", form=form, proof=proof), 400
        secret = totp.make_secret()
        stored.keep(g.session["_id"], pending=sealing.seal(secret, context))
        form.code.raw_data = None
    else:
        secret = sealing.unseal(g.session["pending"], context)
        codes = totp.enable(g.user, secret, form.code.data or "")
        if codes:
            stored.satisfy(g.session["_id"], "second_factor", pending="")
            stored.close_all(g.user.username, but=g.session["_id"])
            audit.log("second_factor_set")
            return render_template("auth/recovery_codes.html", recovery_codes=codes, next_url=url_for("home.index"))
        form.code.errors = [_("验证码不正确，请核对手机时间")]
    issuer = engine.current().settings.county + _("社会救助")
    picture = totp.picture(g.user.username, secret, issuer)
    return render_template("auth/two_factor_setup.html", form=form, authr_qrcode=picture, authr_key=secret)


@blueprint.get("/sessions")
def sessions():
    return render_template("accounts/sessions.html", sessions=stored.of(g.user.username), current=g.session["_id"], said=agents.said)


@blueprint.post("/sessions/end")
def end_sessions():
    count = stored.close_all(g.user.username, but=g.session["_id"])
    audit.log("sessions_ended", count=count)
    flash(_("已结束其他 %(count)s 处登录", count=count), "success")
    return redirect(url_for("auth.sessions"), 303)


@blueprint.post("/language/<any(zh, en):code>")
def choose_language(code):
    answer = redirect(safe_path(came_from()), 303)
    answer.set_cookie(
        "lang", code, max_age=YEAR, secure=current_app.config["SESSION_COOKIE_SECURE"], httponly=True, samesite="Lax"
    )
    return answer


def entered(cookie):
    """Return the redirect after a login: new cookie, new form token; nothing from before the login is of use."""
    session.clear()
    return with_cookie(redirect(next_url(), 303), cookie)


def with_cookie(answer, cookie):
    answer = make_response(answer)
    answer.set_cookie(
        guard.cookie_name(),
        cookie,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return answer


def next_url() -> str:
    return safe_path(request.args.get("next", ""))


def safe_path(target: str) -> str:
    """Return the target when it is a plain path of this site, else the start page."""
    plain = target.startswith("/") and not target.startswith(("//", "/\\")) and "\\" not in target
    return (
        target
        if plain and target.isprintable() and not any(letter.isspace() for letter in target)
        else url_for("home.index")
    )


def address() -> str:
    return request.remote_addr or ""


def agent() -> str:
    return request.headers.get("User-Agent", "")
