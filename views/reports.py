"""Reports (报表): the months, the figures of one with the rows behind each number, working a month out and freezing it."""

from bson import ObjectId
from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import audit, dates, divisions, engine
from adminapp.bank import reach
from adminapp.errors import Invalid, NotFound
from adminapp.jobs import model as jobs
from adminapp.money import format_yuan
from adminapp.outputs import outputs
from adminapp.reports import figures, store, tables, work
from adminapp.reports.rows import CLOSING, MARKS, TRAITS
from adminapp.startpage import Figures, Row
from views import start
from views.cases.history import moment
from views.downloads import send_bytes
from views.menu import may_open

blueprint = Blueprint("reports", __name__, url_prefix="/reports")
PAGE, MONTHS, TREND = 30, 24, 12
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/")
def index():
    """The months, newest first, and how people and money went."""
    found = store.listed()
    return render_template(
        "reports/index.html", columns=_columns(), rows=[_month_row(report) for report in found], offered=_offered({row["_id"] for row in found}),
        people=start.show(_trend(found[:TREND])) if len(found) > 1 else None, may_work=may_open("reports.work_out"), once=ObjectId(),
    )  # fmt: skip


@blueprint.get("/<report_month>")
def show(report_month):
    """The figures of a month, of all townships that the person sees or of one (?township=)."""
    report, township = store.get(report_month), _township()
    found, types = _figures(report), _types()
    listed = tables.of_month(found, types, _before(report_month), township)
    live = _figures(report, "live")
    different = tables.differences(found, live, types, township) if live else None
    return render_template(
        "reports/month.html",
        report=report, month=report_month, township=township, places=_places(), tiles=_tiles(found, township, report_month),
        panels=[_panel(table, report_month, township) for table in listed], different=_panel(different, report_month, township) if different else None,
        live_at=moment(report["live"]["at"]) if live else "", state=store.STATES[report["state"]], tone=store.TONES[report["state"]],
        at=moment(report["at"]) if report["at"] else "", frozen_at=moment(report["frozen_at"]) if report.get("frozen_at") else "",
        may_work=may_open("reports.work_out"), may_freeze=report["state"] == store.OPEN and report_month < dates.month_of(dates.today()), once=ObjectId(),
    )  # fmt: skip


@blueprint.post("/<report_month>/work")
def work_out(report_month):
    """Start the job that works a month out anew, or freezes it, or compares a frozen one with now."""
    freeze = bool(request.form.get("freeze"))
    try:
        work.check_month(report_month, freeze)
    except Invalid as error:
        flash(str(error), "error")
        return redirect(url_for("reports.index"), 303)
    title = _("冻结 %(month)s 月报", month=report_month) if freeze else _("统计 %(month)s 月报", month=report_month)
    job = jobs.start(store.JOB, title, {"month": report_month, "freeze": freeze}, g.actor, key=request.form.get("once", ""))
    audit.log("job", job=job, what=title)
    return redirect(url_for("jobs.show", job_id=job), 303)


@blueprint.get("/<report_month>/rows")
def rows(report_month):
    """The rows behind a number: ?mark= or ?trait=, of a township, a type, a class."""
    store.get(report_month)
    wanted, types, page = _wanted(), _types(), _page()
    query = query_of(report_month, wanted)
    found = list(store.rows().find(query, sort=[("township", 1), ("type", 1), ("_id", 1)], skip=(page - 1) * PAGE, limit=PAGE))
    count = store.rows().count_documents(query)
    pages = max(1, -(-count // PAGE))
    return render_template(
        "reports/rows.html", month=report_month, title=_title(wanted, types), columns=_row_columns(), rows=[_row(row, types) for row in found], count=count,
        page=page, pages=pages, back=url_for("reports.show", report_month=report_month, township=wanted["township"] or None),
        prev_url=url_for("reports.rows", report_month=report_month, **_kept(wanted), page=page - 1) if page > 1 else None,
        next_url=url_for("reports.rows", report_month=report_month, **_kept(wanted), page=page + 1) if page < pages else None,
    )  # fmt: skip


@blueprint.get("/<report_month>/report.<ending>")
def paper(report_month, ending):
    """Hand out the tables of a month as a workbook or on paper; figures only, no person. It is logged."""
    if ending not in ("xlsx", "pdf"):
        raise NotFound
    report, township = store.get(report_month), _township()
    listed = tables.of_month(_figures(report), _types(), _before(report_month), township)
    place = divisions.name_of(township) if township else divisions.county().county_name
    data = outputs[f"month_report_{ending}"](report, listed, place, engine.current().settings.home)
    audit.log("export", what="month_report", month=report_month, township=township, format=ending)
    return send_bytes(data, f"{place}{_('社会救助月报')}_{report_month}.{ending}", XLSX if ending == "xlsx" else "application/pdf")


def query_of(month: str, wanted: dict) -> dict:
    """Return the filter of the rows that a number counts; the scope is added by the collection."""
    query = {"month": month} | {key: wanted[key] for key in ("township", "type", "class") if wanted[key]}
    if wanted["class"] == figures.NO_CLASS:
        query["class"] = ""
    if wanted["trait"]:
        query[wanted["trait"]] = {"$gt": 0}
    query["marks"] = wanted["mark"] or {"$in": list(figures.COUNTED)}
    return query


def _wanted():
    known = {"township": dict(_places()), "type": _types(), "mark": MARKS, "trait": TRAITS}
    wanted = {name: request.args.get(name, "") for name in known}
    if any(value and value not in known[name] for name, value in wanted.items()):
        abort(400)
    return wanted | {"class": request.args.get("class", "")[:40]}


def _kept(wanted):
    return {key: value for key, value in wanted.items() if value}


def _page():
    text = request.args.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _types():
    return engine.current().registry.latest()


def _places():
    """Return (code, name) of the townships whose figures the person sees: finance those of the whole county, without any person."""
    return [choice for choice in divisions.township_choices() if reach.reaches(g.actor, choice[0])]


def _township():
    places, asked = dict(_places()), request.args.get("township", "")
    return asked if asked in places else next(iter(places)) if len(places) == 1 else ""


def _figures(report, which="figures"):
    """Return {township: {type: figures}} of the townships that the person sees."""
    found = report["figures"] if which == "figures" else (report.get("live") or {}).get("figures", {})
    return {place: types for place, types in found.items() if reach.reaches(g.actor, place)}


def _before(month):
    try:
        return _figures(store.get(dates.add_months(month, -1)))
    except NotFound:
        return None


def _offered(known):
    """Return the months that may be worked out and are not yet: this one and those before."""
    now = dates.month_of(dates.today())
    return [month for month in sorted(dates.month_range(dates.add_months(now, -MONTHS), now), reverse=True) if month not in known]


def _columns():
    return [
        {"key": "month", "label": _("月份"), "main": True},
        {"key": "state", "label": _("状态")},
        {"key": "households", "label": _("期末户(件)数"), "align": "r"},
        {"key": "persons", "label": _("期末人数"), "align": "r"},
        {"key": "added", "label": _("新增"), "align": "r"},
        {"key": "stopped", "label": _("停保"), "align": "r"},
        {"key": "due", "label": _("本月应发(元)"), "align": "r"},
        {"key": "paid", "label": _("名册金额(元)"), "align": "r"},
        {"key": "at", "label": _("统计时间"), "nowrap": True},
    ]


def _month_row(report):
    sums = _joined(_figures(report))
    cells = {
        "month": report["_id"],
        "state": {"text": _(store.STATES[report["state"]]), "tone": store.TONES[report["state"]]},
        "households": f"{sums['closing_households']:,}",
        "persons": f"{sums['closing_persons']:,}",
        "added": f"{sums['added_households']:,}",
        "stopped": f"{sums['stopped_households']:,}",
        "due": format_yuan(sums["due"]),
        "paid": format_yuan(sums["paid"]),
        "at": moment(report["at"]) if report["at"] else "",
    }
    return {"url": url_for("reports.show", report_month=report["_id"]), "cells": cells}


def _joined(found, township=""):
    return figures.join(each for place, types in found.items() if not township or place == township for each in types.values())


def _trend(found):
    """Return the people of the last months by type, as a picture: the types with most people, the others together."""
    months, types = list(reversed(found)), _types()
    sums = [tables.by_type_of(_figures(report)) for report in months]
    name = f"{CLOSING}_persons"
    seen = {key for each in sums for key, values in each.items() if values[name]}
    keys = sorted(seen, key=lambda key: -sums[-1].get(key, {}).get(name, 0))
    rows = tuple(
        Row(report["_id"], tuple(each.get(key, {}).get(name, 0) for key in keys), ("reports.show", {"report_month": report["_id"]}))
        for report, each in zip(months, sums, strict=True)
    )
    return Figures(_("各月期末人数"), tuple(tables.name_of(types, key) for key in keys), rows, "columns", _("月份"))


def _tiles(found, township, month):
    sums = _joined(found, township)

    def link(mark):
        return url_for("reports.rows", report_month=month, mark=mark, township=township or None) if may_open("reports.rows") else None

    persons = sums["closing_persons"] + sums["granted_persons"]
    return [
        {"label": _("期末户(件)数"), "value": f"{sums['closing_households']:,}", "url": link(CLOSING),
         "sub": _("期初 %(n)s", n=f"{sums['opening_households']:,}")},
        {"label": _("期末人数"), "value": f"{sums['closing_persons']:,}", "unit": _("人"), "sub": _("期初 %(n)s", n=f"{sums['opening_persons']:,}")},
        {"label": _("新增"), "value": f"{sums['added_households']:,}", "sub": _("%(n)s 人", n=f"{sums['added_persons']:,}"), "url": link("added")},
        {"label": _("停保"), "value": f"{sums['stopped_households']:,}", "sub": _("%(n)s 人", n=f"{sums['stopped_persons']:,}"), "url": link("stopped")},
        {"label": _("本月应发"), "value": format_yuan(sums["due"]), "unit": _("元"),
         "sub": _("人均 %(n)s 元", n=format_yuan(round(sums["due"] / persons))) if persons else ""},
        {"label": _("名册金额"), "value": format_yuan(sums["paid"]), "unit": _("元"), "sub": _("本年累计 %(n)s 元", n=format_yuan(sums["paid_year"]))},
    ]  # fmt: skip


def _panel(table, month, township):
    """Return a table as components/dashboard.html wants it: every number that has rows behind it opens them."""
    open_rows = may_open("reports.rows")
    rows = [
        {"label": row.label, "url": url_for("reports.show", report_month=month, township=row.where["township"]) if "township" in row.where else None,
         "cells": [{"text": _number(value, column, row), "url": _behind(table, column, row, month, township) if open_rows and value else None}
                   for column, value in zip(table.columns, row.values, strict=True)]}
        for row in table.rows
    ]  # fmt: skip
    sums = [_number(value, column) for column, value in zip(table.columns, table.sums, strict=True)] if table.summed else []
    labels = [_(column.label) for column in table.columns]
    return {"title": _(table.title), "hint": table.hint, "kind": "table", "head": _(table.head), "columns": labels, "rows": rows, "sums": sums, "url": None}


def _number(value, column, row=None):
    money = column.money or bool(row and row.where.get("money"))
    text = format_yuan(value) if money else f"{value:,}"
    return ("+" if column.sign and value > 0 else "") + text if value else ""


def _behind(table, column, row, month, township):
    """Return the address of the rows that a number counts, None for sums that no row carries."""
    args = {"township": township or None} | {key: value for key, value in row.where.items() if key in ("township", "type", "class")}
    mark, _tail, unit = column.name.rpartition("_")
    if mark in MARKS and unit in (figures.HOUSEHOLDS, figures.PERSONS):
        return url_for("reports.rows", report_month=month, mark=mark, **args)
    if column.name in TRAITS:
        return url_for("reports.rows", report_month=month, trait=column.name, **args)
    return url_for("reports.rows", report_month=month, **args) if table.key == "classes" or column.name == "due" else None


def _title(wanted, types):
    labels = tables.class_labels(types, wanted["type"])
    parts = [
        divisions.name_of(wanted["township"]),
        tables.name_of(types, wanted["type"]) if wanted["type"] else "",
        (_("未分类") if wanted["class"] == figures.NO_CLASS else labels.get(wanted["class"], wanted["class"])) if wanted["class"] else "",
        _(MARKS[wanted["mark"]]) if wanted["mark"] else "",
        _(TRAITS[wanted["trait"]]) if wanted["trait"] else "",
    ]
    return " · ".join(part for part in parts if part) or _("本月全部")


def _row_columns():
    return [
        {"key": "name", "label": _("姓名和编号"), "main": True},
        {"key": "type", "label": _("救助类型")},
        {"key": "place", "label": _("村（社区）")},
        {"key": "marks", "label": _("计入")},
        {"key": "before", "label": _("期初人数"), "align": "r"},
        {"key": "change", "label": _("增减"), "align": "r"},
        {"key": "size", "label": _("期末人数"), "align": "r"},
        {"key": "due", "label": _("本月应发(元)"), "align": "r"},
    ]


def _row(row, types):
    change = " ".join(filter(None, (f"+{row['plus']}" if row["plus"] else "", f"−{row['minus']}" if row["minus"] else "")))
    cells = {
        "name": {"text": row["name"], "sub": row["number"]},
        "type": tables.name_of(types, row["type"]),
        "place": {"text": divisions.name_of(row["village"]), "sub": divisions.name_of(row["township"])},
        "marks": "、".join(_(MARKS[mark]) for mark in row["marks"]),
        "before": str(row["before"] or ""),
        "change": change,
        "size": str(row["size"] or ""),
        "due": format_yuan(row["due"]) if row["due"] else "",
    }
    return {"url": url_for("awards.show", id=row["award"]), "cells": cells}
