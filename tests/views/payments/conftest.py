"""Payment screens with the people of two townships: awards of 沱江镇 and of another, batches walked by the engine."""

import pytest

from adminapp import database as connection
from adminapp import dates
from adminapp.jobs import model, runner
from adminapp.payments import batches
from tests.adminapp.payments.steps import Month
from tests.adminapp.payments.world import World

MINE, OTHERS = "433123109001", "433123101001"
"""A village of 沱江镇, and one of the other township."""


@pytest.fixture
def september():
    with dates.frozen("2026-09-16"):
        yield


@pytest.fixture
def world(app, people, september):
    return World(connection.raw("awards").database)


@pytest.fixture
def user(people):
    """Return a function that gives the username of a role, that of 沱江镇 for the township."""
    found = {}
    for account in people.values():
        if account.township in ("", "433123109"):
            found.setdefault(account.role, account.username)
    return found.__getitem__


@pytest.fixture
def staff(login, browser, world, people, user):
    """Return a function that gives the signed-in browser of a role or of a username."""
    signed = {}

    def sign_in(who):
        username = who if who in people else user(who)
        if username not in signed:
            signed[username] = login(username, browser())
        return signed[username]

    return sign_in


@pytest.fixture
def work(app):
    return lambda: [runner.run_job(app.extensions["relief"], job_id) for job_id in model.waiting()]


@pytest.fixture
def month(app, world, work):
    return Month(app.extensions["relief"], work)


@pytest.fixture
def draft(staff, world, work):
    world.award(1, village=MINE)
    world.award(2, village=OTHERS)
    world.award(3, "tekun", village=MINE, person=world.documents(2)[0]["person"])
    reviewer = staff("county_reviewer")
    answer = reviewer.post("/payments/new", {"scope": "all", "month": "2026-09"})
    assert answer.status_code == 303
    work()
    return batches.get("all:2026-09")
