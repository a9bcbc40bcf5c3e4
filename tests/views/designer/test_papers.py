"""Notices of a draft: worded with placeholders that are checked, seen as the paper that would be printed."""

import io

import pytest
from pypdf import PdfReader

from exports import case_notices
from tests.exports.notices import faces as ready


@pytest.fixture
def desk(desk, app):
    ready.lend(app.extensions["relief"].settings.home)
    case_notices.register()
    desk.tab = "papers"
    return desk


def add(desk, notice):
    desk.send("add", item="root", name="notices", code=notice)
    return desk.key(notice=notice)


def sample(desk, notice):
    return desk.browser.get(f"/designer/drafts/{desk.id}/preview/notice", query_string={"notice": notice})


def words_of(answer):
    assert answer.content_type == "application/pdf", answer.text
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages).replace("\n", "")


def test_every_notice_can_be_seen_before_anything_is_written(desk):
    page = desk.page()
    for title in ("受理通知书", "确认通知书", "不予确认告知书"):
        assert title in page
    answer = sample(desk, "confirmation")
    assert "临时救助确认通知书" in words_of(answer)
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN" and "'self'" in answer.headers["Content-Security-Policy"]


def test_a_paragraph_is_printed_with_its_placeholder_filled(desk):
    item = add(desk, "confirmation")
    desk.set(item, "paragraphs", "请于{{起发月份}}后到信用社领取。")
    assert "请于2026年7月后到信用社领取" in words_of(sample(desk, "confirmation"))


def test_a_placeholder_that_is_never_filled_is_marked_while_typing_and_told_instead_of_the_paper(desk):
    item = add(desk, "confirmation")
    answer = desk.send("set", item=item, name="paragraphs", value="请{{申请仁}}领取。", dry="1")
    assert any(one["item"] == item and one["name"] == "paragraphs" and "申请人" in one["text"] for one in answer["problems"])
    desk.set(item, "paragraphs", "请{{申请仁}}领取。")
    page = sample(desk, "confirmation")
    assert page.content_type.startswith("text/html") and "申请仁" in page.text and "申请人" in page.text


def test_a_whole_notice_is_written_out_from_what_was_worded_and_given_up_again(desk):
    item = add(desk, "confirmation")
    desk.set(item, "title", "救助确认通知")
    desk.set(item, "paragraphs", "第一段。")
    assert "逐字改写整份文书" in desk.page(at=item)
    desk.send("own", item=item)
    own = desk.draft.thing.notices[0]
    assert "救助确认通知" in own.template and "第一段。" in own.template and not own.title and not own.paragraphs
    assert "改回通用格式" in desk.page(at=item)
    desk.set(item, "template", own.template.replace("第一段。", "改过的一段。"))
    assert "改过的一段" in words_of(sample(desk, "confirmation"))
    desk.send("common", item=item)
    assert desk.draft.thing.notices[0].template == ""


def test_a_decision_without_its_remedy_is_not_printed(desk):
    item = add(desk, "confirmation")
    desk.send("own", item=item)
    text = desk.draft.thing.notices[0].template
    desk.set(item, "template", text.replace("{{救济途径}}", ""))
    assert "救济途径" in sample(desk, "confirmation").text


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "<p onclick=x>甲</p>", "<img src='http://x/'>", "<p>" * 40, "甲" * 23_000])
def test_a_hostile_template_is_kept_as_text_and_refused_as_a_paper(desk, text):
    item = add(desk, "confirmation")
    desk.set(item, "template", text)
    answer = sample(desk, "confirmation")
    assert answer.content_type.startswith("text/html") and "<script>alert" not in answer.text
    assert "<script>alert" not in desk.page(at=item)
    assert desk.send("undo")


def test_what_is_no_notice_is_not_found(desk):
    assert sample(desk, "nothing").status_code == 404
    assert sample(desk, "authorisation").status_code == 404
    desk.send("own", status=422, item="root")


def test_placeholders_are_offered_where_they_may_be_written(desk):
    item = add(desk, "confirmation")
    page = desk.page(at=item)
    assert 'data-insert="申请人"' in page and "data-fills" in page
