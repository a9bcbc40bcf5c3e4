"""Packages: take types, golden cases and standards out as one file, and take one in as drafts of a release."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import audit, dates, engine
from adminapp.errors import Conflict, Invalid
from adminapp.packages import applying, pending, plan, store
from adminapp.packages.contents import LONGEST_NAME, collect, read
from adminapp.packages.files import LARGEST_ARCHIVE, read_archive, write_archive
from adminapp.policy import POLICY_ADMIN
from views.downloads import send_bytes

blueprint = Blueprint("packages", __name__, url_prefix="/packages")
TONES = {plan.NEW: "good", plan.CHANGE: "info", plan.MERGE: "info", plan.SAME: ""}
MOST_SENTENCES = 200


@blueprint.get("/")
def index():
    return _index()


def _index(problems=(), name=""):
    held = engine.current()
    types = [{"key": key, "name": item.name, "version": item.version} for key, item in held.registry.latest().items()]
    return render_template(
        "packages/list.html", types=types, county=held.settings.county, problems=problems, file=name,
        may_import=g.actor.has(POLICY_ADMIN), taken=[_taken(row) for row in store.listed()],
    )  # fmt: skip


def _taken(row):
    release = row["release"]
    cells = {
        "name": {"text": row["name"] or _("未署名"), "sub": row["digest"][:12]}, "at": dates.minute_text(row["at"]),
        "release": {"text": release["title"], "sub": release["number"]},
    }  # fmt: skip
    return {"id": row["_id"], "url": url_for("releases.show", release_id=row["_id"]), "cells": cells}


@blueprint.post("/export")
def hand_out():
    """Hand out the picked types, or all, as one archive."""
    keys, name = request.form.getlist("keys"), request.form.get("name", "").strip()[:LONGEST_NAME]
    made = collect(engine.current(), keys, name, bool(request.form.get("standards")))
    audit.log("export", what="package", types=len(made.types), digest=made.digest[:16])
    return send_bytes(write_archive(made.files()), f"{name or '救助类型'}_{made.digest[:8]}.zip", "application/zip")


@blueprint.post("/")
def upload():
    """Read a package and plan it; what is wrong with it is listed, and nothing is stored."""
    file = request.files.get("file")
    try:
        if not file or not file.filename:
            raise Invalid(_("请选择配置包文件。"))
        contents = read(read_archive(file.stream.read(LARGEST_ARCHIVE + 1)))
        made = plan.make(engine.current(), contents, store.base_of(contents.name))
    except Invalid as error:
        return _index([str(each) for each in error.problems or [error]], file.filename if file else ""), error.status
    return redirect(url_for(".show", plan_id=pending.keep(made, g.actor)), 303)


@blueprint.get("/<plan_id>")
def show(plan_id):
    return _show(plan_id, pending.get(plan_id))


def _show(plan_id, made):
    items = [
        item | {"tone": TONES[item["action"]], "said": _(plan.ACTIONS[item["action"]]), "more": max(len(item["sentences"]) - MOST_SENTENCES, 0),
                "sentences": item["sentences"][:MOST_SENTENCES], "version": made["state"]["types"].get(item["key"], {}).get("version")}
        for item in made["items"]
    ]  # fmt: skip
    return render_template("packages/show.html", plan_id=plan_id, plan=made, items=items, same=plan.SAME)


@blueprint.post("/<plan_id>")
def take(plan_id):
    """Decide conflicts; when none is left, make drafts and a release of them."""
    old, held = pending.get(plan_id), engine.current()
    contents = read(dict(old["files"]))
    taken = {each["path"]: side for each in old["conflicts"] if (side := request.form.get(f"take:{each['path']}")) in ("ours", "theirs")}
    made = plan.make(held, contents, store.base_of(contents.name), taken)
    if made["seal"] != old["seal"]:
        pending.replace(plan_id, made)
    try:
        if made["state"] != old["state"]:
            raise Conflict(_("查看以后系统里的内容有变化，已按现在的内容重新比较，请再看一遍。"))
        row = applying.begin(held, made, g.actor)
    except (Conflict, Invalid) as error:
        flash(str(error), "error")
        return redirect(url_for(".show", plan_id=plan_id), 303)
    flash(_("已导入为草稿，列入发布方案 %(number)s。请检查、试算后送审。", number=row["number"]), "success")
    return redirect(url_for("releases.show", release_id=row["_id"]), 303)
