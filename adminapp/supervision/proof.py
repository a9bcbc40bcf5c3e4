"""Proves the draws of a year (`relief supervision redraw`): reads the universe anew, draws again, compares.

Each finding is a sentence with the draw it belongs to; no finding means that anybody who repeats the draw from the
stored seed gets the very same cases.
"""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from adminapp import audit, database
from adminapp.supervision import checks, rounds, sampling, universe


def findings(year: int) -> Iterator[str]:
    """Yield a sentence for everything about a year's draws that does not come out as it is stored."""
    found = sorted(rounds.of_year(year), key=lambda row: row["n"])
    if [row["n"] for row in found] != list(range(1, len(found) + 1)):
        yield f"{year} 年的抽取次数不连续：{'、'.join(str(row['n']) for row in found)}"
    told = _told(year)
    taken = {}
    for fixed in found:
        seed = rounds.seed_of(fixed)
        if told.get(fixed["_id"]) != seed:
            yield f"{fixed['_id']}：种子与审计日志记载的不同"
        draws = rounds.draws_of(fixed["_id"])
        yield from _complete(fixed, draws)
        for row in sorted(draws, key=lambda row: (row["at"], row["_id"])):
            yield from _draw(fixed, row, seed, {each["_id"]: each for each in draws})
            taken.setdefault((row["township"], row["type"]), []).append(row)
    for rows in taken.values():
        yield from _chain(rows)
    yield from _without_check(year, taken)


def _told(year):
    entries = audit.entries({"kind": "spot_draw"}, limit=100_000)
    return {entry["data"]["round"]: entry["data"]["seed"] for entry in entries if entry["data"]["round"].startswith(f"{year}-")}


def _complete(fixed, draws):
    """The universe of the day as the awards tell it now, against the one that was stored."""
    if fixed["state"] != rounds.DONE:
        yield f"{fixed['_id']}：抽取还没有完成"
        return
    now = universe.of_year(fixed["year"], date.fromisoformat(fixed["until"]))
    stored = {(row["township"], row["type"]): row["universe"] for row in draws if row["replaces"] is None}
    for key in sorted(now.keys() | stored.keys()):
        gone, more = set(stored.get(key, ())) - set(now.get(key, ())), set(now.get(key, ())) - set(stored.get(key, ()))
        if gone or more:
            words = [f"现在查不到 {len(gone)} 件" if gone else "", f"遗漏 {len(more)} 件" if more else ""]
            yield f"{fixed['_id']} {'、'.join(key)}：抽取总体与待遇登记不一致，{'，'.join(filter(None, words))}"


def _draw(fixed, row, seed, by_id):
    """One draw by itself: its digest, how many were needed, and who comes out of the stored seed."""
    numbers = by_id[row["of"]]["universe"] if row["replaces"] else row["universe"]
    if sampling.digest_of(numbers) != row["digest"]:
        yield f"{row['_id']}：总体摘要不符"
    if row["seed"] != seed:
        yield f"{row['_id']}：种子与本次抽取的不同"
    need = 1 if row["replaces"] else max(0, sampling.needed(Fraction(fixed["share"]), len(numbers)) - row["held"])
    if need != row["need"]:
        yield f"{row['_id']}：应抽 {need} 件，登记为 {row['need']} 件"
    if sampling.pick(seed, numbers, row["taken"], row["need"], row["algorithm"]) != row["picked"]:
        yield f"{row['_id']}：按种子重新抽取的结果不同"


def _chain(rows):
    """All draws of one stratum: each passed over exactly those that were drawn before."""
    drawn, replaced = set(), 0
    for row in rows:
        if set(row["taken"]) != drawn:
            yield f"{row['_id']}：记载的已抽名单与此前各次抽取不符"
        if row["held"] != len(drawn) - replaced:
            yield f"{row['_id']}：记载的已抽件数与此前各次抽取不符"
        drawn |= set(row["picked"])
        replaced += row["replaces"] is not None


def _without_check(year, taken):
    """Whoever was drawn has a check on that ground: none was quietly taken away."""
    stored = {row["number"] for row in database.raw(checks.COLLECTION).find({"year": year, "bases": checks.RANDOM}, {"number": 1})}
    for rows in taken.values():
        for row in rows:
            for number in row["picked"]:
                if number not in stored:
                    yield f"{row['_id']}：抽中的 {number} 没有核查登记"
