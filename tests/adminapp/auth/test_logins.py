"""Locks, accounts and sessions under many hands at once, on the real database."""

import threading
import time
from statistics import median

import pytest

from adminapp import audit, database, scope, sealing
from adminapp.auth import accounts, attempts, rules, sessions, totp, users
from adminapp.auth import login as signing
from adminapp.errors import Conflict, Invalid, NotFound
from adminapp.scope import ALL
from seed.accounts import DEMO_PASSWORD

CLERK = "clerk.tuojiang"
HERE = "433123109"


def together(count, work):
    """Run `work(number)` in so many threads that start at once; return the results."""
    barrier, results = threading.Barrier(count), []

    def run(number):
        barrier.wait()
        results.append(work(number))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_twenty_tries_at_once_are_twenty_tries(people):
    def attempt(number):
        try:
            signing.sign_in(CLERK, "wrong", "10.0.0.1")
        except signing.Refused:
            return "refused"
        except attempts.Locked:
            return "locked"

    results = together(20, attempt)
    assert sorted(results) == ["locked"] * 15 + ["refused"] * 5


def test_many_at_once_write_one_unbroken_log(app):
    together(12, lambda number: [audit.log("login", actor=f"a{number}") for _ in range(5)])
    assert database.raw("audit").count_documents({}) == 60
    assert list(audit.verify()) == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda log: log.update_one({"seq": 3}, {"$set": {"actor": "other"}}),
        lambda log: log.delete_one({"seq": 3}),
        lambda log: log.update_one({"seq": 3}, {"$set": {"data.account": "x"}}),
    ],
    ids=["changed", "deleted", "added to"],
)
def test_a_changed_log_is_found(app, damage):
    for number in range(5):
        audit.log("login", actor=f"a{number}")
    damage(database.raw("audit"))
    assert list(audit.verify())


def test_a_log_entry_stays_on_one_line_and_is_short(app):
    audit.log("denied", reason="a\r\nb\x00c\u2028d" + "x" * 1000)
    reason = audit.entries()[0]["data"]["reason"]
    assert reason.startswith("a  b c d")
    assert len(reason) == audit.LONGEST


def test_an_unknown_kind_of_log_entry_is_an_error(app):
    with pytest.raises(ValueError, match="unknown"):
        audit.log("whatever")


def test_unknown_and_known_usernames_take_the_same_time(people):
    rules.change(address_per_minute=10_000, lock_after=10_000)

    def spent(username):
        start = time.perf_counter()
        with pytest.raises(signing.Refused):
            signing.sign_in(username, "wrong", "10.0.0.1")
        return time.perf_counter() - start

    pairs = [(spent(CLERK), spent("no.such.person")) for _ in range(15)]
    known, unknown = (median(times) for times in zip(*pairs, strict=True))
    assert 0.7 < known / unknown < 1.4


def test_a_code_used_twice_at_once_works_once(app):
    accounts.create_user("tian.sp", "田审批", ["county_approver"], password="Quiet-River-4471", must_change=False)
    secret = totp.make_secret()
    users.change("tian.sp", second_factor=sealing.seal(secret, "users.second_factor:tian.sp"))
    code = now_code(secret)
    user = users.get("tian.sp")
    assert sorted(together(8, lambda number: totp.accept(user, code))) == [False] * 7 + [True]


def now_code(secret):
    for number in range(1_000_000):
        if totp.matching_step(secret, f"{number:06}"):
            return f"{number:06}"
    return None


def test_a_session_keeps_no_actor_for_the_next_request_of_its_thread(app, login):
    browser = login(CLERK)
    browser.get("/sessions")
    with pytest.raises(scope.ScopeError):
        scope.current()


def test_requests_of_two_people_at_once_never_mix(app, login, browser):
    names = [CLERK, "clerk.liaojiaqiao", "sysadmin", "reviewer"]
    browsers = {name: login(name, browser()) for name in names}
    with app.app_context():
        shown = {name: users.get(name).name for name in names}

    def ask(number):
        name = names[number % 4]
        return all(shown[name] in browsers[name].client.get("/sessions").text for _ in range(8))

    assert all(together(4, ask))


@pytest.mark.parametrize(
    ("roles", "townships", "villages", "expected"),
    [
        (["county_reviewer"], [], [], (ALL, None)),
        (["auditor"], [], [], (ALL, None)),
        (["township_clerk"], [HERE], [], (frozenset({HERE}), None)),
        (["village_assistant"], [HERE], [f"{HERE}001"], (frozenset({HERE}), frozenset({f"{HERE}001"}))),
        (["sysadmin"], [], [], (frozenset(), None)),
        (["policy_admin"], [], [], (frozenset(), None)),
        (["finance"], [], [], (frozenset(), None)),
    ],
)
def test_an_account_reaches_what_its_role_says(app, roles, townships, villages, expected):
    user, _ = accounts.create_user("some.one", "某某", roles, townships, villages)
    actor = users.actor_of(user)
    assert (actor.townships, actor.villages) == expected
    assert actor.id == "some.one"


def test_a_role_without_places_reaches_nothing(app):
    user, _ = accounts.create_user("some.one", "某某", ["township_clerk"], [HERE])
    users.change("some.one", townships=[])
    assert users.actor_of(users.get(user.username)).filter() == {"township": {"$in": []}}


@pytest.mark.parametrize(
    ("roles", "townships", "villages"),
    [
        ([], [], []),
        (["emperor"], [], []),
        (["township_clerk"], [], []),
        (["township_clerk"], ["999999999"], []),
        (["village_assistant"], [HERE], []),
        (["village_assistant"], [HERE], ["433123101001"]),
        (["finance", "county_approver"], [], []),
        (["sysadmin", "township_clerk"], [HERE], []),
        (["auditor", "county_reviewer"], [], []),
    ],
)
def test_rights_that_do_not_fit_are_refused(app, roles, townships, villages):
    with pytest.raises(Invalid):
        accounts.create_user("some.one", "某某", roles, townships, villages)
    assert users.find("some.one") is None


@pytest.mark.parametrize("username", ["", "a", "1abc", "有名", "a b", "a/b", "$ne", "a" * 41, "..", "a\nb", "new", "New"])
def test_usernames_are_plain(app, username):
    with pytest.raises(Invalid):
        accounts.create_user(username, "某某", ["finance"])


def test_a_username_is_never_given_twice(people):
    accounts.set_active(CLERK, False)
    with pytest.raises(Conflict):
        accounts.create_user(CLERK.upper(), "另一人", ["township_clerk"], [HERE])


def test_the_last_administrator_stays(people):
    with pytest.raises(Invalid, match="最后一个"):
        accounts.set_active("sysadmin", False)
    with pytest.raises(Invalid, match="最后一个"):
        accounts.change_rights("sysadmin", "某某", ["finance"])


def test_help_for_an_account_that_does_not_exist_says_so(app):
    for work in (accounts.unlock, accounts.reset_password):
        with pytest.raises(NotFound):
            work("no.such")


def test_every_change_of_an_account_is_logged_and_chained(app):
    accounts.create_user("some.one", "某某", ["finance"])
    accounts.reset_password("some.one")
    accounts.unlock("some.one")
    accounts.set_active("some.one", False)
    kinds = [entry["kind"] for entry in audit.entries()]
    assert kinds == ["account_disabled", "account_unlocked", "password_reset", "account_created"]
    assert list(audit.verify()) == []


def test_ended_sessions_are_cleared_away(people):
    from datetime import timedelta

    from adminapp import dates

    signing.sign_in(CLERK, DEMO_PASSWORD, "10.0.0.1")
    with dates.frozen(dates.now() + timedelta(days=1)):
        signing.sign_in("reviewer", DEMO_PASSWORD, "10.0.0.1")
    assert [row["user"] for row in database.raw("sessions").find()] == ["reviewer"]


def test_a_session_of_nonsense_is_none(app):
    for cookie in ("", "x", "x" * 5000, "\x00", "é" * 20):
        assert sessions.find(cookie) is None
