"""A release of the county's shipped types with cases under them, and the people who take it to publication."""

import re

import pytest

from adminapp import drafts
from adminapp.auth.users import actor_of, get
from adminapp.jobs import model as jobs
from adminapp.jobs import registry, runner
from adminapp.releases import flow, store
from adminapp.simulation import store as simulations
from adminapp.simulation import work


class Office:
    """The administrators' desks: drafts, one release, and the job consumer."""

    def __init__(self, engine, login, browser):
        self.engine, self.login, self.browser = engine, login, browser
        self.writer = actor_of(get("policy"))
        registry.register(simulations.JOB, work.run)

    def as_(self, username):
        return self.login(username, self.browser())

    def help_draft(self, text="没有电话的写村（社区）电话"):
        draft = drafts.begin("type", "demo", self.writer, self.engine)
        income = next(place.key for place in draft.places.values() if place.node.get("id") == "income")
        return drafts.apply(draft.id, draft.rev, [{"do": "set", "item": income, "name": "help", "value": text}], self.writer)

    def amount_draft(self, divisor="2"):
        """Return a draft under which everybody gets a half."""
        draft = drafts.begin("type", "demo", self.writer, self.engine)
        term = next(place.key for place in draft.places.values() if place.node.get("id") == "gap")
        value = f'(standard("dibao.urban") - per_head) * count(members) / {divisor}'
        return drafts.apply(draft.id, draft.rev, [{"do": "set", "item": term, "name": "value", "value": value}], self.writer)

    def release(self, *of):
        return flow.begin([draft.id for draft in of], self.writer, "演示方案")

    def now(self, row):
        return store.get(row["_id"])

    def act(self, person, row, do, status=303, **fields):
        """Take a step as the page's form does and return what it said."""
        answer = person.post(f"/releases/{row['_id']}/act", {"do": do, "rev": self.now(row)["rev"], **fields})
        assert answer.status_code == status, answer.text
        return said(person.get(answer.location).text) if status == 303 else answer.text

    def simulated(self, row):
        """Run the simulation that a release waits for."""
        runner.run_job(self.engine, simulations.get(self.now(row)["simulation"]["id"])["job"])
        assert jobs.get(simulations.get(self.now(row)["simulation"]["id"])["job"])["state"] == jobs.DONE


def said(page: str) -> str:
    """Return the message at the top of a page."""
    found = re.search(r'class="flash[^"]*"[^>]*>(.*?)</div>\s*</div>|class="flash[^"]*"[^>]*>(.*?)</div>', page, re.S)
    return re.sub(r"<[^>]+>|\s+", "", found[0]) if found else ""


@pytest.fixture
def office(cases, login, browser):
    return Office(cases.engine, login, browser)
