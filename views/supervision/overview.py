"""How far the year's checks are: for the county by township, for one township by type, month by month."""

from flask import g, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from adminapp import dates, divisions, engine, policy, procedure
from adminapp.startpage import TILES, Figures, Part, Row, Tile, register
from adminapp.supervision import checks, course, progress, rounds
from adminapp.text import plain_number
from views import counting, start
from views.places import townships

FIRST_YEAR = 2021
DUTY_OPEN = (checks.DRAWN, checks.ASSIGNED)


def read_year(values) -> int:
    """Return the year asked for, this year for anything else."""
    this = dates.today().year
    year = plain_number(values.get("year"), 4) or this
    return year if FIRST_YEAR <= year <= this else this


def years() -> list[int]:
    return list(range(dates.today().year, dates.today().year - 5, -1))


def read_township(values) -> str:
    """Return the township asked for within the actor's places; their only one by itself, "" for all."""
    mine = [code for code, _name in townships()]
    if g.actor.townships is not None and len(mine) == 1:
        return mine[0]
    asked = values.get("township", "")
    return asked if asked in mine else ""


def type_names() -> dict[str, str]:
    return {key: item.relief_type.name for key, item in engine.current().registry.latest().items()}


def index():
    year, township = read_year(request.args), read_township(request.args)
    found = progress.of_year(year, township=township)
    county = g.actor.townships is None
    return render_template(
        "supervision/index.html",
        year=year,
        years=years(),
        township=township,
        townships=divisions.township_choices() if county else [],
        place=divisions.name_of(township) if township else _("全县"),
        tiles=_tiles(found, year, township),
        months=start.show(_months(found)),
        table=start.show(_by_type(found, year) if township else _by_place(found, year)),
        rounds=[_round(row) for row in rounds.of_year(year)] if county else [],
        may_draw=policy.permits("supervision.draw", g.actor.roles) and year == dates.today().year,
        share=procedure.share_text(found.share) if found.share else "",
        clause=found.clause,
        working=any(row["state"] == rounds.DRAWING for row in rounds.of_year(year)),
    )


def _tiles(found, year, township):
    line, seen = found.line(), sum(found.results.values())
    off = seen - found.results["true"]
    duties = sum(sum(states.values()) for states in found.duties.values())
    waiting = sum(states[state] for states in found.duties.values() for state in DUTY_OPEN)

    def listed(**more):
        values = {"year": year, "township": township, **more}
        return url_for("supervision.checks", **{key: value for key, value in values.items() if value})

    return [
        {"label": _("新增救助对象"), "value": f"{line.new:,}", "unit": _("件"), "sub": _("%(year)s 年纳入发放", year=year)},
        {"label": _("应核查"), "value": f"{line.target:,}", "unit": _("件"), "sub": _("已抽中 %(n)s 件", n=line.drawn), "url": listed(basis="random")},
        {"label": _("已入户"), "value": f"{line.visited:,}", "unit": _("件"), "tone": "good" if not line.deficit else "",
         "sub": _("尚缺 %(n)s 件", n=line.deficit) if line.deficit else _("已达到比例"), "url": listed(tab="seen", basis="random")},
        {"label": _("必查（近亲属、投诉）"), "value": f"{duties:,}", "unit": _("件"), "tone": "bad" if waiting else "",
         "sub": _("未查 %(n)s 件", n=waiting) if waiting else _("全部已查") if duties else "", "url": listed(basis="duty")},
        {"label": _("核查有偏差"), "value": f"{off:,}", "unit": _("件"), "tone": "wait" if off else "",
         "sub": _words(found.results), "url": listed(result="off")},
    ]  # fmt: skip


def _words(results):
    words = [f"{_(result.label)} {results[key]}" for key, result in course.RESULTS.items() if not result.fine and results[key]]
    return "，".join(words)


def _months(found):
    """Return the year as columns: what was visited of what had to be, and what was missing at the end of each month."""
    rows = []
    for month in found.months:
        line = found.line(month=month)
        rows.append(Row(_("%(n)s 月", n=int(month[5:])), (line.visited, line.deficit)))
    return Figures(_("各月末完成情况"), (_("已入户"), _("尚缺")), tuple(rows), "columns", _("月份"), hint=_("累计，件"))


HEADS = ("新增", "应核查", "已抽中", "已入户", "尚缺")


def _values(line):
    return line.new, line.target, line.drawn, line.visited, line.deficit


def _by_place(found, year):
    rows = [
        Row(divisions.name_of(place), _values(found.line(strata)), ("supervision.index", {"year": year, "township": place}))
        for place, strata in found.by_township().items()
    ]
    return Figures(_("各乡镇"), tuple(_(head) for head in HEADS), tuple(rows), "table", _("乡镇"), hint=_("按乡镇和类型分层，逐层向上取整"))


def _by_type(found, year):
    names = type_names()
    rows = [Row(names.get(kind, kind), _values(found.line(strata))) for kind, strata in found.by_type().items()]
    return Figures(_("各救助类型"), tuple(_(head) for head in HEADS), tuple(rows), "table", _("救助类型"), hint=_("按类型分层，逐层向上取整"))


def _round(row):
    return {
        "title": _("第 %(n)s 次抽取", n=row["n"]),
        "note": " · ".join([row["on"], row["by_name"], _("总体截至 %(day)s", day=row["until"])]),
        "state": _("抽中 %(n)s 件", n=row["drawn"]) if row["state"] == rounds.DONE else _("抽取中"),
        "tone": "" if row["state"] == rounds.DONE else "wait",
        "url": url_for("supervision.drawn", round_id=row["_id"]),
    }


def tile(asked):
    """Return the start page's tile of this year's checks; counted once a minute for everybody of the county."""
    line = counting.once_a_minute(("spot_checks", asked.today), lambda: progress.of_year(asked.today.year, asked.today).line())
    if not line.target:
        return None
    note = _("尚缺 %(n)s 件", n=line.deficit) if line.deficit else _("已达到比例")
    return Tile(_("抽查已入户"), f"{line.visited:,}", _("件"), note, "wait" if line.deficit else "good", ("supervision.index", {}))


register(Part("spot_checks", TILES, 40, policy.COUNTY | {policy.AUDITOR}, tile, _l("抽查已入户")))
