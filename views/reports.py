"""Reports (报表): the months, the figures of one with the rows behind each number, working a month out and freezing it."""

from bson import ObjectId
from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import audit, dates, divisions, engine
from adminapp.bank import reach
from adminapp.errors import Invalid, NotFound
from adminapp.files import XLSX
from adminapp.jobs import model as jobs
from adminapp.money import format_yuan
from adminapp.outputs import outputs
from adminapp.registers import periods
from adminapp.reports import figures, quarters, store, tables, work
from adminapp.reports.rows import CLOSING, MARKS, TRAITS
from adminapp.startpage import Figures, Row
from views import report_rows, start
from views.asked import page_asked
from views.cases.history import moment
from views.downloads import send_bytes
from views.jobs import RESULTS
from views.menu import may_open

blueprint = Blueprint("reports", __name__, url_prefix="/reports")
RESULTS[store.JOB] = lambda job: url_for("reports.show", report_month=job["args"]["month"])
PAGE, MONTHS, TREND = 30, 24, 12


@blueprint.get("/")
def index():
    """The months, newest first, and how people and money went."""
    found = store.listed()
    return render_template(
        "reports/index.html", columns=_columns(), rows=[_month_row(report) for report in found], quarters=_quarter_rows(found),
        offered=_offered({row["_id"] for row in found}),
        people=start.show(_trend(found[:TREND])) if len(found) > 1 else None, may_work=may_open("reports.work_out"), once=ObjectId(),
    )  # fmt: skip


@blueprint.get("/<report_month>")
def show(report_month):
    """The figures of a month, of all townships that the person sees or of one (?township=)."""
    if quarters.is_quarter(report_month):
        return _quarter(report_month)
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


def _quarter(quarter):
    """Show a quarter: what is missing or not frozen of it is said plainly."""
    report, township = _report(quarter), _township()
    found, states = _figures(report), report["months"]
    listed = [tables.quarterly(table) for table in tables.of_month(found, _types(), _before(quarter), township)]
    shown = [
        {"month": each["month"], "text": _(store.STATES[each["state"]]) if each["state"] else _("未统计"),
         "url": url_for("reports.show", report_month=each["month"], township=township or None) if each["state"] else None}
        for each in states
    ]  # fmt: skip
    return render_template(
        "reports/quarter.html",
        quarter=quarter, label=periods.label(quarter), township=township, places=_places(), states=shown, tiles=_tiles(found, township, quarter),
        panels=[_panel(table, quarter, township) for table in listed], state=_(store.STATES[report["state"]]), tone=store.TONES[report["state"]],
        last=quarters.known(report)[-1], missing="、".join(each["month"] for each in states if not each["state"]),
        open_months="、".join(each["month"] for each in states if each["state"] == store.OPEN),
    )  # fmt: skip


@blueprint.post("/<report_month>/work")
def work_out(report_month):
    """Start the job that works a month out anew, or freezes it, or compares a frozen one with now."""
    freeze = bool(request.form.get("freeze"))
    try:
        month = work.check_month(report_month, freeze)
    except Invalid as error:
        flash(str(error), "error")
        return redirect(url_for("reports.index"), 303)
    title = _("冻结 %(month)s 月报", month=month) if freeze else _("统计 %(month)s 月报", month=month)
    job = jobs.start(store.JOB, title, {"month": month, "freeze": freeze}, g.actor, key=request.form.get("once", ""))
    audit.log("job", job=job, what=title)
    return redirect(url_for("jobs.show", job_id=job), 303)


@blueprint.get("/<report_month>/rows")
def rows(report_month):
    """The rows behind a number: ?mark= or ?trait=, of a township, a type, a class."""
    report, wanted, types, page = _report(report_month), _wanted(), _types(), page_asked()
    query = report_rows.query_of(report, wanted)
    found = list(store.rows().find(query, sort=[("township", 1), ("type", 1), ("_id", 1)], skip=(page - 1) * PAGE, limit=PAGE))
    count = store.rows().count_documents(query)
    pages = max(1, -(-count // PAGE))
    return render_template(
        "reports/rows.html", month=_named(report_month), title=report_rows.title_of(wanted, types),
        columns=report_rows.columns(), rows=[report_rows.row_of(row, types) for row in found], count=count,
        page=page, pages=pages, back=url_for("reports.show", report_month=report_month, township=wanted["township"] or None),
        prev_url=url_for("reports.rows", report_month=report_month, **_kept(wanted), page=page - 1) if page > 1 else None,
        next_url=url_for("reports.rows", report_month=report_month, **_kept(wanted), page=page + 1) if page < pages else None,
    )  # fmt: skip


@blueprint.get("/<report_month>/report.<ending>")
def paper(report_month, ending):
    """Hand out the tables of a month as a workbook or on paper; figures only, no person. It is logged."""
    if ending not in ("xlsx", "pdf"):
        raise NotFound
    report, township = _report(report_month), _township()
    listed = tables.of_month(_figures(report), _types(), _before(report_month), township)
    quarter = quarters.is_quarter(report_month)
    listed = [tables.quarterly(table) for table in listed] if quarter else listed
    place = divisions.name_of(township) if township else divisions.county().county_name
    data = outputs[f"month_report_{ending}"](report, listed, place, engine.current().settings.home)
    audit.log("export", what="month_report", month=report_month, township=township, format=ending)
    title = _("社会救助季报") if quarter else _("社会救助月报")
    return send_bytes(data, f"{place}{title}_{report_month}.{ending}", XLSX.type if ending == "xlsx" else "application/pdf")


def _wanted():
    known = {"township": dict(_places()), "type": _types(), "mark": MARKS, "trait": TRAITS}
    wanted = {name: request.args.get(name, "") for name in known}
    if any(value and value not in known[name] for name, value in wanted.items()):
        abort(400)
    return wanted | {"class": request.args.get("class", "")[:40]}


def _kept(wanted):
    return {key: value for key, value in wanted.items() if value}


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


def _report(key):
    """Return the report of a month, or of a quarter."""
    if not quarters.is_quarter(key):
        return store.get(key)
    types = _types()
    return quarters.get(key, [each for each in types if tables.is_once(types, each)])


def _named(key):
    return periods.label(key) if quarters.is_quarter(key) else key


def _quarter_rows(found):
    """Return a row for each quarter of which a month was worked out, with what is not frozen of it."""
    states = {report["_id"]: report["state"] for report in found}
    rows = []
    for quarter in sorted({periods.quarter_of(month) for month in states}, reverse=True):
        months = quarters.months_of(quarter)
        missing = "、".join(month for month in months if month not in states)
        waiting = "、".join(month for month in months if states.get(month) == store.OPEN)
        notes = [_("%(months)s 未统计", months=missing) if missing else "", _("%(months)s 未冻结", months=waiting) if waiting else ""]
        state = store.OPEN if missing or waiting else store.FROZEN
        shown = {"text": _(store.STATES[state]), "tone": store.TONES[state]}
        cells = {"quarter": periods.label(quarter), "state": shown, "note": "，".join(filter(None, notes))}
        rows.append({"url": url_for("reports.show", report_month=quarter), "cells": cells})
    return rows


def _before(month):
    try:
        before = quarters.before(month) if quarters.is_quarter(month) else dates.add_months(month, -1)
        report = _report(before)
    except (Invalid, NotFound):  # there are no quarters before the calendar begins
        return None
    complete = all(each["state"] for each in report.get("months", ()))
    return _figures(report) if complete else None


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

    persons, quarter = sums["closing_persons"] + sums["granted_persons"], quarters.is_quarter(month)
    return [
        {"label": _("期末户(件)数"), "value": f"{sums['closing_households']:,}", "url": link(CLOSING),
         "sub": _("期初 %(n)s", n=f"{sums['opening_households']:,}")},
        {"label": _("期末人数"), "value": f"{sums['closing_persons']:,}", "unit": _("人"), "sub": _("期初 %(n)s", n=f"{sums['opening_persons']:,}")},
        {"label": _("新增"), "value": f"{sums['added_households']:,}", "sub": _("%(n)s 人", n=f"{sums['added_persons']:,}"), "url": link("added")},
        {"label": _("停保"), "value": f"{sums['stopped_households']:,}", "sub": _("%(n)s 人", n=f"{sums['stopped_persons']:,}"), "url": link("stopped")},
        {"label": _("本季应发") if quarter else _("本月应发"), "value": format_yuan(sums["due"]), "unit": _("元"),
         "sub": _("人均 %(n)s 元", n=format_yuan(round(sums["due"] / persons))) if persons and not quarter else ""},
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
    quarter, once = quarters.is_quarter(month), tables.is_once(_types(), row.where.get("type", ""))
    mark, _tail, unit = column.name.rpartition("_")
    if mark in MARKS and unit in (figures.HOUSEHOLDS, figures.PERSONS):
        return url_for("reports.rows", report_month=month, mark=mark, **args)
    if quarter and (once or column.name == "due"):  # sums over three months, which no list of one month is
        return None
    if column.name in TRAITS:
        return url_for("reports.rows", report_month=month, trait=column.name, **args)
    return url_for("reports.rows", report_month=month, **args) if table.key == "classes" or column.name == "due" else None
