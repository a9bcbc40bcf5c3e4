import pytest

from adminapp import database as connection
from adminapp import dates
from adminapp.ongoing import planning, tasks
from tests.running import DECLARATION as HOME
from tests.running import World, database, engine, story_settings  # noqa: F401 - fixtures

ALIVE = HOME.replace("key: home\n", "key: alive\n").replace("code: HM", "code: AL").replace("ongoing:\n", "ongoing:\n  life_checks: 2\n")


class Plan:
    """Plans and reads what is planned for one world."""

    def __init__(self, world: World):
        self.world = world
        world.standards = world.table

    def run(self, on):
        """Do what the job does on a day; return how many were planned, dropped and handed out."""
        with dates.frozen(on):
            this = dates.month_of(dates.today())
            return planning.plan(self.world, this), planning.drop(this), planning.open_month(this)

    def of(self, case, kind=None):
        rows = connection.raw(tasks.COLLECTION).find({"award": case.pk} | ({"kind": kind} if kind else {}), sort=[("month", 1)])
        return list(rows)

    def one(self, case, kind):
        [row] = [row for row in self.of(case, kind) if row["state"] in tasks.LIVE][:1]
        return row


@pytest.fixture
def plan(engine):  # noqa: F811
    engine.registry.publish(ALIVE, "test", engine.table.types())
    return Plan(engine)


@pytest.fixture
def clerks(database):  # noqa: F811
    for name in ("clerk", "clerk2"):
        row = {"_id": name, "name": f"{name}（虚构）", "roles": ["township_clerk"], "townships": ["433123109"], "villages": [], "active": True,
               "must_change": False, "epoch": 0, "created": dates.now()}  # fmt: skip
        connection.raw("users").insert_one(row)
