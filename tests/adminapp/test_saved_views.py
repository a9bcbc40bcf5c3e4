"""Saved views: whose they are, who reads them, and what is refused."""

import pytest

from adminapp import database, saved_views
from adminapp.auth import users
from adminapp.errors import Conflict, Forbidden, Invalid, NotFound
from tests.conftest import HERE

ASKED = {"state": "posted", "sort": "-due"}


def actor(name):
    return users.actor_of(users.get(name))


@pytest.fixture
def clerk(people):
    return actor("clerk.tuojiang")


def titles(name, type_key="demo"):
    return [each.title for each in saved_views.listed(actor(name), type_key)]


def test_a_view_comes_back_as_it_was_kept(clerk):
    kept = saved_views.save(clerk, "demo", "  快到期的  户 ", ASKED, ["state", "due"], False)
    found = saved_views.get(clerk, kept.id)
    assert found == kept
    assert (found.title, found.asked, found.columns, found.shared, found.rev) == ("快到期的 户", ASKED, ("state", "due"), False, 1)


def test_a_view_of_ones_own_is_nobody_elses(clerk):
    view = saved_views.save(clerk, "demo", "我的", ASKED, [], False)
    for name in ("deputy.tuojiang", "clerk.liaojiaqiao", "reviewer", "sysadmin"):
        assert titles(name) == []
        with pytest.raises(NotFound):
            saved_views.get(actor(name), view.id)


def test_a_shared_view_is_read_in_the_same_post_of_the_same_place(clerk, people):
    from adminapp.auth import accounts

    accounts.create_user("clerk.two", "第二民政助理员（虚构）", ["township_clerk"], [HERE])
    accounts.create_user("clerk.three", "第三民政助理员（虚构）", ["township_clerk"], [HERE])
    saved_views.save(clerk, "demo", "共享", ASKED, [], True)
    assert titles("clerk.two") == titles("clerk.three") == ["共享"]
    for name in ("deputy.tuojiang", "clerk.liaojiaqiao", "reviewer"):
        assert titles(name) == []
    assert titles("clerk.two", "other") == []


def test_county_officers_share_with_those_of_their_role(people):
    saved_views.save(actor("reviewer"), "demo", "全县", ASKED, [], True)
    assert titles("reviewer") == ["全县"]
    assert titles("approver") == titles("clerk.tuojiang") == titles("auditor") == []


def test_only_its_owner_changes_or_drops_a_shared_view(clerk, people):
    from adminapp.auth import accounts

    accounts.create_user("clerk.two", "第二民政助理员（虚构）", ["township_clerk"], [HERE])
    other = actor("clerk.two")
    saved_views.save(clerk, "demo", "共享", ASKED, [], True)
    view = saved_views.listed(other, "demo")[0]
    for attempt in (lambda: saved_views.change(other, view, 1, "新名", True), lambda: saved_views.remove(other, view)):
        with pytest.raises(Forbidden, match="只能由本人修改"):
            attempt()
    assert titles("clerk.two") == ["共享"]
    saved_views.change(clerk, view, 1, "不共享了", False)
    assert titles("clerk.two") == []


def test_a_change_keeps_what_is_not_given(clerk):
    view = saved_views.save(clerk, "demo", "一", ASKED, ["due"], False)
    renamed = saved_views.change(clerk, view, 1, "二", False)
    assert (renamed.title, renamed.asked, renamed.columns, renamed.rev) == ("二", ASKED, ("due",), 2)
    other = saved_views.change(clerk, renamed, 2, "二", False, {"state": "draft"}, ["state"])
    assert (other.asked, other.columns) == ({"state": "draft"}, ("state",))


def test_a_change_of_what_was_changed_meanwhile_is_refused(clerk):
    view = saved_views.save(clerk, "demo", "一", ASKED, [], False)
    saved_views.change(clerk, view, 1, "二", False)
    with pytest.raises(Conflict):
        saved_views.change(clerk, view, 1, "三", False)
    assert titles("clerk.tuojiang") == ["二"]


REFUSED = [("", "起个名字"), ("  ", "起个名字"), ("一" * 21, "最多 20 个字，现在是 21 个字"), ("已有", "已有名为“已有”的视图")]


@pytest.mark.parametrize(("title", "sentence"), REFUSED)
def test_a_title_that_cannot_be_is_refused_in_words(clerk, title, sentence):
    saved_views.save(clerk, "demo", "已有", ASKED, [], False)
    with pytest.raises(Invalid, match=sentence):
        saved_views.save(clerk, "demo", title, ASKED, [], False)
    assert titles("clerk.tuojiang") == ["已有"]


def test_views_are_limited_for_each_type(clerk, monkeypatch):
    monkeypatch.setattr(saved_views, "MOST", 2)
    for title in "一二":
        saved_views.save(clerk, "demo", title, ASKED, [], False)
    with pytest.raises(Invalid, match="最多保存 2 个视图"):
        saved_views.save(clerk, "demo", "三", ASKED, [], False)
    saved_views.save(clerk, "other", "三", ASKED, [], False)


@pytest.mark.parametrize("view_id", ["", "$ne", "6560f0f0f0f0f0f0f0f0f0f0"])
def test_what_is_no_view_is_not_found(clerk, view_id):
    with pytest.raises(NotFound):
        saved_views.get(clerk, view_id)


def test_several_come_in_the_order_asked_for_without_what_is_gone(clerk):
    first, second = (saved_views.save(clerk, "demo", title, ASKED, [], False) for title in "一二")
    saved_views.remove(clerk, saved_views.save(clerk, "demo", "三", ASKED, [], False))
    gone = "6560f0f0f0f0f0f0f0f0f0f0"
    assert [each.title for each in saved_views.several(clerk, [second.id, gone, first.id])] == ["二", "一"]
    assert saved_views.several(actor("reviewer"), [first.id]) == []


def test_the_views_of_a_list_are_found_by_their_index(clerk):
    saved_views.save(clerk, "demo", "一", ASKED, [], True)
    query = {"readers": {"$in": [f"user:{clerk.id}", *saved_views._posts(clerk)]}, "type": "demo"}
    plan = str(database.raw(saved_views.COLLECTION).find(query).sort([("at", 1), ("_id", 1)]).explain()["queryPlanner"]["winningPlan"])
    assert "'indexName': 'readers'" in plan and "COLLSCAN" not in plan
