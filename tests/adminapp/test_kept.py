"""Typed and not sent: kept sealed, for the writer alone, for some days."""

from datetime import timedelta

import pytest

from adminapp import database as connection
from adminapp import dates, kept

PAIRS = [("x_name", "龙甲虚构"), ("x_id", "433123195603074216"), ("x_id", "again")]


@pytest.fixture(autouse=True)
def _database(app):
    """Use the empty database of the app, with its keys."""


def test_it_comes_back_to_its_writer_and_form_only():
    kept.keep("clerk", "/cases/a/new", PAIRS)
    assert kept.find("clerk", "/cases/a/new").pairs == PAIRS
    assert kept.find("other", "/cases/a/new") is None and kept.find("clerk", "/cases/b/new") is None


def test_the_last_one_stands_and_goes_when_sent():
    kept.keep("clerk", "/f", PAIRS)
    kept.keep("clerk", "/f", PAIRS[:1])
    assert kept.find("clerk", "/f").pairs == PAIRS[:1]
    kept.forget("clerk", "/f"), kept.forget("clerk", "/f")
    assert kept.find("clerk", "/f") is None


def test_what_arrives_after_the_form_was_sent_is_not_offered_again():
    kept.keep("clerk", "/f", PAIRS)
    kept.forget("clerk", "/f")
    assert kept.keep("clerk", "/f", PAIRS) is None and kept.find("clerk", "/f") is None
    connection.raw(kept.COLLECTION).update_one({}, {"$set": {"at": dates.now() - kept.LATE * 2}})
    assert kept.keep("clerk", "/f", PAIRS[:1]) and kept.find("clerk", "/f").pairs == PAIRS[:1]


def test_nothing_of_it_is_readable_in_the_database():
    kept.keep("clerk", "/f", PAIRS)
    assert all(word not in str(connection.raw(kept.COLLECTION).find_one()) for word in ("龙甲", "4331231956", "x_name"))


def test_it_grows_old_and_has_a_limit():
    assert kept.keep("clerk", "/f", [("x", "长" * kept.MOST)]) is None and kept.find("clerk", "/f") is None
    kept.keep("clerk", "/f", PAIRS)
    with dates.frozen(dates.today() + timedelta(days=kept.DAYS + 2)):
        assert kept.find("clerk", "/f") is None
