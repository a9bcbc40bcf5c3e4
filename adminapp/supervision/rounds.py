"""Rounds of drawing (抽取): the county draws for all townships and types at once what is still missing of the year's share.

A round (`spot_rounds`, ``{_id: "<year>-<n>", year, n, until, share, clause, algorithm, seed, witness, state, job, at, by,
by_name, drawn, strata}``) fixes day, share and seed before anything is drawn. The job then writes one draw for each
stratum (`spot_draws`, ``{_id: "<round>:<township>:<type>", round, year, n, township, type, universe, size, digest, held,
taken, need, picked, seed, algorithm, replaces}``) and the checks of what was picked, each under a natural key: killed anywhere and
taken up again it comes to the same. Later rounds only add; nothing drawn is ever taken back.
"""

import secrets
from datetime import date
from fractions import Fraction

from pymongo import DESCENDING
from pymongo.errors import DuplicateKeyError

from adminapp import audit, database, dates, indexes, procedure
from adminapp.errors import Conflict, Invalid, NotFound
from adminapp.jobs import model as jobs
from adminapp.jobs import sweeping
from adminapp.scope import Actor, system
from adminapp.supervision import checks, sampling, universe

ROUNDS, DRAWS = "spot_rounds", "spot_draws"
JOB = "spot_draw"
DRAWING, DONE = "drawing", "done"
indexes.declare(ROUNDS, "year", ["year", "-n"], unique=True)
indexes.declare(DRAWS, "round", ["round"])
indexes.declare(DRAWS, "stratum", ["year", "township", "type"])
audit.declare("spot_draw", "抽查抽取")


def begin(year: int, actor: Actor, witness: str = "", chance=secrets.token_hex) -> dict:
    """Fix the next round of a year and return it; nothing is drawn yet. `witness` is a text that a witness adds to the seed.
    `chance` gives the program's part of it; only the demo, which must come out the same every time, brings its own.

    The universe ends on the day before, at the latest: a day that is not over could still grow. Raise Invalid, Conflict.
    """
    today = dates.today()
    last = min(date.fromordinal(today.toordinal() - 1), date(year, 12, 31))
    row = procedure.row_of("spotcheck.share", last)
    if row is None:
        raise Invalid(f"{last} 没有入户核查比例的规定，不能抽取")
    if last < date(year, 1, 1):
        raise Invalid(f"{year} 年还没有可抽取的新增对象")
    before = database.raw(ROUNDS).find_one({"year": year}, sort=[("n", DESCENDING)])
    if before and before["state"] == DRAWING:
        raise Conflict(f"第 {before['n']} 次抽取还没有完成，请稍候")
    if before and last.isoformat() < before["until"]:
        raise Invalid(f"第 {before['n']} 次抽取的总体截至 {before['until']}，再次抽取不能更早")
    number = before["n"] + 1 if before else 1
    fixed = {
        "_id": f"{year}-{number}", "year": year, "n": number, "until": last.isoformat(), "share": str(row.value), "clause": row.clause,
        "algorithm": sampling.NEWEST, "seed": chance(16), "witness": witness.strip()[:60], "state": DRAWING, "job": "",
        "at": dates.now(), "by": actor.id, "by_name": actor.name, "on": today.isoformat(), "drawn": 0, "strata": 0,
    }  # fmt: skip
    try:
        database.raw(ROUNDS).insert_one(fixed)
    except DuplicateKeyError as error:
        raise Conflict("刚刚已有人开始抽取，请刷新") from error
    audit.log("spot_draw", round=fixed["_id"], until=fixed["until"], seed=seed_of(fixed))
    return fixed


def start(year: int, actor: Actor, witness: str = "") -> str:
    """Fix a round, start its job and return the job's id. A round whose job ended without it goes on as it was fixed. Raise Invalid, Conflict."""
    before = database.raw(ROUNDS).find_one({"year": year, "state": DRAWING})
    lies = before and not jobs.unfinished(before["job"])
    return wake(before if lies else begin(year, actor, witness), actor)


def wake(fixed: dict, actor: Actor) -> str:
    """Start the job that draws a round after the one that ended; return the job's id. What that one has drawn stays drawn."""
    return jobs.start_again(database.raw(ROUNDS), fixed, JOB, f"{fixed['year']} 年第 {fixed['n']} 次抽查抽取", {"round": fixed["_id"]}, actor)


def sweep() -> int:
    """Go on with the rounds that lie; return how many."""
    with system("rounds of drawing left half-way") as actor:
        lying = (row for row in database.raw(ROUNDS).find({"state": DRAWING}) if jobs.left(row["job"], row["at"]))
        return sweeping.each(lying, lambda row: wake(row, actor))


def run(job, args) -> dict:
    """Draw for every stratum; the handler of the job. Safe to repeat."""
    return draw(get(args["round"]), lambda done, total: job.progress(done, total))


def draw(fixed: dict, progress=lambda done, total: None) -> dict:
    """Draw a round for every stratum and return ``{drawn, strata}``."""
    until = date.fromisoformat(fixed["until"])
    strata = universe.of_year(fixed["year"], until)
    drawn = 0
    for done, ((township, kind), numbers) in enumerate(strata.items(), 1):
        row = _draw_of(fixed, township, kind, numbers)
        store_checks(row, fixed)
        drawn += len(row["picked"])
        progress(done, len(strata))
    ended = {"state": DONE, "drawn": drawn, "strata": len(strata)}
    database.raw(ROUNDS).update_one({"_id": fixed["_id"]}, {"$set": ended})
    return {"drawn": drawn, "strata": len(strata)}


def _draw_of(fixed, township, kind, numbers):
    """Return the draw of a stratum: the stored one, or a new one, which is stored before any check is made of it."""
    draws, key = database.raw(DRAWS), f"{fixed['_id']}:{township}:{kind}"
    found = draws.find_one({"_id": key})
    if found:
        return found
    held, taken = standing(fixed["year"], township, kind)
    need = max(0, sampling.needed(Fraction(fixed["share"]), len(numbers)) - held)
    seed = seed_of(fixed)
    row = {
        "_id": key, "round": fixed["_id"], "year": fixed["year"], "township": township, "type": kind, "universe": numbers, "size": len(numbers),
        "digest": sampling.digest_of(numbers), "held": held, "taken": sorted(taken), "need": need, "seed": seed,
        "algorithm": fixed["algorithm"], "picked": sampling.pick(seed, numbers, taken, need, fixed["algorithm"]),
        "at": dates.now(), "replaces": None,
    }  # fmt: skip
    try:
        draws.insert_one(row)
    except DuplicateKeyError:  # the same job, taken up by two workers
        return draws.find_one({"_id": key})
    return row


def replace(first: dict, number: str) -> dict:
    """Return the draw that replaces one number of a stratum's draw: the next in the same order; made once for each number."""
    draws, key = database.raw(DRAWS), f"{first['_id']}:{number}"
    found = draws.find_one({"_id": key})
    if found:
        return found
    held, taken = standing(first["year"], first["township"], first["type"])
    picked = sampling.pick(first["seed"], first["universe"], taken, 1, first["algorithm"])
    row = {**first, "_id": key, "universe": [], "of": first["_id"], "held": held, "taken": sorted(taken), "need": 1, "picked": picked}
    row |= {"at": dates.now(), "replaces": number}
    try:
        draws.insert_one(row)
    except DuplicateKeyError:
        return draws.find_one({"_id": key})
    return row


def standing(year: int, township: str, kind: str) -> tuple[int, set[str]]:
    """Return (how many drawn cases of a stratum stand, every number that was ever drawn there)."""
    draws = list(database.raw(DRAWS).find({"year": year, "township": township, "type": kind}, {"picked": 1, "replaces": 1}))
    taken = {number for row in draws for number in row["picked"]}
    replaced = sum(row["replaces"] is not None for row in draws)
    return len(taken) - replaced, taken


def store_checks(row: dict, fixed: dict):
    """Make the checks of what a draw picked; those that are there stay."""
    cases = database.raw("cases").find({"number": {"$in": row["picked"]}}, dict.fromkeys(("number", "name", "type", "township", "village"), 1))
    on = date.fromisoformat(fixed["on"])
    for case in sorted(cases, key=lambda case: row["picked"].index(case["number"])):
        note = {"at": row["at"], "by": fixed["by"], "by_name": fixed["by_name"], "what": "抽中", "round": fixed["_id"], "draw": row["_id"]}
        made = checks.new(case, row["year"], checks.RANDOM, on, row["township"], round=fixed["_id"], replaces=row["replaces"], history=[note])
        checks.insert(made)


def seed_of(fixed: dict) -> str:
    """Return the text that the order is made from: the program's random number and what a witness said."""
    return f"{fixed['seed']}|{fixed['witness']}" if fixed["witness"] else fixed["seed"]


def get(round_id: str) -> dict:
    """Return a round. Raise NotFound."""
    row = database.raw(ROUNDS).find_one({"_id": str(round_id)})
    if row is None:
        raise NotFound()
    return row


def of_year(year: int) -> list[dict]:
    """Return the rounds of a year, newest first."""
    return list(database.raw(ROUNDS).find({"year": year}, sort=[("n", DESCENDING)]))


def draws_of(round_id: str) -> list[dict]:
    """Return the draws of a round by township and type, substitutions last."""
    return list(database.raw(DRAWS).find({"round": round_id}, sort=[("_id", 1)]))
