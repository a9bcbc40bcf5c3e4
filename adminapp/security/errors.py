"""What people see when something fails: a sentence and a number to quote; the rest is in the log of the program."""

import logging
import secrets
import traceback

import pymongo.errors
from flask import current_app, g, has_request_context, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from jinja2 import TemplateNotFound
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from adminapp import audit
from adminapp.errors import Forbidden, NotFound, ReliefError, SetupError

DATABASE_AWAY = (
    pymongo.errors.ConnectionFailure,
    pymongo.errors.ExecutionTimeout,
    pymongo.errors.WTimeoutError,
    pymongo.errors.WriteConcernError,
)
AWAY = """<!doctype html><html lang="zh-Hans"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>系统维护中</title><h1>系统维护中</h1><p>暂时连接不上数据库，请稍后再试。已保存的内容不受影响。</p></html>"""
RETRY_SECONDS = 10
SENTENCES = {401: "请先登录。", 415: "不接受这种格式的内容。"}

log = logging.getLogger(__name__)


def init_app(app):
    app.register_error_handler(CSRFError, forged)
    app.register_error_handler(HTTPException, http)
    app.register_error_handler(ReliefError, relief)
    app.register_error_handler(pymongo.errors.PyMongoError, stored)
    app.register_error_handler(Exception, crashed)


def forged(error):
    return page(400, "页面已过期，请返回后刷新再试。")


def http(error):
    if error.response is not None or error.code is None or error.code < 400:
        return error
    own = error.description if error.description != type(error).description else SENTENCES.get(error.code)
    answer = page(error.code, own)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            answer.headers[name] = value
    return answer


def relief(error):
    if isinstance(error, SetupError):
        _record(error)
        return away()
    if isinstance(error, Forbidden):
        audit.log("denied")
    elif isinstance(error, NotFound) and g.get("actor") is not None:
        audit.log("absent")
    if error.status >= 500:
        return page(error.status, str(error), _record(error))
    return page(error.status, str(error), problems=getattr(error, "problems", ()))


def stored(error):
    reference = _record(error)
    return away() if isinstance(error, DATABASE_AWAY) else page(500, None, reference)


def crashed(error):
    return page(500, None, _record(error))


def away():
    """Return the page for a database that does not answer: a fixed text, which needs nothing."""
    answer = make_response(AWAY, 503)
    answer.headers["Retry-After"] = RETRY_SECONDS
    return answer


def page(status: int, sentence: str | None = None, reference: str = "", problems=()):
    """Return an error as a page, or as JSON to a script that asked for it, or to another system."""
    if request.path.startswith("/api/"):
        return problem(status, sentence, reference, problems)
    if wants_json():
        return {"error": sentence or "", "reference": reference}, status
    facts = {"text": sentence, "title": None, "reference": reference}
    try:
        body = render_template(f"errors/{status}.html", **facts)
    except TemplateNotFound:
        title = {401: "请先登录", 415: "格式不对"}.get(status, "请求无法处理")
        body = render_template("errors/error.html", **facts | {"code": status, "title": title, "text": sentence or ""})
    return make_response(body, status)


def problem(status: int, sentence: str | None, reference: str, problems):
    """Return an error as problem+json (RFC 9457); `problems` are sentences, or {path or field: sentences}."""
    listed = []
    for item in problems:
        for path, sentences in item.items() if isinstance(item, dict) else [("", [str(item)])]:
            pointer = path if not path or path.startswith("/") else f"/values/{path}"
            listed += [{"path": pointer, "text": text} for text in sentences]
    facts = {"type": "about:blank", "title": sentence or HTTP_STATUS_CODES.get(status, ""), "status": status}
    answer = jsonify(facts | ({"reference": reference} if reference else {}) | ({"problems": listed} if listed else {}))
    answer.status_code, answer.mimetype = status, "application/problem+json"
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def wants_json() -> bool:
    """Tell whether a script asks, not a person."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def _record(error) -> str:
    """Log where it failed; return the number to quote. Messages stay out: a database error quotes people's values."""
    reference = secrets.token_hex(8)
    where = "".join(traceback.format_list(traceback.extract_tb(error.__traceback__)))
    message = f": {error}" if isinstance(error, ReliefError) or current_app.testing else ""
    endpoint = request.endpoint if has_request_context() else ""
    log.error("incident %s at %s\n%s%s%s", reference, endpoint, where, type(error).__name__, message)
    return reference
