"""The form that pays a case out of the reserve of its township."""

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import dates, divisions, engine
from adminapp.errors import Conflict, Invalid
from adminapp.loading import load_case
from adminapp.money import format_yuan
from adminapp.related import recusal
from adminapp.reserve import book, paying
from views.reserve.board import blueprint

ASKED = ("way", "on", "receiver", "voucher", "note")


@blueprint.route("/pay/<id>", methods=["GET", "POST"])
def pay(id):
    """Show what would be paid and what stands against it; pay it."""
    case, published = load_case(engine.current().registry, id)
    recusal.refuse(g.actor, case.people)
    problems, status = [], 200
    typed = {name: request.form.get(name, "") for name in ASKED} if request.method == "POST" else {}
    if typed:
        try:
            entry = paying.pay(engine.current(), case, g.actor, **typed)
        except Conflict as error:
            problems, status = [str(error)], 409
        except Invalid as error:
            problems, status = [str(each) for each in error.problems or [error]], 422
        else:
            flash(_("已由备用金支付 %(sum)s 元，请在领款后上传签收单。", sum=format_yuan(-entry["amount"])), "success")
            return redirect(url_for("reserve.entry", town=entry["township"], entry_no=entry["n"]), 303)
    offer, rest = paying.Offer(engine.current(), case, g.actor), book.balance(case.township)
    amount = offer.row["amount"] if offer.row else 0
    stops = [*offer.problems, *([_("备用金余额不足。")] if amount > rest else [])]
    tiles = [
        {"label": _("应发金额"), "value": format_yuan(amount), "unit": _("元")},
        {"label": _("每笔限额"), "value": format_yuan(offer.limit), "unit": _("元")},
        {"label": _("备用金余额"), "value": format_yuan(rest), "unit": _("元"), "tone": "bad" if amount > rest else ""},
    ]
    return render_template(
        "reserve/pay.html", case=case, type_name=published.relief_type.name, town=divisions.name_of(case.township), tiles=tiles, stops=stops,
        problems=problems, typed=typed or {"way": paying.CASH, "on": dates.today().isoformat(), "receiver": case.name},
        ways=[{"value": key, "label": _(label)} for key, label in paying.WAYS.items()], today=dates.today().isoformat(), amount=amount,
    ), status  # fmt: skip
