"""Drawing in public: a round is started with what a witness says, shown with seed and digests, and proved anew on demand."""

from io import BytesIO

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import audit, dates, divisions
from adminapp.errors import Conflict, Invalid
from adminapp.outputs import outputs
from adminapp.supervision import proof, rounds
from views.downloads import send_bytes
from views.supervision.overview import type_names


def draw():
    """Start the next round of this year; the job's page leads to what was drawn."""
    year = dates.today().year
    try:
        job = rounds.start(year, g.actor, request.form.get("witness", ""))
    except (Invalid, Conflict) as error:
        flash(str(error), "error")
        return redirect(url_for("supervision.index", year=year), 303)
    return redirect(url_for("jobs.show", job_id=job), 303)


def show(round_id):
    """Show one round; ?prove=1 draws all rounds of the year anew and says what comes out otherwise."""
    fixed, proving = rounds.get(round_id), request.args.get("prove") == "1"
    draws, names = rounds.draws_of(round_id), type_names()
    return render_template(
        "supervision/round.html",
        fixed=fixed,
        facts=_facts(fixed),
        columns=_columns(),
        rows=[_row(row, names) for row in draws if row["replaces"] is None],
        replaced=[_replaced(row, names) for row in draws if row["replaces"] is not None],
        proved=list(proof.findings(fixed["year"])) if proving else None,
        drawing=fixed["state"] == rounds.DRAWING,
    )


def _facts(fixed):
    rows = [
        (_("总体"), _("%(year)s 年 1 月 1 日至 %(day)s 纳入发放的新增对象", year=fixed["year"], day=fixed["until"])),
        (_("比例"), f"{fixed['share']}（{fixed['clause']}）"),
        (_("抽取人"), f"{fixed['by_name']} {fixed['on']}"),
        (_("见证人报数"), fixed["witness"] or _("无")),
        (_("种子"), rounds.seed_of(fixed)),
        (_("算法"), _("第 %(n)s 号：对“%(n)s:种子:编号”取 SHA-256，按十六进制从小到大依次抽取", n=fixed["algorithm"])),
    ]
    return [{"label": label, "value": value, "wide": True} for label, value in rows]


def _columns():
    heads = [("place", _("乡镇")), ("type", _("救助类型")), ("size", _("总体")), ("held", _("此前已抽")), ("need", _("本次应抽")), ("picked", _("抽中"))]
    columns = [{"key": key, "label": label, "align": "r" if key in ("size", "held", "need", "picked") else ""} for key, label in heads]
    columns[0]["main"] = True
    return [*columns, {"key": "digest", "label": _("总体摘要（SHA-256）"), "full": True}]


def _row(row, names):
    listed = url_for("supervision.checks", year=row["year"], round=row["round"], township=row["township"], type=row["type"])
    cells = {
        "place": divisions.name_of(row["township"]), "type": names.get(row["type"], row["type"]), "size": row["size"], "held": row["held"],
        "need": row["need"], "picked": {"text": len(row["picked"]), "url": listed} if row["picked"] else 0, "digest": row["digest"][:16] + "…",
    }  # fmt: skip
    return {"id": row["_id"], "cells": cells}


def _replaced(row, names):
    place = f"{divisions.name_of(row['township'])} {names.get(row['type'], row['type'])}"
    return {"place": place, "from": row["replaces"], "to": row["picked"][0] if row["picked"] else _("没有可替换的")}


def universe(round_id):
    """Answer the whole list of a round with the digests that gave the order: who repeats the draw needs nothing else."""
    fixed = rounds.get(round_id)
    audit.log("export", round=fixed["_id"], what="universe")
    file = BytesIO()
    outputs["spot_universe"](file, fixed, rounds.draws_of(round_id), type_names())
    return send_bytes(file.getvalue(), f"{_('抽查总体')}_{fixed['_id']}.csv", "text/csv")
