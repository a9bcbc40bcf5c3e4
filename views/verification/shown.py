"""What the screens of verification show: requests by state, a batch, one household with its results."""

import secrets
from dataclasses import dataclass

from flask import g, url_for
from flask_babel import gettext as _

from adminapp import dates, divisions, engine
from adminapp.fields import KINDS
from adminapp.jobs import model as jobs
from adminapp.money import format_yuan
from adminapp.policy import REVIEWER
from adminapp.verification import batches, findings, people, reporting, requests
from adminapp.verification.kinds import inquiry_kinds
from adminapp.workflow import deadlines
from views.asked import page_asked
from views.cases.badges import due_badge
from views.jobs import state_of
from views.places import townships
from views.worklist import type_names

PAGE = 200
LISTED = {"findings": 0, "people.number": 0}
BATCHES = "batches"
COUNT_TO = 1000
TABS = (requests.WAITING, requests.SENT, requests.RETURNED, requests.REPORTED)
LONGEST_NOTE = 200
KINDS_OF_JOB = ("verification_send", "verification_receive", "verification_report")


@dataclass(frozen=True)
class Wanted:
    """What the list shows: requests in a state, or the batches; of one township or all within reach."""

    show: str = requests.WAITING
    township: str = ""

    @classmethod
    def read(cls, values):
        show, township = values.get("show", ""), values.get("township", "")
        known = len(township) == divisions.TOWNSHIP and divisions.exists(township) and g.actor.reaches(township)
        return cls(show if show in (*TABS, BATCHES) else requests.WAITING, township if known else "")

    def find(self, limit) -> list[dict]:
        """Return the requests without what came back, those due first, reported ones newest first."""
        place = {"township": self.township} if self.township else {}
        index = "work_township" if self.township or g.actor.townships is not None else "work"
        order = -1 if self.show == requests.REPORTED else 1
        query, sort = {"state": self.show, **place}, [("state", order), ("due", order)]
        return list(requests.collection().find(query, LISTED, sort=sort, limit=limit, hint=index))


def listing(wanted: Wanted) -> dict:
    county, checker = g.actor.townships is None, g.actor.has(REVIEWER)
    values = {"wanted": wanted, "tabs": _tabs(wanted, county), "may_make": checker and wanted.show == requests.WAITING, "more": False, "page": PAGE,
              "townships": townships() if county else []}  # fmt: skip
    if wanted.show == BATCHES and county:
        return values | {"columns": _batch_columns(), "rows": [_batch_row(row) for row in batches.recent()], "pick": None}
    found = wanted.find(PAGE + 1)
    rows = [_request_row(row, type_names()) for row in found[:PAGE]]
    return values | {"columns": _request_columns(wanted), "rows": rows, "more": len(found) > PAGE, "pick": "batch" if values["may_make"] and rows else None}


def _tabs(wanted, county):
    def number(state):
        return requests.collection().count_documents({"state": state}, limit=COUNT_TO)

    found = [(state, _(requests.STATES[state])) for state in TABS] + ([(BATCHES, _("批次"))] if county else [])
    place = {"township": wanted.township} if wanted.township else {}
    return [
        {"label": label, "url": url_for("verification.index", show=key, **place), "active": wanted.show == key,
         "count": number(key) if key in (requests.WAITING, requests.RETURNED) else None}
        for key, label in found
    ]  # fmt: skip


def _request_columns(wanted):
    columns = [
        {"key": "name", "label": _("申请人"), "main": True},
        {"key": "type", "label": _("救助类型")},
        {"key": "place", "label": _("乡镇、村")},
        {"key": "people", "label": _("人数"), "align": "r"},
        {"key": "asked", "label": _("提请")},
    ]
    last = {requests.REPORTED: ("result", _("结果")), requests.WAITING: ("due", _("时限"))}.get(wanted.show, ("batch", _("批次")))
    return [*columns, dict(zip(("key", "label"), last, strict=True))]


def _request_row(row, types):
    badge = due_badge(requests.due_day(row)) if row["state"] == requests.WAITING else None
    result = {"text": _(findings.RESULTS[row["result"]]), "tone": _tone(row["result"])} if row["result"] else ""
    cells = {
        "name": {"text": row["name"], "sub": row["number"]},
        "type": {"text": types.get(row["type"], row["type"]), "sub": _(requests.OCCASIONS[row["occasion"]])},
        "place": divisions.name_of(row["township"]) + divisions.name_of(row["village"]),
        "people": len(row["people"]),
        "asked": {"text": row["asked_on"], "sub": row["asked_by_name"]},
        "due": {"text": badge["text"], "tone": badge["tone"]} if badge else "",
        "batch": row["batch"] or "",
        "result": result,
    }
    return {"id": row["_id"], "url": url_for("verification.show", request_id=row["_id"]), "cells": cells, "name": row["name"]}


def _tone(result):
    return "bad" if result == findings.INCONSISTENT else "good"


def _batch_columns():
    return [
        {"key": "batch", "label": _("批次"), "main": True},
        {"key": "state", "label": _("状态")},
        {"key": "requests", "label": _("户数"), "align": "r"},
        {"key": "people", "label": _("人数"), "align": "r"},
        {"key": "made", "label": _("组批")},
        {"key": "sent", "label": _("发出")},
    ]


def _batch_row(row):
    cells = {
        "batch": row["_id"],
        "state": {"text": _(batches.STATES[row["state"]]), "tone": batches.TONES[row["state"]]},
        "requests": row["requests"],
        "people": row["people"],
        "made": {"text": row["made_on"], "sub": row["made_by_name"]},
        "sent": {"text": row["sent_on"] or "", "sub": row["sent_by"]},
    }
    return {"id": row["_id"], "url": url_for("verification.batch", batch_id=row["_id"]), "cells": cells}


def _page_of(heads, page):
    """Return the requests of a page whole, but for what came back and the numbers."""
    ids = [item["_id"] for item in heads[(page - 1) * PAGE : page * PAGE]]
    whole = {item["_id"]: item for item in requests.collection().find({"_id": {"$in": ids}}, LISTED)}
    return [whole[ident] for ident in ids if ident in whole]


def batch(row) -> dict:
    """Return what the page of a batch shows: its requests by state, ?page= of them."""
    counts, job = batches.counts(row["_id"]), jobs.running(KINDS_OF_JOB, batch=row["_id"])
    found, page = batches.heads_of(row["_id"]), page_asked()
    working = bool(job) and job["state"] not in jobs.FINISHED
    checker = g.actor.has(REVIEWER) and not working
    rows = []
    for item in _page_of(sorted(found, key=lambda item: TABS.index(item["state"])), page):
        shown = _request_row(item, type_names())
        shown["cells"]["state"] = {"text": _(requests.STATES[item["state"]]), "tone": requests.TONES[item["state"]]}
        rows.append(shown)
    columns = [column for column in _request_columns(Wanted(requests.REPORTED)) if column["key"] != "asked"]
    columns.insert(-1, {"key": "state", "label": _("状态")})
    unsent = [item for item in found if item["state"] == requests.SENT and item["due"]]
    return {
        "batch": row, "job": state_of(job) if job else None, "columns": columns, "rows": rows, "once": secrets.token_hex(8),
        "state": {"label": _(batches.STATES[row["state"]]), "tone": batches.TONES[row["state"]]},
        "prev_url": url_for("verification.batch", batch_id=row["_id"], page=page - 1) if page > 1 else None,
        "next_url": url_for("verification.batch", batch_id=row["_id"], page=page + 1) if len(found) > page * PAGE else None,
        "tiles": [{"label": _(requests.STATES[state]), "value": counts.get(state, 0), "unit": _("户")} for state in (*TABS[1:], requests.CANCELLED)],
        "may_send": checker and row["state"] != batches.CLOSED, "may_receive": checker and row["state"] == batches.SENT,
        "may_report": checker and counts.get(requests.RETURNED, 0) > 0,
        "faulty": sum(1 for item in found if item["faulty"]), "unsent": len(unsent) if row["state"] == batches.SENT else 0,
        "late_fields": _late_fields() if any(item["due"] < dates.today().isoformat() for item in unsent) else [],
    }  # fmt: skip


def _late_fields(typed=None):
    """Return the fields that ask why a step comes late, as a question box wants them."""
    told = typed or {}
    causes = [{"value": key, "label": _(label)} for key, label in deadlines.CAUSES.items()]
    return [{"name": deadlines.CODE, "label": _("超期原因"), "kind": "select", "required": True, "options": causes, "value": told.get(deadlines.CODE)},
            {"name": deadlines.REASON, "label": _("超期说明"), "kind": "textarea", "required": True, "value": told.get(deadlines.REASON)}]  # fmt: skip


def one(row, typed=None, problems=(), raw=None) -> dict:
    """Return what the page of one household shows; `raw` are its findings, once opened for a reason."""
    checker = g.actor.has(REVIEWER)
    reports = checker and row["state"] == requests.RETURNED
    proposed = reporting.proposal(engine.current(), row) if reports else []
    state = {"label": _(requests.STATES[row["state"]]), "tone": requests.TONES[row["state"]]}
    if row["result"]:
        state = {"label": _(findings.RESULTS[row["result"]]), "tone": _tone(row["result"])}
    return {
        "row": row, "state": state, "problems": problems, "reports": reports, "once": secrets.token_hex(8),
        "case_url": url_for("cases.details_view", type_key=row["type"], id=str(row["case"])),
        "facts": _facts(row), "people": [_person(item) for item in row["people"]],
        "asked": "、".join(kind.label for key, kind in inquiry_kinds().items() if key in row["inquiries"]),
        "form": [_entry(item, typed, raw) for item in proposed], "summary": typed["summary"] if typed else row["summary"],
        "late_fields": _late_fields(typed) if reports and reporting.late(engine.current(), row) else [],
        "results": [{**item, "result": {"text": _(findings.RESULTS[item["result"]]), "tone": "" if item["result"] == findings.NONE else _tone(item["result"])}}
                    for item in row["results"]],
        "results_for": [(key, _(label)) for key, label in findings.RESULTS.items()],
        "may_reveal": checker and bool(row.get("findings")), "raw": _raw(row, raw) if raw is not None else None, "note_limit": LONGEST_NOTE,
    }  # fmt: skip


def _facts(row):
    facts = [
        (_("救助类型"), type_names().get(row["type"], row["type"])),
        (_("乡镇、村"), divisions.full_name(row["village"])),
        (_("提请"), f"{_(requests.OCCASIONS[row['occasion']])} · {row['asked_on']} · {row['asked_by_name']}"),
        (_("批次"), row["batch"]),
        (_("报告"), f"{row['reported_on']} · {row['reported_by']}" if row["reported_on"] else None),
        (_("撤销原因"), _(row["summary"]) if row["summary"] and row["state"] == requests.CANCELLED else None),
        (_("需要说明的情况"), row["note"]),
    ]
    return [{"label": label, "value": value, "wide": label == _("需要说明的情况")} for label, value in facts if value]


def _person(item):
    role = _("共同生活以外的义务人") if item["role"] == people.OUTSIDER else ""
    return {"name": item["name"], "relation": item["relation"], "number": KINDS["id_number"].mask(requests.plain_number(item)), "role": role}


def _entry(item, typed, raw):
    """Return a kind as the checker's form wants it: the result that follows stands there, figures only once opened."""
    key, figures = item.kind.key, ""
    if raw is not None:
        figures = _("查得 %(total)s，申报 %(declared)s", total=item.shown(item.total) or "—", declared=item.shown(item.declared) or "—")
    return {
        "key": key,
        "label": item.kind.label,
        "provider": item.kind.provider,
        "proposed": _(findings.RESULTS[item.result]) if item.result else _("需要人工判断"),
        "value": typed["results"].get(key, "") if typed else item.result,
        "note": typed["notes"].get(key, "") if typed else "",
        "figures": figures,
    }


def _raw(row, raw):
    """Return each finding in full: {who, kind, found, figure, detail, as_of}."""
    names, known = {item.get("line"): item["name"] for item in row["people"]}, inquiry_kinds()
    return [
        {"who": names.get(line, ""), "kind": known[key].label, "found": _("有信息") if item["found"] == "found" else _("无信息"),
         "figure": _figure(known[key], item), "detail": item.get("detail") or "", "as_of": item.get("as_of") or ""}
        for line, kinds in sorted(raw.items()) for key, items in kinds.items() if key in known for item in items
    ]  # fmt: skip


def _figure(kind, item):
    if item.get("amount") is not None:
        return f"{format_yuan(item['amount'])} 元"
    return f"{item['count']} {kind.unit}" if item.get("count") is not None else ""


def typed(row, form) -> dict:
    """Return what the checker typed: results and notes by kind, the summary, and why it is late."""
    return {
        "results": {key: form.get(f"result-{key}", "") for key in row["inquiries"]},
        "notes": {key: note for key in row["inquiries"] if (note := form.get(f"note-{key}", "").strip()[:LONGEST_NOTE])},
        "summary": form.get("summary", "").strip()[:500],
        **deadlines.told(form),
    }


def following(row) -> str | None:
    """Return the id of the next household of the batch that waits for its report, so that a checker goes on."""
    return batches.next_returned(row["batch"], row["_id"]) if row["batch"] else None
