"""What the county publishes: how postings stand on the web, and its own words in the policy library."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import engine
from adminapp.errors import Conflict, Invalid, NotFound
from adminapp.postings import settings
from adminapp.public import policies, refresh, texts
from adminapp.workflow.action import text
from views.asked import shown_rev
from views.plainforms import fail, form_class

blueprint = Blueprint("publicity", __name__, url_prefix="/publicity")
HELP = {"intro": "放在最前面，用群众看得懂的话", "apply": "代替“怎样办理”的第一段；流程图仍由救助类型生成", "contact": "咨询电话、地址、时间"}


@blueprint.get("/")
def index():
    written = texts.all_of()
    groups = policies.listed(engine.current())
    return render_template("publicity/index.html", held=settings.read(), names=settings.NAMES, groups=groups, written=written)


@blueprint.post("/settings")
def change():
    """Set the columns and the names of postings; sheets that were made already stay as they are."""
    try:
        settings.write("wide" in request.form, request.form.get("names", ""), request.form.get("reason", ""), shown_rev(), g.actor)
        flash(_("已保存，以后编制的公示表按此执行。"), "success")
    except (Invalid, Conflict) as error:
        flash(str(error), "error")
    return redirect(url_for("publicity.index"), 303)


@blueprint.route("/texts/<type_key>", methods=["GET", "POST"])
def edit(type_key):
    """Edit the county's words beside the policy of a type."""
    item = engine.current().registry.latest().get(type_key)
    if item is None:
        raise NotFound
    row = texts.get(type_key)
    fields = [text(key, label, False, HELP[key]) for key, label in texts.FIELDS.items()]
    form = form_class(fields)(request.form if request.method == "POST" else None, data=row)
    if request.method == "POST" and form.validate():
        try:
            texts.write(type_key, form.typed(), shown_rev(), g.actor)
        except (Invalid, Conflict) as error:
            fail(form, error)
        else:
            refresh.sweep(engine.current())
            flash(_("已保存，公开网页已更新。"), "success")
            return redirect(url_for("publicity.index"), 303)
    return render_template("publicity/text.html", form=form, item=item, rev=row["rev"]), 422 if form.errors else 200
