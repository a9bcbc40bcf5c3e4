"""The addresses of the designer: index, new, the tabs of a draft, and the edits that come from them."""

from flask import Blueprint, flash, g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import audit, drafts, engine, policy
from adminapp.drafts import beginnings, presence
from adminapp.drafts.clashes import Clash
from adminapp.drafts.content import ROOT
from adminapp.errors import Conflict, Invalid, NotFound
from adminapp.security.errors import wants_json
from views.asked import rev_of, shown_rev
from views.designer import beginning, charts, commands, listing, shell, tabs
from views.designer import preview as previews
from views.designer.framing import framed
from views.designer.page_table import page_of
from views.designer.scene import Scene
from views.designer.trial import may_read_cases, try_out
from views.designer.words import words_at

blueprint = Blueprint("designer", __name__, url_prefix="/designer")
audit.declare("draft", "起草")


@blueprint.get("/")
def index():
    return render_template("designer/index.html", **listing.values(engine.current()))


@blueprint.route("/new", methods=["GET", "POST"])
def new():
    """Begin a new type: blank, from a template, or as a copy of a published one."""
    if request.method == "POST":
        try:
            form = request.form
            draft = beginnings.begin_type(
                form.get("name", ""), _source(form), form.get("group", ""), g.actor, engine.current()
            )
        except Invalid as error:
            flash(str(error), "error")
        else:
            audit.log("draft", draft=draft.id, type=draft.key)
            return redirect(url_for(".draft", draft_id=draft.id, tab="head"), 303)
    return render_template("designer/new.html", **beginning.values(engine.current(), request.form))


def _source(form) -> str:
    return f"copy:{form['copy']}" if form.get("copy") else form.get("source", "")


@blueprint.post("/types/<key>/begin")
def begin(key):
    """Open the draft of a published type, begun now or by somebody before."""
    draft = drafts.begin("type", key, g.actor, engine.current())
    return redirect(url_for(".draft", draft_id=draft.id, tab="form"), 303)


@blueprint.post("/standards/begin")
def begin_standards():
    draft = drafts.begin("standards", "standards", g.actor, engine.current())
    return redirect(url_for(".draft", draft_id=draft.id, tab="standards"), 303)


@blueprint.get("/drafts/<draft_id>/")
@blueprint.get("/drafts/<draft_id>/<tab>")
def draft(draft_id, tab=""):
    found = drafts.get(draft_id)
    tab = tab or next(one.key for one in tabs.TABS.values() if found.kind in one.kinds)
    if tab not in tabs.TABS or found.kind not in tabs.TABS[tab].kinds or tabs.TABS[tab].endpoint != "designer.draft":
        raise NotFound()
    page = page_of(Scene(found, engine.current()), tab, request.args)
    return jsonify(page.answer()) if wants_json() else render_template("designer/draft.html", page=page, **page.values)


@blueprint.post("/drafts/<draft_id>/<tab>/edit")
def edit(draft_id, tab):
    """Carry out one edit; a script gets the parts of the page that changed, a plain form the page again."""
    try:
        done, at = carry_out(draft_id, request.form)
    except (Invalid, Conflict) as error:
        return refused(draft_id, tab, error)
    at = at if at is not None else request.form.get("at", "")
    if not wants_json():
        return redirect(
            url_for(".draft", draft_id=draft_id, tab=tab, at=at or None, form=request.form.get("form") or None), 303
        )
    page = page_of(Scene(done, engine.current()), tab, {**request.form, "at": at})
    return jsonify(page.answer(request.form))


def carry_out(draft_id, form):
    """Return the draft after the edit and the key of the item looked at then."""
    found = drafts.get(draft_id)
    what, rev = form.get("do", ""), rev_of(form.get("rev"))
    if what in STEPS_BACK:
        return STEPS_BACK[what](draft_id, g.actor), None
    asked = commands.command(Scene(found, engine.current()), form)
    if form.get("dry"):
        return drafts.imagine(found, asked.parts), asked.at
    done = drafts.apply(draft_id, rev, asked.parts, g.actor, form.get("token", ""))
    if asked.at != "new":
        return done, asked.at
    added = [
        place.key for place in done.places.values() if place.key not in found.places and place.owner in found.places
    ]
    return done, added[-1] if added else None


STEPS_BACK = {"undo": drafts.undo, "redo": drafts.redo}


def refused(draft_id, tab, error):
    """Answer an edit that was not carried out; the page the person sees stays as it is, with what they typed."""
    if not wants_json():
        flash(str(error), "error")
        at = request.form.get("item") or None
        return redirect(url_for(".draft", draft_id=draft_id, tab=tab, at=at if at != ROOT else None), 303)
    answer = {"refused": str(error)}
    if isinstance(error, Clash):
        now = drafts.get(draft_id)
        answer |= {"clash": {"item": error.item, "name": error.name, "by": error.by}, "rev": now.rev}
    return jsonify(answer), 409 if isinstance(error, Conflict) else 422


@blueprint.post("/drafts/<draft_id>/<tab>/here")
def here(draft_id, tab):
    """Note who is here, and tell what others changed since the person's rev."""
    found = drafts.get(draft_id)
    presence.here(found.id, g.actor, tab, request.form.get("at", ""))
    page = page_of(Scene(found, engine.current()), tab, request.form)
    if request.form.get("rev", type=int) == found.rev:
        return jsonify(page.presence())
    return jsonify(page.answer())


@blueprint.get("/drafts/<draft_id>/words")
def words(draft_id):
    """Answer what may be written in the formula of an item's property."""
    scene = Scene(drafts.get(draft_id), engine.current())
    place = scene.places.get(request.args.get("item", ""))
    return {"words": words_at(scene, place, request.args.get("name", "")) if place else []}


@blueprint.get("/drafts/<draft_id>/preview/<what>")
def preview(draft_id, what):
    """Show what the draft becomes, in a frame of the designer."""
    if what not in previews.PREVIEWS:
        raise NotFound()
    return previews.PREVIEWS[what](Scene(drafts.get(draft_id), engine.current()))


@blueprint.route("/drafts/<draft_id>/trial", methods=["GET", "POST"])
def trial(draft_id):
    """Decide an example by the rules of the draft; nothing is stored."""
    found = drafts.get(draft_id)
    if found.kind != "type":
        raise NotFound()
    if request.values.get("number"):
        audit.log("draft", draft=found.id, case=request.values["number"][:40])
    tried = try_out(Scene(found, engine.current()), request.values)
    may_keep = found.is_open and policy.permits("golden.add", g.actor.roles)
    return framed("designer/trial.html", "'self'", draft=found, found=tried, may_read_cases=may_read_cases(), may_keep=may_keep)


@blueprint.get("/types/<key>/chart")
def chart(key):
    """Show the flow chart of a published type, for the wall."""
    published = engine.current().registry.get(key)
    return charts.sheet(published.relief_type, engine.current(), published.version)


@blueprint.get("/drafts/<draft_id>/history")
def history(draft_id):
    found = drafts.get(draft_id)
    return render_template(
        "designer/history.html", operations=drafts.history(found.id), **shell.values(found, "history")
    )


@blueprint.post("/drafts/<draft_id>/discard")
def discard(draft_id):
    found = drafts.get(draft_id)
    if not found.is_open:
        raise Conflict(_("这份草稿已经送审或结束，不能放弃。"))
    drafts.close(found.id, shown_rev(), g.actor)
    audit.log("draft", draft=found.id, type=found.key, discarded="1")
    flash(_("已放弃“%(name)s”的草稿。修改记录保留。", name=found.title or _("未命名")), "success")
    return redirect(url_for(".index"), 303)
