"""What the pages of releases show: rows of the list, the way so far, the steps that may be taken now."""

from flask import g, url_for
from flask_babel import gettext as _

from adminapp import dates, drafts
from adminapp.errors import Invalid, NotFound
from adminapp.jobs import model as jobs
from adminapp.policy import APPROVER, POLICY_ADMIN
from adminapp.releases import flow, store, withdrawing
from adminapp.releases.model import (
    APPROVED,
    CANCELLED,
    CHECKED,
    DRAFT,
    EDITABLE,
    EVENTS,
    OPEN,
    PUBLISHED,
    SCHEDULED,
    SIMULATED,
    STAGES,
    STATES,
    SUBMITTED,
    TONES,
    UNFINISHED,
    WITHDRAWN,
)  # fmt: skip
from adminapp.simulation import ordering
from adminapp.simulation import store as simulations
from views.jobs import state_of
from views.start import address


def index(engine) -> dict:
    rows = store.listed()
    held = {draft for row in rows for draft in row.get("holds", ())}
    return {
        "columns": _columns(), "rows": [_row(row) for row in rows],
        "drafts": [_draft(draft) for draft in drafts.listed() if draft.id not in held] if g.actor.has(POLICY_ADMIN) else [],
        "draft_columns": [
            {"key": "title", "label": _("草稿"), "main": True}, {"key": "base", "label": _("依据版本")},
            {"key": "by", "label": _("最后修改")}, {"key": "updated", "label": _("修改时间")},
        ],
    }  # fmt: skip


def _columns():
    return [
        {"key": "title", "label": _("发布方案"), "main": True}, {"key": "state", "label": _("状态")}, {"key": "items", "label": _("内容")},
        {"key": "author", "label": _("拟定人")}, {"key": "updated", "label": _("最近办理")},
    ]  # fmt: skip


def _row(row):
    last, due = row["history"][-1], _("定于 %(day)s 发布", day=row["scheduled"]) if row["scheduled"] else ""
    cells = {
        "title": {"text": row["title"], "sub": row["number"]},
        "state": {"text": _(STATES[row["state"]]), "tone": TONES[row["state"]], "sub": due},
        "items": "、".join(item["title"] for item in row["items"]),
        "author": row["author"]["name"],
        "updated": {"text": f"{last['by_name']} {_(EVENTS[last['event']])}", "sub": dates.minute_text(last["at"])},
    }
    return {"id": row["_id"], "url": url_for("releases.show", release_id=row["_id"]), "cells": cells, "dim": row["state"] in (CANCELLED, WITHDRAWN)}


def _draft(draft):
    cells = {
        "title": {"text": draft.title or _("未命名"), "sub": _(draft.sort.title)},
        "base": _("第 %(n)s 版", n=draft.base) if draft.kind == "type" and draft.base else _("新类型") if draft.kind == "type" else _("现行标准表"),
        "by": draft.by["name"], "updated": dates.minute_text(draft.updated),
    }  # fmt: skip
    return {"id": draft.id, "name": draft.title, "url": draft_url(draft.id), "cells": cells}


def draft_url(draft_id) -> str | None:
    """Return the address of a draft in the designer, None where there is none for this person."""
    return address(("designer.draft", {"draft_id": draft_id})) if draft_id else None


# One release


def release(row: dict, engine, tab: str) -> dict:
    """Return what every page of a release needs; `tab` is the endpoint of the page."""
    types = [item for item in row["items"] if item["kind"] == "type"]
    tabs = [("show", _("概况")), ("compare", _("差异与影响")), *([("cases", _("已有案件"))] if types else [])]
    return {
        "state": {"label": _(STATES[row["state"]]), "tone": TONES[row["state"]]},
        "facts": [row["number"], _("%(name)s拟定", name=row["author"]["name"]), dates.minute_text(row["created"])],
        "tabs": [{"label": label, "url": url_for(f"releases.{key}", release_id=row["_id"]), "active": key == tab} for key, label in tabs],
        **taking(row, engine), "may_write": g.actor.has(POLICY_ADMIN) and row["state"] in EDITABLE,
        "items_shown": [_item(row, item, engine) for item in row["items"]],
        "approval": _approval(row), "events": [_event(entry) for entry in reversed(row["history"])],
        "addable": _addable(row) if tab == "show" else [],
    }  # fmt: skip


def taking(row: dict, engine) -> dict:
    """Return the way of a release and what releases/_steps.html needs to take its next step."""
    steps = _steps(row, engine)
    return {
        "release": row, "stages": _stages(row), "steps": steps, "report": row["check"], "simulation": _simulation(row),
        "blockers": withdrawing.blockers(row, engine) if row["state"] == PUBLISHED and g.actor.has(POLICY_ADMIN) else [],
        "today": dates.today().isoformat(), "month": dates.month_of(dates.today()),
        "simulate_on": _simulate_on(row, engine) if "simulate" in steps else "",
    }  # fmt: skip


def _simulate_on(row, engine):
    try:
        return ordering.day_of(engine, row["items"]).isoformat()
    except Invalid:
        return dates.today().isoformat()


def _addable(row):
    if row["state"] not in EDITABLE or not g.actor.has(POLICY_ADMIN):
        return []
    known = {(item["kind"], item["key"]) for item in row["items"]}
    return [draft for draft in drafts.listed() if (draft.kind, draft.key) not in known and store.holding(draft.id) is None]


def _stages(row):
    """Return the way of a release for components/case.html: steps."""
    state = {SCHEDULED: APPROVED, **dict.fromkeys(UNFINISHED, APPROVED), WITHDRAWN: PUBLISHED}.get(row["state"], row["state"])
    found = stages(state, state in STAGES)
    if row["scheduled"]:
        found[-1]["note"] = row["scheduled"]
    if row["state"] == WITHDRAWN:
        found[-1] |= {"label": _(STATES[WITHDRAWN]), "state": "returned"}
    return found


def stages(state: str, begun: bool = True) -> list[dict]:
    """Return the way to publication with what is to be done in `state` as the current step; nothing is current before it is begun."""
    labels = (_("起草"), _("检查"), _("试算"), _("送审"), _("批准"), _("发布"))
    here = STAGES.index(state) + (state != DRAFT) if begun else -1
    return [
        {"label": label, "state": "done" if place < here else "current" if place == here else "next", "note": ""}
        for place, label in enumerate(labels)
    ]


def _steps(row, engine):
    """Return the keys of the steps this person may take now; the page knows how each is asked."""
    state, found = row["state"], []
    writer, approver = g.actor.has(POLICY_ADMIN), g.actor.has(POLICY_ADMIN, APPROVER)
    if writer:
        found += {
            DRAFT: ["check"], CHECKED: ["simulate", "check"], SIMULATED: ["submit", "simulate"], SUBMITTED: ["recall"],
            APPROVED: ["publish", "schedule", "recall"], SCHEDULED: ["publish", "schedule", "unschedule"], PUBLISHED: ["withdraw"],
        }.get(state, [])  # fmt: skip
        found += ["cancel"] if state in EDITABLE else []
    if approver and state == SUBMITTED:
        found = [*(["approve", "return"] if flow.may_approve(row, g.actor) else []), *found]
    waits = row["simulation"] and state == CHECKED and row["simulation"]["pin"] == row["digest"]
    return [step for step in found if not (step == "simulate" and waits)]


def _item(row, item, engine):
    published = engine.registry.latest().get(item["key"]) if item["kind"] == "type" else None
    made = (row["publication"] or {}).get("versions", {}).get(item["key"])
    return {
        "title": item["title"], "kind": _("救助类型") if item["kind"] == "type" else _("标准表"), "draft": item["draft"], "key": item["key"],
        "url": draft_url(item["draft"]) if row["state"] in OPEN else None,
        "again": row["state"] == WITHDRAWN and bool(item["draft"]) and g.actor.has(POLICY_ADMIN) and drafts.open_for(item["kind"], item["key"]) is None,
        "base": _("第 %(n)s 版", n=item["base"]) if item["kind"] == "type" and item["base"] else _("新类型") if item["kind"] == "type" else _("现行标准表"),
        "made": _("第 %(n)s 版", n=made) if made else "", "digest": item["digest"],
        "version_url": address(("config.relief_type", {"key": item["key"], "version": made})) if made and published else None,
        "earlier": row["state"] == PUBLISHED and item["kind"] == "type" and g.actor.has(POLICY_ADMIN)
        and bool(row["publication"]["before"]["types"].get(item["key"], {}).get("version")),
    }  # fmt: skip


def _simulation(row):
    ordered = row["simulation"]
    if not ordered:
        return None
    try:
        found = simulations.get(ordered["id"])
    except NotFound:
        return None
    job = jobs.get(found["job"]) if found["job"] and found["state"] != simulations.DONE else None
    counts = found["counts"] or {}
    return {
        "id": found["_id"], "url": url_for("simulations.show", simulation_id=found["_id"]), "job": state_of(job) if job else None,
        "stale": ordered["pin"] != row["digest"], "at": dates.minute_text(found["at"]), "by": found["by_name"], "digest": found["digest"],
        "tiles": [
            {"label": _(label), "value": f"{counts[key]:,}", "unit": _("件"), "tone": tone if counts[key] else ""}
            for key, label in simulations.OUTCOMES.items() if key in counts and (counts[key] or key != "error") for tone in [simulations.TONES[key]]
        ],
    }  # fmt: skip


def _approval(row):
    found = row["approval"]
    return found and found | {"at": dates.minute_text(found["at"])}


def _event(entry):
    tone = {"approve": "good", "published": "good", "failed": "bad", "return": "wait", "changed": "wait", "withdraw": "bad"}.get(entry["event"], "")
    return {"title": _(EVENTS[entry["event"]]), "actor": entry["by_name"], "at": dates.minute_text(entry["at"]), "note": entry["note"], "tone": tone}


