"""The table of standards as a draft: dated values with their source, what was in force stays, a past date is a raise in arrears."""

import pytest

from adminapp import dates, drafts
from tests.views.designer.conftest import XIANG, Desk


@pytest.fixture
def desk(app, login, engine):
    draft = drafts.begin("standards", "standards", XIANG, engine)
    return Desk(login("policy"), draft.id, "standards")


@pytest.fixture
def rural(desk):
    """Return the key of the item of the rural standard."""
    return desk.key(key="dibao.rural_year")


def add(desk, owner, since, value, source="关于提标的通知（虚构）"):
    added = desk.send("add", item=owner, name="values")["at"]
    for name, text in (("from", since), ("value", value), ("source", source)):
        desk.set(added, name, text)
    return added


def test_a_row_says_what_holds_today_and_what_comes(desk, rural):
    assert "现行" in desk.page() and "农村低保标准（年）" in desk.page()
    add(desk, rural, f"{dates.today().year + 1}-01-01", "7000.00")
    page = desk.page()
    assert f"自 {dates.today().year + 1}-01-01 起" in page and "7,000.00 元/年" in page and "新增 1 个数值" in page


def test_an_open_row_shows_every_value_its_source_and_who_reads_it(desk, rural):
    page = desk.page(at=rural)
    assert "依据文件" in page and "生效日期" in page and "农村低保" in page and "用到它的类型" in page


def test_a_value_in_force_cannot_be_changed_or_removed(desk, rural):
    used = desk.key(**{"from": "2024-01-01", "value": "5400.00"})
    for refused in (desk.set(used, "value", "1.00", status=422), desk.send("remove", 422, item=used), desk.send("remove", 422, item=rural)):
        assert "已" in refused["refused"]
    assert '删除“2024-01-01”' not in desk.page(at=rural)


def test_a_raise_with_a_past_date_is_taken_and_said_to_be_one_in_arrears(desk, rural):
    assert "追溯调整" not in desk.page(at=rural)
    add(desk, rural, f"{dates.today().year}-07-01" if dates.today().month > 7 else f"{dates.today().year - 1}-07-01", "6400.00")
    page = desk.page(at=rural)
    assert "追溯调整" in page and "试算" in page
    assert not drafts.problems_of(desk.draft, desk.browser.client.application.extensions["relief"])


@pytest.mark.parametrize(("since", "value", "source", "told"), [
    ("2031-13-01", "6400.00", "文件", "日期"), ("2031-01-01", "六千", "文件", "不是金额"), ("2031-01-01", "-5", "文件", "不能是负数"),
    ("2031-01-01", "6400.00", "", "必须填写"), ("2024-01-01", "6400.00", "文件", "已经发布给另一项"),
])  # fmt: skip
def test_bad_values_are_told_at_their_place_and_nothing_typed_is_lost(desk, engine, rural, since, value, source, told):
    added = desk.send("add", item=rural, name="values")["at"]
    answers = []
    for name, text in (("from", since), ("value", value), ("source", source)):
        answer = desk.browser.post(
            f"/designer/drafts/{desk.id}/standards/edit",
            {"do": "set", "rev": desk.rev, "item": added, "name": name, "value": text},
            headers={"Accept": "application/json"},
        )
        answers.append(answer)
        desk.rev = answer.json.get("rev", desk.rev)
    refused = [answer.json["refused"] for answer in answers if answer.status_code != 200]
    found = drafts.problems_of(desk.draft, engine)
    assert told in "".join(refused) + "".join(one.text for one in found if one.item == added)


def test_a_new_standard_is_added_with_its_unit_and_value(desk, engine):
    added = desk.send("add", item="root", name="standards")["at"]
    for name, text in (("key", "education.cap"), ("label", "教育救助限额"), ("unit", "money")):
        desk.set(added, name, text)
    add(desk, added, f"{dates.today().year}-01-01", "5000.00")
    assert drafts.problems_of(desk.draft, engine) == []
    assert "新标准" in desk.page()
