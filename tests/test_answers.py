"""Pages that no link leads to: what a form answers when it is sent, well or badly.

Each template of a page is looked at here or by the crawl of test_screens.py, or stands in ELSEWHERE with a reason. Every
form that a screen shows is sent with nothing in it and with what no field wants: the answer says so in the reader's language.
"""

import re
from html.parser import HTMLParser
from itertools import count
from pathlib import Path

import pytest
from flask import template_rendered

from adminapp import database
from adminapp.drafts import OPEN
from adminapp.postings import register as postings
from adminapp.supervision import checks
from seed.accounts import DEMO_PASSWORD, SMALL
from tests import browser as chrome
from tests.conftest import Browser
from tests.test_screens import (  # noqa: F401 - fixtures
    ROLES,
    address,
    app,
    examine,
    in_english,
    left_in_chinese,
    resize,
    screens,
    written_by_people,
)
from views.language import catalogue

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1200)]
TEMPLATES = Path(__file__).parents[1] / "views" / "templates"
ELSEWHERE = {
    "auth/two_factor.html": "tests/views/test_gallery.py", "auth/two_factor_setup.html": "tests/views/test_gallery.py",
    "auth/recovery_codes.html": "tests/views/test_gallery.py", "auth/login.html": "tests/test_screens.py, by nobody",
    "notices/check.html": "tests/test_screens.py, by nobody",
    "accounts/from_table_done.html": "tests/views/test_account_tables.py",
    "payments/adjust.html": "the seeded lists are locked; tests/views/payments/test_batches.py",
    "designer/unseen.html": "a sentence in a frame; tests/views/designer",
    "errors/error.html": "what the others extend", "layout/print.html": "what papers extend", "payments/frame.html": "what pages extend",
    "releases/_frame.html": "what pages extend",
    **{f"errors/{code}.html": "as errors/404.html, in other words" for code in (405, 409, 413, 429, 500, 503)},
}  # fmt: skip
SERIAL = count(1)
SEND = """([address, pairs]) => {
  const form = Object.assign(document.createElement("form"), {method: "post", action: address})
  if (!pairs.some(([name]) => name === "csrf_token")) pairs.push(["csrf_token", document.querySelector("[name=csrf_token]").value])
  for (const [name, value] of pairs) form.append(Object.assign(document.createElement("input"), {type: "hidden", name, value}))
  document.body.append(form)
  form.submit()
}"""


def send(page, path, pairs=()):
    """Post a form from the start page, as the browser of whoever is signed in there; the answer is what the page then shows."""
    page.goto("/")
    chrome.ready(page)
    with page.expect_navigation():
        page.evaluate(SEND, [path, [list(pair) for pair in pairs]])


# Answers, by the template that is shown


def conflict(page):
    """Two people have one form open; the one who saves later is asked."""
    case = database.raw("cases").find_one({"type": "dibao_rural", "township": SMALL[0], "state": {"$in": ["draft", "submitted", "supplement"]}})
    path = f"/cases/{case['type']}/{case['_id']}/edit"
    page.goto(path)
    other = page.context.new_page()
    other.goto(path)
    for one in (other, page):
        one.fill("[name=x_phone]", f"139{next(SERIAL):08}")
        with one.expect_navigation():
            one.click(".form-foot [name=_draft]")
    other.close()


def package(page):
    page.goto("/packages/")
    token = page.locator("[name=csrf_token]").first.get_attribute("value")
    made = page.request.post("/packages/export", form={"csrf_token": token, "keys": "temporary", "name": "省"}, headers={"Referer": page.url})
    page.set_input_files("[name=file]", {"name": "省.zip", "mimeType": "application/zip", "buffer": made.body()})
    with page.expect_navigation():
        page.click("form:has([name=file]) .button.primary")


def objection(page):
    query = {"kind": postings.REVIEW, "state": postings.POSTED, "township": SMALL[0], "rows.state": postings.UP}
    hung = database.raw(postings.COLLECTION).find_one(query)
    row = next(row for row in hung["rows"] if row["state"] == postings.UP)
    typed = {"case": row["case"], "channel": "counter", "received_on": hung["start"], "content": "家中有车（虚构）"}
    send(page, f"/objections/new/{hung['_id']}", [(name, str(value)) for name, value in typed.items()])


def picked(collection, path, query, name="_id"):
    def answer(page):
        rows = database.raw(collection).find(query, limit=3)
        send(page, path, [("ids", str(row[name])) for row in rows])

    return answer


def sent(path, **typed):
    return lambda page: send(page, path, typed.items())


def opened(path):
    return lambda page: page.goto(path() if callable(path) else path)


def draft(what):
    return lambda: f"/designer/drafts/{database.raw('drafts').find_one({'kind': 'type', 'state': OPEN})['_id']}/preview/{what}"


ANSWERS = {
    "accounts/password.html": ("sysadmin", sent("/accounts/reviewer2/password")),
    "api/issued.html": ("sysadmin", sent("/tokens/new", name="省平台（虚构）", role="finance", days="30")),
    "bulk/ask.html": ("deputy.tuojiang", picked("cases", "/bulk/assign", {"township": SMALL[0], "state": "surveying"})),
    "cases/conflict.html": ("clerk.tuojiang", conflict),
    "designer/preview_list.html": ("policy", opened(draft("list"))),
    "errors/400.html": ("clerk.tuojiang", sent("/language/en", csrf_token="old")),
    "errors/403.html": ("clerk.tuojiang", opened("/accounts/")),
    "errors/404.html": ("clerk.tuojiang", opened("/no/such/page")),
    "objections/receipt.html": ("clerk.tuojiang", objection),
    "packages/show.html": ("policy", package),
    "reports/quarter.html": ("reviewer", opened("/reports/2026Q2")),
    "supervision/assign.html": ("reviewer", picked(checks.COLLECTION, "/supervision/checks/assign", {"state": checks.ASSIGNED})),
}


@pytest.fixture(scope="module")
def shown(app):  # noqa: F811 - fixture
    """The names of all templates rendered so far."""
    names = set()

    def note(_sender, template, **_more):
        names.add(template.name)

    template_rendered.connect(note, app)
    yield names
    template_rendered.disconnect(note, app)


def test_each_page_is_looked_at(request, shown):
    shown.clear()
    request.getfixturevalue("screens")
    pages = {str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html") if "{% extends" in path.read_text("utf-8")}
    assert sorted(pages - shown - ANSWERS.keys() - ELSEWHERE.keys()) == []
    assert sorted(ELSEWHERE.keys() - pages) == []


@pytest.mark.parametrize("english", [False, True], ids=["chinese", "english"])
def test_answers_keep_the_policy_fit_and_satisfy_axe(app, shown, chromium, address, english):  # noqa: F811 - fixtures
    people, troubles = written_by_people(), []
    with chrome.people_of(chromium, address) as sign_in:
        prepared = in_english if english else lambda page: page
        pages = {username: prepared(sign_in(username)) for username in dict.fromkeys(username for username, _ in ANSWERS.values())}
        for template, (username, answer) in ANSWERS.items():
            page = pages[username]
            resize(page, chrome.WIDTHS[0])
            shown.clear()
            answer(page)
            assert template in shown, (template, page.url, shown)
            troubles += [f"{template}: {trouble}" for trouble in examine(page) if "server responded with a status of 4" not in str(trouble)]
            if english:
                troubles += [f"{template}: {run} | {where}" for run, where in left_in_chinese(page.content(), people, catalogue.english())]
    assert not troubles, "\n".join(troubles)


# Forms filled badly

BAD = ("", "虚构\x00'\"><script>", "9" * 40)
"""Nothing; a character that nobody sees, within what would be markup; a number longer than any."""


class Forms(HTMLParser):
    """The forms of a page: [{action, hidden: {name: value}, shown: [name]}]."""

    def __init__(self, page):
        super().__init__()
        self.found, self.form = [], None
        self.feed(page.partition("<main")[2])

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag == "form" and said.get("method") == "post":
            self.form = {"action": said.get("action"), "hidden": {}, "shown": []}
            self.found.append(self.form)
        elif self.form and said.get("name") and tag in ("input", "textarea", "select"):
            if said.get("type") == "hidden":
                self.form["hidden"][said["name"]] = said.get("value", "")
            else:
                self.form["shown"].append(said["name"])

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None


def filled_in(screens, browsers):  # noqa: F811 - fixture
    """Return {form: (username, address, form)} of the forms with something to fill in: each kind once."""
    found = {}
    for key, (username, path) in screens.items():
        for form in Forms(browsers[username].get(path, follow_redirects=True).text).found:
            address = form["action"] or path  # noqa: F811
            if form["shown"]:
                found.setdefault((key, re.sub(r"[0-9a-f]{8,}|\d+", "#", address)), (username, address, form))
    return found


def test_what_no_field_wants_is_told_in_the_language_of_the_reader(app, screens):  # noqa: F811 - fixtures
    people, known, troubles = written_by_people(), catalogue.english(), []
    browsers = {username: Browser(app) for username in ROLES}
    for username, browser in browsers.items():
        browser.post("/login", {"username": username, "password": DEMO_PASSWORD})
        browser.post("/language/en", {})
    forms = filled_in(screens, browsers)
    assert len(forms) > 90
    for bad in BAD:
        for username, path, form in forms.values():
            answer = browsers[username].post(path, form["hidden"] | dict.fromkeys(form["shown"], bad), follow_redirects=True)
            if answer.status_code >= 500:
                troubles.append(f"{path} {bad[:3]}: {answer.status}")
            elif answer.mimetype == "text/html":
                troubles += [f"{path} {bad[:3]}: {run} | {where}" for run, where in left_in_chinese(answer.text, people, known)]
    assert not troubles, "\n".join(troubles)
