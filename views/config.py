"""What is declared: relief types with their versions and procedure, and the table of standards. Changes come by releases; here a
type is closed to new applications and opened again."""

from functools import partial

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import audit, dates, engine, policy
from adminapp.declaration.lexicons import programmes_of, reading_lexicon
from adminapp.fields import KINDS
from adminapp.fields.base import DISCLOSURES
from adminapp.formula.written import write
from adminapp.releases.comparing import compare_types
from adminapp.workflow.machine import MILESTONES, STEPS
from views.downloads import send_bytes
from views.releases.changes import row_of

blueprint = Blueprint("config", __name__, url_prefix="/config")

BODIES = {"township": "乡镇人民政府", "county": "县民政局"}
CYCLES = {"month": "按月", "quarter": "按季", "once": "一次性"}
SPENDING = {"household": "按户", "person": "按人"}
ROUNDINGS = {"none": "不取整", "up_yuan": "向上取整到元", "half_up_yuan": "四舍五入到元", "down_yuan": "舍去元以下", "half_up_fen": "四舍五入到分"}


@blueprint.get("/types")
def types():
    latest = sorted(engine.current().registry.latest().values(), key=lambda item: (item.group, item.code))
    return render_template("config/types.html", types=latest, day=dates.day_of)


@blueprint.get("/types/<key>")
@blueprint.get("/types/<key>/<int:version>")
def relief_type(key, version=None):
    held = engine.current()
    item = held.registry.get(key, version)
    before = _compared_with(held.registry, item)
    found = compare_types(before.relief_type, item.relief_type, held.standards, held) if before else []
    return render_template(
        "config/type.html", item=item, relief_type=item.relief_type, newest=held.registry.get(key).version, labels=labels_of(item.relief_type),
        before=before, changes=[row_of(one) for one in found], may_close=policy.permits("config.close", g.actor.roles),
        versions=[each for each in held.registry.versions(key) if each.version != item.version], kinds=KINDS, disclosures=DISCLOSURES,
        steps=STEPS, milestones=MILESTONES, units=dates.UNITS, bodies=BODIES, cycles=CYCLES, spending=SPENDING, roundings=ROUNDINGS, day=dates.day_of,
    )  # fmt: skip


def _compared_with(registry, item):
    """Return the version that is asked for beside this one, the one before when none is."""
    number = request.args.get("with", type=int, default=item.version - 1)
    return registry.get(item.key, number) if number > 0 and number != item.version else None


@blueprint.post("/types/<key>/close")
def close(key):
    """Take no new applications for a type, or take them again; cases go on either way."""
    registry, reopen = engine.current().registry, request.form.get("do") == "restore"
    item = registry.get(key)
    (registry.restore if reopen else registry.retire)(key, g.actor.id)
    audit.log("release", event="restore" if reopen else "retire", type=key)
    flash(_("“%(name)s”恢复受理。", name=item.name) if reopen else _("“%(name)s”不再受理新申请，已有案件照常办理和发放。", name=item.name), "success")
    return redirect(url_for(".relief_type", key=key), 303)


@blueprint.get("/types/<key>/<int:version>/source")
def source(key, version):
    item = engine.current().registry.get(key, version)
    return send_bytes(item.source.encode(), f"{item.key}.yaml", "text/yaml")


@blueprint.get("/standards")
def standards():
    table, today = engine.current().standards, dates.today()
    rows = []
    for key in table:
        standard = table.standard(key)
        rows += [{"standard": standard, "value": value, "current": value == _current(standard, today)} for value in reversed(standard.values)]
    return render_template("config/standards.html", rows=rows, today=today)


def _current(standard, today):
    return next((value for value in reversed(standard.values) if value.since <= today), None)


def labels_of(relief_type):
    """Return a function that writes a formula with the labels of fields and standards in place of ids."""
    held = engine.current()
    words = reading_lexicon(relief_type, held.standards, programmes_of(held.registry.latest().values()))
    return partial(write, lexicon=words)
