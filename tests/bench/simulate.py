"""A draft over 15,000 households, decided twice each with every reason: `python -m tests.bench simulate`."""

import time
from datetime import date

from bson import ObjectId

from adminapp import database, dates, indexes, mongod
from adminapp.config import read_settings
from adminapp.engine import Engine
from adminapp.jobs import runner
from adminapp.scope import Actor
from adminapp.simulation import kinds, ordering, store
from adminapp.standards import to_text
from schemas.case import CaseBase
from seed import county

HOUSEHOLDS, SMALL, TODAY = 15_000, 0.02, date(2026, 9, 16)
KEYS = ["dibao_rural", "dibao_urban", "tekun"]
ADMIN = Actor("bench", "基准", frozenset({"policy_admin"}), None)


def run(scale: float = 1):
    """Return rows (label, value, unit, note). The households are those of the small county, many times over."""
    wanted = int(HOUSEHOLDS * scale)
    with mongod.temporary() as (uri, home), dates.frozen(TODAY):
        engine = Engine(read_settings({}, home=home, mongodb_uri=uri), CaseBase)
        engine.connect(check_indexes=False)
        indexes.upgrade(database.current())
        county.build(engine, SMALL, 1, on=TODAY)
        kinds.register()
        _multiply(wanted)
        live, found = _time(engine, "live")
        month, paid = _time(engine, "2026-09")
        database.close()
    cases, rows = sum(found["counts"].values()), found["counts"]["more"]
    return [
        (f"simulate a raise over {cases:,} cases, {rows:,} with reasons", live, "s", f"budget {15 * scale:g}"),
        ("one case, both sides with explanation", live / cases * 1000, "ms"),
        (f"the same over a month of {sum(paid['counts'].values()):,} awards", month, "s"),
    ]


def _multiply(wanted):
    """Store copies of cases and awards under new ids, each with people of its own, until there are as many households."""
    cases, awards = database.raw("cases"), database.raw("awards")
    originals = list(cases.find({"type": {"$in": KEYS}, "state": {"$nin": ["draft", "withdrawn", "not_accepted", "terminated", "terminated_uncoop"]}}))
    held = {row["_id"]: row for row in awards.find({"_id": {"$in": [row["_id"] for row in originals]}})}
    for copy in range(max(0, -(-(wanted - len(originals)) // len(originals)))):
        made, granted = [], []
        for row in originals:
            new = ObjectId()
            people = [{**person, "key": f"{person['key']}-{copy}"} if person.get("key") else person for person in row["people"]]
            made.append({**row, "_id": new, "number": f"{row['number']}-{copy}", "people": people})
            if row["_id"] in held:
                award = held[row["_id"]]
                granted.append({**award, "_id": new, "people": [f"{key}-{copy}" for key in award["people"]]})
        cases.insert_many(made, ordered=False)
        awards.insert_many(granted, ordered=False)


def _time(engine, over):
    table = engine.standards.with_value("dibao.rural_year", date(2026, 9, 1), "6600.00", "基准").with_value("dibao.urban", date(2026, 9, 1), "800.00", "基准")
    text, rev = to_text(table), engine.standards_store.rev
    item = {"kind": "standards", "key": "standards", "draft": "", "title": "标准表", "text": text, "digest": "", "base": rev, "recipe": []}
    row = ordering.order(engine, [item], over, None, ADMIN)
    job = store.start(row, ADMIN)
    start = time.perf_counter()
    runner.run_job(engine, job)
    return time.perf_counter() - start, store.get(row["_id"])
