"""The list of objections: page by page, by tab and filter, along its indexes, each township its own."""

import re
from html import unescape

import pytest

from adminapp import database
from adminapp.objections import register
from tests import plans
from tests.conftest import HERE, THERE
from tests.views.test_postings import said
from views.objections import listing

TODAY = "2026-09-16"


@pytest.fixture(autouse=True)
def _today(today):
    """All of it on the day of the cases."""


def store(count, **values):
    like = {
        "rev": 1, "state": register.RECEIVED, "township": HERE, "village": f"{HERE}001", "household": "龙*虚", "type_name": "农村低保", "channel": "web",
        "real_name": False, "received_on": "2026-09-10", "due": "2026-09-20", "decision": "", "papers": [], "replied": None, "history": [],
    } | values  # fmt: skip
    start = database.raw("objections").count_documents({})
    rows = [like | {"_id": f"YY202609-{start + n:05d}"} for n in range(count)]
    database.raw("objections").insert_many(rows)
    return [row["_id"] for row in rows]


def numbers(page):
    return list(dict.fromkeys(re.findall(r'href="/objections/(YY[\d-]+)"', page)))


@pytest.mark.parametrize("show", ["open", "all", "late"])
def test_goes_on_page_by_page_without_losing_or_repeating_one(app, login, show):
    stored = store(listing.PAGE + 4, due="2026-09-12") + store(listing.PAGE, due="2026-09-13")
    browser, path, seen = login("clerk.tuojiang"), f"/objections/?show={show}", []
    while path:
        page = said(browser, path)
        assert f"共 {len(stored)} 件" in page
        seen += numbers(page)
        more = re.search(r'rel="next" href="([^"]+)"', page)
        path = more and unescape(more[1])
        assert len(seen) <= len(stored)
    assert seen == (stored[::-1] if show == "all" else stored)


def test_is_narrowed_by_what_became_of_them_and_an_unknown_word_counts_as_not_given(app, login):
    upheld = store(1, state=register.REPLIED, due=None, decision="upheld")
    dismissed = store(1, state=register.REPLIED, due=None, decision="dismissed", channel="phone", received_on="2025-12-31")
    browser = login("clerk.tuojiang")
    assert numbers(said(browser, "/objections/?show=all&decision=upheld")) == upheld
    assert numbers(said(browser, "/objections/?show=all&year=2025")) == dismissed
    assert numbers(said(browser, "/objections/?show=all&channel=phone")) == dismissed
    assert numbers(said(browser, "/objections/?show=all&decision=x&year=1066&township=x")) == dismissed + upheld
    assert "没有符合条件的异议" in said(browser, "/objections/?show=all&channel=letter")
    assert "没有待办的异议" in said(browser, "/objections/")


def test_a_township_sees_its_own_and_the_county_chooses_one(app, login, browser):
    here, there = store(1), store(1, township=THERE, village=f"{THERE}001")
    assert numbers(said(login("clerk.tuojiang", browser()), f"/objections/?township={THERE}")) == here
    reviewer = login("reviewer", browser())
    assert numbers(said(reviewer, "/objections/")) == here + there
    assert numbers(said(reviewer, f"/objections/?township={THERE}")) == there


@pytest.mark.parametrize("township", ["", HERE])
@pytest.mark.parametrize("show", listing.TABS)
def test_each_page_is_read_along_its_index(app, show, township):
    for before in ("", "2026-09-16~YY202609-00007"):
        wanted = listing.Wanted(show, township, before=before)
        query = {**wanted.query(TODAY), **wanted.beyond()}
        found = plans.of_find("objections", query, wanted.index(), wanted.order(), listing.PAGE + 1)
        assert not {"COLLSCAN", "SORT"} & found, (before, found)


