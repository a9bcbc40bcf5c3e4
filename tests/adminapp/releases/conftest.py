"""A county with one small type, its standards and a golden case, and two administrators who may write and approve."""

from datetime import date
from types import SimpleNamespace

import pytest

from adminapp import dates, drafts
from adminapp import golden as golden_cases
from adminapp.engine import Engine
from adminapp.golden import store as golden_store
from adminapp.jobs import model as jobs
from adminapp.jobs import registry as job_registry
from adminapp.jobs import runner
from adminapp.jobs.model import snapshot
from adminapp.recipes import moving
from adminapp.recipes import store as recipes
from adminapp.releases import flow, publishing, store
from adminapp.scope import Actor, acting
from adminapp.simulation import store as simulations
from adminapp.simulation import work
from adminapp.standards import read_file
from adminapp.workflow.opening import open_case
from schemas.case import CaseBase
from tests.story import CLERK, DECLARATION, VILLAGE, database, story_settings  # noqa: F401 - fixtures

DAY = date(2026, 9, 16)
XIANG = Actor("policy", "向晓禾", frozenset({"policy_admin"}), None)
LONG = Actor("policy2", "龙春生", frozenset({"policy_admin"}), None)
TIAN = Actor("approver", "田虚构", frozenset({"county_approver"}), None)
GOLDEN = """\
key: demo
cases:
- id: poor
  name: 三口之家年收入九千元
  on: 2026-09-16
  values:
    applicant_name: 龙某甲
    applicant_id: 1956-03-07
    income: '9000.00'
    members:
    - {name: 龙某甲, relation: 本人}
    - {name: 龙某乙, relation: 子女}
    - {name: 龙某丙, relation: 子女}
  expect:
    eligible: true
    amount: '1470.00'
"""


class World(SimpleNamespace):
    """`engine`, and the acts of the story: write, send, publish, open a case, run what waits."""

    def draft(self, name="演示救助二版", actor=XIANG, **sets):
        """Return the open draft of the type with another name and other values at its root."""
        draft = drafts.begin("type", "demo", actor, self.engine)
        parts = [{"do": "set", "item": "root", "name": key, "value": value} for key, value in {"name": name, **sets}.items()]
        return drafts.apply(draft.id, draft.rev, parts, actor)

    def written(self, actor=XIANG, **changes):
        """Return the open draft of the type with other values of any shape at its root."""
        kind = drafts.KINDS["type"]
        mapping, version, digest = kind.origin(self.engine, "demo")
        return drafts.create("type", mapping | changes, actor, (mapping, version, digest), kind.golden("demo"))

    def raise_standard(self, since="2026-10-01", value="780.00", actor=XIANG):
        draft = drafts.begin("standards", "standards", actor, self.engine)
        row = next(place.key for place in draft.places.values() if place.node.get("key") == "dibao.urban")
        new = {"from": since, "value": value, "source": "演示提标文件"}
        return drafts.apply(draft.id, draft.rev, [{"do": "add", "item": row, "name": "values", "value": new}], actor)

    def release(self, *drafts_):
        return flow.begin([draft.id for draft in drafts_], XIANG)

    def to(self, state, *drafts_, day=None):
        """Return a release of drafts brought to a state by those who may."""
        row = self.release(*drafts_)
        for name in ("CHECKED", "SIMULATED", "SUBMITTED", "APPROVED", "SCHEDULED", "PUBLISHED"):
            if row["state"] == state:
                break
            row = self.step(name, row, day)
        assert row["state"] == state, row["history"][-1]
        return row

    def step(self, name, row, day=None):
        rid, rev = row["_id"], row["rev"]
        if name == "CHECKED":
            return flow.check(rid, rev, self.engine, XIANG)
        if name == "SIMULATED":
            row = flow.simulate(rid, rev, self.engine, XIANG)
            self.work(simulations.get(row["simulation"]["id"])["job"])
            return flow.settle(store.get(rid), XIANG)
        if name == "SUBMITTED":
            return flow.submit(rid, rev, XIANG)
        if name == "APPROVED":
            return flow.approve(rid, rev, TIAN, "同意")
        if name == "SCHEDULED":
            return flow.schedule(rid, rev, XIANG, day, snapshot(XIANG)) if day else row
        return publishing.publish(rid, rev, self.engine, XIANG)

    def work(self, job_id):
        runner.run_job(self.engine, job_id)
        job = jobs.get(job_id)
        assert job["state"] == jobs.DONE, job["message"]
        return job

    def work_all(self):
        for job_id in jobs.waiting():
            self.work(job_id)

    def open(self, on=DAY, **more):
        values = {
            "applicant_name": "龙某甲", "applicant_id": "433123195603074216", "income": 900000,
            "members": [{"name": "龙某甲", "relation": "self", "id_number": "433123195603074216"}, {"name": "龙某乙"}, {"name": "龙某丙"}], **more,
        }  # fmt: skip
        with acting(CLERK), dates.frozen(on):
            return open_case(self.engine.registry.get("demo"), CLERK, VILLAGE, values, self.engine.standards)


@pytest.fixture
def world(database, story_settings):  # noqa: F811
    job_registry.register(simulations.JOB, work.run)
    job_registry.register(recipes.MOVE, moving.run)
    job_registry.register(recipes.UNDO, moving.undo)
    with dates.frozen(DAY):
        engine = Engine(story_settings, CaseBase).connect(check_indexes=False)
        engine.standards_store.replace(read_file(), "test")
        engine.registry.publish(DECLARATION, "test", engine.refresh().standards.types())
        golden_store.save(golden_store.of_type("demo"), golden_cases.read_text(GOLDEN), "test")
        yield World(engine=engine.refresh())
