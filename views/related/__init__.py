"""Register of officials and their relatives (近亲属备案): list by year, one filing, who has not filed yet."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import audit, dates
from adminapp.errors import Conflict, Forbidden, Invalid
from adminapp.related import filing, scan
from adminapp.related.register import get as get_filing
from adminapp.text import bare_name
from views.asked import rev_of, shown_rev
from views.cases.rows import change_rows
from views.jobs import RESULTS
from views.plainforms import fail, section
from views.related import panel, shown
from views.related.form import EndForm, filled, form_for, values_of

blueprint = Blueprint("related", __name__, url_prefix="/related")
audit.declare("related", "近亲属备案")
panel.offer(blueprint)
RESULTS[scan.JOB] = lambda job: url_for("related.index")


@blueprint.get("/")
def index():
    wanted = shown.Wanted.read(request.args)
    return render_template("related/list.html", **shown.listing(wanted))


@blueprint.route("/new", methods=["GET", "POST"])
def create():
    form = form_for(g.actor, request.form if request.method == "POST" else None, _defaults())
    if request.method == "POST" and not change_rows(form, request.form) and form.validate():
        try:
            row = filing.file(values_of(form), form.year.data, g.actor)
        except (Invalid, Conflict, Forbidden) as error:
            _refused(form, error)
        else:
            return _saved(row, _("已备案：%(name)s", name=row["name"]))
    return _show(form, _("近亲属备案"), url_for("related.create"), url_for("related.index"))


@blueprint.get("/<filing_id>")
def show(filing_id):
    row = get_filing(filing_id)
    return render_template("related/show.html", **shown.one(row))


@blueprint.route("/<filing_id>/edit", methods=["GET", "POST"])
def edit(filing_id):
    row = get_filing(filing_id)
    form = form_for(g.actor, request.form if request.method == "POST" else None, filled(row), row)
    if request.method == "POST" and not change_rows(form, request.form) and form.validate():
        try:
            rev = rev_of(form.rev.data)
            row = filing.change(filing_id, values_of(form, row), rev, g.actor, form.reason.data or "")
        except (Invalid, Conflict, Forbidden) as error:
            _refused(form, error)
        else:
            return _saved(row, _("已保存：%(name)s", name=row["name"]))
    title = _("修改 %(name)s 的备案", name=row["name"])
    return _show(form, title, url_for("related.edit", filing_id=filing_id), url_for("related.show", filing_id=filing_id))


@blueprint.post("/<filing_id>/end")
def end(filing_id):
    """Record that the official left office."""
    row = get_filing(filing_id)
    form = EndForm(request.form)
    try:
        if not form.validate() or not form.on.data:
            raise Invalid(_("请填写离任日期"))
        filing.end(filing_id, form.on.data, form.reason.data or "", shown_rev(), g.actor)
    except (Invalid, Conflict, Forbidden) as error:
        flash(str(error), "error")
    else:
        audit.log("related", filing=row["_id"][:20], what="end")
        flash(_("已登记离任：%(name)s", name=row["name"]), "success")
    return redirect(url_for("related.show", filing_id=filing_id), 303)


def _defaults():
    """Return what a new filing begins with: an account that has to file, as its list of the missing links here."""
    account = shown.account(request.args.get("account", ""), g.actor)
    begun = {"year": dates.today().year, "kind": "officer", "relatives": [{}, {}, {}]}
    if account:
        township = account.townships[0] if account.townships else ""
        begun |= {"account": account.username, "township": township, "name": bare_name(account.name)}
    elif g.actor.townships:
        begun["township"] = sorted(g.actor.townships)[0]
    return begun


def _refused(form, error):
    fail(form, error if isinstance(error, Invalid) else Invalid(str(error)))


def _saved(row, sentence):
    audit.log("related", filing=row["_id"][:20], what="file")
    scan.start(g.actor)
    flash(sentence + _("。正在比对在办案件和在享对象。"), "success")
    return redirect(url_for("related.show", filing_id=row["_id"]), 303)


def _show(form, title, action, cancel):
    status = 422 if form.errors else 200
    parts = [
        section(form, _("备案人员"), names=["year", "kind", "name", "id_number", "phone", "unit", "post", "township", "village", "account"]),
        {**section(form, _("近亲属"), names=["relatives"]), "id": "relatives"},
    ]
    if "reason" in form:
        parts.append({**section(form, _("变动"), names=["reason"]), "id": "reason"})
    return render_template("related/form.html", form=form, title=title, sections=parts, action=action, cancel=cancel), status

