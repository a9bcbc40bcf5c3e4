"""Public pages without login: made beforehand and sent as they lie, and three small forms: objection, complaint, asking.

No cookie, no script. A form carries a signed token instead of a session: it proves that the form is ours, and names the
submission, so that a second press is the same one. What is absent, over or foreign looks alike.
"""

import gzip
import secrets

from flask import Blueprint, Response, current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.exceptions import RequestEntityTooLarge

from adminapp import database, dates, divisions
from adminapp.auth import attempts
from adminapp.complaints import course as complaints
from adminapp.complaints.register import SUBJECTS
from adminapp.errors import Invalid, NotFound, ReliefError
from adminapp.feedback import asking, papers
from adminapp.objections import course as objections
from adminapp.outputs import outputs
from adminapp.postings import register as postings
from adminapp.public import store
from adminapp.security import csrf, errors

blueprint = Blueprint("public", __name__, url_prefix="/public")
POLICY = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
HEADERS = {"Content-Security-Policy": POLICY, "X-Robots-Tag": "noindex, nofollow, noarchive"}
CACHED = "public, max-age=60"
TOKEN_SECONDS = 24 * 3600
SUBMISSIONS, WINDOW_MINUTES = 10, 10
"""From one address; many phones of a village may share one."""
ASKS = 20
LARGEST = 24 * 1024 * 1024
"""Bytes of a form with its papers: a single paper that is too large is refused with everything typed kept."""
TOO_LARGE = "附件合计超过 20 MB，请减少照片或者降低清晰度后再提交"
STALE = "页面打开的时间太长，内容还在，请再按一次提交"


@blueprint.get("/", defaults={"path": ""})
@blueprint.get("/<path:path>")
def page(path):
    """Send a page as it lies."""
    found = store.read(path.rstrip("/"), dates.today())
    if found is None:
        return _answer("absent.html", {}, 404)
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    body = found["body"] if packed else gzip.decompress(found["body"])
    answer = Response(body, mimetype="text/html", headers={**HEADERS, "Cache-Control": CACHED, "Vary": "Accept-Encoding"})
    if packed:
        answer.headers["Content-Encoding"] = "gzip"
    answer.set_etag(found["etag"] + ("-gz" if packed else ""))
    return answer.make_conditional(request)


def _answer(template, values, status=200) -> Response:
    return Response(outputs["public_page"](template, values), status, mimetype="text/html", headers={**HEADERS, "Cache-Control": "no-store"})


# Forms


@blueprint.route("/complaint", methods=["GET", "POST"])
def complain():
    """Take a complaint or report from anybody."""
    about = {"subjects": list(SUBJECTS.items()), "townships": divisions.township_choices()}
    return _form("complaint.html", about, lambda typed, uploads, once: complaints.receive(typed, uploads, once=once), "limit")


@blueprint.route("/objection/<posting>", methods=["GET", "POST"])
def object(posting):
    """Take an objection to one household of a posting that hangs."""
    found = database.raw(postings.COLLECTION).find_one({"_id": posting, "kind": postings.REVIEW}, {"photos": 0, "history": 0})
    if found is None or not postings.is_up(found, dates.today()):
        return _answer("absent.html", {}, 404)
    rows = {str(place): row for place, row in enumerate(found["rows"], 1) if row["state"] in (postings.UP, postings.OBJECTED)}
    about = {
        "id": posting, "place": divisions.full_name(found["village"]), "village": found["village"], "issue": found["issue"],
        "households": [(place, f"{row['web'].get('name', row['type_name'])}（{row['type_name']}）") for place, row in rows.items()],
    }  # fmt: skip

    def take(typed, uploads, once):
        case = rows[typed["case"]]["case"] if typed.get("case") in rows else ""
        return objections.receive(found, case, typed, uploads, once=once)

    return _form("objection.html", about, take, "")


def _form(template, about, take, due):
    """Show a form, or take what was typed: the receipt, or the form again with everything that was typed."""
    if request.method == "GET":
        return _answer(template, about | {"typed": {}, "problems": [], "token": _new_token()})
    if attempts.too_many("public", request.remote_addr, WINDOW_MINUTES, SUBMISSIONS):
        return _answer("busy.html", {}, 429)
    typed, token, problems = {}, "", []
    request.max_content_length = LARGEST
    try:
        typed, token = request.form.to_dict(), request.form.get("once", "")
        once = _read_token(token)
        if once is None:
            problems, token = [("", STALE)], ""
        elif typed.get("website"):
            problems = [("", "请不要填写“请留空”一栏")]
        else:
            found, secret = take(typed, _uploads(), once)
            values = {"number": found["_id"], "secret": secret, "due": found.get(due) or ""}
            return _answer("receipt.html", values, 201)
    except RequestEntityTooLarge:
        problems = [("file", TOO_LARGE)]
    except Invalid as error:
        problems = _problems(error)
    return _answer(template, about | {"typed": typed, "problems": problems, "token": token or _new_token()}, 422)


def _uploads():
    return [(item.filename, item.read(papers.LARGEST + 1)) for item in request.files.getlist("file") if item.filename]


def _problems(error) -> list[tuple[str, str]]:
    found = error.problems or [str(error)]
    return [
        (key, sentence)
        for item in found
        for key, sentences in (item.items() if isinstance(item, dict) else [("", [str(item)])])
        for sentence in sentences
    ]


def _signer():
    return URLSafeTimedSerializer(current_app.secret_key, salt="public-form")


def _new_token() -> str:
    return _signer().dumps(secrets.token_hex(12))


def _read_token(token) -> str | None:
    """Return what names the submission, None when the token is not ours or too old."""
    try:
        return str(_signer().loads(token, max_age=TOKEN_SECONDS))
    except BadData:
        return None


@blueprint.route("/ask", methods=["GET", "POST"])
def ask():
    """Tell who holds number and secret how far it is; both are posted, so that neither lands in a log."""
    typed, problems = {}, []
    if request.method == "POST":
        if attempts.too_many("ask", request.remote_addr, 1, ASKS):
            return _answer("busy.html", {}, 429)
        typed = request.form.to_dict()
        told = asking.told(typed.get("number", "")[:40], typed.get("secret", "")[:40])
        if told:
            return _answer("told.html", told)
        problems = [("number", "编号和查询码不相符，请核对后再查")]
    return _answer("ask.html", {"typed": typed, "problems": problems}, 422 if problems else 200)


@blueprint.errorhandler(ReliefError)
def failed(error):
    """Show what is not for anybody as absent; a system that is down says so, as everywhere else."""
    if error.status >= 500:
        return errors.relief(error)
    return _answer("absent.html", {}, 404 if isinstance(error, NotFound) else error.status)


def robots():
    """Tell search engines to keep out: nothing here outlives its days in their copies."""
    return Response("User-agent: *\nDisallow: /\n", mimetype="text/plain", headers={"Cache-Control": "public, max-age=86400"})


def register(app, admin):
    """Add the pages; their forms have no session, so no token of one is asked (their own is)."""
    for view in (complain, object, ask):
        csrf.without_session(app, view)
    app.register_blueprint(blueprint)
    app.add_url_rule("/robots.txt", "robots", robots)


