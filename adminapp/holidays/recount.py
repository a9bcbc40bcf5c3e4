"""What a calendar does to the time limits of open cases: shown before it is put in force, done by a job after.

When a clock is due follows from its start, limit and pauses (workflow/clocks.py), so it is only reckoned again. Safe to
repeat: a clock that is right already is left alone.
"""

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, date, datetime

from adminapp import database, dates
from adminapp.holidays import store
from adminapp.jobs import model as jobs
from adminapp.scope import Actor, current, system
from adminapp.workflow import clocks, events
from adminapp.workflow.machine import STATES
from adminapp.workflow.stamp import stamp

JOB, ACTION, LABEL = "calendar", "calendar", "按放假安排重算时限"
FIELDS = ("number", "name", "type", "township", "village", "state", "clocks", "due", "rev", "event_seq", "escalated")
TRIES = 5


def changes(table: dict | None = None) -> Iterator[dict]:
    """Yield ``{case, clocks, due, moved: [{label, before, after}]}`` of open cases that a table would move; None is the one in force."""
    query = {"state": {"$in": [key for key, state in STATES.items() if state.open]}, "due": {"$gte": datetime(1900, 1, 1, tzinfo=UTC)}}
    rows = database.raw("cases").find(query, dict.fromkeys(FIELDS, 1), hint="work", batch_size=500)
    with dates.trying(store.overrides(table), table["known_until"]) if table else nullcontext():
        for case in rows:
            found = moved(case)
            if found:
                yield found


def moved(case: dict) -> dict | None:
    """Return what changes of one raw case, None when nothing does."""
    told, after = [], []
    for clock in case["clocks"]:
        due = clocks.due_of(clock) if not clock["stopped"] and not clock["paused"] else clock["due"]
        after.append({**clock, "due": due})
        if due != clock["due"]:
            told.append({"label": clock["label"], "before": clock["due"], "after": due})
    if not told:
        return None
    running = [clock["due"] for clock in after if not clock["stopped"] and not clock["paused"]]
    return {"case": case, "clocks": after, "due": min(running) if running else None, "moved": told}


def start(table: dict, actor: Actor) -> str:
    """Start the job that brings open cases to the table in force, and return its id."""
    title = f"放假安排第 {table['rev']} 版：重算办理时限"
    return jobs.start_again(database.raw(store.COLLECTION), table, JOB, title, {"rev": table["rev"]}, actor)


def sweep():
    """Start the job of the table in force again when it never came to its end."""
    table = store.newest()
    if table["rev"] and jobs.left(table["job"], table["at"]):
        with system("time limits after a change of the calendar") as actor:
            start(table, actor)


def run(job, args) -> dict:
    """Reckon all open cases again; the handler of the job."""
    store.refresh()
    count = 0
    with system("time limits after a change of the calendar"):
        for found in changes():
            count += apply(found)
            job.progress(count, None)
    return {"moved": count}


def apply(found: dict) -> int:
    """Store the clocks of one case; one that was worked on meanwhile is read and reckoned again."""
    for _ in range(TRIES):
        case, due = found["case"], found["due"]
        told = {"clocks": found["moved"], "calendar": store.newest()["rev"]}
        day = date.fromisoformat(due) if due else None
        values = {"clocks": found["clocks"], "due": datetime(day.year, day.month, day.day, tzinfo=UTC) if day else None, "escalated": 0}
        if stamp(case, values, events.entry(current(), ACTION, LABEL, case["state"], case["state"], told)):
            return 1
        case = database.raw("cases").find_one({"_id": case["_id"]}, dict.fromkeys(FIELDS, 1))
        found = moved(case) if case else None
        if found is None:
            return 0
    return 0


def beyond(table: dict) -> int:
    """Return how many open cases are due in a year whose holidays nobody has entered."""
    last = datetime(max(table["known_until"], dates.known_until()), 12, 31, tzinfo=UTC)
    query = {"state": {"$in": [key for key, state in STATES.items() if state.open]}, "due": {"$gt": last}}
    return database.raw("cases").count_documents(query, hint="work")
