"""The job that works a month out: one walk over the awards, a few queries for each chunk; killed, it goes on behind the last one.

An open month gets its rows and figures; a frozen one is only compared with what it would be now.
"""

import json
from collections.abc import Iterator
from hashlib import new as digest_of

from pymongo import ReplaceOne

from adminapp import awards, contents, database, dates, decisions
from adminapp.awards.spells import RUNNING
from adminapp.errors import Invalid
from adminapp.jobs.registry import register as register_job
from adminapp.policy import APPROVER, AUDITOR, REVIEWER
from adminapp.reports import figures, store
from adminapp.reports.plan import plan
from adminapp.reports.rows import ID_NUMBER, rows_of

CHUNK = 500
SHOWN = dict.fromkeys(("number", "name", "type", "cycle", "spells"), 1)


def register():
    """Register the job; read the plan, so that a mistake in it shows at start. Safe to call again."""
    plan()
    register_job(store.JOB, run, {REVIEWER, APPROVER, AUDITOR})


def run(job, args: dict) -> dict:
    """Work out `args["month"]`, and freeze it with `args["freeze"]`; the handler of the job."""
    month = check_month(args["month"], args.get("freeze", False))
    report = store.begin(month, job.id)
    job.progress(0, count(month), f"正在统计 {month}")
    if report["state"] == store.FROZEN:
        if args.get("freeze"):
            return {"month": month}
        store.compare(month, _live(job, month))
        return {"month": month}
    after, done = (job.cursor or {}).get("after"), job.done

    def told(last, size):
        nonlocal done
        done += size
        job.save_cursor({"after": last}, done)

    build(month, job.engine.registry, job.actor, job.id, args.get("freeze", False), after, told)
    return {"month": month}


def build(month: str, registry, actor, run: str, freeze: bool = False, after=None, told=lambda last, size: None, known: str | None = None) -> dict:
    """Write the rows of an open month that `run` has claimed, drop those of earlier runs, sum up and store; return the report. Safe to repeat.

    `told(last award, awards)` is called for each chunk; `known` (ISO day) takes the awards as they were known at its end.
    """
    for last, found, size in chunks(month, registry, after, known):
        if found:
            updates = [ReplaceOne({"_id": row["_id"]}, row | {"run": run}, upsert=True) for row in found]
            database.raw(store.ROWS).bulk_write(updates, ordered=False)
        told(last, size)
    return finish(month, run, actor, freeze)


def check_month(typed: str, freeze: bool) -> str:
    """Return the month typed (2026年9月) as "2026-09". Raise Invalid for one to come, and for freezing one that is not over."""
    month, this = dates.parse_month(typed), dates.month_of(dates.today())
    if month > this:
        raise Invalid("不能统计以后的月份。")
    if freeze and month == this:
        raise Invalid(f"{month} 还没有结束，月末以后才能冻结。")
    return month


def finish(month: str, run: str, actor, freeze: bool) -> dict:
    """Drop the rows of earlier runs, sum up and store the figures. Safe to repeat."""
    database.raw(store.ROWS).delete_many({"month": month, "run": {"$ne": run}})
    digest = digest_of("sm3")
    sums = figures.total(_digested(month, digest))
    figures.add_paid(sums, month)
    digest.update(_canonical(sums))
    return store.keep(month, run, sums, digest.hexdigest(), actor, freeze)


def _digested(month, digest):
    for row in database.raw(store.ROWS).find({"month": month}, {"run": 0}, sort=[("_id", 1)], hint="_id_"):
        digest.update(_canonical(row))
        yield row


def _canonical(value) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str).encode()


def _live(job, month):
    def rows() -> Iterator[dict]:
        done = 0
        for _last, found, size in chunks(month, job.engine.registry):
            done += size
            job.progress(done)
            yield from found

    sums = figures.total(rows())
    figures.add_paid(sums, month)
    return sums


def _query(month):
    """Return the filter of the awards that run in the month or did in the one before."""
    before = dates.add_months(month, -1)
    return {"spells": {"$elemMatch": {"state": {"$in": sorted(RUNNING)}, "from": {"$lte": month}, "$or": [{"to": None}, {"to": {"$gte": before}}]}}}


def count(month: str) -> int:
    return database.raw(awards.COLLECTION).count_documents(_query(month))


def chunks(month: str, registry, after=None, known: str | None = None) -> Iterator[tuple]:
    """Yield (last award id, rows, number of awards) in order of the awards, from behind `after` on."""
    while True:
        query = _query(month) | ({"_id": {"$gt": after}} if after else {})
        shown = SHOWN | ({"entries": 1} if known else {})
        found = list(database.raw(awards.COLLECTION).find(query, shown, sort=[("_id", 1)], limit=CHUNK, hint="_id_"))
        if not found:
            return
        after, found = found[-1]["_id"], [awards.as_known(award, known) for award in found]
        yield after, list(_rows(found, month, registry)), len(found)


def _rows(found, month, registry):
    latest, told = registry.latest(), plan()
    decided = contents_of(found, month, latest, told)
    for award in found:
        relief_type = latest[award["type"]].relief_type
        yield from rows_of(award, month, award["cycle"] == "once", decided.get(award["_id"], {}), relief_type, told)


def contents_of(found: list[dict], month: str, latest: dict, told) -> dict:
    """Return {award: content that its amount in the month was decided on}; as the case stands where it did not change since."""
    spells = {award["_id"]: spell for award in found if (spell := awards.spell_in(award, month))}
    wanted = {"_id": {"$in": sorted({spell["decision"] for spell in spells.values() if spell.get("decision")})}}
    made = {row["_id"]: row["content"] for row in database.raw(decisions.COLLECTION).find(wanted, {"content": 1})}
    names = {key: f"{key}:{made.get(spell.get('decision'))}" for key, spell in spells.items()}
    old = {row["_id"]: row["content"] for row in database.raw(contents.COLLECTION).find({"_id": {"$in": sorted(names.values())}})}
    current = database.raw("cases").find({"_id": {"$in": sorted(spells)}}, _needed(latest, told))
    return {row["_id"]: old.get(names[row["_id"]], row) for row in current}


def _needed(latest, told):
    """Return the projection of cases: the fields by which people and classes are told apart, of all types."""
    names = set()
    for published in latest.values():
        fields = published.relief_type.fields
        names |= {fields[key].stored for key in ("applicant_id", told.disability.field, *told.classes) if key in fields}
        for field in fields.values():
            if field.kind == "table" and ID_NUMBER in field.column_ids:
                names |= {f"{field.stored}.{ID_NUMBER}", f"{field.stored}.{told.disability.field}"}
    return dict.fromkeys(sorted(names), 1)
