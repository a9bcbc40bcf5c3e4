"""A draft of 临时救助 as the policy administrator sees it, and what a script of the page would send."""

import pytest

from adminapp import drafts
from adminapp.scope import Actor

XIANG = Actor("policy", "向晓禾", frozenset({"policy_admin"}), None)


class Desk:
    """One draft in one browser."""

    def __init__(self, browser, draft_id, tab="form"):
        self.browser, self.id, self.tab = browser, draft_id, tab
        self.rev = self.draft.rev

    @property
    def draft(self):
        return drafts.get(self.id)

    def key(self, **wanted):
        """Return the key of the first item with these values."""
        return next(
            place.key
            for place in self.draft.places.values()
            if all(place.node.get(name) == value for name, value in wanted.items())
        )

    def send(self, do, status=200, rev=None, **fields):
        """Send one edit as the page's script does and return the answer."""
        form = {"do": do, "rev": self.rev if rev is None else rev, **fields}
        answer = self.browser.post(
            f"/designer/drafts/{self.id}/{self.tab}/edit", form, headers={"Accept": "application/json"}
        )
        assert answer.status_code == status, answer.text
        if status == 200 and not fields.get("dry"):
            self.rev = answer.json["rev"]
        return answer.json

    def set(self, item, name, value, **more):
        return self.send("set", item=item, name=name, value=value, **more)

    def page(self, tab=None, **query):
        answer = self.browser.get(f"/designer/drafts/{self.id}/{tab or self.tab}", query_string=query)
        assert answer.status_code == 200, answer.text
        return answer.text

    def field(self, id):
        return self.draft.thing.fields[id]


@pytest.fixture
def engine(app):
    return app.extensions["relief"]


@pytest.fixture
def desk(app, login, engine):
    draft = drafts.begin("type", "temporary", XIANG, engine)
    return Desk(login("policy"), draft.id)


@pytest.fixture
def blank(app, login):
    """Return the desk of a new, blank type called 教育救助."""
    browser = login("policy")
    answer = browser.post("/designer/new", {"name": "教育救助", "source": "template:blank"})
    assert answer.status_code == 303, answer.text
    return Desk(browser, answer.location.split("/")[3])
