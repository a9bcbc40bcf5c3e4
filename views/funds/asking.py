"""A new fund request: the month, its approved lists, and the table as it would be sent."""

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp.errors import Conflict, Invalid
from adminapp.funds import asking
from adminapp.money import format_yuan
from adminapp.payments import batches
from views.funds.board import blueprint, cells, columns, sums_by, tiles


@blueprint.route("/new", methods=["GET", "POST"])
def new():
    """Show the approved lists of ?month= and what a request for them says; submitting twice makes one request."""
    months = asking.waiting_months()
    month = request.values.get("month", "")
    month = month if month in months else months[0] if months else ""
    found, problem, status = asking.askable(month) if month else [], "", 200
    chosen = request.form.getlist("lists") if request.method == "POST" else [batch["_id"] for batch in found]
    if request.method == "POST":
        try:
            made = asking.submit(request.form.get("month", ""), chosen, g.actor, request.form.get("note", ""))
        except (Invalid, Conflict) as error:
            problem, status = str(error), error.status
        else:
            flash(_("已提交，等待财政审核。"), "success")
            return redirect(url_for("funds.show", funding_id=made["_id"]), 303)
    draft = None
    try:
        draft = asking.compose(month, picked) if (picked := [batch for batch in found if batch["_id"] in chosen] or found) else None
    except Invalid as error:
        problem, status = problem or str(error), status
    return render_template(
        "funds/new.html", months=months, month=month, lists=[_listed(batch, chosen) for batch in found], problem=problem, note=request.form.get("note", ""),
        tiles=tiles(draft) if draft else [], columns=columns(_("救助类别")), rows=sums_by(draft["rows"], "type") if draft else [],
        foot=cells(draft) if draft else None,
    ), status  # fmt: skip


def _listed(batch, chosen):
    note = _("%(count)s 行，%(amount)s 元", count=f"{batch['seal']['count']:,}", amount=format_yuan(batch["seal"]["amount"]))
    return {"id": batch["_id"], "title": batches.title_of(batch), "note": note, "chosen": batch["_id"] in chosen}
