"""Issued notices (collection `notices`): written once, never changed, so that printing again gives the same paper.

``{_id, case, case_number, type, version, item, kind, title, record, series, serial, number, office, township, village,
name, on, token, content, digest, template, issued, by, by_name}``. `_id` follows from case, kind and stage record:
whoever issues the same notice again gets the first one. `content` is sealed; `template` is a digest of a row in
`notice_templates`.
"""

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from pymongo import DESCENDING
from pymongo.errors import BulkWriteError

from adminapp import database, dates, indexes, sealing
from adminapp.errors import Conflict, Invalid, NotFound, ReliefError
from adminapp.legal_basis import LegalBasis, legal_basis
from adminapp.notices.draft import Draft, draft
from adminapp.notices.due import Due
from adminapp.notices.kinds import KINDS
from adminapp.registry import Published
from adminapp.related import recusal
from adminapp.scope import Actor, ScopedCollection
from adminapp.workflow import events
from adminapp.workflow.noting import note_many

COLLECTION, TEMPLATES, EVENTS = "notices", "notice_templates", "events"
TRIES = 50
indexes.declare(COLLECTION, "number", ["series", "-serial"], unique=True)
indexes.declare(COLLECTION, "token", ["token"], unique=True)
indexes.declare(COLLECTION, "case", ["case", "-issued"])


def collection() -> ScopedCollection:
    """Return the issued notices within the actor's scope."""
    return ScopedCollection(database.raw(COLLECTION))


def id_of(case_id, due: Due) -> str:
    return _digest(f"{case_id}\n{due.kind}\n{due.record['id']}")[:24]


@dataclass(frozen=True)
class Wanted:
    """A notice to be issued: a case as it was read, the version it stands under, and what it has earned."""

    case: object
    published: Published
    due: Due

    @property
    def id(self) -> str:
        return id_of(self.case.pk, self.due)


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

    `check_root` is the public address under which a token is checked; without one no code is printed. Raise Invalid,
    and use up no number, when a decision has no remedy in force or something else it needs is missing.
    """
    [found] = issue_many([Wanted(case, published, due)], actor, check_root, law, standards)
    if isinstance(found, ReliefError):
        raise found
    return found


def issue_many(
    wanted: Sequence[Wanted], actor: Actor, check_root: str = "", law: LegalBasis | None = None, standards=None
) -> list[dict | ReliefError]:
    """Do `issue` for many cases, numbered in their order; what stands in the way of one is returned in its place.

    Reads and writes are shared, so that ten thousand notices are not held up by the way to the database.
    """
    law, near = law or legal_basis(), recusal.related_keys(actor)
    ids = [each.id for each in wanted]
    found: dict[str, dict | ReliefError] = {row["_id"]: row for row in collection().find({"_id": {"$in": ids}})}
    found |= {each.id: error for each in wanted if (error := _recused(each.case, actor, near))}
    fresh: dict[str, tuple[dict, Draft]] = {}
    for each in wanted:
        if each.id in found or each.id in fresh:
            continue
        try:
            made = draft(each.case, each.published.relief_type, each.due, law, KINDS[each.due.kind].default_template(), standards)
            _check(made, each.due)
            fresh[each.id] = _record(each, made, actor, check_root), made
        except ReliefError as error:
            found[each.id] = error
    _keep_templates(fresh.values())
    found |= _number(list(fresh.values()), law)
    _log([(each, found[each.id]) for each in wanted if isinstance(found[each.id], dict)], actor)
    return [found[key] for key in ids]


def _recused(case, actor, near) -> ReliefError | None:
    if near.isdisjoint(person.get("key") for person in case.people):
        return None
    try:
        recusal.refuse(actor, case.people)
    except recusal.Recused as error:
        return error


def _check(made: Draft, due: Due):
    if KINDS[due.kind].decides and not made.values.get("remedy"):
        raise Invalid(f"{due.on} 没有可用的救济途径文字，{due.title}不能出具。请县政策管理员核对文书依据。")
    if due.kind == "supplement" and not made.tables.get("files"):
        raise Invalid("没有写明需要补正的材料，不能出具告知书。")


def _record(each: Wanted, made: Draft, actor, check_root):
    case, due, token = each.case, each.due, secrets.token_urlsafe(9)
    return {
        "_id": each.id,
        "case": case.pk,
        "case_number": case.number,
        "type": each.published.key,
        "version": each.published.version,
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
        "template": _digest(_template(made)),
        "issued": dates.now(),
        "by": actor.id,
        "by_name": actor.name,
    }


def _template(made: Draft) -> str:
    return made.template or KINDS[made.kind].default_template()


def _keep_templates(fresh):
    texts = {record["template"]: _template(made) for record, made in fresh}
    there = {row["_id"] for row in database.raw(TEMPLATES).find({"_id": {"$in": list(texts)}}, {"_id": 1})}
    for digest in texts.keys() - there:
        database.raw(TEMPLATES).update_one({"_id": digest}, {"$setOnInsert": {"html": texts[digest]}}, upsert=True)


def _number(fresh: list[tuple[dict, Draft]], law) -> dict[str, dict | ReliefError]:
    """Give each record the next number of its series and store it: no number is used twice or left out.

    Number and record are one write, in the order of the list. When somebody else takes a number meanwhile, what is
    behind it stays unwritten and is numbered anew.
    """
    found, waiting, tries = {}, fresh, 0
    while waiting and tries < TRIES:
        numbered = _with_numbers(waiting, law)
        try:
            collection().insert_many(numbered, ordered=True)
            stored, tries = len(numbered), 0
        except BulkWriteError as error:
            stored = error.details["nInserted"]
            tries = 0 if stored else tries + 1
        found |= {record["_id"]: record for record in numbered[:stored]}
        waiting = waiting[stored:]
        if waiting and (first := database.raw(COLLECTION).find_one({"_id": waiting[0][0]["_id"]})):
            found[first["_id"]], waiting = first, waiting[1:]
    return found | {record["_id"]: Conflict("文书编号正忙，请稍后再试。") for record, _made in waiting}


def _with_numbers(waiting, law) -> list[dict]:
    last, numbered = {}, []
    for record, made in waiting:
        year = date.fromisoformat(record["on"]).year
        series = f"{made.office.mark or 'county'}:{record['kind']}:{year}"
        if series not in last:
            newest = database.raw(COLLECTION).find_one({"series": series}, {"serial": 1}, sort=[("serial", DESCENDING)])
            last[series] = newest["serial"] if newest else 0
        last[series] += 1
        number = law.number(record["kind"], made.office, year, last[series])
        numbered.append(_with_content({**record, "series": series, "serial": last[series], "number": number}, made))
    return numbered


def _with_content(record, made):
    values = {**made.values, "number": record["number"]}
    content = _canonical({"values": values, "tables": made.tables})
    digest = _digest("\n".join((record["kind"], record["template"], record["check"], content)))
    return {**record, "content": sealing.seal(content, _context(record)), "digest": digest}


def _log(issued: list[tuple[Wanted, dict]], actor):
    """Put each issue into its case's log, once: after a crash in between, the next print does it."""
    for _ in range(TRIES):
        issued = _unlogged(issued)
        if not issued:
            return
        note_many([(each.case, _entry(each.case, record, actor)) for each, record in _one_a_case(issued)])
        issued = _unlogged(issued)
        issued = [(_again(each), record) for each, record in issued]
    raise Conflict()


def _one_a_case(issued):
    return list({each.case.pk: (each, record) for each, record in reversed(issued)}.values())[::-1]


def _unlogged(issued):
    cases = [each.case.pk for each, _record in issued]
    events.drain_many(cases)
    told = database.raw(EVENTS).find({"case": {"$in": cases}, "action": "notice"}, {"data.notice": 1})
    known = {row["data"]["notice"] for row in told}
    return [(each, record) for each, record in issued if record["_id"] not in known]


def _entry(case, record, actor):
    data = {"notice": record["_id"], "kind": record["kind"], "number": record["number"]}
    return events.entry(actor, "notice", f"出具{record['title']}", case.state, case.state, data)


def _again(each: Wanted) -> Wanted:
    """Return it with the case as it stands now. Raise NotFound."""
    case = each.published.model.objects(pk=each.case.pk).first()
    if case is None:
        raise NotFound()
    return replace(each, case=case)


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
    [content] = contents_of([record])
    if isinstance(content, ReliefError):
        raise content
    return content


def contents_of(records: Sequence[dict]) -> list[dict | ReliefError]:
    """Do `content_of` for many notices; what stands in the way of one is returned in its place."""
    digests = list({record["template"] for record in records})
    rows = database.raw(TEMPLATES).find({"_id": {"$in": digests}})
    templates = {row["_id"]: row["html"] for row in rows if _digest(row["html"]) == row["_id"]}
    return [_opened(record, templates.get(record["template"])) for record in records]


def _opened(record, template) -> dict | ReliefError:
    if template is None:
        return Invalid(f"文书 {record['number']} 的模板已丢失或被改动，不能打印。")
    try:
        return {**json.loads(sealing.unseal(record["content"], _context(record))), "template": template}
    except sealing.BrokenSeal as error:
        return error


def _context(record):
    return f"notices.content:{record['_id']}"


def _canonical(content):
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _digest(text):
    return hashlib.sha256(text.encode()).hexdigest()
