"""What other systems post: applications as drafts, their papers, their changes, and the submission.

An application is stored once for each key of a token: the same request again gives the case that is there. The id of the case is
chosen with the key, before the case is stored, so a request that died in between goes on where it stopped.
"""

import hashlib
import json
import secrets

from bson import ObjectId
from pymongo import ReturnDocument

from adminapp import database, dates
from adminapp.errors import Conflict, Forbidden, Invalid
from adminapp.fields import KINDS
from adminapp.files import LARGEST, OTHER
from adminapp.files import add as add_file
from adminapp.loading import load_case
from adminapp.text import plain_number
from adminapp.workflow import opening
from adminapp.workflow.transition import Move, edit, perform

COLLECTION = "api_posts"
LONGEST_KEY = 80
NOT_SENT = ("note", "computed", "attachment")
POSTED = ("api_open", "接口登记申请")


class Precondition(Conflict):
    """The request does not say on which state of the case it was made, or that state has passed."""

    sentence = "请先读取案件，用 If-Match 带上它的 ETag。"
    status = 428


def read_values(sent, relief_type, path="/values") -> dict:
    """Return plain values by field id of a JSON object. Raise Invalid with {path: sentences} of everything wrong."""
    if not isinstance(sent, dict):
        raise Invalid("values 要是 JSON 对象", problems=[{path: ["要是 JSON 对象"]}])
    fields = {key: field for key, field in relief_type.live_fields.items() if field.kind not in NOT_SENT}
    values, problems = {}, {}
    for key, value in sent.items():
        if key not in fields:
            problems[f"{path}/{key}"[:120]] = ["没有这个字段，或者它由程序计算"]
        elif fields[key].fields:
            values[key] = _rows(value, fields[key], f"{path}/{key}", problems)
        else:
            _read(values, key, value, fields[key], f"{path}/{key}", problems)
    if problems:
        raise Invalid("；".join(text for texts in problems.values() for text in texts), problems=[problems])
    return values


def _read(values, key, value, field, path, problems):
    try:
        values[key] = KINDS[field.kind].from_json(value, field)
    except Invalid as error:
        problems[path] = [str(error)]


def _rows(sent, table, path, problems):
    columns = {column.id: column for column in table.fields if not column.retired and column.kind not in NOT_SENT}
    if not isinstance(sent, list) or not all(isinstance(row, dict) for row in sent):
        problems[path] = ["要是对象的列表"]
        return []
    if len(sent) > (table.max_rows or 30):
        problems[path] = [f"最多 {table.max_rows or 30} 行"]
        return []
    rows = []
    for number, row in enumerate(sent):
        values = {}
        for key, value in row.items():
            if key not in columns:
                problems[f"{path}/{number}/{key}"[:120]] = ["没有这一列"]
            else:
                _read(values, key, value, columns[key], f"{path}/{number}/{key}", problems)
        rows.append(values)
    return rows


def check_key(key: str) -> str:
    """Return an idempotency key. Raise Invalid."""
    if not key or len(key) > LONGEST_KEY or not (key.isascii() and key.isprintable()):
        raise Invalid(f"请用 Idempotency-Key 请求头带上 1 至 {LONGEST_KEY} 个字符的键：同一申请重发时用同一个键")
    return key


def apply(engine, token: dict, key: str, sent: dict, actor) -> tuple[object, bool]:
    """Store an application as a draft and return (case, whether it is new). Raise Invalid, Forbidden, Conflict.

    A key stands for what was stored under it: as long as that was refused, the same key may come with the corrected application.
    """
    key = check_key(key)
    known = engine.registry.latest()
    if not isinstance(sent.get("type"), str) or sent["type"] not in known:
        raise Invalid("没有这个救助类型", problems=[{"/type": [f"可用：{'、'.join(known)}"]}])
    if not isinstance(sent.get("village"), str):
        raise Invalid("请给出 village（12 位村代码）", problems=[{"/village": ["要是 12 位村代码"]}])
    published = known[sent["type"]]
    values = read_values(sent.get("values", {}), published.relief_type)
    digest = hashlib.sha256(json.dumps(sent, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    reserved = {"$setOnInsert": {"case": ObjectId(), "digest": digest, "at": dates.now()}}
    ident = f"{token['_id']}:{key}"
    post = database.raw(COLLECTION).find_one_and_update({"_id": ident}, reserved, upsert=True, return_document=ReturnDocument.AFTER)
    # Wherever it lies: a token whose places were changed meanwhile must not store it a second time.
    stored = database.raw("cases").find_one({"_id": post["case"]}, {"_id": 1})
    if post["digest"] != digest:
        replaced = {"_id": ident, "digest": post["digest"]}
        if stored or not database.raw(COLLECTION).update_one(replaced, {"$set": {"digest": digest}}).matched_count:
            raise Conflict("同一个 Idempotency-Key 先前用于另一份申请，请换一个键")
    if stored:
        return load_case(engine.registry, str(post["case"]))[0], False
    on = dates.today()
    case = opening.draft_of(published, actor, sent["village"], values, on)
    case.id = post["case"]
    opening.finish(case, published, actor, engine.standards, on, first=POSTED, key=hashlib.sha256(ident.encode()).hexdigest()[:16])
    return opening.store_new(case, published), True


def seen_rev(header: str | None) -> int:
    """Return the rev an If-Match header names. Raise Precondition when there is none."""
    rev = plain_number((header or "").strip().removeprefix("W/").strip('"'))
    if rev is None:
        raise Precondition()
    return rev


def change(engine, found, sent: dict, rev: int, actor):
    """Set values of a case that stands at `rev`; `found` is (case, published)."""
    case, published = found
    values = read_values(sent.get("values", {}), published.relief_type)
    edit(Move(case, published, actor, engine.standards), values, rev)


def submit(engine, found, rev: int, actor):
    """Submit a draft that stands at `rev`. Raise Invalid with what it lacks."""
    case, published = found
    if case.rev != rev:
        raise Conflict()
    perform(Move(case, published, actor, engine.standards), "submit")


def attach(engine, case_id: str, document: str, name: str, data: bytes, actor):
    """Add a paper to a case and return its entry. Raise Invalid, Forbidden once the case is closed."""
    case, published = load_case(engine.registry, case_id)
    labels = {item.id: item.label for item in published.relief_type.documents} | {OTHER: "其他材料"}
    if document not in labels:
        raise Invalid(f"没有材料“{document[:40]}”，可用：{'、'.join(labels)}")
    if case.state not in ("draft", "submitted", "supplement"):
        raise Forbidden("案件已受理，材料请由经办人登记")
    if len(data) > LARGEST:
        raise Invalid(f"文件超过 {LARGEST // 1024 // 1024} MB")
    return add_file(case, actor, document, name or secrets.token_hex(4), data, labels[document])
