"""Officials of the demo story and their relatives, all 虚构."""

from datetime import date

import pytest

from adminapp import database, dates
from adminapp.identity import make_id
from adminapp.related import filing
from adminapp.scope import Actor, acting
from tests.story import CLERK, VILLAGE

REVIEWER = Actor("reviewer", "县级虚构", frozenset({"county_reviewer"}), None)
DEPUTY = Actor("deputy", "分管虚构", frozenset({"township_deputy"}), frozenset({"433123109"}))
APPLICANT = "433123195603074216"
"""ID number of the applicant of tests/story.py."""
DAY = date(2026, 9, 16)


def number(serial: int) -> str:
    return make_id("433123", date(1980, 1, 1), serial)


def values(name="田虚构", account="", relatives=(), serial=11, **more):
    rows = [{"relation": relation, "name": who, "id_number": id_number} for relation, who, id_number in relatives]
    return {
        "kind": "officer", "name": name, "id_number": number(serial), "phone": "", "unit": "沱江镇人民政府", "post": "民政助理员",
        "account": account, "township": VILLAGE[:9], "village": "", "relatives": rows, **more,
    }  # fmt: skip


@pytest.fixture
def official(engine):
    """Return a function that files an official with relatives on a day and gives the filing."""

    def make(account="", relatives=(), on=DAY, year=None, actor=REVIEWER, **more):
        if account:
            database.raw("users").update_one({"_id": account}, {"$setOnInsert": ACCOUNT}, upsert=True)
        with acting(actor), dates.frozen(on):
            return filing.file(values(account=account, relatives=relatives, **more), year or on.year, actor)

    return make


ACCOUNT = {"name": "虚构", "roles": ["township_clerk"], "townships": [], "villages": [], "active": True, "must_change": False, "epoch": 0}
MOTHER = ("parent", "龙䶮虚构", APPLICANT)
__all__ = ["ACCOUNT", "APPLICANT", "CLERK", "DAY", "DEPUTY", "MOTHER", "REVIEWER", "number", "official", "values"]
