"""Fund requests by month, one request with its steps, and its papers."""

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import audit, dates, engine
from adminapp.errors import Invalid
from adminapp.files import XLSX
from adminapp.funds import asking, requests, steps
from adminapp.money import format_yuan, signed_yuan
from adminapp.outputs import outputs
from adminapp.payments import batches
from adminapp.policy import permits
from views.downloads import send_bytes
from views.funds.board import blueprint, cells, columns, state_of, sums_by, tiles
from views.payments.board import seen_rev
from views.payments.shown import day

PAGE = 30


@blueprint.get("/")
def index():
    """List the requests, newest month first; ?before= is the one to go on below."""
    before = request.args.get("before", "")
    found = requests.listed(PAGE + 1, before)
    following = url_for("funds.index", before=found[PAGE - 1]["_id"]) if len(found) > PAGE else None
    return render_template(
        "funds/list.html", rows=[_row(each) for each in found[:PAGE]], next_url=following, first_url=url_for("funds.index") if before else None,
        may_ask=permits("funds.new", g.actor.roles) and bool(asking.waiting_months()),
    )  # fmt: skip


def _row(found):
    cells = {
        "title": {"text": requests.title_of(found), "sub": found["_id"]},
        "state": {"text": state_of(found)["label"], "tone": state_of(found)["tone"]},
        "people": f"{found['people']:,}",
        "amount": format_yuan(found["amount"]),
        "change": signed_yuan(found["amount"] - found["before"]),
        "arrived": format_yuan(found["arrived"]) if found["arrived"] else "",
        "by": {"text": found["by_name"], "sub": day(found["at"])},
    }
    dim = found["state"] not in requests.OPEN
    return {"id": found["_id"], "url": url_for("funds.show", funding_id=found["_id"]), "cells": cells, "dim": dim}


@blueprint.get("/<funding_id>")
def show(funding_id):
    return _page(requests.get(funding_id))


def _page(found, problems=(), failed="", status=200):
    """Return the page of a request; `failed` is the step whose form was refused: what was typed is shown again in it."""
    rest = found["amount"] - found["arrived"]
    return render_template(
        "funds/show.html", found=found, title=requests.title_of(found), state=state_of(found), line=_line(found), tiles=tiles(found),
        types=sums_by(found["rows"], "type"), type_columns=columns(_("救助类别")), foot=cells(found),
        townships=sums_by(found["rows"], "township"), township_columns=columns(_("乡镇"), reasons=False), lists=_lists(found),
        arrivals=[_arrival(each) for each in found["arrivals"]], rest=rest, may=steps.offered(found, g.actor), problems=problems, failed=failed,
        typed=request.form if failed else {}, today=dates.today().isoformat(),
    ), status  # fmt: skip


def _line(found):
    """Return the steps of the request as a line; none when it was given up."""
    if found["state"] not in requests.OPEN:
        return []
    here = requests.OPEN.index(found["state"]) + 1
    when = {"submit": day(found["at"])} | {note["action"]: day(note["at"]) for note in found["history"]}
    names = (("submit", _("提交")), ("approve", _("财政审核")), ("arrive", _("资金到账")))
    done = here + (found["state"] == requests.ARRIVED)
    return [
        {"label": label, "state": "done" if place < done else "current" if place == here else "next", "note": when.get(key) if place < done else None}
        for place, (key, label) in enumerate(names)
    ]


def _lists(found):
    now = {batch["_id"]: batch for batch in batches.collection().find({"_id": {"$in": [each["id"] for each in found["lists"]]}}, {"state": 1})}
    return [
        {
            "id": each["id"],
            "url": url_for("payments.show", batch_id=each["id"]),
            "cells": {
                "title": each["title"],
                "count": f"{each['count']:,}",
                "amount": format_yuan(each["amount"]),
                "digest": {"text": each["digest"][:16], "mono": True},
                "state": {"text": _(batches.STATES[now[each["id"]]["state"]]), "tone": batches.TONES[now[each["id"]]["state"]]},
            },
        }
        for each in found["lists"]
    ]


def _arrival(each):
    shown = {"date": each["date"], "amount": format_yuan(each["amount"]), "voucher": each["voucher"], "by": {"text": each["by_name"], "sub": day(each["at"])}}
    return {"id": each["voucher"], "cells": shown}


@blueprint.post("/<funding_id>/act")
def act(funding_id):
    """Take one of steps.STEPS; `rev` is what the person saw."""
    found, key = requests.get(funding_id), request.form.get("step", "")
    typed = {name: request.form.get(name, "") for name in ("amount", "date", "voucher")} if key == "arrive" else {}
    try:
        steps.take(funding_id, key, g.actor, seen_rev(), request.form.get("reason", ""), **typed)
    except Invalid as error:
        return _page(found, [str(each) for each in error.problems], key, 422)
    flash(_("已办理：%(label)s", label=_(steps.STEPS[key].label)), "success")
    return redirect(url_for("funds.show", funding_id=funding_id), 303)


@blueprint.get("/<funding_id>/paper")
def paper(funding_id):
    """Answer the request as PDF, to be signed and stamped."""
    found = requests.get(funding_id)
    data = outputs["fund_request"](found, engine.current().settings.home)
    audit.log("export", what="fund_request", request=found["_id"], digest=found["digest"])
    return send_bytes(data, f"{requests.title_of(found)}.pdf", "application/pdf")


@blueprint.get("/<funding_id>/sheet.xlsx")
def sheet(funding_id):
    """Answer the table of the request as a workbook."""
    found = requests.get(funding_id)
    data = outputs["fund_sheet"](found)
    audit.log("export", what="fund_sheet", request=found["_id"], digest=found["digest"])
    return send_bytes(data, f"{requests.title_of(found)}.xlsx", XLSX.type)
