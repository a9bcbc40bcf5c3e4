"""The trial of an import: everything is judged as it will be, and nothing of it is stored."""

from collections import Counter

from adminapp import database
from adminapp.imports import batches, duplicates
from adminapp.imports.columns import BENEFIT
from adminapp.imports.composing import difference
from adminapp.imports.opened import open_batch

COUNTED = ("good", "bad", "held", "dropped", "persons", "relatives", "amount", "differences")
MOST_SHOWN = 1000
"""Faults kept for the page; the workbook that comes back has them all."""


def run(job, args: dict) -> dict:
    """Judge every household of a batch; the handler of the job. Run again it begins anew."""
    batch = batches.get(args["batch"])
    if batch["state"] != batches.CHECKING:
        return batch["counts"]
    batches.clean(batch["_id"])
    opened = open_batch(job, batch)
    finder, counts, refused = duplicates.Finder(batch, job.engine.registry), Counter(), []
    job.progress(0, len(opened.households), "正在核对各户")
    for chunk in opened.chunks():
        composed = opened.composer.compose(chunk)
        found = duplicates.with_verdicts(finder.find(composed))
        duplicates.keep(found)
        held = duplicates.held_back(found)
        refused += [household for household in chunk if household.faults]
        counts["good"] += sum(1 for household, _ in composed if household.n not in held)
        counts["held"] += sum(1 for verdict in held.values() if verdict == duplicates.OPEN)
        counts["dropped"] += sum(1 for verdict in held.values() if verdict == duplicates.SAME)
        counts["persons"] += sum(len(case.people) for _, case in composed)
        counts["relatives"] += sum(1 for _, case in composed if case.relations)
        if batch["mode"] == BENEFIT:
            counts["amount"] += sum(case.amount for household, case in composed if household.n not in held)
            counts["differences"] += _note_differences(batch, composed)
        job.progress(chunk[-1].n)
    counts = {**dict.fromkeys(COUNTED, 0), **counts, "households": len(opened.households), "bad": len(refused)}
    note_faults(opened, refused)
    for household in refused[: 2 * batches.SAMPLES]:
        job.problem(f"{household.sheet} 第 {household.row + 1} 行", household.faults[0].text)
    opened.give_back(job, refused, "标注问题")
    batches.finish(batch, {"state": batches.CHECKED, "counts": counts}, job.actor, "checked", "试导入完成")
    return counts


def note_faults(opened, refused):
    """Keep the faults of a trial for the page."""
    batch, rows = opened.batch, []
    titles = {plan["name"]: plan["titles"] for plan in batch["sheets"]}
    for household in refused:
        for number, fault in enumerate(household.faults):
            if len(rows) >= MOST_SHOWN:
                break
            column = titles[fault.sheet][fault.place] if 0 <= fault.place < len(titles[fault.sheet]) else ""
            rows.append(_row(batch, household.n, "bad", number, fault.sheet, fault.row, household.values.get("applicant_name") or "", fault.text, column))
    _insert(rows)


def _note_differences(batch, composed):
    rows = [
        _row(batch, household.n, "difference", 0, household.sheet, household.row, case.name, text)
        for household, case in composed
        if (text := difference(case))
    ]
    _insert(rows[:MOST_SHOWN])
    return len(rows)


def _row(batch, n, kind, number, sheet, row, name, text, column=""):
    return {
        "_id": f"{batch['_id']}:{kind}:{n}:{number}", "batch": batch["_id"], "kind": kind, "n": n, "sheet": sheet, "row": row + 1, "column": column,
        "name": name, "text": text, "township": batch["township"], "village": "",
    }  # fmt: skip


def _insert(rows):
    if rows:
        database.raw(batches.ROWS).insert_many(rows, ordered=False)
