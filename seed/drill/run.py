"""Runs the drill: on the database it is given, or on a server of its own that is gone afterwards."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from adminapp import database, dates, indexes, mongod, standards
from adminapp.config import read_settings
from adminapp.engine import Engine
from adminapp.money import format_yuan
from adminapp.scope import system
from schemas.case import CaseBase
from seed.drill import plan, proof
from seed.drill.walk import Walk
from seed.drill.world import World

LINES = 30_000
"""Awards of a county of scale 1: so many lines a month."""
FIRST = "2026-01"
TYPES = Path(__file__).parents[2] / "schemas" / "relief_types"


@dataclass(frozen=True)
class Outcome:
    """`problems` are sentences; `paid` is proof.summary."""

    problems: list[str]
    paid: dict


def run(engine: Engine, months: int, awards: int, progress: Callable[[str], None] = print) -> Outcome:
    """Pay `months` months of a county of so many awards in the connected, empty database, and prove them."""
    county = World([plan.fate_of(number, months) for number in range(awards)], dates.month_range(FIRST, dates.add_months(FIRST, months - 1)))
    with system("payments drill"):
        _publish(engine)
        with dates.frozen(dates.first_day(dates.add_months(FIRST, -3))):
            county.fill()
    walk = Walk(engine, county)
    for place, month in enumerate(county.months):
        seal = walk.month(place)["seal"]
        progress(f"{month}：{seal['count']} 行，{format_yuan(seal['amount'])} 元，已月结")
    with system("payments drill"):
        return Outcome(list(proof.sentences(engine, county)), proof.summary(county))


def on_own_server(months: int, scale: float, progress: Callable[[str], None]) -> Outcome:
    """Run the drill on a database server that is started for it and leaves nothing behind."""
    with mongod.temporary() as (uri, home):
        engine = Engine(read_settings({}, home=home, mongodb_uri=uri), CaseBase).connect(check_indexes=False)
        indexes.upgrade(database.current())
        try:
            return run(engine, months, max(1, round(LINES * scale)), progress)
        finally:
            database.close()


def _publish(engine):
    engine.standards_store.replace(standards.read_file(), "drill")
    engine.refresh()
    for key in plan.TYPES:
        engine.registry.publish((TYPES / f"{key}.yaml").read_text("utf-8"), "drill", engine.standards.types())
