"""Help: what each screen is for and how, the work of each role, the words and the keys. Every screen leads to its own page."""

from flask import Blueprint, abort, g, render_template, request, url_for

from adminapp import policy
from views.help import content
from views.menu import may_open

blueprint = Blueprint("help", __name__, url_prefix="/help")


@blueprint.app_context_processor
def link():
    """Give every staff screen `help_url`: the page on that screen, else the first page of the help."""
    if not g.get("actor"):
        return {}
    topic = content.topic_of(request.endpoint)
    return {"help_url": url_for("help.topic", topic_key=topic.key) if topic else url_for("help.index")}


@blueprint.get("/")
def index():
    """The work of the own roles, and the topics on screens that the person may open."""
    mine = [role for role in content.roles().values() if role.key in g.actor.roles]
    others = [role for role in content.roles().values() if role not in mine]
    return render_template("help/index.html", mine=mine, others=others, groups=_readable(), topics=content.topics())


@blueprint.get("/role/<role_key>")
def role(role_key):
    """The work of one role; of others too, so that everybody knows whom a case goes to next."""
    found = content.roles().get(role_key) or abort(404)
    return render_template("help/role.html", role=found, roles=content.roles().values(), topics=content.topics())


@blueprint.get("/<topic_key>")
def topic(topic_key):
    """What a screen is for, how to work with it, what to mind, and who may open it."""
    found = content.topics().get(topic_key) or abort(404)
    opens = url_for(found.open) if found.open and may_open(found.open) else None
    readers = [(key, policy.ROLES[key]) for key in found.readers()]
    return render_template("help/topic.html", topic=found, opens=opens, readers=readers, see=[content.topics()[key] for key in found.see])


@blueprint.get("/words")
def words():
    """The words of the office, in plain language; ?q= narrows them."""
    asked = request.args.get("q", "").strip()[:40]
    found = [row for row in content.words() if asked in row["word"] + row.get("short", "") + row["means"]]
    return render_template("help/words.html", words=found, asked=asked)


@blueprint.get("/keys")
def keys():
    return render_template("help/keys.html", groups=content.keys())


def _readable():
    """Return [(title, topics)] on screens that the person may open, in the order of the menu."""
    topics = [topic for topic in content.topics().values() if g.actor.roles & frozenset(topic.readers())]
    groups = [(title, [topic for topic in topics if topic.group == key]) for key, title in content.GROUPS.items()]
    return [group for group in groups if group[1]]
