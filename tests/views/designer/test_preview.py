"""What a draft becomes, before it is published: the real form, the visit, the list, the chart, with invented cases."""

import pytest

from adminapp import database


def look(desk, what):
    answer = desk.browser.get(f"/designer/drafts/{desk.id}/preview/{what}")
    assert answer.status_code == 200, answer.text
    return answer.text


def test_the_form_is_the_real_one_with_an_example_in_it(desk):
    desk.set(desk.key(id="phone"), "label", "能接通的电话")
    page = look(desk, "form")
    assert "能接通的电话" in page and 'name="x_phone"' in page and "13800000000" in page and "保存并提交" in page


def test_the_visit_shows_what_the_draft_adds_to_it(desk):
    section = desk.send("add", item="root", name="survey.sections", form="survey")["at"]
    desk.send("add", item=section, name="fields", kind="yes_no", form="survey")
    field = next(place.key for place in desk.draft.places.values() if place.owner == section)
    desk.set(field, "label", "房屋是否危房", form="survey")
    page = look(desk, "survey")
    assert "房屋是否危房" in page and "走访情况" in page
    assert "preview/survey" in desk.page(form="survey")


def test_the_list_has_the_columns_and_filters_of_the_draft(desk):
    assert "救助类别" in look(desk, "list")
    added = desk.send("add", item=desk.key(id="account"), name="fields", kind="choice")["at"]
    desk.set(added, "label", "领取方式")
    desk.set(added, "filter", "true")
    assert "领取方式" in look(desk, "list")


@pytest.mark.parametrize("what", ["form", "survey", "list", "chart"])
def test_a_blank_and_a_half_right_draft_can_be_seen_too(blank, what):
    look(blank, what)
    item = blank.send("add", item=blank.key(id="applicant"), name="fields", kind="computed")["at"]
    blank.set(item, "formula", "(1 ＋")
    blank.set(blank.key(id="applicant"), "title", "<b>申请人</b>")
    assert "<b>申请人</b>" not in look(blank, what)


def test_nothing_is_stored_by_looking(desk):
    for what in ("form", "list"):
        look(desk, what)
    assert database.raw("cases").count_documents({}) == 0


def test_what_cannot_be_previewed_is_not_found(desk):
    assert desk.browser.get(f"/designer/drafts/{desk.id}/preview/nothing").status_code == 404
