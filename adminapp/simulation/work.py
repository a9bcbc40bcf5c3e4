"""Runs a simulation as a job: in this process when it is small, else in two, chunk by chunk in a fixed order."""

from collections import deque
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from adminapp.engine import Engine
from adminapp.scope import system
from adminapp.simulation import source, store
from adminapp.simulation.assess import Assessment, assess
from adminapp.simulation.plan import read_plan
from adminapp.simulation.totals import Totals

PROCESSES, ALONE = 2, 1500
"""Processes of a large simulation; cases that one does alone, for starting the others takes two seconds."""
AHEAD = 3
"""Chunks that wait while each process works on one."""


def run(job, args: dict) -> dict:
    """Decide every case twice and keep what differs; the handler of the job kind "simulation".

    Chunks are stored in order with the sums so far in the cursor, so a killed job goes on and counts no case twice.
    """
    with system(f"simulation {args['simulation']}"):
        row = store.get(args["simulation"])
        plan, cursor = read_plan(job.engine, row), job.cursor or {}
        totals, digest = Totals(cursor.get("sums", ())), cursor.get("digest", "")
        total = source.count(plan, job.engine.registry)
        job.progress(job.done, total, "正在试算")
        with Workers(job.engine, row, PROCESSES if total > ALONE else 0) as workers:
            for key, last, found in workers.work(source.chunks(plan, job.engine.registry, cursor.get("after"))):
                store.write_rows(found["rows"])
                totals.merge(found["sums"])
                digest = store.digest_of([digest, found["digest"]])
                job.save_cursor({"after": [key, str(last)], "sums": totals.plain(), "digest": digest}, done=job.done + found["cases"])
        sums = totals.plain()
        counts = _counts(sums)
        result = store.digest_of([store.digest_of(_order(row)), digest, sums])
        store.finish(row, sums, counts, result)
        return {"simulation": row["_id"], "counts": counts, "digest": result}


def _order(row):
    """Return what a simulation was made on: the pinned drafts, the standards, the versions in force, the day."""
    items = [{name: item[name] for name in ("kind", "key", "digest")} for item in row["items"]]
    return [items, row["over"], row["on"], row["standards_rev"], row["versions"]]


def _counts(sums):
    """Return {outcome: cases} of the whole, each case once."""
    counts = dict.fromkeys(store.OUTCOMES, 0)
    for line in sums:
        if line["dimension"] == "type":
            counts[line["outcome"]] += line["cases"]
    return counts


class Workers:
    """Assesses chunks in `count` processes, or in this one when that is 0; results come in the order of the chunks."""

    def __init__(self, engine, row, count: int):
        self.setup, self.engine, self.row, self.count, self.pool = (engine.settings, engine.base, row["_id"]), engine, row, count, None

    def __enter__(self):
        if self.count:
            # Begun anew rather than forked: neither a database client nor a thread survives a fork.
            self.pool = ProcessPoolExecutor(self.count, get_context("spawn"), _begin, self.setup)
        return self

    def __exit__(self, failure, *rest):
        if self.pool:
            self.pool.shutdown(cancel_futures=True)

    def work(self, chunks):
        """Yield (type, last id, result) of each (type, ids)."""
        if not self.pool:
            plan = read_plan(self.engine, self.row)
            for key, ids in chunks:
                yield key, ids[-1], assess_chunk(self.engine.registry, plan, self.row["_id"], key, ids)
            return
        waiting = deque()
        for key, ids in chunks:
            waiting.append((key, ids[-1], self.pool.submit(_assess_away, key, ids)))
            if len(waiting) >= self.count + AHEAD:
                key, last, future = waiting.popleft()
                yield key, last, future.result()
        while waiting:
            key, last, future = waiting.popleft()
            yield key, last, future.result()


_worker = None


def _begin(settings, base, simulation_id):
    """Open the database in a helper process."""
    global _worker
    engine = Engine(settings, base).connect(check_indexes=False)
    _worker = engine.registry, read_plan(engine, store.get(simulation_id)), simulation_id


def _assess_away(key, ids):
    registry, plan, simulation_id = _worker
    with system(f"simulation {simulation_id}"):
        return assess_chunk(registry, plan, simulation_id, key, ids)


def assess_chunk(registry, plan, simulation_id: str, key: str, ids: list) -> dict:
    """Return ``{cases, rows, sums, digest}`` of a chunk: rows of what differs, sums of all."""
    totals, rows, found = Totals(), [], source.subjects(plan, key, ids)
    for subject in found:
        assessment = assess(plan, subject, registry)
        totals.add(assessment)
        if assessment.outcome != "same":
            rows.append(row_of(simulation_id, assessment))
    bare = [{name: value for name, value in row.items() if name not in ("_id", "simulation")} for row in rows]
    return {"cases": len(ids), "rows": rows, "sums": totals.plain(), "digest": store.digest_of(bare)}


def row_of(simulation_id: str, found: Assessment) -> dict:
    """Return the stored row of a case that comes out otherwise."""
    row, sides = found.subject.row, {"before": found.before, "after": found.after}
    return {
        "_id": f"{simulation_id}:{row['_id']}", "simulation": simulation_id, "case": str(row["_id"]), "number": row["number"],
        "type": row["type"], "version": found.subject.version, "township": row["township"], "village": row["village"],
        "state": row.get("state"), "group": found.subject.group, "outcome": found.outcome, "paid": found.subject.paid,
        **{name: {"eligible": side.eligible, "amount": side.amount} for name, side in sides.items()},
        "delta": found.delta, "yearly": found.yearly, "adjusted": bool((row.get("decision") or {}).get("adjusted_by")),
        "causes": [{"kind": cause.kind, "id": cause.id, "label": cause.label} for cause in found.causes],
        "reasons": [cause.text for cause in found.causes],
    }  # fmt: skip
