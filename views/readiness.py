"""上线准备: what is still missing before the first application, each with the way to the screen where it is mended."""

from flask import Blueprint, g, render_template
from flask_babel import gettext as _

from adminapp import engine, policy, readiness

blueprint = Blueprint("readiness", __name__, url_prefix="/readiness")
TONES = {readiness.MISSING: "bad", readiness.ADVICE: "wait", readiness.DONE: "good"}


@blueprint.get("/")
def index():
    found = readiness.look(engine.current())
    counts = {state: sum(each.state == state for each in found) for state in readiness.LABELS}
    return render_template("readiness/index.html", rows=[_row(each) for each in found], counts=counts, total=len(found), ready=readiness.ready(found))


def _row(found):
    may = bool(found.link) and policy.permits(found.link, g.actor.roles)
    return {
        "title": found.title,
        "told": found.told,
        "label": readiness.LABELS[found.state],
        "tone": TONES[found.state],
        "done": found.state == readiness.DONE,
        "link": found.link if may else "",
        "who": _who(found) if found.state != readiness.DONE and not may else "",
    }


def _who(found):
    """Return who mends it: somebody with another role, or whoever installed the program."""
    if not found.link:
        return _("由安装维护人员在服务器上处理")
    roles = [label for role, label in policy.ROLES.items() if policy.permits(found.link, {role})]
    return _("由%(role)s处理", role=roles[0])
