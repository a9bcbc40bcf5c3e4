"""Issued notices (collection `notices`): written once, never changed, so that printing again gives the same paper.

``{_id, case, case_number, type, version, item, kind, title, record, series, serial, number, office, township, village,
name, on, token, content, digest, template, issued, by, by_name}``. `_id` follows from case, kind and stage record:
whoever issues the same notice again gets the first one. `content` is sealed; `template` is a digest of a row in
`notice_templates`.
"""

import hashlib
import json
import secrets
from datetime import date
from pathlib import Path

from pymongo import DESCENDING
from pymongo.errors import DuplicateKeyError

from adminapp import database, dates, indexes, sealing
from adminapp.errors import Conflict, Invalid, NotFound
from adminapp.legal_basis import LegalBasis, legal_basis
from adminapp.notices import DECISIONS, Draft, Due, draft
from adminapp.registry import Published
from adminapp.related import recusal
from adminapp.scope import Actor, ScopedCollection
from adminapp.workflow import events, transition

COLLECTION, TEMPLATES, EVENTS = "notices", "notice_templates", "events"
FOLDER = Path(__file__).parent / "notices"
TRIES = 50
indexes.declare(COLLECTION, "number", ["series", "-serial"], unique=True)
indexes.declare(COLLECTION, "token", ["token"], unique=True)
indexes.declare(COLLECTION, "case", ["case", "-issued"])


def collection() -> ScopedCollection:
    """Return the issued notices within the actor's scope."""
    return ScopedCollection(database.raw(COLLECTION))


def template_of(kind: str) -> str:
    """Return the common template of a kind."""
    return (FOLDER / f"{kind}.html").read_text("utf-8")


def id_of(case_id, due: Due) -> str:
    return _digest(f"{case_id}\n{due.kind}\n{due.record['id']}")[:24]


def issue(
    case,
    published: Published,
    due: Due,
    actor: Actor,
    check_root: str = "",
    law: LegalBasis | None = None,
    standards=None,
) -> dict:
    """Return the notice of a case, issued now or before: same number, same content, whoever asks again.

    Raise what `reserve` raises.
    """
    record = reserve(case, published, due, actor, check_root, law, standards)
    log_issue(case, published, record, actor)
    return record


def reserve(
    case,
    published: Published,
    due: Due,
    actor: Actor,
    check_root: str = "",
    law: LegalBasis | None = None,
    standards=None,
) -> dict:
    """Return the stored notice with its number; the case's log does not tell of it before `log_issue`.

    `check_root` is the public address under which a token is checked; without one no code is printed. Raise Invalid,
    and use up no number, when a decision has no remedy in force or something else it needs is missing.
    """
    key = id_of(case.pk, due)
    record = collection().find_one({"_id": key})
    recusal.refuse(actor, case.people)
    if record is None:
        law = law or legal_basis()
        made = draft(case, published.relief_type, due, law, template_of(due.kind), standards)
        _check(made, due)
        record = _store(_record(key, case, published, due, made, actor, check_root), made, law)
    return record


def _check(made: Draft, due: Due):
    if due.kind in DECISIONS and not made.values.get("remedy"):
        raise Invalid(f"{due.on} 没有可用的救济途径文字，{due.title}不能出具。请县政策管理员核对文书依据。")
    if due.kind == "supplement" and not made.tables.get("files"):
        raise Invalid("没有写明需要补正的材料，不能出具告知书。")


def _record(key, case, published, due, made, actor, check_root):
    template = made.template or template_of(due.kind)
    digest = _digest(template)
    if database.raw(TEMPLATES).find_one({"_id": digest}, {"_id": 1}) is None:
        database.raw(TEMPLATES).update_one({"_id": digest}, {"$setOnInsert": {"html": template}}, upsert=True)
    token = secrets.token_urlsafe(9)
    return {
        "_id": key,
        "case": case.pk,
        "case_number": case.number,
        "type": published.key,
        "version": published.version,
        "item": made.values["item"],
        "kind": due.kind,
        "title": due.title,
        "record": due.record["id"],
        "office": made.office.name,
        "township": case.township,
        "village": case.village,
        "name": case.name,
        "on": made.on.isoformat(),
        "token": token,
        "check": f"{check_root}{token}" if check_root else "",
        "template": digest,
        "issued": dates.now(),
        "by": actor.id,
        "by_name": actor.name,
    }


def _store(record, made, law) -> dict:
    """Give the record the next number of its series and store it, in one write: no number is used twice or left out."""
    notices = database.raw(COLLECTION)
    year = date.fromisoformat(record["on"]).year
    series = f"{made.office.mark or 'county'}:{record['kind']}:{year}"
    for _ in range(TRIES):
        last = notices.find_one({"series": series}, {"serial": 1}, sort=[("serial", DESCENDING)])
        serial = last["serial"] + 1 if last else 1
        number = law.number(record["kind"], made.office, year, serial)
        whole = _with_content({**record, "series": series, "serial": serial, "number": number}, made)
        try:
            collection().insert_one(whole)
            return whole
        except DuplicateKeyError:
            first = notices.find_one({"_id": record["_id"]})
            if first is not None:
                return first
    raise Conflict("文书编号正忙，请稍后再试。")


def _with_content(record, made):
    values = {**made.values, "number": record["number"]}
    content = _canonical({"values": values, "tables": made.tables})
    digest = _digest("\n".join((record["kind"], record["template"], record["check"], content)))
    return {**record, "content": sealing.seal(content, _context(record)), "digest": digest}


def log_issue(case, published, record, actor):
    """Put the issue into the case's log, once: after a crash in between, the next print does it."""
    known = {"case": case.pk, "action": "notice", "data.notice": record["_id"]}
    for _ in range(TRIES):
        events.drain(case.pk)
        if database.raw(EVENTS).find_one(known, {"_id": 1}):
            return
        data = {"notice": record["_id"], "kind": record["kind"], "number": record["number"]}
        try:
            transition.store(
                case, case.rev, events.entry(actor, "notice", f"出具{record['title']}", case.state, case.state, data)
            )
            return
        except Conflict:
            case = published.model.objects(pk=case.pk).first()
            if case is None:
                raise NotFound() from None
    raise Conflict()


def get(notice_id: str) -> dict:
    """Return a notice the actor may see. Raise NotFound."""
    record = collection().find_one({"_id": str(notice_id)})
    if record is None:
        raise NotFound()
    return record


def of_case(case_id) -> list[dict]:
    """Return the notices issued for a case, newest first, without their content."""
    return list(collection().find({"case": case_id}, {"content": 0}, sort=[("issued", DESCENDING)]))


def by_token(token: str) -> dict | None:
    """Return what anybody may know who holds the paper: nothing of a person but the surname."""
    shown = {"number": 1, "title": 1, "item": 1, "on": 1, "office": 1, "name": 1, "_id": 0}
    record = database.raw(COLLECTION).find_one({"token": str(token)}, shown)
    return {**record, "name": f"{record['name'][:1]}*"} if record else None


def content_of(record: dict) -> dict:
    """Return ``{values, tables, template}``, opened. Raise BrokenSeal when the stored text was touched."""
    content = json.loads(sealing.unseal(record["content"], _context(record)))
    template = database.raw(TEMPLATES).find_one({"_id": record["template"]})
    if template is None or _digest(template["html"]) != record["template"]:
        raise Invalid(f"文书 {record['number']} 的模板已丢失或被改动，不能打印。")
    return {**content, "template": template["html"]}


def _context(record):
    return f"notices.content:{record['_id']}"


def _canonical(content):
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _digest(text):
    return hashlib.sha256(text.encode()).hexdigest()
