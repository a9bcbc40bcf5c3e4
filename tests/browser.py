"""The installed Chromium for tests: how it starts, how a page is watched, what axe asks for, who signs in how.

`chromium` and `sign_in` of conftest.py build on this; a module with a server of its own takes `people_of`.
"""

import json
import logging
import threading
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import axe_playwright_python
from werkzeug.serving import make_server

from adminapp import dates
from seed.accounts import DEMO_PASSWORD

EXECUTABLE = "/usr/bin/chromium"
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WIDTHS = (1280, 400)
TIMEOUT = 30_000
"""Milliseconds: a busy machine is slow, not broken."""
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}


@contextmanager
def launched(playwright):
    """Yield a running Chromium without a window."""
    browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=OPTIONS)
    yield browser
    browser.close()


class Dated:
    """An app on a day of its own, for stories that take weeks: `day` holds for every request from then on."""

    def __init__(self, app, day):
        self.app, self.day = app, day

    def __call__(self, environ, start_response):
        with dates.frozen(self.day):
            return self.app(environ, start_response)


@contextmanager
def served(app):
    """Yield the address of an app served from this process."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def watch(page):
    """Collect in `page.troubles` what console, policy and scripts complain of; return the page."""
    page.troubles = []
    page.set_default_timeout(TIMEOUT)
    page.on("console", lambda line: page.troubles.append(line.text) if line.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: page.troubles.append(str(error)))
    return page


@contextmanager
def people_of(chromium, address):
    """Yield a function that signs a person in on the server and gives their watched page."""
    contexts = []

    def sign_in(username="clerk.tuojiang", width=1280, **options):
        size = {"width": width, "height": 860}
        context = chromium.new_context(viewport=size, locale="zh-CN", base_url=address, **options)
        contexts.append(context)
        page = watch(context.new_page())
        page.goto("/login")
        page.fill("#username", username)
        page.fill("#password", DEMO_PASSWORD)
        page.click("button[type=submit]")
        page.wait_for_selector("#side", state="attached")
        return page

    yield sign_in
    for context in contexts:
        context.close()


def ready(page):
    """Wait until the scripts of the page have started."""
    page.wait_for_selector("html[data-ready]", state="attached")


@cache
def _axe() -> str:
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")


CONTRAST = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}


def violations(page, rules=RULES) -> list[tuple[str, str]]:
    """Return [(rule, the first element that breaks it)] as axe finds them on the page as it stands."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    found = page.evaluate(f"axe.run(document, {json.dumps(rules)}).then(r => r.violations)")
    return [(item["id"], item["nodes"][0]["html"][:300]) for item in found]


def overflow(page) -> int:
    """Return by how many points the page is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


# What people do on the pages of cases and lists

SURVEYORS = {
    "surveyors-0-name": "吴虚甲", "surveyors-0-unit": "社会事务办", "surveyors-0-relative": "no",
    "surveyors-1-name": "龙虚乙", "surveyors-1-unit": "村委会", "surveyors-1-relative": "no",
}  # fmt: skip

def act(page, label, state, press="", **entries):
    """Take an action by its button and form, after the button `press` of it; the case must then stand in `state` (label)."""
    page.click(f".panel-actions >> text={label}")
    page.wait_for_selector(".form-foot")
    for name, value in entries.items():
        field = page.locator(f"[name={name}]")
        if field.evaluate("node => node.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    if press:
        page.click(f"[name={press}]")
        page.wait_for_load_state()
    if page.locator("[name=late_code]").count():  # the seeded case is past its day: it must be said why
        page.select_option("[name=late_code]", index=1)
        page.fill("[name=late_reason]", "材料核对延误（虚构）")
    page.click(".form-foot button[type=submit]")
    page.wait_for_selector(".flash.success, .flash.error")
    assert not page.locator(".flash.error").count(), page.inner_text(".flash.error")
    assert page.inner_text(".case-head .pill") == state


def press(page, label):
    """Press a button that may ask first."""
    page.click(f"main >> text={label}")
    ask = page.locator("dialog[open] button.primary, dialog[open] button[value=ok]")
    if ask.count():
        ask.first.click()
    page.wait_for_load_state()
