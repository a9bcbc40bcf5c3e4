"""The pilot's evaluation (试点评估): a span of months, township by township, each number opening the register behind it; and on paper."""

from flask import Blueprint, abort, g, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import audit, dates, divisions, engine
from adminapp.errors import Invalid
from adminapp.evaluation import figures, tables
from adminapp.evaluation.plan import plan
from adminapp.outputs import outputs
from adminapp.registers import codes, periods
from views import counting
from views.downloads import send_bytes
from views.narrowing import Choice, chips, filters
from views.places import townships

blueprint = Blueprint("evaluation", __name__, url_prefix="/evaluation")
YEARS, QUARTERS = 3, 6


@blueprint.get("/")
def index():
    asked = _asked()
    found = _evaluate(asked)
    return render_template(
        "evaluation/index.html",
        asked=asked, title=_title(asked), label=periods.label(asked["period"]), clause=plan().clause, periods=_periods(asked["period"]),
        tiles=_tiles(found, asked), charts=[_chart(chart, asked) for chart in found.charts], panels=[_panel(table, asked) for table in found.tables],
        filters=_filters(asked), chips=_chips(asked), here=_address(period=asked["period"]), empty=not found.tables,
        paper_url=url_for("evaluation.paper", **_kept(asked)),
    )  # fmt: skip


@blueprint.get("/evaluation.pdf")
def paper():
    """Hand out the evaluation on paper; figures only, no person. It is logged."""
    asked = _asked()
    title = f"{_title(asked)}（{periods.label(asked['period'])}）"
    notes = [_("统计到 %(day)s，%(name)s", day=dates.today(), name=g.actor.name), *([plan().clause] if plan().clause else [])]
    if asked["type"]:
        notes.insert(0, _types()[asked["type"]])
    found = _evaluate(asked)
    data = outputs["evaluation_pdf"](title, notes, _headlines(found), found, engine.current().settings.home)
    audit.log("export", what="evaluation", period=asked["period"], township=asked["township"], format="pdf")
    return send_bytes(data, f"{title}.pdf", "application/pdf")


def _asked():
    """Return {period, township, type}; unknown places and types count as not given, a span that is none is refused."""
    values, places = request.args, dict(townships())
    period = values.get("period") or str(dates.today().year)
    if values.get("from") or values.get("to"):
        first, last = values.get("from") or values["to"], values.get("to") or dates.month_of(dates.today())
        period = f"{first}{periods.SEPARATOR}{last}"
    try:
        first, last = periods.read(period)
    except Invalid:
        abort(400, _("请选择一段时间：开始月份不晚于结束月份，最长三年。"))
    township, key = values.get("township", ""), values.get("type", "")
    alone = next(iter(places)) if len(places) == 1 else ""
    return {"period": period, "township": township if township in places else alone, "type": key if key in _types() else "", "first": first, "last": last}


def _evaluate(asked) -> tables.Evaluation:
    seen = frozenset(g.actor.roles), g.actor.townships is None
    found = counting.once_a_minute(
        ("evaluation", asked["first"], asked["last"], *seen), lambda: figures.gather(plan(), asked["first"], asked["last"], g.actor)
    )
    steps = codes.labels_of("clock", engine.current().registry.latest())
    count = len(divisions.township_choices())
    return tables.evaluate(found, plan().readable(g.actor), dict(townships()), count, asked["township"], asked["type"], _types(), steps)


def _types() -> dict[str, str]:
    latest = engine.current().registry.latest()
    return {key: latest[key].relief_type.name for key in sorted(latest, key=lambda key: (latest[key].relief_type.code, key))}


def _title(asked):
    place = divisions.name_of(asked["township"]) if asked["township"] else divisions.county().county_name
    return f"{place}{_('社会救助试点评估')}"


def _kept(asked):
    return {name: asked[name] for name in ("period", "township", "type") if asked[name]}


def _address(**args):
    return url_for("evaluation.index", **{key: value for key, value in args.items() if value})


def _periods(chosen):
    known = periods.choices(dates.month_of(dates.today()), YEARS, QUARTERS)
    return [(text, periods.label(text)) for text in (known if chosen in known else [chosen, *known])]


def _headlines(found) -> list[tuple]:
    """Return (measure, share, county's share) of what stands at the top."""
    return [(measure, found.mine.share(measure), found.county.share(measure)) for measure in found.measures if measure.headline]


def _tiles(found, asked):
    tiles = [
        {"label": _(measure.headline), "value": tables.percent(share) or "—", "tone": tables.tone(measure, share),
         "sub": _("全县 %(share)s", share=tables.percent(county) or "—") if asked["township"] else "",
         "url": _behind({"measure": measure.key, "township": asked["township"], "type": asked["type"]}, asked)}
        for measure, share, county in _headlines(found)
    ]  # fmt: skip
    plain = [measure for measure in found.measures if not measure.of]
    return tiles + [
        {"label": _(measure.label), "value": f"{found.mine.counts[measure.key]:,}",
         "url": _behind({"measure": measure.key, "township": asked["township"], "type": asked["type"]}, asked)}
        for measure in plain
    ]  # fmt: skip


def _behind(where, asked) -> str | None:
    """Return the address of the register that a number counts."""
    if where is None:
        return None
    args = {"period": asked["period"], "township": where["township"], "type": where["type"]}
    if "measure" in where:
        measure = plan().measure(where["measure"])
        key, found = measure.register, {f"c.{column}": code for column, code in measure.codes.items()}
    else:
        key, found = plan().times.register, {f"c.{plan().times.step}": where["step"]}
    return url_for("registers.show", register_key=key, **{name: value for name, value in (args | found).items() if value})


def _panel(table, asked):
    kept = {"period": asked["period"], "type": asked["type"]}
    rows = [
        {"label": _(row.label), "url": _address(**kept, township=row.township) if row.township and not asked["township"] else None,
         "cells": [{"text": cell.text, "url": _behind(cell.where, asked)} for cell in row.cells], "summed": row.summed}
        for row in table.rows
    ]  # fmt: skip
    columns = [_(label) for label in table.columns]
    return {"title": _(table.title), "hint": _(table.hint) if table.hint else "", "head": _(table.head), "columns": columns, "rows": rows}


def _chart(chart, asked):
    bars = [{"label": _(bar.label), "value": round(bar.value, 1), "text": bar.text, "url": _behind(bar.where, asked)} for bar in chart.bars]
    behind = _panel(chart.table, asked) if chart.table else None
    return {"title": _(chart.title), "hint": _(chart.hint), "top": chart.top, "bars": bars, "behind": behind}


def _choices(asked):
    if len(townships()) > 1:
        yield Choice("township", _("乡镇"), dict(townships()), asked["township"])
    yield Choice("type", _("救助类型"), _types(), asked["type"])


def _chips(asked):
    return chips(_choices(asked), lambda name: _address(**(_kept(asked) | {name: ""})))


def _filters(asked):
    months = [{"name": "from", "label": _("从（月份）"), "kind": "month"}, {"name": "to", "label": _("到（月份）"), "kind": "month"}]
    return filters(_choices(asked)) + months
