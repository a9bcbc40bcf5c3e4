"""One entry of a book: what it is about, its receipt, and money that was not collected."""

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import database, divisions, engine, policy
from adminapp.errors import Conflict, Invalid, NotFound
from adminapp.loading import load_case
from adminapp.money import format_yuan, signed_yuan
from adminapp.payments import lines
from adminapp.reserve import book, paying
from views.reserve.board import blueprint, township_of


def _entry(town, number):
    if not number.isdecimal() or len(number) > 6:
        raise NotFound()
    return book.get(township_of(town), int(number))


@blueprint.get("/<town>/<entry_no>")
def entry(town, entry_no):
    return _page(_entry(town, entry_no))


def _page(found, problems=(), failed="", status=200):
    payer = g.actor.has(*paying.PAYERS) and found["kind"] == book.PAYMENT
    undone = database.raw(book.COLLECTION).find_one({"of": found["_id"]}, {"n": 1, "kind": 1}, hint="of") if found["kind"] == book.PAYMENT else None
    return render_template(
        "reserve/entry.html", found=found, title=_("%(name)s备用金第 %(n)s 号", name=divisions.name_of(found["township"]), n=found["n"]),
        what={"label": _(book.KINDS[found["kind"]]), "tone": book.TONES[found["kind"]]}, facts=_facts(found), amount=format_yuan(abs(found["amount"])),
        may_document=payer and not undone, may_refund=payer and not undone and not found.get("open"), papers=_papers(found), undone=undone,
        problems=problems, failed=failed, typed=request.form if failed else {},
    ), status  # fmt: skip


def _facts(found):
    case = found.get("case")
    case_url = url_for("cases.details_view", type_key=found["type"], id=case) if case and policy.permits("cases.details_view", g.actor.roles) else None
    rows = [
        (_("金额"), _("%(sum)s 元", sum=signed_yuan(found["amount"]))),
        (_("余额"), _("%(sum)s 元", sum=format_yuan(found["balance"]))),
        (_("收付日期"), found["on"]),
        (_("记入月份"), found["month"]),
        (_("案件"), {"text": found["number"], "url": case_url} if case_url else found["number"]) if case else None,
        (_("救助对象"), found["name"]) if case else None,
        (_("救助类别"), found["type_name"]) if case else None,
        (_("村（社区）"), divisions.name_of(found["village"])) if case else None,
        (_("支付方式"), _(paying.WAYS[found["way"]])) if found.get("way") else None,
        (_("领款人"), found["receiver"]) if found.get("receiver") else None,
        (_("凭证号"), found["voucher"]) if found.get("voucher") else None,
        (_("说明"), found["note"]) if found.get("note") else None,
        (_("经办人"), found["by_name"]),
        (_("发放状态"), _line_state(found)) if found["kind"] == book.PAYMENT else None,
    ]
    return [{"label": label, "value": value} for label, value in filter(None, rows)]


def _line_state(found):
    line = database.raw(lines.COLLECTION).find_one({"_id": f"{book.batch_id(found['township'], found['month'])}/{found['n']:07d}"}, {"state": 1})
    return _(lines.STATES[line["state"]]) if line else ""


def _papers(found):
    open_ = policy.permits("cases.download", g.actor.roles)
    return [
        {"name": paper["name"], "by": paper["by_name"], "at": paper["at"],
         "url": url_for("cases.download", type_key=found["type"], id=found["case"], file_id=paper["id"]) if open_ else None}
        for paper in found.get("papers", ())
    ]  # fmt: skip


@blueprint.post("/<town>/<entry_no>/receipt")
def document(town, entry_no):
    """Keep the signed receipt of a payment."""
    found, sent = _entry(town, entry_no), request.files.get("receipt")
    try:
        if found["kind"] != book.PAYMENT:
            raise NotFound()
        if not sent or not sent.filename:
            raise Invalid(_("请选择签收单的照片或者扫描件。"))
        case, _published = load_case(engine.current().registry, found["case"])
        paying.document(found, case, g.actor, sent.filename, sent.read())
    except Invalid as error:
        return _page(found, [str(each) for each in error.problems or [error]], "receipt", 422)
    flash(_("已上传签收单。"), "success")
    return redirect(url_for("reserve.entry", town=town, entry_no=entry_no), 303)


@blueprint.post("/<town>/<entry_no>/refund")
def refund(town, entry_no):
    """Book back what was not collected."""
    found = _entry(town, entry_no)
    try:
        if found["kind"] != book.PAYMENT:
            raise NotFound()
        made = paying.refund(found, g.actor, request.form.get("amount", ""), request.form.get("reason", ""))
    except Conflict as error:
        return _page(found, [str(error)], "refund", 409)
    except Invalid as error:
        return _page(found, [str(each) for each in error.problems or [error]], "refund", 422)
    flash(_("已登记退回，核实以后可以重新支付。"), "success")
    return redirect(url_for("reserve.entry", town=town, entry_no=made["n"]), 303)
