"""Files handed to a job: sealed while they wait, whole when read, gone when done with."""

from datetime import timedelta

import pytest

from adminapp import database as connection
from adminapp import dates, uploads
from adminapp.errors import NotFound
from adminapp.scope import Actor
from tests.story import database, engine, story_settings  # noqa: F401 - fixtures

ACTOR = Actor("reviewer", "县核对虚构", frozenset({"county_reviewer"}))
DATA = "姓名,号码\n龙䶮虚构,433123195603074216\n".encode("gb18030")


@pytest.fixture(autouse=True)
def ready(engine):  # noqa: F811
    pass


def test_a_file_comes_back_byte_for_byte_and_lies_nowhere_in_the_clear():
    kept = uploads.keep(DATA, "结果.csv", ACTOR)
    assert uploads.read(kept["id"]) == DATA and kept["name"] == "结果.csv"
    stored = b"".join(row["data"] for row in connection.raw("uploads.chunks").find())
    assert stored and b"433123195603074216" not in stored and DATA not in stored


def test_a_dropped_file_is_gone_and_dropping_it_again_does_no_harm():
    kept = uploads.keep(DATA, "结果.csv", ACTOR)
    uploads.drop(kept["id"])
    uploads.drop(kept["id"])
    assert connection.raw("uploads.chunks").count_documents({}) == 0
    with pytest.raises(NotFound, match="重新上传"):
        uploads.read(kept["id"])


def test_what_no_job_came_for_goes_after_a_week():
    old, new = uploads.keep(DATA, "旧.csv", ACTOR), uploads.keep(DATA, "新.csv", ACTOR)
    connection.raw("uploads.files").update_one({"_id": old["id"]}, {"$set": {"uploadDate": dates.now() - timedelta(days=8)}})
    uploads.sweep()
    assert uploads.read(new["id"]) == DATA
    with pytest.raises(NotFound):
        uploads.read(old["id"])
