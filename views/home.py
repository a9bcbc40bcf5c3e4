"""The start page."""

from flask import g, redirect, url_for
from flask_admin import BaseView, expose

from adminapp import policy

STARTS = ["worklist.index", "accounts.index", "audit.index"]
"""The first of these that a person may open is where they start."""


class HomeView(BaseView):
    """Flask-Admin's index view: the address "/"."""

    def __init__(self):
        super().__init__(name="首页", endpoint="home", url="/")

    @expose("/")
    def index(self):
        from flask import current_app

        for endpoint in STARTS:
            if endpoint in current_app.view_functions and policy.permits(endpoint, g.actor.roles):
                return redirect(url_for(endpoint))
        return self.render("home.html")
