"""A small type, its people, and a job runner for imports into it."""

from datetime import date
from io import BytesIO
from types import SimpleNamespace

import pytest
from openpyxl import Workbook

from adminapp import dates
from adminapp.imports import batches, kinds
from adminapp.imports.columns import DRAFT, targets
from adminapp.jobs import model, runner
from adminapp.scope import acting
from exports import import_workbook
from tests.story import CLERK, database, engine, staff, story_settings  # noqa: F401 - fixtures

DAY = date(2026, 9, 16)
VILLAGE_NAME = "沱江镇"
HEADS = ["户号", "村（社区）", "姓名", "公民身份号码", "家庭年收入"]
MEMBERS = ["户号", "姓名", "关系", "公民身份号码"]
IDS = ("433123195603074216", "433123201501010017", "433123192412310024", "433123196501010048", "433123198001010059")


@pytest.fixture
def world(engine, settings):  # noqa: F811
    """Return what takes files in: `upload`, `check`, `apply`, `undo`, each in the name of an actor."""
    kinds.register()
    import_workbook.register()
    types, table = engine
    return World(SimpleNamespace(registry=types, standards=table, refresh=lambda: None, settings=settings))


class World:
    def __init__(self, engine):  # noqa: F811
        self.engine = engine
        self.published = engine.registry.get("demo")

    def upload(self, data, actor=CLERK, mode=DRAFT, name="台账.xlsx"):
        with acting(actor), dates.frozen(DAY):
            return batches.upload(data, name, self.published, mode, actor)

    def check(self, batch, actor=CLERK, chosen=None, complete=True, month="2026-10"):
        """Confirm the guess, or other columns, run the trial and return the batch."""
        chosen = chosen or {plan["name"]: plan["places"] for plan in batch["sheets"]}
        with acting(actor), dates.frozen(DAY):
            known = targets(self.published.relief_type, batch["mode"])
            batch = batches.set_plans(batch, chosen, complete, month, actor, known, batch["rev"])
        return self.run(batch, actor)

    def act(self, batch, step, actor=CLERK):
        with acting(actor), dates.frozen(DAY):
            batch = batches.act(batch, step, actor, batch["rev"])
        return self.run(batch, actor) if batch["state"] in (batches.APPLYING, batches.UNDOING) else batch

    def run(self, batch, actor=CLERK):
        with dates.frozen(DAY):
            runner.run_job(self.engine, batch["job"])
        with acting(actor):
            return batches.get(batch["_id"])

    def take(self, data, actor=CLERK, **more):
        return self.act(self.check(self.upload(data, actor), actor, **more), "apply", actor)

    def job(self, batch):
        return model.get(batch["job"])

    def attached(self, batch):
        """Return the bytes of the workbook that came back."""
        from adminapp.jobs import artefacts

        path, _entry = artefacts.path_of(self.engine.settings, self.job(batch), 0)
        return path.read_bytes()


def workbook(*sheets):
    """Return the bytes of a workbook of (name, rows) pairs."""
    book, out = Workbook(), BytesIO()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(out)
    return out.getvalue()


def family(*rows, members=()):
    """Return a workbook of households (rows below HEADS) and their members."""
    return workbook(("家庭", [HEADS, *rows]), ("成员", [MEMBERS, *members]))
