"""What the screens of leads show: by state, month by month, one lead; an assistant's own with nothing but their state."""

from flask import g, url_for
from flask_babel import gettext as _

from adminapp import dates, divisions, engine, policy
from adminapp.declaration.model import Option
from adminapp.leads import leads
from adminapp.workflow.action import entry, text
from adminapp.workflow.machine import STATES
from views.cases.badges import due_badge
from views.plainforms import form_class, section
from views.worklist import type_names

MONTHS = "months"
TABS = (leads.OPEN, leads.VISITED, leads.HELPED, leads.REFERRED, leads.NOT_NEEDED)
TONES = {leads.OPEN: "wait", leads.VISITED: "info", leads.HELPED: "good", leads.REFERRED: "info", leads.NOT_NEEDED: ""}
SHOWN, COUNT_TO, PAST = 200, 1000, 12
DEEDS = ("visit", "help", "link", "refer", "refuse")


def _options(known):
    return tuple(Option(code=code, label=label) for code, label in known.items())


# Hand in


def report_fields():
    many = g.actor.townships is None or len(g.actor.townships) > 1
    places = [
        (village.code, f"{village.name}（{name}）" if many else village.name)
        for township, name in divisions.township_choices()
        for village in divisions.villages(township)
        if g.actor.reaches(township, village.code)
    ]
    return (
        entry("village", "村（社区）", "choice", options=tuple(Option(code=code, label=label) for code, label in places)),
        entry("name", "姓名", "person_name"),
        entry("phone", "联系电话", "phone", required=False),
        entry("address", "住址", max_length=100, help="写到组、门牌，便于上门"),
        entry("kind", "困难类型", "choice", options=_options(leads.KINDS)),
        entry("known_by", "怎么发现的", "choice", options=_options(leads.KNOWN_BY)),
        text("situation", "困难情况", help="看到了什么、急不急、有没有人照料"),
        entry("urgent", "紧急，须马上上门", "yes_no"),
    )


def report_form(posted):
    fields = report_fields()
    only = fields[0].options[0].code if len(fields[0].options) == 1 else ""
    return form_class(fields)(posted, data=None if posted else {"village": only, "known_by": "visit", "urgent": False})


def reported(form) -> dict:
    return {key: value.strip() if isinstance(value, str) else value for key, value in form.typed().items()}


def reporting(form) -> dict:
    return {"form": form, "sections": [section(form, _("线索"))], "action": url_for("leads.new"), "cancel": url_for("leads.index")}


# List


def listing(values) -> dict:
    may_report = policy.permits("leads.new", g.actor.roles)
    if leads.only_reports(g.actor):
        rows = [_row(row) for row in leads.listed(g.actor)]
        return {"tabs": None, "columns": _columns(True), "rows": rows, "may_report": may_report, "months": None, "own": True}
    wanted = values.get("show", "")
    wanted = wanted if wanted in (*TABS, MONTHS) else leads.OPEN
    tabs = [{"label": _(leads.STATES[state]), "url": url_for("leads.index", show=state), "active": wanted == state, "count": _count(state)} for state in TABS]
    tabs.append({"label": _("按月统计"), "url": url_for("leads.index", show=MONTHS), "active": wanted == MONTHS, "count": None})
    months = _months() if wanted == MONTHS else None
    rows = [] if months else [_row(row) for row in leads.listed(g.actor, wanted)]
    return {"tabs": tabs, "columns": _columns(False), "rows": rows, "may_report": may_report, "months": months, "own": False}


def _count(state):
    return leads.collection().count_documents({"state": state}, limit=COUNT_TO) if state in leads.WAITING else None


def _columns(own):
    return [
        {"key": "name", "label": _("姓名"), "main": True},
        {"key": "place", "label": _("村（社区）")},
        {"key": "kind", "label": _("困难类型")},
        {"key": "reported", "label": _("报送")},
        {"key": "state", "label": _("办理情况")},
        *([] if own else [{"key": "due", "label": _("时限")}]),
    ]


def _row(row):
    waits = row["state"] in leads.WAITING
    badge = due_badge(dates.parse_date(row["due"])) if waits else None
    cells = {
        "name": {"text": row["name"], "sub": row["_id"]},
        "place": {"text": divisions.name_of(row["village"]), "sub": divisions.name_of(row["township"])},
        "kind": {"text": _(leads.KINDS[row["kind"]]), "sub": _("紧急") if row["urgent"] else ""},
        "reported": {"text": row["reported_on"], "sub": row["reported_by_name"]},
        "state": {"text": _(leads.STATES[row["state"]]), "tone": TONES[row["state"]]},
        "due": {"text": badge["text"], "tone": badge["tone"]} if badge else _answered(row),
    }
    return {"id": row["_id"], "url": url_for("leads.show", lead_id=row["_id"]), "cells": cells}


def _answered(row):
    return {"text": row["answered_on"], "sub": _("迟 %(n)s 个工作日", n=row["late"]) if row["late"] else _("按时")} if row["answered_on"] else ""


def _months() -> dict:
    """Return the figures of the last months as a table, newest first, and their sum."""
    this = dates.month_of(dates.today())
    found = leads.figures([dates.add_months(this, -number) for number in range(PAST)])
    labels = {
        "reported": _("报送"), "urgent": _("其中紧急"), "in_time": _("按时答复"), "late": _("逾期答复"), "open": _("尚未答复"),
        leads.HELPED: _("协助申请"), leads.REFERRED: _("转有关部门"), leads.NOT_NEEDED: _("不需要救助"),
    }  # fmt: skip
    columns = [{"key": "month", "label": _("月份"), "main": True}, *({"key": key, "label": label, "align": "r"} for key, label in labels.items())]
    rows = [{"id": month, "cells": {"month": month, **cells}} for month, cells in found.items()]
    return {"columns": columns, "rows": rows, "foot": {"month": _("合计")} | {key: sum(cells[key] for cells in found.values()) for key in labels}}


# One lead


def one(row, deed="", typed=None, problems=()) -> dict:
    own = leads.only_reports(g.actor)
    waits = row["state"] in leads.WAITING
    work = waits and g.actor.has(*leads.WORKERS)
    return {
        "lead": row, "own": own, "work": work, "problems": problems, "state": {"label": _(leads.STATES[row["state"]]), "tone": TONES[row["state"]]},
        "head": [row["_id"], divisions.full_name(row["village"]), *([_("紧急")] if row["urgent"] else [])],
        "facts": _facts(row), "answer": None if own else _answer(row),
        "case_url": url_for("cases.details_view", type_key=row["case_type"], id=str(row["case"])) if row["case"] and not own else None,
        "typed": typed or {}, "deed": deed if deed in DEEDS else "",
        "types": [(key, item.relief_type.name) for key, item in sorted(engine.current().registry.latest().items(), key=lambda pair: pair[1].relief_type.code)
                  if not item.retired] if work else [],
        "reasons": [(key, _(label)) for key, label in leads.REASONS.items()], "today": dates.today().isoformat(),
    }  # fmt: skip


def _facts(row):
    full = g.actor.has(*policy.CASE_WORKERS)
    facts = [
        (_("姓名"), row["name"]), (_("联系电话"), row["phone"] if full else ""), (_("住址"), row["address"] if full else ""),
        (_("困难类型"), _(leads.KINDS[row["kind"]])), (_("怎么发现的"), _(leads.KNOWN_BY[row["known_by"]])),
        (_("报送"), f"{row['reported_on']} · {row['reported_by_name']}"), (_("答复时限"), f"{row['due']} · {row['clause']}"),
        (_("困难情况"), row["situation"]),
    ]  # fmt: skip
    return [{"label": label, "value": value, "wide": label == _("困难情况")} for label, value in facts if value]


def _answer(row):
    """Return what the township noted, as facts; the application by its number and where it stands."""
    facts = []
    if row["visited_on"]:
        facts.append({"label": _("走访"), "value": f"{row['visited_on']}：{row['visit_note']}", "wide": True})
    if row["answered_on"]:
        by = f"{row['answered_on']} · {row['answered_by_name']}"
        facts.append({"label": _("答复"), "value": by, "sub": _answered(row)["sub"]})
        facts.append({"label": _("转给"), "value": row["office"]} if row["office"] else None)
        facts.append({"label": _("说明"), "value": row["answer"], "wide": True})
    return [item for item in facts if item] + _case(row)


def _case(row):
    if not row["case"]:
        return []
    found = leads.cases().find_one({"_id": row["case"]}, {"state": 1})
    state = _(STATES[found["state"]].label) if found else ""
    return [{"label": _("申请"), "value": f"{type_names().get(row['case_type'], row['case_type'])} {row['case_number']}", "sub": state}]
