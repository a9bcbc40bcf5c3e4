"""For the county, and for a township's deputy and head: where cases stand, by step and place, and whether in time."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from adminapp import divisions, figures, policy, shares
from adminapp.startpage import MAIN, TILES, Asked, Figures, Part, Row, Tile, register
from adminapp.workflow.machine import STATES

LEADERS = policy.COUNTY | {policy.AUDITOR, policy.DEPUTY, policy.HEAD}
STEPS = {
    _l("申请受理"): ("submitted", "supplement"),
    _l("调查核对"): ("accepted", "surveying", "appraisal"),
    _l("初审"): ("opinion",),
    _l("公示"): ("publicity", "objection"),
    _l("确认"): ("county_check", "confirm_ready"),
    _l("告知发放"): ("confirmed",),
    _l("动态管理"): ("change_pending", "suspended", "terminating"),
}
"""Columns of the county's view: states that are one piece of work. Who is on the roll or done stands in none."""


def tiles(asked: Asked):
    found = figures.read(asked.actor)
    if found.at is None:
        return None
    states = found.by_state()
    running = sum(states[state] for states_of in STEPS.values() for state in states_of)
    roll = sum(count for state, count in states.items() if state in STATES and STATES[state].on_roll)
    tiles = [Tile(_("在办案件"), f"{running:,}", _("件")), Tile(_("享受中"), f"{roll:,}", _("份"))]
    if found.decided:
        share = found.on_time / found.decided
        note = _("近 %(days)s 天决定 %(n)s 件", days=figures.DAYS, n=f"{found.decided:,}")
        tiles.append(Tile(_("按时办结"), f"{share * 100:.1f}", "%", note, "good" if share >= shares.GOOD else "wait"))
    return tiles


def by_place(asked: Asked):
    """Return cases by step: a line for each township, or for each type where there is one township only."""
    found = figures.read(asked.actor)
    if found.at is None:
        return None
    places = {code: counts for code, counts in found.by_place().items() if sum(counts.values())}
    one = asked.actor.townships is not None
    rows = _by_type(found) if one else [_row(divisions.name_of(code), counts) for code, counts in places.items()]
    return Figures(
        _("各类型在办案件") if one else _("各乡镇在办案件"),
        tuple(str(label) for label in STEPS),
        tuple(row for row in rows if sum(row.values)),
        "table",
        _("救助类型") if one else _("乡镇"),
        hint=_("截至 %(at)s", at=at_of(found)),
    )


def by_step(asked: Asked):
    found = figures.read(asked.actor)
    if found.at is None or not found.places:
        return None
    states = found.by_state()
    rows = tuple(Row(str(label), (sum(states[state] for state in keys),)) for label, keys in STEPS.items())
    return Figures(_("各环节在办案件"), (_("件"),), rows, "bars", _("环节"))


def at_of(found) -> str:
    from adminapp import dates

    return found.at.astimezone(dates.SHANGHAI).strftime("%H:%M")


def _row(label, counts, link=None):
    return Row(label, tuple(sum(counts[state] for state in keys) for keys in STEPS.values()), link)


def _by_type(found):
    from adminapp import engine

    published, rows = engine.current().registry.latest(), []
    for key, counts in sorted(found.by_type().items()):
        name = published[key].relief_type.name if key in published else key
        rows.append(_row(name, counts, ("cases.index_view", {"type_key": key}) if key in published else None))
    return rows


register(Part("county", TILES, 20, LEADERS, tiles, _l("在办案件")))
register(Part("steps", MAIN, 20, LEADERS, by_step, _l("各环节在办案件")))
register(Part("places", MAIN, 30, LEADERS, by_place, _l("各乡镇在办案件")))
