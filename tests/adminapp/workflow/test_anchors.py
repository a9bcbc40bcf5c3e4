"""The anchors find what the chains alone cannot: a chain that was rewritten as a whole, or cut off at its end."""

import json
from datetime import date
from types import SimpleNamespace

import pytest

from adminapp import anchors, audit, dates
from adminapp.scope import acting
from adminapp.workflow import events
from tests.story import CLERK, walk

DAY = date(2026, 9, 16)


@pytest.fixture
def kept(settings, tmp_path):
    return settings.replaced(anchors=tmp_path / "anchors")


@pytest.fixture
def anchored(database, case, engine, kept):
    """Return a case with some history and some entries in the log of people, all of it anchored."""
    walk(engine, case, (CLERK, DAY, "submit", {}))
    with acting(CLERK), dates.frozen(date(2026, 9, 17)):
        for kind in ("reveal", "export", "print"):
            audit.log(kind, case=case.number)
        anchors.make(kept)
    assert problems(kept) == []
    return case


def problems(kept):
    return [*events.verify(), *audit.verify(), *anchors.verify(kept)]


def rehash(rows):
    """Return rows whose chain fits again, as somebody who knows the program would make them."""
    previous = ""
    for seq, row in enumerate(rows, 1):
        row |= {"seq": seq, "prev": previous}
        row["h"] = previous = events.digest(row)
    return rows


def edit(rows):
    rows[0]["actor_name" if "actor_name" in rows[0] else "actor"] = "somebody else"
    return rehash(rows)


def delete(rows):
    return rehash(rows[1:])


def insert(rows):
    return rehash([{**rows[0], "_id": "made up", "key": "made up"}, *rows])


def reorder(rows):
    return rehash(rows[::-1])


def truncate(rows):
    return rows[:1]


@pytest.mark.parametrize("change", [edit, delete, insert, reorder, truncate])
@pytest.mark.parametrize("collection", ["events", "audit"])
def test_tampering_that_leaves_a_fitting_chain_is_named(database, anchored, kept, collection, change):
    table = database[collection]
    rows = list(table.find(sort=[("seq", 1)]))
    assert len(rows) > 1
    table.delete_many({})
    table.insert_many(change([dict(row) for row in rows]))
    chain = list(events.verify()) + list(audit.verify())
    assert chain == [], "the chain fits by itself"
    found = list(anchors.verify(kept))
    assert any((anchored.number if collection == "events" else "日志第") in sentence for sentence in found), found


def test_a_log_that_grows_stays_whole(database, anchored, engine, kept):
    with acting(CLERK), dates.frozen(date(2026, 9, 18)):
        audit.log("reveal", case=anchored.number)
        walk(engine, anchored, (CLERK, date(2026, 9, 18), "accept", {"relative": False}))
        second = anchors.make(kept)
    assert second["n"] == 2 and len(second["cases"]) == 1, "only what grew is in it"
    assert problems(kept) == []


def test_one_is_written_a_day(case, kept):
    engine = SimpleNamespace(settings=kept)
    for moment, count in (("2026-09-16", 1), ("2026-09-16", 1), ("2026-09-17", 2)):
        with dates.frozen(moment):
            anchors.sweep(engine)
        assert anchors.newest(kept)["n"] == count


@pytest.mark.parametrize("content", ["", "[]", None])
def test_changed_missing_and_empty_anchors_are_named(database, anchored, kept, content):
    with acting(CLERK), dates.frozen(date(2026, 9, 18)):
        anchors.make(kept)
    path = kept.anchor_folder / "000001.json"
    path.chmod(0o600)
    if content is None:
        path.unlink()
    else:
        path.write_text(content)
    assert [sentence for sentence in anchors.verify(kept) if "存证第 1 号" in sentence]


def test_anchor_with_another_content_or_of_another_key_is_named(database, anchored, kept):
    path = kept.anchor_folder / "000001.json"
    path.chmod(0o600)
    path.write_text(json.dumps(json.loads(path.read_text()) | {"audit": [0, ""]}))
    assert list(anchors.verify(kept)) == ["存证第 1 号被改动"]


def test_last_anchor_cannot_be_taken_away(database, anchored, kept):
    (kept.anchor_folder / "000001.json").unlink()
    assert list(anchors.verify(kept)) == ["存证第 1 号缺失"]
