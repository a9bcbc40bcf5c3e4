"""What a person chooses for their own screens."""

from flask import Blueprint, g, redirect, request, url_for

from adminapp.auth import preferences
from adminapp.security.addresses import parts_of

blueprint = Blueprint("preferences", __name__, url_prefix="/preferences")


@blueprint.post("/density")
def choose_density():
    preferences.choose_density(g.user.username, request.form.get("density", ""))
    return redirect(came_from(), 303)


def came_from() -> str:
    """Return the page of this site that a form was sent from, else the start page."""
    parts = parts_of(request.referrer)
    if parts.netloc != request.host or not parts.path.startswith("/") or parts.path.startswith("//"):
        return url_for("home.index")
    return parts.path + (f"?{parts.query}" if parts.query else "")
