"""Headers, cookies, and where a changing request may come from: on every answer of every address."""

import re
from io import BytesIO

import pytest

from adminapp.app import create_app
from adminapp.security import headers
from views import public

CLERK = "clerk.tuojiang"
EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def check(answer):
    """Assert what must be true of any answer."""
    for name, value in EXPECTED.items():
        assert answer.headers.getlist(name) == [value], (name, answer)
    policy, path = answer.headers["Content-Security-Policy"], answer.request.path
    assert "unsafe" not in policy and "*" not in policy
    own = answer.request.method != "OPTIONS" and answer.status_code not in (403, 405)  # others are no answer of a page
    if own and path.startswith("/public/"):  # what anybody may open runs nothing at all
        assert policy == public.POLICY, path
    else:
        assert "default-src 'self'" in policy or policy == headers.DOWNLOAD_POLICY
    assert answer.headers["Permissions-Policy"]
    if not path.startswith("/static/"):
        assert answer.headers["Cache-Control"] in ("no-store", "private, no-store") or "public" in answer.headers["Cache-Control"]


def addresses(app):
    """Return an address for every rule, with made-up values for its parts."""
    values = {"type_key": "temporary", "id": "6560f0f0f0f0f0f0f0f0f0f0", "code": "en", "filename": "css/app.css"}
    found = []
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", lambda part: values.get(part[1], "1"), rule.rule)
        found.append((path, rule.methods))
    return found


@pytest.mark.parametrize("username", [None, CLERK, "sysadmin", "auditor"])
def test_every_answer_of_every_address_has_all_headers(app, login, browser, username):
    one = login(username) if username else browser()
    for path, methods in addresses(app):
        for method in methods | {"PUT", "TRACE"}:
            if path.startswith("/logout"):
                continue
            with one.client.open(path, method=method) as answer:
                check(answer)
    check(one.get("/nowhere"))
    check(one.post("/login", {"username": "x" * 3_000_000}))


def test_a_crash_says_nothing_and_has_all_headers(app, login, monkeypatch, caplog):
    word = "".join(["se", "cret"])

    def crash():
        raise RuntimeError(word)

    browser = login(CLERK)
    monkeypatch.setitem(app.view_functions, "auth.sessions", crash)
    monkeypatch.setattr(app, "testing", False)
    answer = browser.get("/sessions")
    check(answer)
    assert answer.status_code == 500
    assert word not in answer.text and "Traceback" not in answer.text
    number = re.search(r"[0-9a-f]{16}", answer.text)[0]
    assert number in caplog.text
    assert word not in caplog.text and "RuntimeError" in caplog.text


def test_a_request_too_broken_for_flask_has_all_headers_too(app):
    answers = {}

    def start(status, sent, exc_info=None):
        answers[status] = dict(sent)

    def broken(environ, start_response):
        raise ValueError("bad")

    body = headers.Headers(broken, secure=True)({"REQUEST_METHOD": "GET"}, start)
    ((status, sent),) = answers.items()
    assert status.startswith("500")
    assert sent["Strict-Transport-Security"].startswith("max-age=31536000")
    assert EXPECTED.items() <= sent.items()
    assert "bad" not in b"".join(body).decode()


def test_a_database_that_is_away_gives_a_plain_page_and_no_stuck_worker(app, login, monkeypatch):
    from pymongo.errors import ServerSelectionTimeoutError

    from adminapp import database

    def away(name):
        raise ServerSelectionTimeoutError("mongo-1.internal:27017 refused")

    browser = login(CLERK)
    monkeypatch.setattr(database, "raw", away)
    answer = browser.get("/sessions")
    check(answer)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "internal" not in answer.text
    assert browser.get("/health").status_code == 200
    with browser.get("/static/css/app.css") as file:
        assert file.status_code == 200


def test_the_nonce_is_new_for_each_page_and_stands_on_its_scripts(app, browser):
    one = browser()
    nonces = set()
    for _ in range(3):
        answer = one.get("/login")
        nonce = re.search(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])[1]
        assert f'nonce="{nonce}"' in answer.text
        nonces.add(nonce)
    assert len(nonces) == 3


def test_pages_have_no_inline_handlers_styles_or_scripts(app, login):
    for username in ("sysadmin", "auditor", CLERK):
        browser = login(username)
        for path in ("/sessions", "/accounts/", "/accounts/new", "/audit/", "/password"):
            text = browser.get(path).text
            assert not re.search(r"<[^>]+\son[a-z]+\s*=", text)
            assert not re.search(r"<[^>]+\sstyle\s*=", text)
            assert "javascript:" not in text
            for tag in re.findall(r"<script[^>]*>", text):
                assert "nonce=" in tag


@pytest.fixture
def official(app, app_settings):
    """Return the app as it runs behind https."""
    return create_app(app_settings.replaced(insecure_cookies=False))


def test_over_https_cookies_are_bound_to_the_host(official, people):
    client = official.test_client()
    base = {"base_url": "https://relief.example", "headers": {"Referer": "https://relief.example/login"}}
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/login", **base).text)[1]
    form = {"username": CLERK, "password": "Teacup-Ladder-58", "csrf_token": token}
    answer = client.post("/login", data=form, **base)
    assert answer.status_code == 303
    cookies = answer.headers.getlist("Set-Cookie")
    assert any(cookie.startswith("__Host-sid=") for cookie in cookies)
    for cookie in cookies:
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
        assert "Domain" not in cookie
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]


def test_every_changing_request_without_a_token_is_refused(app, login):
    for username in ("sysadmin", CLERK, "reviewer", "finance"):
        browser = login(username)
        for path, methods in addresses(app):
            for method in methods - {"GET", "HEAD", "OPTIONS"}:
                answer = browser.client.open(path, method=method, data={"username": "x"})
                # Other systems come with a token of their own and no session: who has none is nobody there. Forms for anybody
                # have a signed token instead of a session's, and are shown again with what was typed; a posting that is none has none.
                refused = (401,) if path.startswith("/api/") else (404, 422) if path.startswith("/public/") else (400, 403)
                assert answer.status_code in refused, (path, username, answer.status_code)
        assert browser.get("/sessions").status_code == 200  # logout did not work either


def test_a_public_form_without_a_token_is_refused(app, client):
    assert client.client.post("/login", data={"username": "x", "password": "y"}).status_code == 400


@pytest.mark.parametrize(
    "sent",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://localhost:8080"},
        {"Origin": "http://[x"},
    ],
    ids=str,
)
def test_another_site_cannot_post_even_with_a_token(app, login, sent):
    browser = login(CLERK)
    answer = browser.post("/sessions/end", headers=sent)
    assert answer.status_code == 403
    from adminapp import audit

    assert audit.entries()[0]["kind"] == "forged"


@pytest.mark.parametrize("sent", [{"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin"}, {}], ids=str)
def test_our_own_pages_can_post(app, login, sent):
    assert login(CLERK).post("/sessions/end", headers=sent).status_code == 303


def test_a_script_gets_its_errors_as_data(app, login):
    answer = login(CLERK).get("/accounts/", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (403, "application/json")


def test_large_requests_are_refused(app, login):
    browser = login("sysadmin")
    assert browser.post("/accounts/new", {"display_name": "x" * 2_500_000}).status_code == 413
    many = {f"f{number}": "x" for number in range(2100)}
    assert browser.post("/accounts/new", many, content_type="multipart/form-data").status_code == 413
    upload = {"content_type": "multipart/form-data; boundary=x", "environ_overrides": {"CONTENT_LENGTH": "11000000"}}
    assert browser.client.post("/accounts/new", input_stream=BytesIO(b"--x"), **upload).status_code == 413


def test_debugging_is_off(app):
    assert not app.debug
    assert create_app(app.extensions["relief"].settings).config["PROPAGATE_EXCEPTIONS"] is None
