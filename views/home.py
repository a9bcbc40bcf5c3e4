"""The start page: what is due, what is late, what changed, as it matters to the person's roles (views/start)."""

from flask import g
from flask_admin import BaseView, expose
from flask_babel import gettext as _

from adminapp import dates, startpage
from views import start


class HomeView(BaseView):
    """Flask-Admin's index view: the address "/"."""

    def __init__(self):
        super().__init__(name="首页", endpoint="home", url="/")

    @expose("/")
    def index(self):
        found = startpage.build(startpage.Asked(g.actor, dates.today()))
        places = {place: [start.show(part) for part in parts] for place, parts in found.items()}
        return self.render("home.html", greeting=greeting(), today=dates.today(), **places)


def greeting() -> str:
    hour = dates.now().astimezone(dates.SHANGHAI).hour
    part = _("早上好") if hour < 11 else _("中午好") if hour < 13 else _("下午好") if hour < 18 else _("晚上好")
    return f"{part}，{g.user.name}"
