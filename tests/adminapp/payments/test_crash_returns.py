"""A runner is killed before and after each write of sending a batch and of taking in the bank's answer."""

import pytest

from adminapp.payments import batches, lines, sending
from adminapp.payments.returns import model
from adminapp.payments.verify import verify
from tests.adminapp.payments.steps import TXT, Month
from tests.adminapp.payments.test_crash_points import every_point, failpoint, settle  # noqa: F401 (a fixture)
from tests.adminapp.payments.world import TREASURER

NAMES = ("payment_batches", "payment_lines", "payment_returns", "payment_return_rows", "payment_return_files")


@pytest.fixture
def month(engine, work):
    return Month(engine, work)


def picture(batch_id):
    batch = batches.get(batch_id)
    found = [
        (line["_id"], line["state"], line.get("queue"), [(each["to"], each["paid"], each.get("row")) for each in line.get("events", ())])
        for line in lines.of_batch(batch_id)
    ]
    return found, batch["state"], batch.get("results"), batch.get("returning"), [note["action"] for note in batch["history"]]


def save(database):
    return {name: list(database[name].find()) for name in NAMES}


def restore(database, saved):
    for name, rows in saved.items():
        database[name].delete_many({})
        if rows:
            database[name].insert_many(rows)
    database.jobs.delete_many({})


def test_the_banks_answer_survives_a_kill_at_every_write(world, month, work, database, failpoint, monkeypatch):  # noqa: F811
    monkeypatch.setattr(model, "CHUNK", 2)
    for number in range(3):
        world.award(number, amount=1000 + number)
    batch = month.sent()
    content = month.content(batch, {"虚构00001": ("002", 0), "虚构00002": ("001", 1)})
    saved = save(database)

    def bring():
        found = month.upload(batch, content)
        if found["state"] in (model.CHECKED, model.APPLYING):
            month.apply(found)

    bring()
    expected = picture(batch["_id"])
    assert expected[2]["PARTIAL"] == {"count": 1, "amount": 1002, "paid": 1}
    restore(database, saved)

    def check():
        bring()  # the person uploads the file again
        settle(work, database)
        bring()
        assert picture(batch["_id"]) == expected and verify(batches.get(batch["_id"])) == []
        assert database.payment_returns.count_documents({"state": model.APPLIED}) == 1
        restore(database, saved)

    assert every_point(failpoint, bring, check) > 30


def test_sending_survives_a_kill_at_every_write(world, month, database, failpoint):  # noqa: F811
    for number in range(2):
        world.award(number)
    month.closed("2026-08", {"虚构00001": ("002", 0)})
    database.payment_lines.update_many({"state": "FAILED"}, {"$set": {"fixed": {"by": "maker"}}})
    batch = month.fund(month.lock(month.build()))
    saved = save(database)

    def send():
        if batches.get(batch["_id"])["state"] == "FUNDED":
            month.take(batch, "send", TREASURER)

    send()
    expected = picture(batch["_id"]), picture("all:2026-08")
    restore(database, saved)

    def check():
        send()
        sending.sweep()
        assert (picture(batch["_id"]), picture("all:2026-08")) == expected
        restore(database, saved)

    assert every_point(failpoint, send, check) > 8


def test_an_uploaded_file_is_kept_sealed(world, month, database):
    world.award(1)
    batch = month.sent()
    content = month.content(batch)
    found = month.upload(batch, content, TXT)
    assert model.content_of(found) == content
    [piece] = database.payment_return_files.find()
    assert "虚构" not in piece["data"] and piece["data"].startswith("sm4:")
