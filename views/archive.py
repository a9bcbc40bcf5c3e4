"""Files of cases (档案): what lies in one as it stood on a day, the catalogue, and binding many as a job."""

from dataclasses import dataclass
from datetime import UTC, datetime

from bson import ObjectId
from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import archive, audit, database, dates, divisions, engine, policy
from adminapp.archive import catalogue
from adminapp.archive.dossier import dossier
from adminapp.errors import Invalid, NotFound
from adminapp.jobs import model
from adminapp.related import recusal
from adminapp.scope import ScopedCollection
from adminapp.workflow.machine import STATES
from schemas import notice as notices
from views.cases.history import moment
from views.places import townships

blueprint = Blueprint("archive", __name__, url_prefix="/archive")
JOB = "archive"
MOST = 2000
"""Cases of one job."""
CLOSED = tuple(key for key, state in STATES.items() if not state.open and not state.on_roll)
DUE = 200


@blueprint.get("/")
def index():
    """The catalogue of bound files, what may be handed in next, and what is kept long enough."""
    wanted = Wanted.read(request.args)
    count = len(find_cases(wanted)) if request.args.get("look") else None
    return render_template(
        "archive/index.html",
        wanted=wanted, count=count, most=MOST, choices=_choices(), rows=[_row(row) for row in catalogue.recent(wanted.township, wanted.type)],
        columns=_columns(), due=[_row(row) for row in catalogue.due(dates.today(), DUE)], may_bind=policy.permits("archive.start", g.actor.roles),
        once=ObjectId(),
    )  # fmt: skip


@blueprint.get("/<type_key>/<id>")
def show(type_key, id):
    """Show what lies in the file of a case as it stood at the end of a day."""
    row, day, problem = _read_case(type_key, id), None, ""
    try:
        day = _day(request.args.get("on", ""))
        standing = archive.stood(row, engine.current().registry, day)
    except NotFound:
        problem, standing = _("%(day)s 还没有这件案卷。", day=day), archive.stood(row, engine.current().registry)
    except Invalid as error:
        problem, standing = str(error), archive.stood(row, engine.current().registry)
    issued = notices.of_case(row["_id"])
    found = dossier(standing, issued, archive.plan(), engine.current().standards, g.actor)
    return render_template(
        "archive/show.html",
        file=found, standing=standing, type_key=type_key, id=id, problem=problem, known=standing.known, today=dates.today(),
        first=dates.day_of(standing.log[0]["at"]) if standing.log else dates.today(),
        days=_days_of(row["_id"], standing),
        cover=[{"label": label, "value": text} for label, text in found.facts], parts=[_part(part) for part in found.parts],
        bound=[_row(item) for item in catalogue.of_case(row["_id"])], columns=_columns(single=True),
        state=STATES[standing.case.state], may_bind=policy.permits("archive.bind", g.actor.roles), once=ObjectId(),
    ), 422 if problem else 200  # fmt: skip


@blueprint.post("/<type_key>/<id>")
def bind(type_key, id):
    """Bind the file of one case as a job."""
    row, day = _read_case(type_key, id), _day(request.form.get("on", ""))
    title = _("装订档案 %(number)s", number=row["number"])
    return _start(title, [str(row["_id"])], day)


@blueprint.post("/")
def start():
    """Bind the files of all cases that were counted."""
    wanted = Wanted.read(request.form)
    found = find_cases(wanted)
    back = redirect(url_for("archive.index", look=1, **wanted.as_args()), 303)
    if not found or len(found) > MOST:
        flash(_("没有符合条件的案件，没有开始。") if not found else _("超过 %(most)s 件，请缩小范围。", most=MOST), "error")
        return back
    if request.form.get("count") != str(len(found)):
        flash(_("件数已变为 %(count)s，请核对后再开始。", count=len(found)), "warning")
        return back
    return _start(_("装订档案 %(count)s 件", count=len(found)), found, None)


def _start(title, cases, day):
    job = model.start(JOB, title, {"cases": cases, "day": day.isoformat() if day else ""}, g.actor, key=request.form.get("once", ""))
    audit.log("job", job=job, what=title)
    return redirect(url_for("jobs.show", job_id=job), 303)


@dataclass(frozen=True)
class Wanted:
    """Which cases to bind: of a type, of a township; those that are over, or all in a state; since a year."""

    type: str = ""
    township: str = ""
    year: str = ""
    state: str = ""

    @classmethod
    def read(cls, values):
        year = values.get("year", "")
        return cls(
            _known(values.get("type"), engine.current().registry.latest()),
            _known(values.get("township"), dict(townships())),
            _known(year, dict(_years())),
            _known(values.get("state"), STATES),
        )

    def query(self) -> dict:
        query = {key: value for key, value in (("type", self.type), ("township", self.township)) if value}
        query["state"] = self.state or {"$in": CLOSED}
        if self.year:
            query["state_since"] = {"$gte": datetime(int(self.year), 1, 1, tzinfo=UTC), "$lt": datetime(int(self.year) + 1, 1, 1, tzinfo=UTC)}
        return query

    def as_args(self) -> dict:
        return {key: value for key, value in vars(self).items() if value}


def find_cases(wanted: Wanted) -> list[str]:
    """Return ids of the cases within scope, by township and number, one more than may be bound at once; no choice means nobody."""
    if not (wanted.type or wanted.township):
        return []
    rows = ScopedCollection(database.raw("cases")).find(wanted.query(), {"number": 1, "township": 1}, limit=MOST + 1)
    return [str(row["_id"]) for row in sorted(rows, key=lambda row: (row["township"], row["number"]))]


def _read_case(type_key, text):
    if type_key not in engine.current().registry.latest() or not ObjectId.is_valid(text):
        raise NotFound
    row = ScopedCollection(database.raw("cases")).find_one({"_id": ObjectId(text), "type": type_key})
    if row is None:
        raise NotFound
    recusal.refuse(g.actor, row.get("people") or ())
    return row


def _day(text):
    """Return the day asked for, None for today. Raise Invalid for what is no day, or one to come."""
    day = dates.parse_date(text) if text else None
    if day is not None and day > dates.today():
        raise Invalid(_("不能看以后的日期。"))
    return day


def _known(value, known):
    return value if value in known else ""


def _choices():
    types = sorted(engine.current().registry.latest().values(), key=lambda item: item.relief_type.code)
    return {
        "type": [(item.key, item.relief_type.name) for item in types],
        "township": townships(),
        "state": [(key, _(state.label)) for key, state in STATES.items()],
        "year": _years(),
    }


def _years():
    this = dates.today().year
    return [(str(year), str(year)) for year in range(this, this - 12, -1)]


def _days_of(case_id, standing):
    """Return the days on which something was decided or an end was reached: where one would look first."""
    seen = {}
    for event in standing.log:
        if event["from"] != event["to"]:
            seen[dates.day_of(event["at"]).isoformat()] = event["label"]
    return list(seen.items())[-8:]


def _part(part):
    pieces = [(block.title, block.note) for block in part.blocks]
    papers = [(paper.title, " ".join(filter(None, (paper.name, paper.on)))) for paper in part.papers]
    return {"title": part.title, "by": part.by, "on": part.on, "pieces": pieces + papers, "digest": part.digest[:16]}


def _columns(single=False):
    columns = [
        {"key": "number", "label": _("档案号"), "main": True},
        {"key": "type", "label": _("救助类型")},
        {"key": "place", "label": _("地址")},
        {"key": "day", "label": _("所示日期")},
        {"key": "pages", "label": _("页数"), "align": "r"},
        {"key": "until", "label": _("保管到")},
        {"key": "by", "label": _("装订")},
    ]
    return [column for column in columns if not single or column["key"] not in ("type", "place")]


def _row(row):
    published = engine.current().registry.latest().get(row["type"])
    return {
        "url": url_for("archive.show", type_key=row["type"], id=str(row["case"]), on=row["day"]),
        "cells": {
            "number": {"text": row["name"] or row["number"], "sub": row["number"]},
            "type": published.relief_type.name if published else row["type"],
            "place": divisions.name_of(row["township"]) + divisions.name_of(row["village"]),
            "day": row["day"],
            "pages": str(row["pages"]),
            "until": row["keep_until"] or _("未终结"),
            "by": {"text": row["by_name"], "sub": moment(row["at"])},
        },
    }
