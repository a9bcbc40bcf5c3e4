"""Declared indexes are built by one command and missed at start."""

import subprocess
import sys

import pytest

from adminapp import indexes
from adminapp.errors import SetupError


@pytest.fixture(autouse=True)
def empty_registry(monkeypatch):
    """Leave the indexes of the real modules out of these tests."""
    monkeypatch.setattr(indexes, "INDEXES", {})


def stored(bare_database, collection):
    return {each["name"]: dict(each) for each in bare_database[collection].list_indexes()}


def test_builds_what_is_declared_and_then_has_nothing_to_do(bare_database):
    number = indexes.declare("things", "number", "number", unique=True)
    queue = indexes.declare("things", "queue", ["township", ("due", -1)], sparse=True)
    gone = indexes.declare("visits", "gone", "at", expire_after=0)
    assert indexes.verify(bare_database) == [number, queue, gone]

    assert indexes.upgrade(bare_database) == ["things.number：新建", "things.queue：新建", "visits.gone：新建"]

    assert indexes.verify(bare_database) == []
    assert indexes.upgrade(bare_database) == []
    assert stored(bare_database, "things")["number"]["unique"] is True
    assert list(stored(bare_database, "things")["queue"]["key"].items()) == [("township", 1), ("due", -1)]
    assert stored(bare_database, "visits")["gone"]["expireAfterSeconds"] == 0


def test_the_unique_index_it_builds_refuses_a_duplicate(bare_database):
    indexes.declare("things", "number", "number", unique=True)
    indexes.upgrade(bare_database)
    bare_database.things.insert_one({"number": 1})
    with pytest.raises(Exception, match="E11000"):
        bare_database.things.insert_one({"number": 1})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"keys": "a"}, {"keys": "a", "unique": True}),
        ({"keys": "a", "unique": True}, {"keys": "a"}),
        ({"keys": "a"}, {"keys": "b"}),
        ({"keys": ["a", "b"]}, {"keys": ["b", "a"]}),
        ({"keys": "a"}, {"keys": "-a"}),
        ({"keys": "a", "expire_after": 10}, {"keys": "a", "expire_after": 20}),
    ],
)
def test_rebuilds_an_index_that_is_declared_otherwise(bare_database, monkeypatch, before, after):
    indexes.declare("things", "one", **before)
    indexes.upgrade(bare_database)
    monkeypatch.setattr(indexes, "INDEXES", {})
    changed = indexes.declare("things", "one", **after)

    assert indexes.verify(bare_database) == [changed]
    assert indexes.upgrade(bare_database) == ["things.one：重建"]
    assert indexes.verify(bare_database) == []


def test_swapped_names_come_out_right(bare_database, monkeypatch):
    indexes.declare("things", "one", "a")
    indexes.declare("things", "two", "b")
    indexes.upgrade(bare_database)
    monkeypatch.setattr(indexes, "INDEXES", {})
    indexes.declare("things", "one", "b")
    indexes.declare("things", "two", "a")

    indexes.upgrade(bare_database)

    assert indexes.verify(bare_database) == []


def test_leaves_other_indexes_alone_and_replaces_one_of_the_same_keys(bare_database):
    bare_database.things.create_index("colour", name="by_hand")
    bare_database.things.create_index("number", name="old_name")
    indexes.declare("things", "number", "number", unique=True)

    indexes.upgrade(bare_database)

    assert set(stored(bare_database, "things")) == {"_id_", "by_hand", "number"}


def test_names_the_index_and_fields_when_stored_data_is_not_unique(bare_database):
    bare_database.things.insert_many([{"number": 1}, {"number": 1}])
    indexes.declare("things", "number", "number", unique=True)

    with pytest.raises(SetupError, match=r"things\.number.*number 重复"):
        indexes.upgrade(bare_database)

    bare_database.things.delete_one({})
    assert indexes.upgrade(bare_database) == ["things.number：新建"]


def test_check_refuses_to_start_while_one_is_missing(bare_database):
    indexes.declare("things", "number", "number", unique=True)
    with pytest.raises(SetupError, match="relief db upgrade"):
        indexes.check(bare_database)
    indexes.upgrade(bare_database)
    indexes.check(bare_database)


def test_a_name_is_declared_once_in_a_collection():
    indexes.declare("things", "number", "number")
    indexes.declare("others", "number", "number")
    with pytest.raises(ValueError, match="things.number is declared twice"):
        indexes.declare("things", "number", "other")


def test_the_same_keys_are_declared_once_in_a_collection():
    indexes.declare("things", "number", "number")
    with pytest.raises(ValueError, match="has the keys of things.number"):
        indexes.declare("things", "again", ["number"])


@pytest.mark.parametrize("keys", [[], ["a", "a"], ["a", "-a"]])
def test_refuses_keys_that_are_empty_or_repeated(keys):
    with pytest.raises(ValueError, match="empty or repeated"):
        indexes.declare("things", "one", keys)


def test_what_the_web_program_checks_the_command_builds():
    """An index declared only where screens are loaded is never built, and then no page opens."""
    script = (
        "from adminapp import cli, parts; parts.register(); from adminapp.indexes import INDEXES; known = set(INDEXES)\n"
        "from adminapp.app import create_app; from adminapp.config import read_settings; create_app(read_settings({}, home='/nonexistent'))\n"
        "print(sorted(set(INDEXES) - known))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr
