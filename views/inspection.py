"""Inspection (联合检查) for finance, audit and county: how supervision and payment stand, in figures, read only.

Finance reaches no case (县方案 五(二)2), so nothing here names a person or leads to one; who may read cases follows the links.
"""

from io import BytesIO

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from adminapp import audit, divisions
from adminapp.outputs import outputs
from adminapp.startpage import Figures, Row
from adminapp.supervision import inspection, lateness
from views import start
from views.downloads import send_bytes
from views.start.charts import words
from views.supervision.overview import read_year, years

blueprint = Blueprint("inspection", __name__, url_prefix="/inspection")


@blueprint.get("/")
def index():
    year = read_year(request.args)
    found = inspection.of_year(year)
    return render_template(
        "inspection/index.html",
        year=year,
        years=years(),
        tiles=_tiles(found, year),
        checks=start.show(_checks(found, year)),
        outcome=start.show(_outcome(found)) if found.measures else None,
        time=start.show(_time(found)),
        warnings=start.show(_warnings(found)) if found.warnings else None,
        money=start.show(_money(found)) if found.months else None,
    )


def _tiles(found, year):
    line, (off, mended), time = found.progress.line(), found.off, lateness.total(found.times)
    paid, broken = sum(month.sealed for month in found.months), sum(month.broken for month in found.months)
    return [
        {"label": _("入户核查"), "value": f"{line.visited:,}", "unit": _("件"), "tone": "" if line.deficit else "good",
         "sub": _("应核查 %(n)s 件，尚缺 %(m)s 件", n=line.target, m=line.deficit)},
        {"label": _("核查有偏差"), "value": f"{off:,}", "unit": _("件"), "sub": _("已整改销号 %(n)s 件", n=mended)},
        {"label": _("按时率"), "value": f"{time.on_time * 100:.1f}%" if time.done else "—", "sub": _("超期 %(n)s 个环节", n=f"{time.late:,}")},
        {"label": _("待处理预警"), "value": f"{sum(found.warnings.values()):,}", "unit": _("条"), "tone": "wait" if found.warnings else ""},
        {"label": _("已锁定应发"), "value": money_words(paid), "sub": _("%(n)s 个月", n=len(found.months))},
        {"label": _("退汇和失败"), "value": money_words(broken), "tone": "wait" if broken else ""},
    ]  # fmt: skip


def money_words(fen):
    return words(Figures("", (), (), money=True), fen)


def _checks(found, year):
    heads = tuple(map(_, ("新增", "应核查", "已入户", "尚缺", "属实", "有偏差", "已整改")))
    rows = tuple(
        Row(divisions.name_of(place), found.place_values(place), ("supervision.index", {"year": year, "township": place})) for place in found.places
    )
    return Figures(_("抽查核查"), heads, rows, "table", _("乡镇"), hint=_("年内新增对象按乡镇和类型分层，逐层向上取整"))


def _outcome(found):
    rows = tuple(Row(_(label), (number,)) for label, number in found.measures)
    return Figures(_("整改措施"), (_("件"),), rows, "bars", _("措施"))


def _time(found):
    rows = tuple(Row(divisions.name_of(line.key), (line.done, line.late, line.days), ("lateness.index", {"township": line.key})) for line in found.times)
    return Figures(_("时限"), (_("办结环节"), _("超期"), _("超期天数")), rows, "table", _("乡镇"))


def _warnings(found):
    rules = list(dict.fromkeys(rule for _place, rule in found.warnings))
    rows = []
    for code, name in divisions.township_choices():
        values = tuple(found.warnings.get((code, rule), 0) for rule in rules)
        if any(values):
            rows.append(Row(name, values, ("warnings.index", {"township": code})))
    return Figures(_("待处理预警"), tuple(_(inspection.rule_label(rule)) for rule in rules), tuple(rows), "table", _("乡镇"))


def _money(found):
    rows = tuple(Row(_("%(n)s 月", n=int(month.month[5:])), (month.sealed, month.broken)) for month in found.months)
    return Figures(_("各月资金"), (_("已锁定应发"), _("退汇和失败")), rows, "table", _("月份"), money=True, link=("payments.index", {}))


@blueprint.get("/report.csv")
def report():
    """Answer the figures of a year by township as a file."""
    year, file = read_year(request.args), BytesIO()
    outputs["inspection"](file, inspection.of_year(year))
    audit.log("export", what="inspection", year=year)
    return send_bytes(file.getvalue(), f"{_('联合检查')}_{year}.csv", "text/csv")
