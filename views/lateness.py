"""Time limits kept and missed: shares by township, step and person, the causes, and every late one with its reason."""

from io import BytesIO

from flask import Blueprint, g, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import audit, dates, divisions, engine, shares
from adminapp.outputs import outputs
from adminapp.supervision import lateness
from adminapp.workflow.deadlines import CAUSES, SYSTEM
from views import start
from views.asked import page_asked
from views.downloads import send_bytes
from views.narrowing import Choice, chips, filters
from views.places import townships
from views.worklist import type_names

blueprint = Blueprint("lateness", __name__, url_prefix="/lateness")
PAGE = 50


def read_span() -> lateness.Span:
    """Return what is asked for; unknown words count as not given."""
    places = [code for code, _name in townships()]
    asked = request.args.get("township", "")
    alone = places[0] if g.actor.townships is not None and len(places) == 1 else ""
    first, last = lateness.read_span(request.args, dates.today())
    step = request.args.get("step", "")
    person = request.args.get("person", "")
    return lateness.Span(first, last, asked if asked in places else alone, step if step in step_names() else "", person if len(person) < 80 else "")


def step_names() -> dict[str, str]:
    return lateness.labels(engine.current().registry)


def address(span, **changes):
    named = {"done.from": span.first, "done.to": span.last, "township": span.township, "step": span.step, "person": span.person} | changes
    return url_for("lateness.index", **{key: str(value) for key, value in named.items() if value})


@blueprint.get("/")
def index():
    span, page = read_span(), page_asked()
    places, steps = lateness.by(span, lateness.TOWNSHIP), lateness.by(span, lateness.STEP)
    people = lateness.by(span, lateness.PERSON) if span.township else []
    names = lateness.names(span) if people or span.person else {}
    found = list(lateness.late(span, PAGE + 1, (page - 1) * PAGE))
    return render_template(
        "lateness/index.html",
        span=span,
        place=divisions.name_of(span.township) if span.township else _("全县"),
        tiles=_tiles(lateness.total(steps), span),
        places=[] if span.township else [_bar(divisions.name_of(line.key), line, address(span, township=line.key)) for line in places],
        steps=[_bar(_(step_names().get(line.key, line.key)), line, address(span, step=line.key)) for line in steps],
        people=[_bar(names.get(line.key, line.key), line, address(span, person=line.key)) for line in people if line.late],
        causes=[{"label": _cause(key), "value": n, "text": f"{n:,}"} for key, n in lateness.causes(span).items()],
        columns=_columns(),
        rows=[_row(row) for row in found[:PAGE]],
        filters=_filters(span),
        chips=_chips(span, names),
        next_url=address(span, page=page + 1) if len(found) > PAGE else None,
        prev_url=address(span, page=page - 1 if page > 2 else None) if page > 1 else None,
        csv_url=address(span).replace("/lateness/", "/lateness/late.csv", 1),
    )


def _tiles(line, span):
    place = {"township": span.township} if span.township and g.actor.townships is None else {}
    running = start.address(("worklist.index", {"show": "late", "all": 1, **place}))
    return [
        {"label": _("按时率"), "value": share(line) if line.done else "—", "tone": shares.tone(line.on_time) if line.done else "",
         "sub": f"{span.first} ~ {span.last}"},
        {"label": _("办结环节"), "value": f"{line.done:,}", "unit": _("个")},
        {"label": _("超期办结"), "value": f"{line.late:,}", "unit": _("个"), "tone": "bad" if line.late else "",
         "sub": _("平均超期 %(n)s 天", n=f"{line.days / line.late:.1f}") if line.late else ""},
        *([{"label": _("超期未办"), "value": _("查看"), "url": running}] if running else []),
    ]  # fmt: skip


def share(line) -> str:
    return shares.percent(line.on_time)


def _bar(label, line, url):
    shown = {"label": label, "value": round(line.on_time * 100, 1), "text": share(line), "url": url}
    return shown | {"done": line.done, "late": line.late, "days": line.days, "share": share(line)}


def _cause(key):
    return _(CAUSES.get(key, "")) if key in CAUSES else _("系统办理或没有说明") if key in (SYSTEM, "") else key


def _columns():
    named = [("done", _("办结日期")), ("name", _("案件")), ("step", _("环节")), ("late", _("超期")), ("who", _("办结人")), ("why", _("原因"))]
    return [{"key": key, "label": label, "main": key == "name", "nowrap": key in ("done", "late"), "full": key == "why"} for key, label in named]


def _row(row):
    place = " ".join([divisions.name_of(row["township"]), type_names().get(row["type"], row["type"])])
    cells = {
        "done": row["done"],
        "name": {"text": row["number"], "sub": place},
        "step": {"text": row["label"], "sub": _("应于 %(day)s", day=row["due"])},
        "late": {"text": f"{row['late']} {_(dates.UNITS[row['unit']])}", "tone": "bad"},
        "who": row["by_name"],
        "why": {"text": _cause(row.get("code") or ""), "sub": row.get("reason") or ""},
    }
    return {"id": row["_id"], "url": url_for("cases.details_view", type_key=row["type"], id=str(row["case"])), "cells": cells}


def _choices(span):
    places = dict(townships())
    if len(places) > 1:
        yield Choice("township", _("乡镇"), places, span.township)
    yield Choice("step", _("环节"), {key: _(label) for key, label in step_names().items()}, span.step)


def _filters(span):
    return [{"name": "done", "label": _("办结日期"), "kind": "dates", "low": span.first, "high": span.last}, *filters(_choices(span))]


def _chips(span, names):
    chosen = [*_choices(span), Choice("person", _("办结人"), {span.person: names.get(span.person, span.person)} if span.person else {}, span.person)]
    found = chips(chosen, lambda name: address(span, **{name: ""}))
    if (span.first, span.last) != lateness.year_to(dates.today()):
        found.append({"label": _("办结日期"), "value": f"{span.first} ~ {span.last}", "remove_url": address(span, **{"done.from": "", "done.to": ""})})
    return found


@blueprint.get("/late.csv")
def rows():
    """Answer everything that ended late in the span, with its reason."""
    span, file = read_span(), BytesIO()
    count = outputs["late_steps"](file, span, type_names())
    audit.log("export", what="late_steps", count=count, first=span.first.isoformat(), last=span.last.isoformat())
    return send_bytes(file.getvalue(), f"{_('超期办结')}_{span.first}_{span.last}.csv", "text/csv")
