"""Signing in and out, and what a session is worth."""

import re
from datetime import timedelta

import pytest

from adminapp import audit, dates
from adminapp import database as connection
from adminapp.auth import accounts, attempts, passwords, rules, sessions, totp, users
from adminapp.security import guard
from seed.accounts import DEMO_PASSWORD
from tests.conftest import HASHER_OF_THE_PRODUCT

CLERK = "clerk.tuojiang"
GOOD = "Quiet-River-4471"
BETTER = "Brass-Kettle-9920"


@pytest.fixture
def official(app):
    """Store a real account, not a demo one; return its username."""
    accounts.create_user(
        "long.qy", "龙清远（虚构）", ["township_clerk"], ["433123109"], password=GOOD, must_change=False
    )
    return "long.qy"


@pytest.fixture
def approver(app):
    accounts.create_user("tian.sp", "田审批（虚构）", ["county_approver"], password=GOOD, must_change=False)
    return "tian.sp"


def sid(browser):
    return browser.client.get_cookie("sid").value


def kinds():
    return [entry["kind"] for entry in audit.entries()]


def test_a_clerk_signs_in_and_sees_the_start_page(login):
    answer = login(CLERK).get("/", follow_redirects=True)
    assert answer.status_code == 200
    assert "虚构" in answer.text


def test_the_username_is_not_case_sensitive(people, client):
    assert client.post("/login", {"username": " Clerk.Tuojiang ", "password": DEMO_PASSWORD}).status_code == 303


def test_nobody_reaches_a_page_without_signing_in(app, client):
    answer = client.get("/sessions")
    assert answer.status_code == 303
    assert answer.location == "/login?next=/sessions"
    assert client.post("/sessions/end").status_code == 401


def test_after_signing_in_one_comes_where_one_wanted(people, client):
    answer = client.post("/login?next=/sessions", {"username": CLERK, "password": DEMO_PASSWORD})
    assert answer.location == "/sessions"


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil",
        "javascript:alert(1)",
        "/\t/evil",
        " /x",
        "//[",
        "http:evil",
        "",
    ],
)
def test_a_login_never_leads_to_another_site(people, client, target):
    answer = client.client.post(
        "/login",
        query_string={"next": target},
        data={"username": CLERK, "password": DEMO_PASSWORD, "csrf_token": client.token()},
    )
    assert answer.location == "/"


def test_wrong_password_unknown_user_and_disabled_account_look_the_same(people, browser):
    accounts.set_active("reviewer", False)
    pages = []
    for username, password in [(CLERK, "wrong"), ("nobody.here", "wrong"), ("reviewer", DEMO_PASSWORD)]:
        one = browser()
        answer = one.post("/login", {"username": username, "password": password})
        pages.append(
            (
                answer.status_code,
                "用户名或密码不正确" in answer.text,
                "Set-Cookie" in answer.headers and "sid=" in str(answer.headers),
            )
        )
    assert set(pages) == {(401, True, False)}


def test_an_unknown_name_is_not_written_to_the_log(people, client):
    client.post("/login", {"username": "MyPassw0rd!typed", "password": "x"})
    assert "typed" not in str(list(connection.raw("audit").find())).lower()
    assert "typed" not in str(list(connection.raw("login_tries").find())).lower()


def test_an_account_locks_after_five_failures_even_for_the_right_password(people, client):
    for _ in range(5):
        assert client.post("/login", {"username": CLERK, "password": "wrong"}).status_code == 401
    answer = client.post("/login", {"username": CLERK, "password": DEMO_PASSWORD})
    assert answer.status_code == 429
    assert "尝试次数过多" in answer.text
    assert "locked" in kinds()


def test_a_lock_ends_after_fifteen_minutes(people, client):
    start = dates.now()
    for minute in range(5):
        with dates.frozen(start + timedelta(minutes=2 * minute)):
            client.post("/login", {"username": CLERK, "password": "wrong"})
    with dates.frozen(start + timedelta(minutes=22)):
        assert client.post("/login", {"username": CLERK, "password": DEMO_PASSWORD}).status_code == 429
    with dates.frozen(start + timedelta(minutes=24)):
        assert client.post("/login", {"username": CLERK, "password": DEMO_PASSWORD}).status_code == 303


def test_a_lock_holds_for_one_address_only_and_an_administrator_can_end_it(people, client):
    for _ in range(6):
        client.post("/login", {"username": CLERK, "password": "wrong"})
    elsewhere = client.post(
        "/login", {"username": CLERK, "password": DEMO_PASSWORD}, environ_base={"REMOTE_ADDR": "10.0.0.9"}
    )
    assert elsewhere.status_code == 303
    assert attempts.is_locked(CLERK, rules.read())
    assert accounts.unlock(CLERK) == 1
    client.client.delete_cookie("sid")
    assert client.post("/login", {"username": CLERK, "password": DEMO_PASSWORD}).status_code == 303


def test_an_unknown_username_locks_like_a_known_one(people, client):
    answers = [client.post("/login", {"username": "no.such", "password": "x"}).status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]


def test_an_address_has_thirty_tries_a_minute(people, client):
    start = dates.now()
    with dates.frozen(start):
        answers = [
            client.post("/login", {"username": f"user{number}", "password": "x"}).status_code for number in range(31)
        ]
    assert answers == [401] * 30 + [429]
    with dates.frozen(start + timedelta(seconds=61)):
        assert client.post("/login", {"username": CLERK, "password": DEMO_PASSWORD}).status_code == 303


def test_a_forwarded_address_is_not_believed_without_a_proxy(people, client):
    for number in range(6):
        headers = {"X-Forwarded-For": f"10.1.1.{number}"}
        answer = client.post("/login", {"username": CLERK, "password": "wrong"}, headers=headers)
    assert answer.status_code == 429


def test_each_login_has_a_new_session_and_a_new_form_token(people, client, login):
    before = client.token()
    login(CLERK)
    first, token = sid(client), client.token()
    login(CLERK)
    assert sid(client) != first
    assert token.split(".")[0] != before.split(".")[0]


def test_the_token_on_the_page_is_the_one_that_is_asked_for(people, app):
    client = app.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/login").text)[1]
    form = {"username": CLERK, "password": DEMO_PASSWORD}
    assert client.post("/login", data=form).status_code == 400
    assert client.post("/login", data=form | {"csrf_token": token}).status_code == 303
    assert client.post("/sessions/end", data={"csrf_token": token}).status_code == 400  # a token from before the login


def test_an_old_cookie_is_dead_after_logout(login):
    browser = login(CLERK)
    stolen = sid(browser)
    assert browser.post("/logout").status_code == 303
    browser.client.set_cookie("sid", stolen)
    assert browser.get("/sessions").status_code == 303


def test_logout_is_a_post_and_clears_the_browser(login):
    browser = login(CLERK)
    assert browser.get("/logout").status_code == 405
    answer = browser.post("/logout")
    assert "storage" in answer.headers["Clear-Site-Data"]
    assert "logout" in kinds()


def test_the_cookie_is_not_what_is_stored(login):
    browser = login(CLERK)
    row = connection.raw("sessions").find_one()
    assert sid(browser) not in str(row)
    browser.client.set_cookie("sid", row["_id"])
    assert browser.get("/sessions").status_code == 303


def test_a_session_ends_after_fifteen_idle_minutes(login):
    browser, start = login(CLERK), dates.now()
    with dates.frozen(start + timedelta(minutes=14)):
        assert browser.get("/sessions").status_code == 200
    with dates.frozen(start + timedelta(minutes=28)):
        assert browser.get("/sessions").status_code == 200
    with dates.frozen(start + timedelta(minutes=44)):
        assert browser.get("/sessions").status_code == 303


@pytest.mark.parametrize("ask", ["/jobs/none/status", "/designer/drafts/none/fields/here"])
def test_a_page_that_asks_by_itself_keeps_no_session(login, app, ask):
    browser, start = login("policy"), dates.now()
    endpoint, _ = app.url_map.bind("localhost").match(ask, method="POST" if ask.endswith("here") else "GET")
    assert endpoint in guard.BY_THEMSELVES
    with dates.frozen(start + timedelta(minutes=14)):
        answer = browser.post(ask) if ask.endswith("here") else browser.get(ask)
        assert answer.status_code == 404
    with dates.frozen(start + timedelta(minutes=16)):
        assert browser.get("/sessions").status_code == 303


def test_a_session_ends_after_eight_hours_however_busy(login):
    browser, start = login(CLERK), dates.now()
    for step in range(1, 48):
        with dates.frozen(start + timedelta(minutes=10 * step)):
            assert browser.get("/sessions").status_code == 200
    with dates.frozen(start + timedelta(minutes=481)):
        assert browser.get("/sessions").status_code == 303


def test_a_third_login_ends_the_first(login, browser):
    one, two, three = (login(CLERK, browser()) for _ in range(3))
    assert [each.get("/sessions").status_code for each in (one, two, three)] == [303, 200, 200]


@pytest.mark.parametrize(
    "change",
    [
        lambda: accounts.set_active(CLERK, False),
        lambda: accounts.reset_password(CLERK),
        lambda: accounts.change_rights(CLERK, "某某", ["township_head"], ["433123109"]),
        lambda: accounts.change_rights(CLERK, "某某", ["township_clerk"], ["433123101"]),
        lambda: users.change(CLERK, ends_sessions=True),
    ],
    ids=["disabled", "password reset", "other role", "other township", "epoch alone"],
)
def test_a_session_is_dead_at_the_next_request_when_the_account_changed(login, change):
    browser = login(CLERK)
    change()
    assert browser.get("/sessions").status_code == 303


def test_a_person_ends_own_other_sessions(login, browser):
    one, two = login(CLERK, browser()), login(CLERK, browser())
    assert two.get("/sessions").text.count("<tr") == 3
    two.post("/sessions/end")
    assert [each.get("/sessions").status_code for each in (one, two)] == [303, 200]


def test_the_first_login_forces_a_new_password(app, client):
    _, password = accounts.create_user("new.clerk", "新来（虚构）", ["township_clerk"], ["433123109"])
    client.post("/login", {"username": "new.clerk", "password": password})
    assert client.get("/").location == "/password"
    assert client.post("/sessions/end").status_code == 403
    before = sid(client)
    answer = client.post("/password", {"password": password, "new_password": BETTER, "new_password_confirm": BETTER})
    assert answer.status_code == 303
    assert sid(client) != before
    assert client.get("/sessions").status_code == 200


def test_a_password_ages(official, client):
    with dates.frozen(dates.now() + timedelta(days=91)):
        client.post("/login", {"username": official, "password": GOOD})
        assert client.get("/").location == "/password"


def test_a_password_change_asks_for_the_old_one_and_refuses_the_last_five(official, client):
    client.post("/login", {"username": official, "password": GOOD})
    change = {"password": "wrong", "new_password": BETTER, "new_password_confirm": BETTER}
    assert client.post("/password", change).status_code == 400
    change = {"password": GOOD, "new_password": GOOD, "new_password_confirm": GOOD}
    assert "最近 5 次" in client.post("/password", change).text
    change = {"password": GOOD, "new_password": BETTER, "new_password_confirm": BETTER + "x"}
    assert "两次输入的新密码不一样" in client.post("/password", change).text
    change = {"password": GOOD, "new_password": BETTER, "new_password_confirm": BETTER}
    assert client.post("/password", change).status_code == 303


def test_roles_that_need_one_set_up_a_second_factor_first(approver, client):
    client.post("/login", {"username": approver, "password": GOOD})
    assert client.get("/").location == "/second-factor"
    page = client.post("/second-factor", {"setup": "authenticator"}).text
    assert "data:image/png" in page
    secret = read_secret(client)
    assert "恢复码" not in client.post("/second-factor", {"code": "000000"}).text
    page = client.post("/second-factor", {"code": code_of(secret)}).text
    assert page.count("<span>") >= 8
    assert client.get("/sessions").status_code == 200


def test_replacing_a_second_factor_asks_for_the_password_and_ends_other_sessions(approver, browser):
    secret, start = totp.make_secret(), dates.now()
    totp.enable(users.get(approver), secret, code_of(secret))
    one, two = browser(), browser()
    for minutes, each in ((2, one), (4, two)):
        with dates.frozen(start + timedelta(minutes=minutes)):
            each.post("/login", {"username": approver, "password": GOOD})
            each.post("/login/code", {"code": code_of(secret)})
    with dates.frozen(start + timedelta(minutes=6)):
        assert two.get("/sessions").status_code == 200
        for typed in ({}, {"password": "wrong"}):
            refused = one.post("/second-factor", {"setup": "authenticator", **typed})
            assert refused.status_code == 400 and "data:image/png" not in refused.text
        assert one.post("/second-factor", {"code": "000000"}).status_code == 400  # no secret waits: nothing is set up past the password
        assert "data:image/png" in one.post("/second-factor", {"setup": "authenticator", "password": GOOD}).text
        one.post("/second-factor", {"code": code_of(read_secret(one))})
        assert "second_factor_set" in kinds()
        assert one.get("/sessions").status_code == 200 and two.get("/sessions").status_code == 303


def test_a_visitor_of_the_demonstration_sets_no_second_factor(people, login):
    browser = login(CLERK)
    assert browser.post("/second-factor", {"setup": "authenticator"}).status_code == 403
    assert browser.get("/second-factor").status_code == 403


def test_the_second_login_asks_for_a_code_that_works_once(approver, browser):
    secret = totp.make_secret()
    start = dates.now()
    totp.enable(users.get(approver), secret, code_of(secret))
    with dates.frozen(start + timedelta(minutes=2)):
        code = code_of(secret)
        one = browser()
        assert one.post("/login", {"username": approver, "password": GOOD}).location == "/login/code"
        assert one.get("/sessions").status_code == 303  # the password alone opens nothing
        assert one.post("/login/code", {"code": "123456"}).status_code == 401
        assert one.post("/login/code", {"code": code}).status_code == 303
        assert one.get("/sessions").status_code == 200
        two = browser()
        two.post("/login", {"username": approver, "password": GOOD})
        assert two.post("/login/code", {"code": code}).status_code == 401
    assert secret not in str(list(connection.raw("users").find()))


def test_a_recovery_code_works_once(approver, browser):
    secret = totp.make_secret()
    code = totp.enable(users.get(approver), secret, code_of(secret))[0]
    answers = []
    for _ in range(2):
        one = browser()
        one.post("/login", {"username": approver, "password": GOOD})
        answers.append(one.post("/login/code", {"code": code}).status_code)
    assert answers == [303, 401]


def test_codes_cannot_be_guessed_without_end(approver, client):
    secret = totp.make_secret()
    totp.enable(users.get(approver), secret, code_of(secret))
    client.post("/login", {"username": approver, "password": GOOD})
    answers = [client.post("/login/code", {"code": "999999"}).status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]


def test_a_person_chooses_the_language(login):
    browser = login(CLERK)
    browser.post("/language/en")
    assert 'lang="en"' in browser.get("/sessions").text
    for referrer, back in (("http://localhost/work/?show=late", "/work/?show=late"), ("http://[x", "/"), ("http://elsewhere.example/work/", "/")):
        assert browser.post("/language/zh", headers={"Referer": referrer}).location == back


def test_the_password_of_a_stored_account_cannot_be_read(official, monkeypatch):
    monkeypatch.setattr(passwords, "HASHER", HASHER_OF_THE_PRODUCT)
    accounts.change_password(users.get(official), GOOD, BETTER)
    row = users.get(official).row
    assert row["password"].startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert BETTER not in str(row)


def read_secret(client):
    from adminapp import sealing

    row = connection.raw("sessions").find_one({"_id": sessions.key_of(sid(client))})
    return sealing.unseal(row["pending"], f"sessions.pending:{row['_id']}")


def code_of(secret):
    step = int(dates.now().timestamp()) // totp.STEP_SECONDS
    return next(f"{code:06}" for code in [int(_generate(secret, step))])


def _generate(secret, step):
    import base64

    from cryptography.hazmat.primitives.hashes import SHA1
    from cryptography.hazmat.primitives.twofactor.totp import TOTP

    return (
        TOTP(base64.b32decode(secret), totp.DIGITS, SHA1(), totp.STEP_SECONDS)
        .generate(step * totp.STEP_SECONDS)
        .decode()
    )
