"""The interface for other systems (/api/v1) and the tokens they come with."""

from views.api import resources, tokens


def register(app, admin):
    """Add both blueprints. Other systems send no cookie, so there is no form of ours to forge: a token says who asks."""
    app.register_blueprint(tokens.blueprint)
    app.register_blueprint(resources.blueprint)
    app.extensions["csrf"].exempt(resources.blueprint)
