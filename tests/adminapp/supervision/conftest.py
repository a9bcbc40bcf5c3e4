import itertools
from datetime import date

import pytest

from adminapp import database as connection
from adminapp import dates
from adminapp.related import register
from adminapp.scope import acting, system
from adminapp.supervision import rounds
from tests.story import database, engine, new_case, staff, story_settings, to_posting, walk  # noqa: F401 - fixtures

HERE, THERE = "433123109", "433123101"
ENDED = date(2026, 9, 29)
serials = itertools.count(1)


@pytest.fixture(autouse=True)
def nobody_filed():
    """Forget what this process read of the register of relatives in another test."""
    register.forget()


@pytest.fixture
def opened(database):  # noqa: F811
    """Return a function that stores new awards as the register keeps them, and their cases; it returns the numbers."""

    def store(count, on="2026-03-10", township=HERE, kind="demo", **more):
        numbers = [f"{township}XX2026{next(serials):05d}" for _ in range(count)]
        for number in numbers:
            award = {"_id": number, "number": number, "type": kind, "opened": on, "origin": township, "township": township, "entries": [], "spells": []}
            connection.raw("awards").insert_one(award | more)
            place = {"township": township, "village": f"{township}001", "name": "龙虚构", "state": "in_benefit"}
            connection.raw("cases").insert_one({"_id": number, "number": number, "type": kind, **place, "records": [], "people": [], "flags": []})
        return numbers

    return store


@pytest.fixture
def draw(staff):  # noqa: F811
    """Return a function that carries out a round of 2026 as the county's reviewer on a day and returns it."""

    def carry_out(on=date(2026, 4, 1), witness="", year=2026):
        reviewer = staff("reviewer")
        with dates.frozen(on), acting(reviewer):
            fixed = rounds.begin(year, reviewer, witness)
            rounds.draw(fixed)
        return rounds.get(fixed["_id"])

    return carry_out


PICTURES = {}
"""What was stored after `granted` worked for the first time: walking the case takes a second."""


@pytest.fixture
def granted(engine, staff):  # noqa: F811
    """Return the case of the story with its award, granted on 2026-09-29."""
    if not PICTURES:
        _grant(engine, staff)
        PICTURES.update({name: list(connection.raw(name).find()) for name in ("cases", "events", "awards", "decisions", "case_contents", "deadlines")})
    else:
        for name, rows in PICTURES.items():
            if rows:
                connection.raw(name).insert_many(rows)
    with system("the case of the story"):
        return engine[0].get("demo").model.objects.first()


def _grant(engine, staff):  # noqa: F811
    case = new_case(engine)
    to_posting(engine, case)
    head, clerk = staff("head"), staff("clerk")
    walk(
        engine, case, (clerk, ENDED, "end_posting", {"result": "none", "taken_down": ENDED}), (head, ENDED, "confirm", {}), (clerk, ENDED, "grant", {}),
    )  # fmt: skip
