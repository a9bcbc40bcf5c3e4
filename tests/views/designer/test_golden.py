"""样例: golden cases beside the draft. They run at every look; what was tried out becomes one; they hold their sums and no person."""

import pytest

from adminapp import drafts, golden
from tests.views.designer.conftest import XIANG, Desk


@pytest.fixture
def desk(app, login, engine):
    draft = drafts.begin("type", "temporary", XIANG, engine)
    drafts.set_golden(draft.id, draft.rev, (golden.reader.FOLDER / "temporary.yaml").read_text("utf-8"), XIANG)
    return Desk(login("policy"), draft.id)


def page(desk):
    answer = desk.browser.get(f"/designer/drafts/{desk.id}/golden/")
    assert answer.status_code == 200, answer.text
    return answer.text


def examples(desk):
    return golden.read_text(desk.draft.golden).cases


def add(desk, name, **form):
    answer = desk.browser.post(f"/designer/drafts/{desk.id}/golden/add", {"sample": name, **form})
    assert answer.status_code == 303
    return desk.browser.get(answer.location).text


def test_every_example_is_shown_with_what_it_comes_to(desk):
    text = page(desk)
    assert text.count("通过</span>") == len(examples(desk)) >= 8


def test_a_change_of_the_draft_shows_which_examples_break(desk):
    cap = next(place for place in desk.draft.places.values() if place.list_name == "amount.terms")
    desk.tab = "rules"
    desk.rev = desk.draft.rev
    desk.set(cap.key, "value", f"({cap.node['value']}) / 2")
    text = page(desk)
    assert "bad-text" in text and "算得" in text


def test_what_was_tried_out_becomes_an_example_and_the_same_name_replaces_it(desk):
    before = len(examples(desk))
    assert "已存为样例“新样例”" in add(desk, "新样例", example="invented", was="invented")
    made = examples(desk)[-1]
    assert len(examples(desk)) == before + 1 and made.name == "新样例"
    add(desk, "新样例", example="invented", was="invented")
    assert len(examples(desk)) == before + 1
    assert page(desk).count("通过</span>") == before + 1


def test_an_example_needs_a_name_and_a_result(desk):
    assert "取一个名称" in add(desk, " ", example="invented", was="invented")
    assert len(examples(desk)) == len(golden.read_file(golden.reader.FOLDER / "temporary.yaml").cases)


def test_an_example_is_taken_away_by_whoever_saw_the_newest(desk):
    first = examples(desk)[0]
    answer = desk.browser.post(f"/designer/drafts/{desk.id}/golden/remove", {"id": first.id, "rev": 0})
    assert answer.status_code == 409 and examples(desk)[0] == first
    desk.browser.post(f"/designer/drafts/{desk.id}/golden/remove", {"id": first.id, "rev": desk.draft.rev})
    assert first not in examples(desk)


def test_others_look_and_townships_do_not(desk, login, browser):
    assert login("reviewer", browser()).get(f"/designer/drafts/{desk.id}/golden/").status_code == 200
    assert login("reviewer", browser()).post(f"/designer/drafts/{desk.id}/golden/add", {}).status_code == 403
    assert login("clerk.tuojiang", browser()).get(f"/designer/drafts/{desk.id}/golden/").status_code == 403
    assert desk.browser.get("/designer/drafts/nothing/golden/").status_code == 404
