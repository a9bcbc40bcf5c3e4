"""Whatever an administrator does to a type, nothing that is there is lost: any series of edits, published one after another over the
cases of a seeded county, leaves every stored value, every list and every page of an old case, and every notice that was issued.
"""

import re

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from adminapp import database as connection
from adminapp import drafts, indexes
from adminapp.app import create_app
from adminapp.errors import Conflict, Invalid, NotFound
from adminapp.fields import KINDS
from adminapp.notices.due import ONLY, RECORDS, due_of
from adminapp.scope import ALL, Actor, acting
from exports import case_notices
from schemas import notice as notices
from seed.accounts import DEMO_PASSWORD
from seed.county import build
from tests.conftest import Browser
from tests.exports.notices import faces

SCALE, TYPE = 0.002, "dibao_rural"
WRITER = Actor("policy", "起草（虚构）", frozenset({"policy_admin"}), ALL)
REVIEWER = Actor("reviewer", "复核（虚构）", frozenset({"county_reviewer"}), ALL)
OLD_PAGES = 3


class County:
    """A seeded county with its pages and papers as they were before anybody edited anything."""

    def __init__(self, app):
        self.app, self.engine = app, app.extensions["relief"]
        self.reader = Browser(app)
        assert self.reader.post("/login", {"username": "reviewer", "password": DEMO_PASSWORD}).status_code == 303
        self.notices = [self.issued(kind) for kind in sorted(set(RECORDS.values())) if self.with_record(kind)]
        self.papers = [case_notices.print_notice(record, faces.HOME) for record in self.notices]
        self.cases = self.stored()
        self.pages = {str(case["_id"]): self.page(case) for case in self.cases[:: max(len(self.cases) // OLD_PAGES, 1)][:OLD_PAGES]}
        self.published = 0

    def stored(self):
        return list(connection.raw("cases").find({"type": TYPE}, sort=[("_id", 1)]))

    def page(self, case):
        """Return the text of a case's page, without what is new at every look."""
        answer = self.reader.get(f"/cases/{TYPE}/{case['_id']}")
        assert answer.status_code == 200, answer.text
        main = answer.text.partition("<main")[2].partition("</main>")[0]
        text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", main))
        return re.sub(r"本件按第 \d+ 版规定办理，.*?影响。 ?", "", text)  # that a newer version is there may be said

    def with_record(self, kind):
        record = next(name for name, found in RECORDS.items() if found == kind)
        said = {f"data.{key}": value for key, value in ONLY.get(record, {}).items()}
        return connection.raw("cases").find_one({"type": TYPE, "records": {"$elemMatch": {"kind": record, **said}}}, {"_id": 1, "schema_version": 1})

    def issued(self, kind):
        row = self.with_record(kind)
        published = self.engine.registry.get(TYPE, row["schema_version"])
        with acting(REVIEWER):
            case = published.model.objects(pk=row["_id"]).first()
            return notices.issue(case, published, due_of(case, kind), REVIEWER, "https://jz.example/check/", standards=self.engine.standards)

    def publish(self, edits):
        """Draft the edits one by one, those that are refused aside, and publish what came of it when it is right."""
        draft = drafts.begin("type", TYPE, WRITER, self.engine)
        for edit in edits:
            try:
                draft = drafts.apply(draft.id, draft.rev, edit(draft), WRITER)
            except (Invalid, Conflict, NotFound, StopIteration):
                continue
        if draft.text and not self.engine.registry.problems_of(draft.thing, self.engine.standards.types()):
            self.published += bool(self.engine.registry.publish(draft.text, WRITER.id, self.engine.standards.types()))
        drafts.close(draft.id, draft.rev, WRITER)

    def check(self):
        """Assert that everything of before is there as it was."""
        assert self.stored() == self.cases
        for query in ("", "?sort=name", "?state=granted", "?q=LX"):
            assert self.reader.get(f"/cases/{TYPE}/{query}").status_code == 200, query
        for id, before in self.pages.items():
            assert self.page({"_id": id}) == before
        for record, paper in zip(self.notices, self.papers, strict=True):
            with acting(REVIEWER):
                assert case_notices.print_notice(notices.get(record["_id"]), faces.HOME) == paper, record["kind"]


@pytest.fixture(scope="module")
def county(_connected, settings):  # noqa: F811
    told = settings.replaced(database=f"{settings.database}_edits")
    app = create_app(told)
    app.testing = True
    connection.connect(told)
    indexes.upgrade(connection.current())
    build(app.extensions["relief"].connect(), SCALE)
    faces.faces()
    yield County(app)
    case_notices.close_presses()
    connection.connect(told).client.drop_database(told.database)


# Edits: each takes the draft and returns the parts of one operation


def pick(draft, number, **wanted):
    """Return the key of one of the items that agree with `wanted` (attributes of a place)."""
    found = [place for place in draft.places.values() if all(getattr(place, name) == value for name, value in wanted.items())]
    if not found:
        raise StopIteration
    return found[number % len(found)]


def fields(draft, number):
    found = [place for place in draft.places.values() if place.node.get("kind") in KINDS]
    return found[number % len(found)]


def rename(number, text):
    return lambda draft: [{"do": "set", "item": fields(draft, number).key, "name": "label", "value": text}]


def remove(number):
    return lambda draft: [{"do": "remove", "item": fields(draft, number).key}]


def move_away(number, to):
    def edit(draft):
        section = pick(draft, to, list_name="sections")
        return [{"do": "move", "item": fields(draft, number).key, "owner": section.key, "name": "fields", "after": ""}]

    return edit


def add(number, kind, text):
    def edit(draft):
        value = {"id": f"new{number}", "label": text, "kind": kind}
        value |= {"options": [{"code": "a", "label": "甲"}, {"code": "b", "label": "乙"}]} if "options" in KINDS[kind].properties else {}
        return [{"do": "add", "item": pick(draft, number, list_name="sections").key, "name": "fields", "value": value}]

    return edit


def switch(number, name, value):
    return lambda draft: [{"do": "set", "item": fields(draft, number).key, "name": name, "value": value}]


def drop_option(number):
    return lambda draft: [{"do": "remove", "item": pick(draft, number, list_name="options").key}]


def retitle(number, text):
    return lambda draft: [{"do": "set", "item": pick(draft, number, list_name="sections").key, "name": "title", "value": text}]


NUMBERS, TEXTS = st.integers(0, 400), st.text("甲乙丙丁田地房屋收入", min_size=1, max_size=8)
EDITS = st.one_of(
    st.builds(rename, NUMBERS, TEXTS), st.builds(remove, NUMBERS), st.builds(move_away, NUMBERS, NUMBERS),
    st.builds(add, NUMBERS, st.sampled_from(["text", "money", "date", "choice", "integer"]), TEXTS),
    st.builds(switch, NUMBERS, st.sampled_from(["required", "list", "filter", "retired"]), st.sampled_from(["true", "false"])),
    st.builds(switch, NUMBERS, st.just("disclosure"), st.sampled_from(["staff", "personal", "secret"])),
    st.builds(drop_option, NUMBERS), st.builds(retitle, NUMBERS, TEXTS),
)  # fmt: skip
CALM = {"phases": [Phase.generate], "deadline": None, "derandomize": True, "suppress_health_check": list(HealthCheck)}


def test_a_few_edits_lose_nothing(county):
    @settings(max_examples=2, **CALM)
    @given(st.lists(EDITS, min_size=6, max_size=10))
    def run(edits):
        county.publish(edits)
        county.check()

    run()
    assert len(county.cases) > 10 and len(county.papers) > 3


@pytest.mark.slow
def test_two_hundred_edits_lose_nothing(county):
    @settings(max_examples=25, **CALM)
    @given(st.lists(EDITS, min_size=8, max_size=8))
    def run(edits):
        county.publish(edits)
        county.check()

    run()
    assert county.published >= 5  # edits are refused now and then; the series as a whole is not
