"""Formats of the paying banks (银行文件格式): the policy administrator drafts a version and looks at a preview, finance tries it on
a real list and puts it into use."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import dates
from adminapp.bank import profile as model
from adminapp.bank import profiles
from adminapp.bank.profile import BankProfile
from adminapp.errors import Conflict, Invalid, NotFound
from adminapp.payments import batches, release, trial
from adminapp.policy import FINANCE, POLICY_ADMIN
from views.asked import rev_of, shown_rev
from views.bank import profile_shown
from views.bank.profile_form import build, data_of, put_faults
from views.cases.rows import change_rows

blueprint = Blueprint("bank_profiles", __name__, url_prefix="/bank-profiles")
ORDER = (profiles.DRAFT, profiles.ACTIVE, profiles.RETIRED)
"""Which version of a key counts in the list, and in which order."""


@blueprint.get("/")
def index():
    """List the formats: drafts that wait for finance, those in use, those given up."""
    found = {stored.id: stored for stored in [*profiles.listed(), *profiles.active().values()]}
    rows = sorted(found.values(), key=lambda item: (ORDER.index(item.state), item.profile.name, item.version))
    return render_template("bank/profiles.html", columns=_columns(), rows=[_row(item) for item in rows], may_edit=g.actor.has(POLICY_ADMIN))


def _columns():
    return [
        {"key": "name", "label": _("银行格式"), "main": True},
        {"key": "out", "label": _("送银行")},
        {"key": "back", "label": _("回盘")},
        {"key": "payees", "label": _("收款人")},
        {"key": "state", "label": _("状态")},
    ]


def _row(stored):
    profile, back = stored.profile, stored.profile.returns
    cells = {
        "name": {"text": profile.name, "sub": _("%(key)s 第 %(n)s 版", key=profile.key, n=stored.version)},
        "out": profile_shown.form_text(profile),
        "back": profile_shown.form_text(back) if back else _("不送回盘"),
        "payees": "、".join(profile.banks) or _(model.PAYEES[profile.payees]),
        "state": {"text": _(profiles.STATES[stored.state]), "tone": profiles.TONES[stored.state]},
    }
    return {"id": stored.id, "url": url_for("bank_profiles.show", profile_id=stored.id), "cells": cells}


@blueprint.get("/<profile_id>")
def show(profile_id):
    """Show one version: how the file looks with invented payees, its columns, how the bank answers, what was done with it."""
    stored = profiles.get(profile_id)
    newest = profiles.versions(stored.profile.key)[0]
    mine = g.actor.id in stored.makers
    draft = newest if newest.state == profiles.DRAFT else None
    return render_template(
        "bank/profile.html", stored=stored, profile=stored.profile, facts=profile_shown.facts(stored.profile), preview=release.BANK["preview"](stored.profile),
        state={"text": _(profiles.STATES[stored.state]), "tone": profiles.TONES[stored.state]},
        tables=profile_shown.tables(stored.profile), versions=[_version(item, stored) for item in profiles.versions(stored.profile.key)],
        history=[{**note, "at": note["at"].astimezone(dates.SHANGHAI)} for note in reversed(stored.history)],
        changed=profile_shown.changed(stored) if stored.state == profiles.DRAFT else [],
        may_edit=g.actor.has(POLICY_ADMIN) and (stored.state == profiles.DRAFT or (stored.state == profiles.ACTIVE and draft is None)),
        may_confirm=g.actor.has(FINANCE) and stored.state == profiles.DRAFT and not mine,
        may_drop=g.actor.has(POLICY_ADMIN, FINANCE) and stored.state == profiles.DRAFT,
        may_retire=g.actor.has(POLICY_ADMIN) and stored.state == profiles.ACTIVE and draft is None,
        lists=[{"value": batch["_id"], "label": batches.title_of(batch)} for batch in trial.lists()] if g.actor.has(FINANCE) else [],
    )  # fmt: skip


def _version(item, stored):
    return {
        "label": _("第 %(n)s 版", n=item.version), "state": _(profiles.STATES[item.state]), "tone": profiles.TONES[item.state],
        "url": None if item.id == stored.id else url_for("bank_profiles.show", profile_id=item.id),
    }  # fmt: skip


@blueprint.route("/new", methods=["GET", "POST"], endpoint="create")
def create():
    """Draft the format of another bank; ?like= begins with that of a bank that is there."""
    like = profiles.get(request.args["like"]).profile if request.args.get("like") else None
    return _edit(like, 0, _("新的银行格式"), url_for("bank_profiles.create"), url_for("bank_profiles.index"))


@blueprint.route("/<profile_id>/edit", methods=["GET", "POST"])
def edit(profile_id):
    """Change a draft, or draft the next version of what is in use."""
    stored = profiles.get(profile_id)
    rev = stored.rev if stored.state == profiles.DRAFT else 0
    here = url_for("bank_profiles.edit", profile_id=profile_id)
    return _edit(stored.profile, rev, _("修改 %(name)s", name=stored.profile.name), here, url_for("bank_profiles.show", profile_id=profile_id), locked=True)


def _edit(profile, rev, title, action, cancel, locked=False):
    posted = request.form if request.method == "POST" else None
    form, sections = build(posted, profile, locked)
    if locked:
        form.key.data = profile.key
    shown, status = None, 200
    if posted is None:
        form.rev.data = str(rev)
    elif not change_rows(form, posted) and form.validate():
        try:
            data = data_of(form)
            if not locked and profiles.versions_or_none(data.get("key", "")):
                raise Invalid(["key：这个代码已经有了，请在原来的格式上修改。"])
            if posted.get("_preview"):
                shown = release.BANK["preview"](BankProfile.from_dict(data))
            else:
                seen = rev_of(form.rev.data)
                stored = profiles.save_draft(data, g.actor, seen)
                flash(_("已保存草稿，请财务核对后确认使用。"), "success")
                return redirect(url_for("bank_profiles.show", profile_id=stored.id), 303)
        except Invalid as error:
            put_faults(form, [str(problem) for problem in error.problems or [str(error)]])
        except Conflict:
            form.form_errors = [*form.form_errors, _("别人已经保存了新的草稿，请刷新后再改；您填的内容还在本页。")]
    status = 422 if form.errors else 200
    return render_template("bank/profile_edit.html", form=form, sections=sections, title=title, action=action, cancel=cancel, preview=shown), status


@blueprint.post("/<profile_id>/<deed>")
def act(profile_id, deed):
    """Confirm, drop or retire a version, or try it on a sealed list."""
    seen = shown_rev()
    if deed == "try":
        return redirect(url_for("jobs.show", job_id=trial.start(profile_id, request.form.get("batch", ""), g.actor)), 303)
    steps = {"confirm": profiles.confirm, "drop": profiles.drop, "retire": profiles.retire}
    if deed not in steps:
        raise NotFound()
    more = (request.form.get("reason", ""),) if deed == "retire" else ()
    try:
        stored = steps[deed](profile_id, g.actor, seen, *more)
    except Invalid as error:
        flash(str(error), "error")
        return redirect(url_for("bank_profiles.show", profile_id=profile_id), 303)
    flash(_("已办理：%(label)s", label=_(stored.history[-1]["label"])), "success")
    return redirect(url_for("bank_profiles.show", profile_id=stored.id), 303)
