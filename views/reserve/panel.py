"""What the page of a case says of the reserve: what was paid out of it, or that it may be."""

from flask import g, url_for
from flask_babel import gettext as _

from adminapp import database, engine, policy
from adminapp.money import format_yuan
from adminapp.related import recusal
from adminapp.reserve import book, paying
from adminapp.workflow.machine import STATES


def offer(blueprint):
    blueprint.add_app_template_global(panel_of, "reserve_panel_of")


def panel_of(case, relief_type) -> dict | None:
    """Return ``{paid: [{title, sub, url}], pay_url}`` of a case whose type may be paid out of the reserve, else None."""
    if not relief_type.payment.reserve or recusal.bar(g.actor.id, case.people):
        return None
    shown = policy.permits("reserve.entry", g.actor.roles)
    found = database.raw(book.COLLECTION).find({"case": case.pk}, {"row": 0}, sort=[("n", 1)], hint="case") if shown else ()
    paid = [
        {"title": _("%(what)s %(sum)s 元", what=_(book.KINDS[entry["kind"]]), sum=format_yuan(abs(entry["amount"]))),
         "sub": entry["on"] + (f" {_('待补签收单')}" if entry.get("wants") else ""),
         "url": url_for("reserve.entry", town=entry["township"], entry_no=entry["n"])}
        for entry in found
    ]  # fmt: skip
    running = STATES[case.state].on_roll and policy.permits("reserve.pay", g.actor.roles)
    payable = running and not paying.Offer(engine.current(), case, g.actor).problems
    return {"paid": paid, "pay_url": url_for("reserve.pay", id=case.pk) if payable else None} if paid or payable else None
