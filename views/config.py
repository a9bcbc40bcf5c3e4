"""What is declared: relief types with their versions and procedure, and the table of standards. Read only; changes come by file."""

from functools import partial

from flask import Blueprint, Response, render_template

from adminapp import dates, engine
from adminapp.declaration.diff import describe
from adminapp.declaration.lexicons import programmes_of, reading_lexicon
from adminapp.fields import KINDS
from adminapp.fields.base import DISCLOSURES
from adminapp.formula.written import write
from adminapp.workflow.machine import MILESTONES, STEPS

blueprint = Blueprint("config", __name__, url_prefix="/config")

UNITS = {"workday": "工作日", "day": "日"}
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
    registry = engine.current().registry
    item = registry.get(key, version)
    before = registry.get(key, item.version - 1) if item.version > 1 else None
    return render_template(
        "config/type.html", item=item, relief_type=item.relief_type, newest=registry.get(key).version, labels=labels_of(item.relief_type),
        changes=describe(before.relief_type, item.relief_type) if before else [], kinds=KINDS, disclosures=DISCLOSURES, steps=STEPS,
        milestones=MILESTONES, units=UNITS, bodies=BODIES, cycles=CYCLES, spending=SPENDING, roundings=ROUNDINGS, day=dates.day_of,
    )  # fmt: skip


@blueprint.get("/types/<key>/<int:version>/source")
def source(key, version):
    item = engine.current().registry.get(key, version)
    response = Response(item.source, mimetype="text/yaml")
    response.headers["Content-Disposition"] = f'attachment; filename="{item.key}.yaml"'
    return response


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
