"""30,000 households with 3 % bad rows: trial, import, undo, beside bare insertion of the documents: `python -m tests.bench imports`."""

import time

from adminapp import database, dates, divisions, indexes, mongod
from adminapp.config import read_settings
from adminapp.engine import Engine
from adminapp.identity import make_id
from adminapp.imports import batches, kinds
from adminapp.imports.columns import targets
from adminapp.jobs import runner
from adminapp.scope import ALL, Actor, acting
from exports import import_workbook
from schemas.case import CaseBase
from seed import county
from seed.people import DAY

TYPE, ROWS, BAD_EVERY = "old_age", 30_000, 33
COUNTY = Actor("bench", "测试（虚构）", frozenset({"county_reviewer"}), ALL)
HEADS = "姓名,身份证,乡镇,村,电话,户口性质,户籍情况,户籍地址,居住地址,享受类别,户名,账号,开户行"


def ledger(rows: int) -> bytes:
    """Return a ledger in GBK; every 33rd row has a wrong check digit."""
    villages = [village for township in divisions.townships() for village in divisions.villages(township.code)]
    lines = [HEADS]
    for number in range(rows):
        ident = make_id("433199", DAY.replace(year=1900 + number // 1000, month=1 + number % 12, day=1 + number // 12 % 28), number % 1000)
        if number % BAD_EVERY == 0:
            ident = ident[:-1] + ("0" if ident[-1] != "0" else "1")
        village = villages[number % len(villages)]
        name = "龙吴石麻田向"[number % 6] + chr(0x4E00 + number % 9000) + chr(0x5E00 + number // 9000)
        account = f"{name},8{number:014d},虚构银行"
        place = f"{divisions.name_of(village.code[:9])},{village.name}"
        lines.append(f"{name},{ident},{place},15400000000,农业,本县户籍,虚构路1号,虚构路1号,一般老年人,{account}")
    return "\n".join(lines).encode("gb18030")


def run(scale: float = 1):
    """Return rows (label, value, unit, note)."""
    rows = int(ROWS * scale)
    with mongod.temporary() as (uri, home), dates.frozen(DAY):
        engine = Engine(read_settings({}, home=home, mongodb_uri=uri), CaseBase)
        engine.connect(check_indexes=False)
        indexes.upgrade(database.current())
        county.prepare(engine)
        took = _walk(engine, rows)
        database.close()
    assert took["taken"] + took["bad"] == rows and took["left"] == 0, took
    return [
        (f"upload {rows:,} households", took["upload"], "s"),
        ("trial", took["trial"], "s", f"cpu {took['trial_cpu']:.1f} s"),
        (f"import, {took['bad']:,} bad rows given back", took["import"], "s", f"cpu {took['import_cpu']:.1f} s, budget {60 * scale:g} s"),
        ("bare insertion of the same documents", took["bare"], "s"),
        ("import / bare insertion", took["import"] / took["bare"], "x"),
        ("undo", took["undo"], "s"),
    ]


def _walk(engine, rows) -> dict[str, float]:
    """Return seconds by step, and what the bare insertion of the same documents takes."""
    kinds.register()
    import_workbook.register()
    published, took = engine.registry.get(TYPE), {}
    data = ledger(rows)

    def timed(name, function):
        wall, cpu = time.perf_counter(), time.process_time()
        result = function()
        took[name], took[f"{name}_cpu"] = time.perf_counter() - wall, time.process_time() - cpu
        return result

    with acting(COUNTY):
        batch = timed("upload", lambda: batches.upload(data, "bench.csv", published, "draft", COUNTY))
        known = targets(published.relief_type)
        chosen = {plan["name"]: plan["places"] for plan in batch["sheets"]}
        batch = batches.set_plans(batch, chosen, False, "", COUNTY, known, batch["rev"])
        timed("trial", lambda: runner.run_job(engine, batch["job"]))
        batch = batches.get(batch["_id"])
        batch = batches.act(batch, "apply", COUNTY, batch["rev"])
        timed("import", lambda: runner.run_job(engine, batch["job"]))
        batch = batches.get(batch["_id"])
        took |= {"taken": batch["counts"]["taken"], "bad": batch["counts"]["bad"]}
        documents = list(database.raw("cases").find({}))
        bare = database.raw("bench_bare")
        timed("bare", lambda: bare.insert_many(documents, ordered=False))
        bare.drop()
        batch = batches.act(batch, "undo", COUNTY, batch["rev"])
        timed("undo", lambda: runner.run_job(engine, batch["job"]))
        took["left"] = database.raw("cases").count_documents({})
    return took
