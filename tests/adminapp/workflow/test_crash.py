"""Death at any write of a transition, and many hands on one case: the case, its log and its award stay one story."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from adminapp import awards, dates
from adminapp.errors import Conflict, Forbidden
from adminapp.scope import acting
from adminapp.workflow import events
from adminapp.workflow.noting import note_many
from adminapp.workflow.stamp import stamp
from adminapp.workflow.transition import perform
from tests.crash import Killed, count_writes, killed_at
from tests.story import CLERK, HEAD, STRANGER, move, new_case, to_posting, walk

AFTER = date(2026, 9, 29)
ENDING = (CLERK, AFTER, "end_posting", {"result": "none", "taken_down": AFTER})


def snapshot(database):
    return {name: list(database[name].find()) for name in ("cases", "events", "awards")}


def restore(database, kept):
    for name, rows in kept.items():
        database[name].delete_many({})
        if rows:
            database[name].insert_many(rows)


def test_granting_survives_death_at_every_write(engine, case, database):
    to_posting(engine, case)
    walk(engine, case, ENDING, (HEAD, AFTER, "confirm", {}))
    kept, published = snapshot(database), engine[0].of(case)

    def grant():
        with acting(CLERK), dates.frozen(AFTER):
            fresh = published.model.objects.get(id=case.id)
            if fresh.state == "confirmed":
                perform(move(engine, fresh, CLERK, AFTER), "grant")

    writes = count_writes(grant)
    assert writes >= 5  # the case, the award, its entry, the event, its entry
    for point in range(1, writes + 1):
        for after in (False, True):
            restore(database, kept)
            with pytest.raises(Killed), killed_at(point, after):
                grant()
            grant()  # the user tries again
            events.sweep()
            stored = database.cases.find_one({"_id": case.id})
            assert stored["state"] == "in_benefit" and stored["outbox"] == []
            assert database.events.count_documents({"case": case.id, "action": "grant"}) == 1
            assert list(events.verify()) == []
            [award] = database.awards.find()
            assert [spell["amount"] for spell in award["spells"]] == [stored["amount"]]


def test_one_of_many_parallel_confirmations_wins(engine, case, database):
    to_posting(engine, case)
    walk(engine, case, ENDING)
    published = engine[0].of(case)

    def confirm(_):
        with acting(HEAD), dates.frozen(AFTER):
            fresh = published.model.objects.get(id=case.id)
            try:
                perform(move(engine, fresh, HEAD, AFTER), "confirm")
                return True
            except (Conflict, Forbidden):
                return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(confirm, range(24))) == 1
    events.sweep()
    assert database.events.count_documents({"case": case.id, "action": "confirm"}) == 1
    assert list(events.verify()) == []


def test_sweeping_in_two_processes_at_once_repeats_nothing(engine, case, database):
    to_posting(engine, case)
    walk(engine, case, ENDING, (HEAD, AFTER, "confirm", {}))
    with pytest.raises(Killed), killed_at(2, False):
        walk(engine, case, (CLERK, AFTER, "grant", {}))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: events.drain(case.id), range(8)))
    assert database.events.count_documents({"case": case.id, "action": "grant"}) == 1
    assert database.awards.count_documents({}) == 1
    with acting(CLERK):
        [award] = awards.collection().find({})
    assert len(award["spells"]) == 1 and list(events.verify()) == []


def test_many_cases_are_noted_together_and_their_chains_hold(engine, database):
    cases = [new_case(engine) for _ in range(5)]
    entry = events.entry(CLERK, "notice", "出具", "draft", "draft", {"notice": "a"})
    with acting(CLERK):
        note_many([(case, entry) for case in cases])
        note_many([(cases[0], entry)])  # read before the others wrote: it moved on, so it is left as it is
    for case in cases:
        assert [row["action"] for row in events.history(case.id)] == ["notice", "open"]
        assert database.cases.find_one({"_id": case.id})["outbox"] == []
    assert list(events.verify()) == []


def stick(database, case):
    """Let something wait in the outbox of a case that nothing can carry out."""
    database.cases.update_one({"_id": case.id}, {"$push": {"outbox": {"key": "stuck", "kind": "unknown", "data": {}}}})


def test_an_outbox_that_cannot_be_emptied_keeps_no_other_case_from_the_sweep(engine, database, caplog):
    stuck, other = new_case(engine), new_case(engine)
    entry = events.entry(CLERK, "notice", "出具", "draft", "draft", {"notice": "a"})
    with acting(CLERK), pytest.raises(Killed), killed_at(2, False):  # each case has its event, no event is in the log
        note_many([(stuck, entry), (other, entry)])
    database.cases.update_one({"_id": stuck.id}, {"$set": {"outbox.0.kind": "unknown"}})
    assert events.sweep() == 1 and str(stuck.id) in caplog.text
    assert database.cases.find_one({"_id": other.id})["outbox"] == []
    assert [row["action"] for row in events.history(other.id)] == ["notice", "open"]
    assert events.left() == [stuck.id]


def test_a_stuck_outbox_keeps_no_other_case_from_being_noted_or_stamped(engine, database):
    stuck, other = new_case(engine), new_case(engine)
    stick(database, stuck)
    entry = events.entry(CLERK, "notice", "出具", "draft", "draft", {"notice": "a"})
    with acting(CLERK):
        note_many([(stuck, entry), (other, entry)])
    assert [row["action"] for row in events.history(other.id)] == ["notice", "open"]
    assert stamp(database.cases.find_one({"_id": stuck.id}), {"escalated": 1}, entry) is True
    assert database.cases.find_one({"_id": stuck.id})["escalated"] == 1


def test_noting_many_reaches_no_other_township(engine, case):
    with acting(STRANGER):
        note_many([(case, events.entry(STRANGER, "notice", "出具", "draft", "draft", {}))])
    assert [row["action"] for row in events.history(case.id)] == ["open"]


def test_noting_many_survives_death_at_every_write(engine, database):
    cases = [new_case(engine) for _ in range(3)]
    kept = snapshot(database)

    def note():
        with acting(CLERK):
            note_many([(case, events.entry(CLERK, "notice", "出具", "draft", "draft", {"notice": "a"})) for case in cases])

    for point in range(1, count_writes(note) + 1):
        for after in (False, True):
            restore(database, kept)
            with pytest.raises(Killed), killed_at(point, after):
                note()
            events.sweep()
            note()  # the job is run again; what was noted stays noted once
            for case in cases:
                assert [row["action"] for row in events.history(case.id)] == ["notice", "open"]
            assert list(events.verify()) == []
