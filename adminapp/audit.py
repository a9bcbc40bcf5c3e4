"""The log of people: logins, denials, reveals, exports, changed accounts. Append-only, each entry chained to the last.

What happened to a case is in its own events (workflow/events.py). An entry names accounts, endpoints and document ids,
never a value of a person, so that who reads the log learns nothing about a household.
"""

import logging
import re

from flask import has_request_context, request
from pymongo import ASCENDING, DESCENDING
from pymongo.errors import DuplicateKeyError

from adminapp import database, dates, indexes, scope
from adminapp.errors import Conflict
from adminapp.workflow.events import digest

COLLECTION = "audit"
indexes.declare(COLLECTION, "seq", ["seq"], unique=True)
indexes.declare(COLLECTION, "kind", ["kind", "-seq"])
indexes.declare(COLLECTION, "actor", ["actor", "-seq"])

KINDS = {
    "login": "登录",
    "login_failed": "登录失败",
    "locked": "登录锁定",
    "logout": "退出",
    "second_factor_failed": "验证码错误",
    "password_changed": "修改密码",
    "second_factor_set": "启用两步验证",
    "sessions_ended": "结束其他会话",
    "denied": "拒绝访问",
    "absent": "访问不存在或范围外的内容",
    "forged": "拒绝外站请求",
    "reveal": "查看完整信息",
    "export": "导出",
    "download": "下载",
    "print": "打印",
    "search": "按号码查找",
    "import": "导入",
    "publish": "发布救助类型",
    "standards": "修改标准",
    "settings": "修改设置",
    "template": "修改文书模板",
    "account_created": "新建账户",
    "account_changed": "修改账户",
    "account_disabled": "停用账户",
    "account_enabled": "启用账户",
    "password_reset": "重置密码",
    "account_unlocked": "解除锁定",
    "second_factor_removed": "取消两步验证",
    "job": "后台任务",
    "payment": "发放批次",
}
"""Kind and what a reader of the log sees. Another module may add its own with `declare`."""

LONGEST = 200
TRIES = 50
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

_log = logging.getLogger(__name__)


def declare(kind: str, label: str):
    """Add a kind of entry; naming one twice is an error."""
    if kind in KINDS:
        raise ValueError(f"audit kind {kind} is declared twice")
    KINDS[kind] = label


def log(kind: str, **data):
    """Add one entry about the current actor. `data` are short facts: ids, counts, reasons; never values of a person.

    `actor="name"` says who it was when nobody is signed in (a failed login).
    """
    if kind not in KINDS:
        raise ValueError(f"unknown audit kind {kind}")
    actor = _actor()
    entry = {
        "at": dates.now(),
        "kind": kind,
        "actor": clean(data.pop("actor", actor.id if actor else "")),
        "roles": sorted(actor.roles) if actor else [],
        "ip": "",
        "endpoint": "",
        "data": {key: clean(value) for key, value in data.items()},
    }
    if has_request_context():
        entry |= {
            "ip": clean(request.remote_addr or ""),
            "endpoint": clean(request.endpoint or ""),
            "method": clean(request.method),
        }
    _append(entry)
    _log.info("%s %s %s", kind, entry["actor"] or "-", entry["endpoint"] or "-")


def clean(value):
    """Return a value that can be logged: numbers and yes/no as they are, text on one line and not too long."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, (list, tuple, set, frozenset)):
        return [clean(item) for item in list(value)[:50]]
    return _UNSAFE.sub(" ", str(value))[:LONGEST]


def _actor():
    try:
        return scope.current()
    except scope.ScopeError:
        return None


def _append(entry):
    collection = database.raw(COLLECTION)
    for _ in range(TRIES):
        last = collection.find_one({}, {"seq": 1, "h": 1}, sort=[("seq", DESCENDING)])
        row = {**entry, "seq": last["seq"] + 1 if last else 1, "prev": last["h"] if last else ""}
        row["h"] = digest(row)
        try:
            collection.insert_one(row)
            return
        except DuplicateKeyError:
            continue  # somebody else took this number: look again
    raise Conflict("日志正忙，请稍后再试。")


def entries(query: dict | None = None, before: int | None = None, limit: int = 50) -> list[dict]:
    """Return entries, newest first; `before` is the number to continue below."""
    query = dict(query or {})
    if before is not None:
        query["seq"] = {"$lt": before}
    return list(database.raw(COLLECTION).find(query, sort=[("seq", DESCENDING)], limit=limit))


def verify():
    """Yield a sentence for each break of the chain: an entry that is missing or was changed."""
    seq, previous = 0, ""
    for entry in database.raw(COLLECTION).find({}, sort=[("seq", ASCENDING)]):
        if entry["seq"] != seq + 1:
            yield f"日志第 {seq + 1} 条缺失"
        elif entry["prev"] != previous or entry["h"] != digest(entry):
            yield f"日志第 {entry['seq']} 条被改动"
        seq, previous = entry["seq"], entry["h"]
