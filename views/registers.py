"""Registers (台账): which there are, the rows of one in a month or a year, and the workbook of them."""

from flask import Blueprint, abort, g, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import audit, dates, divisions, engine
from adminapp.bank import reach
from adminapp.errors import Invalid
from adminapp.files import XLSX
from adminapp.money import format_yuan
from adminapp.outputs import outputs
from adminapp.registers import cells, entries, model, periods, rows
from adminapp.registers.model import Register
from adminapp.scope import Actor
from views import counting
from views.asked import page_asked
from views.downloads import send_bytes
from views.menu import may_open
from views.narrowing import Choice, chips, filters

blueprint = Blueprint("registers", __name__, url_prefix="/registers")
PAGE = 30
YEARS, QUARTERS, MONTHS = 4, 5, 18
NARROW = ("day", "month", "money", "moment", "type", "id_number", "phone")
"""Kinds of columns that are not broken over lines."""
SPOKEN = ("day", "month", "money", "number")
"""Kinds that need their label where they stand under another column."""
LINKS = {
    "case": lambda row: ("cases.details_view", {"type_key": row["type"], "id": row["_id"]}),
    "award": lambda row: ("awards.show", {"id": row["_id"]}),
    "recovery": lambda row: ("recoveries.show", {"recovery_id": row["_id"]}),
    "check": lambda row: ("supervision.show", {"check_id": row["_id"]}),
    "filing": lambda row: ("related.show", {"filing_id": row["_id"]}),
    "dossier": lambda row: ("archive.show", {"type_key": row["type"], "id": row["case"], "on": row["day"]}),
    "entry": lambda row: ("entries.show", {"entry_id": row["_id"]}),
    "lead": lambda row: ("leads.show", {"lead_id": row["_id"]}),
    "deadline": lambda row: ("cases.details_view", {"type_key": row["type"], "id": row["case"]}),
    "objection": lambda row: ("objections.show", {"objection_id": row["_id"]}),
    "complaint": lambda row: ("complaints.show", {"complaint_id": row["_id"]}),
}
"""Where a row leads to: endpoint and values. A link that the person may not open is left out."""


@blueprint.get("/")
def index():
    """The registers that the person may open, by group, with the number of rows of this year."""
    year = str(dates.today().year)
    groups: dict[str, list] = {}
    for item in model.readable(g.actor):
        asked = rows.Asked(f"{year}-01", f"{year}-12")
        number = counting.once_a_minute(("register", item.key, year, g.actor.id), lambda item=item, asked=asked: rows.count(item, asked, g.actor))
        groups.setdefault(item.group, []).append(_line(item, number))
    return render_template("registers/index.html", groups=groups, columns=_index_columns(year))


@blueprint.get("/<register_key>")
def show(register_key):
    """The rows of one register; ?period= is a year, a quarter or months, the rest narrows it."""
    item = model.get(register_key, g.actor)
    period, asked, page = *_asked(item), page_asked()
    found, types = rows.sums(item, asked, g.actor), _types()
    reader = cells.Reader(item, types, g.actor)
    listed = [_row(row, item, reader) for row in rows.rows(item, asked, g.actor, (page - 1) * PAGE, PAGE)]
    pages, choices = max(1, -(-found.count // PAGE)), list(_choices(item, asked, types))
    return render_template(
        "registers/show.html",
        register=item, columns=_columns(item), rows=listed, count=found.count, foot=_foot(item, found), period=period, periods=_periods(period),
        asked=asked, keep=_args(asked), chips=chips(choices, lambda name: _removed(item, asked, name, period)), filters=filters(choices),
        page=page, pages=pages,
        prev_url=address(item, period, asked, page=page - 1) if page > 1 else None,
        next_url=address(item, period, asked, page=page + 1) if page < pages else None, here=address(item, period),
        enter_url=url_for("entries.create", entry_register=item.key) if entries.may_write(g.actor, item) else None,
        sheet_url=url_for("registers.sheet", register_key=item.key, period=period, **_args(asked)),
    )  # fmt: skip


@blueprint.get("/<register_key>/sheet.xlsx")
def sheet(register_key):
    """Hand out all rows that are asked for as a workbook; it is logged."""
    item = model.get(register_key, g.actor)
    period, asked = _asked(item)
    data, count = outputs["register"](item, asked, _types(), g.actor)
    audit.log("export", what="register", register=item.key, period=period, count=count, township=asked.township)
    return send_bytes(data, f"{item.label}_{asked.span}.xlsx", XLSX.type)


def address(item: Register, period: str, asked: rows.Asked | None = None, without: str = "", **more) -> str:
    args = {key: value for key, value in (_args(asked) if asked else {}).items() if key != without}
    return url_for("registers.show", register_key=item.key, period=period, **args, **{key: value for key, value in more.items() if value != 1})


def _args(asked):
    plain = {name: getattr(asked, name) for name in ("township", "village", "type", "q") if getattr(asked, name)}
    return plain | {f"c.{key}": code for key, code in asked.codes.items()}


def _asked(item):
    """Return (period, what is asked for). Unknown places, types and codes count as not given; a period that is none is refused."""
    period = request.args.get("period") or str(dates.today().year)
    try:
        first, last = periods.read(period)
    except Invalid:
        abort(400)
    types, places = _types(), dict(_places(item))
    township = _known("township", places)
    village = _known("village", dict(divisions.village_choices(township or _only(places))))
    codes = {column.key: code for column in item.filters if (code := _known(f"c.{column.key}", column.labels(types)))}
    return period, rows.Asked(first, last, township, village, _known("type", types), request.args.get("q", "")[:40].strip(), codes)


def _known(name, known):
    value = request.args.get(name, "")
    return value if value in known else ""


def _types():
    return engine.current().registry.latest()


def _places(item):
    reaches = reach.reaches if item.money else Actor.reaches
    return [choice for choice in divisions.township_choices() if reaches(g.actor, choice[0])]


def _only(places):
    return next(iter(places)) if len(places) == 1 else ""


def _periods(chosen):
    now = dates.month_of(dates.today())
    months = sorted(dates.month_range(dates.add_months(now, -MONTHS), now), reverse=True)
    found = [(text, periods.label(text)) for text in periods.choices(now, YEARS, QUARTERS)] + [(month, month) for month in months]
    return found if chosen in dict(found) else [(chosen, periods.label(chosen)), *found]


def _index_columns(year):
    return [
        {"key": "label", "label": _("台账"), "main": True},
        {"key": "clause", "label": _("依据"), "full": True},
        {"key": "count", "label": _("%(year)s 年", year=year), "align": "r"},
    ]


def _line(item, number):
    cell = {"label": {"text": item.label, "sub": item.hint}, "clause": item.clause, "count": f"{number:,}"}
    return {"url": url_for("registers.show", register_key=item.key), "cells": cell}


def _columns(item):
    return [
        {"key": column.key, "label": column.label, "main": number == 0, "align": "r" if column.is_number else "", "nowrap": column.kind in NARROW}
        for number, (column, _under) in enumerate(item.screen)
    ]


def _row(row, item, reader):
    values = reader.values(row)
    texts = {column.key: shown(values[column.key], column) for column in item.columns}
    found = {"cells": {column.key: _cell(texts, column, under) for column, under in item.screen}}
    if item.link:
        endpoint, args = LINKS[item.link](row)
        if may_open(endpoint):
            found["url"] = url_for(endpoint, **args)
    return found


def _cell(texts, column, under):
    below = [f"{each.label} {texts[each.key]}" if each.kind in SPOKEN else texts[each.key] for each in under if texts[each.key]]
    return {"text": texts[column.key] or "—", "sub": " · ".join(below)} if below else texts[column.key]


def shown(value, column) -> str:
    """Return the text of a cell."""
    if value is None:
        return ""
    return format_yuan(value) if column.kind == "money" else f"{value:,}" if column.is_number else str(value)


def _foot(item, found):
    if not item.totals or not found.count:
        return None
    foot = {column.key: shown(found.totals[column.key], column) for column in item.totals}
    return {item.screen[0][0].key: _("合计"), **foot}


def _choices(item, asked, types):
    """Yield what the register can be narrowed by."""
    places, paths = dict(_places(item)), {column.path for column in item.columns}
    if len(places) > 1:
        yield Choice("township", _("乡镇"), places, asked.township)
    if "village" in paths and (township := asked.township or _only(places)):
        yield Choice("village", _("村（社区）"), dict(divisions.village_choices(township)), asked.village)
    if "type" in paths:
        yield Choice("type", _("救助类型"), {key: published.relief_type.name for key, published in types.items()}, asked.type)
    for column in item.filters:
        labels = column.labels(types)
        only = item.where.get(column.path)
        options = {key: labels[key] for key in labels if not only or key in only}
        yield Choice(f"c.{column.key}", column.label, options, asked.codes.get(column.key, ""))


def _removed(item, asked, name, period):
    args = {key: value for key, value in _args(asked).items() if key != name and not (name == "township" and key == "village")}
    return url_for("registers.show", register_key=item.key, period=period, **args)
