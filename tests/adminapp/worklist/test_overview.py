"""How much waits for anybody, counted by place and by handler, from index entries alone."""

from dataclasses import replace
from datetime import UTC, date, datetime

from adminapp import database, worklist
from adminapp.scope import ALL, Actor, acting
from adminapp.worklist import overview, reading
from tests import plans
from tests.story import CLERK, walk

HERE, THERE = "433123109", "433123101"
TODAY = date(2026, 9, 16)
REVIEWER = Actor("reviewer", "县级经办虚构", frozenset({"county_reviewer"}), ALL)


def stored(number, township=HERE, state="surveying", due=None, owner=None, escalated=0):
    day = due and datetime(due.year, due.month, due.day, tzinfo=UTC)
    row = {"number": number, "type": "demo", "township": township, "village": f"{township}001", "state": state, "due": day, "clocks": [],
           "escalated": escalated, "owner": owner, "hands": [owner] if owner else []}  # fmt: skip
    database.raw("cases").insert_one({key: value for key, value in row.items() if value is not None})


def county():
    stored("1", due=date(2026, 9, 10), owner="clerk", escalated=2)
    stored("2", due=date(2026, 9, 18), owner="clerk")
    stored("3", due=date(2026, 9, 30), owner="clerk2")
    stored("4")
    stored("5", township=THERE, due=date(2026, 9, 15), escalated=1)
    stored("6", township=THERE, state="in_benefit")
    stored("7", township=THERE, state="refused", due=date(2026, 9, 16))
    stored("8", township=THERE, state="refused")


def asked(actor, **more):
    return worklist.Asked(actor, everybody=True, today=TODAY, **more)


def test_townships_are_counted_from_what_waits_for_anybody(engine):
    county()
    with acting(REVIEWER):
        assert worklist.by_township(asked(REVIEWER)) == {
            HERE: {"todo": 4, "soon": 1, "late": 1, "urged": 1},
            THERE: {"todo": 2, "soon": 1, "late": 1, "urged": 1},
        }
    with acting(CLERK):
        assert set(worklist.by_township(asked(CLERK))) == {HERE}
        assert worklist.by_township(asked(CLERK, township=THERE)) == {}


def test_handlers_are_counted_and_what_nobody_has(engine):
    county()
    with acting(REVIEWER):
        found = worklist.by_person(asked(REVIEWER, township=HERE))
    assert {key: piles["todo"] for key, piles in found.items()} == {"clerk": 2, "clerk2": 1, "": 1}
    assert found["clerk"] == {"todo": 2, "soon": 1, "late": 1, "urged": 1}


def test_what_runs_late_is_shown_to_whom_it_was_brought(engine):
    county()
    deputy, head = (replace(CLERK, id=role, roles=frozenset({role})) for role in ("township_deputy", "township_head"))
    stored("9", due=date(2026, 9, 9), escalated=1)
    found = {}
    for actor in (deputy, head, REVIEWER):
        with acting(actor):
            found[actor.id] = [item.number for item in worklist.rows(worklist.Asked(actor, show="urged", today=TODAY))]
    assert found == {"township_deputy": ["9", "1"], "township_head": ["1"], "reviewer": []}
    with acting(head):
        [item] = worklist.rows(worklist.Asked(head, show="urged", today=TODAY))
    assert item.notes == ("已报第一责任人",) and item.what == "登记入户调查"


def test_townships_are_counted_without_opening_a_case(engine):
    """At a million cases this reads index entries of what is open, and no document."""
    county()
    for query in reading.queries(worklist.SOURCES["cases"], asked(REVIEWER)):
        if not query.dated:
            continue
        group = {"$group": {"_id": "$township", "late": {"$sum": overview._late(query.source, asked(REVIEWER))}}}
        command = {"aggregate": "cases", "pipeline": [{"$match": query.filter}, group], "cursor": {}, "hint": query.hint}
        plan = database.current().command("explain", command)
        text = str(plan)
        assert "IXSCAN" in text and "FETCH" not in text and "COLLSCAN" not in text, plans


def test_sources_are_counted_for_everybody(engine, case):
    walk(engine, case, (CLERK, TODAY, "submit", {}))
    with acting(CLERK):
        assert worklist.by_source(asked(CLERK))["cases"]["todo"] == 1
