"""Every screen of the product, found by following links from each role's menu through a small seeded county.

A new screen is covered as soon as something links to it: at both widths it must break no policy, complain of nothing,
fit the window, and satisfy axe. A screen that no role can reach by links fails here until it is linked, or stands in
NOT_SCREENS or UNREACHED with a reason.
"""

import re
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import url_for
from werkzeug.exceptions import HTTPException

from adminapp import database, indexes
from adminapp.app import create_app
from adminapp.auth import rules
from adminapp.cases import values_of
from adminapp.disclosure import class_of
from adminapp.policy import POLICY
from adminapp.postings import register as postings
from adminapp.scope import system
from adminapp.supervision import checks
from seed import county
from seed.accounts import DEMO_PASSWORD, SMALL
from tests import browser as chrome
from tests.conftest import Browser
from views.language import catalogue, keys

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1200)]
SCALE = 0.002
ROLES = (
    "clerk.tuojiang", "deputy.tuojiang", "head.tuojiang", "assistant.tuojiang",
    "reviewer", "approver", "policy", "finance", "auditor", "sysadmin",
)  # fmt: skip
NOT_SCREENS = {
    "static": "files",
    "health": "one word for a load balancer",
    "ready": "three words for whoever watches the program",
    "search.suggest": "a part of a page",
    "account_tables.template": "a workbook",
    "divisions.download": "a workbook",
    "cases.download": "the bytes of a file",
    "notices.download": "PDF",
    "notices.state": "JSON",
    "notices.file": "the bytes of a file",
    "postings.sheet": "PDF",
    "postings.sheets": "PDF",
    "postings.photo": "a picture",
    "objections.paper": "the bytes of a file",
    "complaints.paper": "the bytes of a file",
    "robots": "text",
    "public.page": "no script and a policy of its own; see tests/views/test_public_browser.py",
    "public.complain": "as public.page",
    "public.object": "as public.page",
    "public.ask": "as public.page",
    "config.source": "text",
    "designer.words": "JSON",
    "imports.template": "XLSX",
    "matching.template": "XLSX",
    "api.openapi": "JSON, for a token",
    "api.cases": "JSON, for a token",
    "api.case": "JSON, for a token",
    "api.awards": "JSON, for a token",
    "api.award": "JSON, for a token",
    "api.batches": "JSON, for a token",
    "api.batch": "JSON, for a token",
    "api.lines": "JSON, for a token",
    "visits.paper": "PDF",
    "meetings.minutes": "PDF",
    "verification.authorisation": "PDF",
    "jobs.status": "JSON",
    "jobs.artefact": "the bytes of a file",
    "supervision.order": "PDF",
    "supervision.universe": "CSV",
    "lateness.rows": "CSV",
    "registers.sheet": "XLSX",
    "reports.paper": "XLSX and PDF",
    "evaluation.paper": "PDF",
    "complaints.slip_pdf": "PDF",
    "inspection.report": "CSV",
    "funds.paper": "PDF",
    "funds.sheet": "XLSX",
    "reserve.sheet": "XLSX",
    "reserve.paper": "PDF",
    "auth.login": "opened below, by nobody",
    "auth.second_factor": "asked for in the middle of a login, which demo accounts do not need; see tests/views/test_gallery.py",
    "auth.set_up_second_factor": "demo accounts have none; see tests/views/test_gallery.py",
}
PAPERS = {("designer.preview", "what=notice")}
"""Screens that are a PDF, or the reason why there is none yet."""
UNREACHED = {
    "packages.show": "nobody has brought a package; see tests/views/releases/test_packages.py",
    "payments.adjust": "the seeded lists are locked; see tests/views/payments/test_batches.py",
    "notices.check": "its address is printed on paper; opened below",
}
DISTINCT = ("action", "tab", "show", "what")
"""Parts of an address that make another screen of the same endpoint."""
MOST_PAGES = 400
"""A crawl that asks for more has no end."""
STARTS = ("/", "/search/?q=龙")
"""Where a crawl begins: the start page, and what is typed rather than linked."""


def deeper(app):
    """Return (username, address) of pages that are behind the second or third row of a list, where a crawl does not look."""
    answered = database.raw("payment_returns").find_one({}, {"batch": 1})
    check = database.raw(checks.COLLECTION).find_one({"state": checks.ASSIGNED, "stage": checks.VISIT, "owner": "reviewer"})
    released = database.raw("releases").find_one({})
    hung = database.raw(postings.COLLECTION).find_one({"kind": postings.REVIEW, "state": postings.POSTED, "township": SMALL[0]})
    entry = database.raw("register_entries").find_one({"township": SMALL[0], "state": "valid"})
    relief = database.raw("cases").find_one({"type": "temporary", "township": SMALL[0], "state": "terminated"}, {"_id": 1})
    with app.test_request_context():
        return [
            ("clerk.tuojiang", url_for("reserve.pay", id=relief["_id"])),
            ("clerk.tuojiang", url_for("search.place", place=SMALL[0])),
            ("clerk.tuojiang", url_for("objections.create", posting_id=hung["_id"])),
            ("clerk.tuojiang", url_for("registers.show", register_key="kept_cards")),
            ("clerk.tuojiang", url_for("entries.create", entry_register="kept_cards")),
            ("clerk.tuojiang", url_for("entries.show", entry_id=entry["_id"])),
            ("reviewer", url_for("payments.returns", batch_id=answered["batch"])),
            ("reviewer", url_for("supervision.visit", check_id=check["_id"])),
            ("policy", url_for("releases.cases", release_id=released["_id"])),
            ("reviewer", url_for("funds.new")),  # linked only while an approved list waits for its money, which depends on the day
        ]


SHORTEN = """for (const list of document.querySelectorAll("main tbody, main ul, main ol, main select"))
  [...list.children].slice(6).forEach((item) => item.remove())"""
"""Rows of a list are alike and axe reads each element: six of them say what a hundred would."""


@pytest.fixture(scope="module")
def app(settings):
    own = settings.replaced(database=f"{settings.database}_screens")
    app = create_app(own)
    app.testing = True
    engine = app.extensions["relief"]
    database.connect(own)
    indexes.upgrade(database.current())
    engine.connect()
    county.build(engine, SCALE, 3)
    rules.change(address_per_minute=10_000)  # these tests are forty people at one address
    # So small a county has visited all it drew.
    waiting = {"state": checks.ASSIGNED, "stage": checks.VISIT, "owner": "reviewer", "result": "", "visit": None, "visited_on": None, "visited_by": []}
    assert database.raw(checks.COLLECTION).find_one_and_update({"state": {"$in": [checks.CONSISTENT, checks.ASSIGNED]}}, {"$set": waiting})
    yield app
    database.connect(own).client.drop_database(own.database)


@pytest.fixture(scope="module")
def screens(app):
    """Return {(endpoint, …): (username, path)}: each screen once, as the first role that reaches it."""
    found = {}
    for username in ROLES:
        crawl(app, username, found, [path for who, path in deeper(app) if who == username])
    return found


@pytest.fixture(scope="module")
def address(app):
    with chrome.served(app) as found:
        yield found


def crawl(app, username, found, more=()):
    browser = Browser(app)
    assert browser.post("/login", {"username": username, "password": DEMO_PASSWORD}).status_code == 303
    urls, waiting, asked = app.url_map.bind("localhost"), [*STARTS, *more], set()
    while waiting:
        path = waiting.pop(0)
        key = screen_of(urls, path)
        if key is None or key in asked:
            continue
        asked.add(key)
        assert len(asked) < MOST_PAGES, "links without end"
        answer = browser.get(path, follow_redirects=True)
        if path in STARTS and answer.status_code == 403:
            continue
        if key[0] in NOT_SCREENS and answer.status_code == 503:
            continue  # its faces are still being made; papers have tests of their own
        assert answer.status_code == 200, (username, path, answer.status)
        if answer.mimetype != "text/html":
            answer.close()
            continue
        if key[0] not in NOT_SCREENS and key not in PAPERS:
            found.setdefault(key, (username, path))
        waiting += [unescape(link) for link in re.findall(r'<a [^>]*href="(/[^"#]*)', answer.text)]


def screen_of(urls, path):
    """Return what makes an address a screen of its own, None when it has no page of its own to read."""
    parts = urlsplit(path)
    try:
        endpoint, arguments = urls.match(parts.path, "GET")
    except HTTPException:
        return None
    asked = dict(pair.partition("=")[::2] for pair in parts.query.split("&"))
    return endpoint, *(f"{name}={value}" for name in DISTINCT if (value := arguments.get(name) or asked.get(name)))


def readable(app):
    return {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in rule.methods} & POLICY.keys()


def test_every_screen_of_the_table_is_reached_by_links(app, screens):
    reached = {key[0] for key in screens}
    assert sorted(readable(app) - reached - NOT_SCREENS.keys() - UNREACHED.keys()) == []
    assert reached & UNREACHED.keys() == set(), "reached after all: take it off the list"


DUTIES = Path(__file__).parents[1] / "docs" / "duties.md"

ASKING = {"/notices/bulk", "/archive/"}
"""Screens that first ask which cases are meant."""


def duties():
    """Return (duty, username, address) of each row of the table."""
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in DUTIES.read_text("utf-8").splitlines() if line.startswith("|")]
    return [(duty, account, address) for duty, _who, _what, account, address in rows[2:]]


def test_every_duty_of_the_policy_is_shown_to_the_role_that_owns_it(app):
    """The screen opens for the account, stands in its menu, and has something on it."""
    found, troubles = duties(), []
    assert len(found) > 25 and {account for _duty, account, _address in found} >= set(ROLES) - {"sysadmin"}
    for account in dict.fromkeys(account for _duty, account, _address in found):
        browser = Browser(app)
        browser.post("/login", {"username": account, "password": DEMO_PASSWORD})
        menu = browser.get("/", follow_redirects=True).text
        for duty, _account, path in (row for row in found if row[1] == account):
            answer = browser.get(path, follow_redirects=True)
            if answer.status_code != 200 or f'href="/{path.split("/")[1]}/' not in menu:
                troubles.append((duty, path, answer.status_code))
            elif path not in ASKING and 'class="empty"' in answer.text.partition("<main")[2] and not re.search(r"<t[dr]|class=\"tile", answer.text):
                troubles.append((duty, path, "empty"))
    assert not troubles, "\n".join(map(str, troubles))


HAN = re.compile("[\u4e00-\u9fff]+")
SHOWN = re.compile(r'>([^<]+)<| (?:title|aria-label|placeholder|alt|data-label|data-confirm)="([^"]*)"')
NO_TEXT = re.compile(r"<(script|style|textarea|pre)\b.*?</\1>|<(\w+)\b[^>]* translate=\"no\".*?</\2>", re.DOTALL)
PERSONS = ("name", "holder", "by_name", "bank", "address", "contact", "place", "school", "title", "file")


def written_by_people():
    """Return all that the people of the seed wrote, as one text: what a page may show in Chinese to anybody."""
    texts = set()
    for folder in ("seed", "schemas/golden", "tests"):
        for path in sorted((keys.ROOT / folder).rglob("*.*")):
            if path.suffix in (".py", ".yaml"):
                texts.add(path.read_text("utf-8"))
    # Names of offices on papers, and the fictitious payees of a bank file.
    texts.update((keys.ROOT / name).read_text("utf-8") for name in ("schemas/legal_basis.yaml", "exports/bank_preview.py"))
    for name in database.current().list_collection_names():
        for row in database.raw(name).find():
            texts.update(_persons(row))
    return "\n".join(texts)


def _persons(value, key=""):
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _persons(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _persons(inner, key)
    elif isinstance(value, str) and HAN.search(value):
        named = "虚构" in value or (len(value) <= 4 and value not in catalogue.english())
        if named or key.removeprefix("x_").endswith(PERSONS):
            yield value


def test_no_text_is_left_in_chinese_for_who_reads_english(app, screens):
    people, browsers, left = written_by_people(), {}, {}
    known = catalogue.english()
    for username, path in screens.values():
        if username not in browsers:
            browsers[username] = Browser(app)
            browsers[username].post("/login", {"username": username, "password": DEMO_PASSWORD})
            browsers[username].post("/language/en", {})
        page = browsers[username].get(path, follow_redirects=True).text
        if "/public/" in path:
            continue  # for villagers: Chinese as the papers are
        for run, where in left_in_chinese(page, people, known):
            left.setdefault(run, f"{path}: {where}")
    assert left == {}, "\n".join(f"{run} | {where}" for run, where in left.items())


def left_in_chinese(page, people, known):
    """Yield (characters, where they stand) of the texts of a page in English that no person of the seed wrote."""
    for found in SHOWN.finditer(NO_TEXT.sub("", page)):
        for run in HAN.findall(unescape(found[1] or found[2] or "")):
            if len(run) > 1 and run != "中文" and (run in known or run not in people):
                yield run, unescape(found[0])[:120]


def test_pages_carry_no_inline_handler_or_style(app, screens):
    for username in ROLES:
        browser = Browser(app)
        browser.post("/login", {"username": username, "password": DEMO_PASSWORD})
        for _, path in (item for item in screens.values() if item[0] == username):
            page = browser.get(path, follow_redirects=True).text
            assert not re.search(r"<[^>]+\s(on[a-z]+|style)=", page), path
            assert "<style" not in page and not re.search(r"<script(?![^>]*\bnonce=)", page), path


def test_every_screen_keeps_the_policy_fits_and_satisfies_axe(chromium, address, screens):
    assert_looks_good(chromium, address, screens)


@pytest.mark.slow
def test_every_screen_in_english_fits_and_satisfies_axe(chromium, address, screens):
    """English is longer than Chinese: what fits and is read well in one may not be in the other."""
    assert_looks_good(chromium, address, screens, prepared=in_english)


def assert_looks_good(chromium, address, screens, prepared=lambda page: page):
    """Look at each screen with the eyes of its role, on a page that `prepared` returns after the login."""
    troubles = []
    with chrome.people_of(chromium, address) as sign_in:
        for username in ROLES:
            paths = [path for who, path in screens.values() if who == username]
            page = prepared(sign_in(username)) if paths else None
            for path in paths:
                troubles += [f"{username} {path}: {trouble}" for trouble in look(page, path)]
    assert not troubles, "\n".join(troubles)


def in_english(page):
    token = page.locator("[name=csrf_token]").first.get_attribute("value")
    answer = page.request.post("/language/en", form={"csrf_token": token}, headers={"Referer": page.url})
    assert answer.ok and 'lang="en"' in answer.text()
    return page


def test_public_pages_keep_the_policy_fit_and_satisfy_axe(chromium, address):
    context = chromium.new_context(base_url=address, locale="zh-CN")
    page = chrome.watch(context.new_page())
    for path in ("/login", "/check/not-a-token", "/no/such/page"):
        assert [item for item in look(page, path) if "404" not in item] == []
    context.close()


def test_the_public_site_shows_no_personal_value(app):
    """Follow every link that anybody can follow, and look for what is stored of people in every byte."""
    client, waiting, seen = app.test_client(), ["/public/"], {}
    while waiting:
        path = waiting.pop()
        if path in seen or not path.startswith("/public"):
            continue
        answer = client.get(path)
        assert answer.status_code == 200 and "Set-Cookie" not in answer.headers, path
        seen[path] = answer.text
        waiting += [unescape(link) for link in re.findall(r'href="(/[^"#]*)', answer.text)]
    hung = [text for path, text in seen.items() if "/postings/" in path or "/long/" in path]
    assert len(seen) > 300 and hung
    everything = "\n".join(seen.values())
    assert [value for value in personal_values(app) if value in everything] == []
    cells = {cell for text in hung for cell in re.findall(r"<td[^>]*>([^<]*)</td>", text)}
    assert [row["name"] for row in database.raw("cases").find({}, {"name": 1}) if row["name"] in cells] == []


def personal_values(app):
    """Return numbers, phones, accounts, addresses and case numbers of all cases, and names long enough to be nothing else."""
    engine, found = app.extensions["relief"], set()
    with system("test"):
        for row in database.raw("cases").find():
            published = engine.registry.get(row["type"], row["schema_version"])
            raw = values_of(published.model._from_son(row), published.relief_type).raw
            found |= {row["number"], str(row["_id"]), *(person["name"] for person in row["people"] if len(person["name"]) > 2)}
            for field in published.relief_type.fields.values():
                if class_of(field) in ("personal", "secret") and isinstance(raw.get(field.id), str):
                    found.add(raw[field.id])
    # A short number is somebody's room as well as anybody's month.
    return {value for value in found if len(value) > (5 if value.isdigit() else 2)}


def look(page, path):
    """Yield what is wrong with a screen at both widths."""
    resize(page, chrome.WIDTHS[0])
    page.goto(path)
    yield from examine(page)


def examine(page):
    """Yield what is wrong with the page that stands open at the wide width, at both widths."""
    wide, narrow = chrome.WIDTHS
    chrome.ready(page)
    if chrome.overflow(page) > 0:
        yield f"{chrome.overflow(page)} points too wide for {wide}"
    resize(page, narrow)
    if chrome.overflow(page) > 0:
        yield f"{chrome.overflow(page)} points too wide for {narrow}"
    page.evaluate(SHORTEN)
    yield from (f"{narrow}: {found}" for found in chrome.violations(page))
    resize(page, wide)
    yield from (f"{wide}: {found}" for found in chrome.violations(page))
    yield from page.troubles
    page.troubles.clear()


def resize(page, width):
    page.set_viewport_size({"width": width, "height": 860})
