"""The factory of the web app: puts engine, security and screens together."""

import importlib
import os
import threading
from pathlib import Path

from flask import Flask, g, request
from flask_admin import Admin
from flask_admin.theme import Bootstrap4Theme
from werkzeug.middleware.proxy_fix import ProxyFix

from adminapp import assets, dates, health, money, parts
from adminapp.auth import preferences
from adminapp.config import Settings, read_settings
from adminapp.engine import Engine
from adminapp.jobs import queue
from adminapp.security import csrf, errors, guard, headers, limits
from schemas.case import CaseBase
from views import menu
from views.home import HomeView
from views.language import catalogue, page

VIEWS = Path(__file__).parent.parent / "views"
SCREENS = [
    "views.auth",
    "views.preferences",
    "views.help",
    "views.saved_views",
    "views.accounts",
    "views.account_tables",
    "views.audit",
    "views.cases",
    "views.worklist",
    "views.delegations",
    "views.bulk",
    "views.imports",
    "views.search",
    "views.notices",
    "views.config",
    "views.readiness",
    "views.divisions",
    "views.holidays",
    "views.designer",
    "views.golden",
    "views.releases",
    "views.simulations",
    "views.packages",
    "views.payments",
    "views.funds",
    "views.months",
    "views.reserve",
    "views.supervision",
    "views.warnings",
    "views.lateness",
    "views.inspection",
    "views.bank",
    "views.awards",
    "views.raises",
    "views.recoveries",
    "views.related",
    "views.verification",
    "views.matching",
    "views.archive",
    "views.registers",
    "views.entries",
    "views.reports",
    "views.evaluation",
    "views.api",
    "views.visits",
    "views.leads",
    "views.ongoing",
    "views.meetings",
    "views.postings",
    "views.objections",
    "views.public",
    "views.publicity",
    "views.complaints",
    "views.jobs",
]
"""Modules of screens. Each has `blueprint`, or `register(app, admin)` for more than one or for views of Flask-Admin."""

LOCALES = {"zh": "zh_Hans_CN", "en": "en"}
LANGUAGE_COOKIE, SIDE_COOKIE = "lang", "side"
"""The second says whether the side menu is folded on this device; its script writes it."""


def create_app(settings: Settings | None = None, **overrides) -> Flask:
    """Return the app. Nothing is connected yet: each worker connects at its first request, after the fork.

    Settings come from the environment unless given; `overrides` are fields of Settings.
    """
    settings = settings.replaced(**overrides) if settings else read_settings(**overrides)
    app = Flask("adminapp", root_path=str(VIEWS.parent), template_folder="views/templates", static_folder=None)
    configure(app, settings)
    app.extensions["relief"] = Engine(settings, CaseBase)
    app.extensions["relief_connect"] = connector(app)
    queue.use(settings)
    parts.register()
    catalogue.Languages(app, locale_selector=locale)
    page.init_app(app)
    limits.init_app(app)
    guard.init_app(app)
    csrf.init_app(app)
    errors.init_app(app)
    assets.init_app(app, VIEWS / "static")
    fill_templates(app)
    add_screens(app)
    app.add_url_rule("/health", "health", health.alive)
    app.add_url_rule("/ready", "ready", health.ready)
    app.wsgi_app = headers.Headers(app.wsgi_app, secure=not settings.insecure_cookies)
    if settings.proxy_hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxy_hops, x_proto=settings.proxy_hops, x_host=0)
    return app


def configure(app, settings):
    # The prefix makes a browser refuse the cookie unless it is secure and for this host alone.
    prefix, secure = ("", False) if settings.insecure_cookies else ("__Host-", True)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SID_COOKIE=f"{prefix}sid",
        SESSION_COOKIE_NAME=f"{prefix}form",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        BABEL_DEFAULT_LOCALE=LOCALES["zh"],
        BABEL_DEFAULT_TIMEZONE="Asia/Shanghai",
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.json.ensure_ascii = False


def connector(app):
    """Return a function that connects this process once; a forked worker makes its own connection."""
    lock, state = threading.Lock(), {}

    def connect():
        wanted = os.getpid(), app.extensions["relief"]
        if state.get("done") != wanted:
            with lock:
                if state.get("done") != wanted:
                    app.extensions["relief"].connect()
                    state["done"] = wanted

    return connect


def locale():
    """Return the language: the person's choice, then the browser's cookie, then Chinese."""
    chosen = request.cookies.get(LANGUAGE_COOKIE) or getattr(g.get("user"), "language", "")
    return LOCALES.get(chosen, LOCALES["zh"])


def fill_templates(app):
    settings = app.extensions["relief"].settings
    app.jinja_env.globals["csp_nonce"] = lambda: headers.nonce(request.environ)
    app.jinja_env.filters["format_yuan"] = money.format_yuan
    app.jinja_env.filters["local_time"] = dates.minute_text

    @app.context_processor
    def frame():
        return {
            "current_user": g.get("user"),
            "actor": g.get("actor"),
            "menu": menu.Menu(),
            "user_menu": menu.UserMenu(),
            "user_note": menu.note(),
            "site_name": menu.site_name(),
            "site_note": settings.county,
            "home_url": "/",
            "search_url": menu.search_url(),
            "suggest_url": menu.search_url("search.suggest"),
            "density": preferences.of(g.get("user")).density,
            "side_mini": request.cookies.get(SIDE_COOKIE) == "mini",
            "ui_lang": "en" if catalogue.is_english() else "zh-Hans",
        }


def add_screens(app):
    admin = Admin(
        app,
        name="relief",
        index_view=HomeView(),
        theme=Bootstrap4Theme(base_template="layout/base.html"),
        endpoint="home",
        url="/",
        static_url_path="/static/admin",  # named, so that Flask-Admin does not serve its stock libraries
        csp_nonce_generator=app.jinja_env.globals["csp_nonce"],
    )
    for name in SCREENS:
        module = importlib.import_module(name)
        if hasattr(module, "register"):
            module.register(app, admin)
        else:
            app.register_blueprint(module.blueprint)
