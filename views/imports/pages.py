"""The list of batches with the form of an upload, and the page of one batch as it stands."""

import tempfile
from pathlib import Path

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import audit, engine
from adminapp.errors import Invalid
from adminapp.files import XLSX
from adminapp.imports import batches, duplicates
from adminapp.imports.columns import MODES, targets
from adminapp.imports.guessing import EXAMPLE
from adminapp.outputs import outputs
from adminapp.tabular.reading import LARGEST
from views.asked import shown_rev
from views.downloads import send_bytes
from views.imports import shown
from views.jobs import RESULTS

blueprint = Blueprint("imports", __name__, url_prefix="/imports")
LISTED = 50
VERDICTS = (duplicates.SAME, duplicates.DIFFERENT)

for _kind in (batches.CHECK, batches.APPLY, batches.UNDO):
    RESULTS[_kind] = lambda job: url_for("imports.show", import_id=job["args"]["batch"])


@blueprint.get("/")
def index():
    """List the batches of the actor's places, newest first, under the form of an upload; ?before= is the one to go on below."""
    before = request.args.get("before", "")
    found = batches.listed(LISTED + 1, before)
    rows = found[:LISTED]
    may_bring = g.actor.has(*batches.MAKERS)
    return render_template(
        "imports/list.html", columns=shown.columns(), rows=[shown.row(batch) for batch in rows], types=shown.types() if may_bring else [],
        modes=[{"value": key, "label": _(label)} for key, label in MODES.items()], chosen=request.args.get("type", ""), may_bring=may_bring,
        next_url=url_for("imports.index", before=rows[-1]["_id"]) if len(found) > LISTED else None, first_url=url_for("imports.index") if before else None,
    )  # fmt: skip


@blueprint.get("/template/<type_key>")
def template(type_key):
    """Hand out the workbook to fill, made from the declaration in force, for the actor's villages."""
    published = engine.current().registry.get(type_key)
    mode = request.args.get("mode", "")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.xlsx"
        name = outputs["import_template"](path, published, mode if mode in MODES else "draft", g.actor)
        with open(path, "rb") as file:
            content = file.read()
    audit.log("download", type=type_key, version=published.version, what="import_template")
    return send_bytes(content, name, XLSX.type)


@blueprint.post("/upload")
def upload():
    """Keep a file as a batch and show which of its columns is which."""
    given, key = request.files.get("file"), request.form.get("type", "")
    content = given.read(LARGEST + 1) if given else b""
    try:
        if key not in engine.current().registry.latest():
            raise Invalid(_("请选择救助类型。"))
        if not given or not given.filename:
            raise Invalid(_("请选择要上传的文件。"))
        batch = batches.upload(content, given.filename, engine.current().registry.get(key), request.form.get("mode", ""), g.actor)
    except Invalid as error:
        flash(str(error), "error")
        return redirect(url_for("imports.index", type=key or None), 303)
    return redirect(url_for("imports.show", import_id=batch["_id"]), 303)


@blueprint.get("/<import_id>")
def show(import_id):
    """Show a batch: its columns, how its trial or import goes, what is wrong, what may be double."""
    batch = batches.get(import_id)
    return _page(batch)


def _page(batch, problems=(), posted=None):
    steps = batches.steps_of(batch, g.actor)
    mapping = "map" in steps and (batch["state"] == batches.MAPPING or bool(problems) or request.args.get("columns") is not None)
    values = shown.values(batch, steps)
    if mapping:
        known = targets(engine.current().registry.get(batch["type"], batch["version"]).relief_type, batch["mode"])
        values |= {"sheets": shown.sheets(batch, known, posted), "choices": shown.choices(known)}
    elif batch["state"] in (batches.CHECKED, batches.WAITING, batches.APPLIED):
        values |= shown.findings(batch, request.args)
    return render_template("imports/batch.html", batch=batch, mapping=mapping, problems=problems, example=EXAMPLE, **values), 422 if problems else 200


@blueprint.post("/<import_id>/columns", endpoint="map")
def map_columns(import_id):
    """Keep which column is which and start the trial; what was chosen stays on the page when something is lacking."""
    batch = batches.get(import_id)
    chosen = shown.read_choices(request.form, batch)
    if "map" not in batches.steps_of(batch, g.actor):
        flash(_("这一批现在不能修改栏目对应。"), "error")
        return redirect(url_for("imports.show", import_id=import_id), 303)
    known = targets(engine.current().registry.get(batch["type"], batch["version"]).relief_type, batch["mode"])
    try:
        batches.set_plans(batch, chosen, bool(request.form.get("complete")), request.form.get("month", ""), g.actor, known, shown_rev())
    except Invalid as error:
        return _page(batch, [str(problem) for problem in error.problems], chosen)
    return redirect(url_for("imports.show", import_id=import_id), 303)


@blueprint.post("/<import_id>/judge")
def judge(import_id):
    """Say of one pair, or of all that are open, whether it is the same household."""
    batch, verdict = batches.get(import_id), request.form.get("verdict", "")
    may = "judge" in batches.steps_of(batch, g.actor) and verdict in VERDICTS
    if may and (count := duplicates.judge(batch, request.form.get("pair") or None, verdict, g.actor)):
        batches.recount(batch, duplicates.standing(batch))
        flash(_("已判断 %(n)s 对。", n=count), "success")
    return redirect(url_for("imports.show", import_id=import_id, _anchor="pairs"), 303)


@blueprint.post("/<import_id>/<deed>")
def act(import_id, deed):
    """Take a step of a batch: import, submit, approve, return, undo, discard."""
    batch = batches.get(import_id)
    try:
        batches.act(batch, deed, g.actor, shown_rev())
    except Invalid as error:
        flash(str(error), "error")
    if deed == "discard":
        flash(_("已放弃，文件已删除。"), "success")
        return redirect(url_for("imports.index"), 303)
    return redirect(url_for("imports.show", import_id=import_id), 303)
