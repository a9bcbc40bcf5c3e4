"""The way of a draft to publication, on its own page: one click checks it, each state says and offers what comes next."""

import re

import pytest

from adminapp.jobs import registry, runner
from adminapp.releases import store
from adminapp.releases.model import CHECKED, DRAFT, PUBLISHED, SUBMITTED
from adminapp.simulation import store as simulations
from adminapp.simulation import work


@pytest.fixture
def person(login, browser):
    """Return who looks at the draft: person("approver")."""
    return lambda username: login(username, browser())


def way(page: str) -> str:
    """Return what the strip says and offers, without tags."""
    part = re.search(r'<section class="way".*?</section>', page, re.S)[0]
    return re.sub(r"\s+", " ", re.sub(r"<dialog.*?</dialog>|<[^>]+>", " ", part, flags=re.S))


def release(desk):
    return store.get(store.holding(desk.id)["_id"])


def take(person, row, do, **fields):
    answer = person.post(f"/releases/{row['_id']}/act", {"do": do, "rev": store.get(row["_id"])["rev"], **fields})
    assert answer.status_code == 303
    return store.get(row["_id"])


def test_one_click_makes_the_release_and_checks_it(desk):
    assert "检查" in way(desk.page())
    answer = desk.browser.post("/releases/", {"ids": desk.id, "then": "check"})
    page = desk.browser.get(answer.location).text
    assert answer.status_code == 303 and "检查通过，可以试算" in page and release(desk)["state"] == CHECKED
    assert "检查通过，下一步试算" in way(desk.page())


def test_a_draft_with_problems_says_so_and_the_check_lists_them(desk):
    desk.set(desk.key(id="kind"), "label", "")
    assert "处问题，都改正了才能检查通过" in way(desk.page())
    page = desk.browser.get(desk.browser.post("/releases/", {"ids": desk.id, "then": "check"}).location).text
    assert "检查发现" in page and release(desk)["state"] == DRAFT
    assert "检查发现" in way(desk.page())


def test_every_state_offers_its_next_step_to_whom_it_belongs(desk, engine, person):
    registry.register(simulations.JOB, work.run)
    desk.set(desk.key(id="kind"), "help", "按最急的一项选")
    desk.browser.post("/releases/", {"ids": desk.id, "then": "check"})
    row, boss, reviewer = release(desk), person("approver"), person("reviewer")
    assert "试算" in way(desk.page())
    take(desk.browser, row, "simulate", over="live")
    assert "正在试算" in way(desk.page())
    runner.run_job(engine, simulations.get(release(desk)["simulation"]["id"])["job"])
    assert "送审" in way(desk.page()) and "试算完成" in way(desk.page())
    assert take(desk.browser, row, "submit")["state"] == SUBMITTED
    assert "等另一人批准" in way(desk.page()) and "批准或退回" in way(boss.get(f"/designer/drafts/{desk.id}/form").text)
    shown = way(reviewer.get(f"/designer/drafts/{desk.id}/form").text)
    assert "等另一人批准" in shown and "撤回送审" not in shown
    take(boss, row, "approve")
    assert "立即发布" in way(desk.page())
    assert take(desk.browser, row, "publish")["state"] == PUBLISHED
    assert "已发布" in way(desk.page()) and "撤回发布" in way(desk.page())


def test_an_edit_is_warned_of_and_leads_back_to_the_check(desk):
    desk.browser.post("/releases/", {"ids": desk.id, "then": "check"})
    assert "要从检查重新办起" in way(desk.page())
    answer = desk.set(desk.key(id="kind"), "help", "按最急的一项选")
    assert "先检查" in answer["parts"]["way"]
    assert release(desk)["state"] == DRAFT and "要从检查重新办起" not in way(desk.page())


def test_the_index_of_the_designer_tells_how_far_each_draft_is(desk):
    assert "草稿" in row_of(desk)
    desk.browser.post("/releases/", {"ids": desk.id, "then": "check"})
    assert "检查通过" in row_of(desk) and release(desk)["number"] in row_of(desk)


def row_of(desk):
    return re.search(rf'<tr[^>]*>(?:(?!</tr>).)*drafts/{desk.id}.*?</tr>', desk.browser.get("/designer/").text, re.S)[0]
