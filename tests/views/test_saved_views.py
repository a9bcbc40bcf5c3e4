"""Saved views and columns of a list, as the one who uses them sees them."""

import re

import pytest

from adminapp import divisions, saved_views
from adminapp.auth import accounts, preferences, users
from seed.accounts import DEMO_PASSWORD
from tests.conftest import HERE, THERE
from views import counting

VILLAGE, OTHER = divisions.villages(HERE)[0].code, divisions.villages(HERE)[1].code


@pytest.fixture(autouse=True)
def fresh():
    counting.forget()


@pytest.fixture
def clerk(cases, login):
    cases.open(VILLAGE, "龙甲虚构"), cases.open(OTHER, "吴乙虚构")
    return login("clerk.tuojiang")


@pytest.fixture
def other(clerk, login, browser):
    """Return a function that signs somebody else in beside the clerk: one of the demo, or another clerk of these townships."""

    def sign_in(username, *townships):
        if townships:
            accounts.create_user(username, "同岗位（虚构）", ["township_clerk"], list(townships), password=DEMO_PASSWORD, demo=True)
        return login(username, browser())

    return sign_in


def save(browser, asked=f"village={VILLAGE}", **form):
    return browser.post("/views/demo/save", {"title": "第一村", "asked": asked, **form})


def tabs(page):
    nav = re.search(r'<nav class="tabs" aria-label="视图">(.*?)</nav>', page.text, re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", nav[1])).split() if nav else []


def menu(page):
    return re.findall(r'<a href="[^"]*[?&;]view=([0-9a-f]{24})', re.search(r'<nav class="side.*?</nav>|<aside.*?</aside>', page.text, re.S)[0])


def names(page):
    return re.findall(r'data-label="姓名和编号">\s*<a [^>]*>([^<]*)<', page.text)


def headings(page):
    return re.findall(r'<th class="[^"]*" role="columnheader" scope="col"[^>]*>(?:<a [^>]*>)?([^<]+)', page.text)


def only():
    return saved_views.listed(users.actor_of(users.get("clerk.tuojiang")), "demo")[0]


def test_a_list_without_views_shows_none(clerk):
    assert tabs(clerk.get("/cases/demo/")) == []


def test_what_the_list_asks_for_is_kept_and_opened_again(clerk):
    answer = save(clerk, f"village={VILLAGE}&q=虚构&after=x")
    assert answer.status_code == 303
    page = clerk.get(answer.location)
    assert names(page) == ["龙甲虚构"] and tabs(page) == ["全部", "第一村", "1"]
    assert only().asked == {"village": VILLAGE}, "names of persons are not kept"
    assert names(clerk.get("/cases/demo/")) == ["吴乙虚构", "龙甲虚构"]


def test_a_shared_view_shows_each_reader_the_own_scope(clerk, cases, other):
    cases.open(divisions.villages(THERE)[0].code, "外乡虚构")
    save(clerk, "state=draft", shared="1")
    both = other("clerk.both", HERE, THERE)
    page = both.get("/cases/demo/")
    assert tabs(page) == ["全部", "第一村", "3"]
    assert names(both.get(f"/cases/demo/?state=draft&view={only().id}")) == ["外乡虚构", "吴乙虚构", "龙甲虚构"]
    assert tabs(clerk.get("/cases/demo/")) == ["全部", "第一村", "2"]


def test_a_reader_of_a_shared_view_may_pin_it_and_no_more(clerk, other):
    save(clerk, shared="1")
    two, view = other("clerk.two", HERE), only()
    page = two.get(f"/cases/demo/?village={VILLAGE}&view={view.id}").text
    assert "另存为自己的视图" in page and "删除视图" not in page
    assert two.post(f"/views/{view.id}/change", {"title": "别的", "rev": "1", "pinned": "1"}).status_code == 303
    assert only().title == "第一村" and users.get("clerk.two").row["preferences"]["pins"] == [view.id]
    assert two.post(f"/views/{view.id}/remove", {}).status_code == 403
    assert only().id == view.id


def test_a_pinned_view_stands_in_the_menu_with_its_number(clerk):
    view_page = clerk.get(save(clerk, pinned="1").location)
    link = re.search(rf'<a href="([^"]*view={only().id}[^"]*)"[^>]*aria-current="page"', view_page.text)
    assert link and f"village={VILLAGE}" in link[1]
    assert menu(clerk.get("/")) == [only().id]
    clerk.post(f"/views/{only().id}/change", {"title": "第一村", "rev": "1"})
    assert menu(clerk.get("/")) == []


def test_a_view_that_is_gone_leaves_the_menu(clerk, other):
    save(clerk, shared="1", pinned="1")
    two, view = other("clerk.two", HERE), only()
    two.post(f"/views/{view.id}/change", {"pinned": "1"})
    assert menu(two.get("/")) == [view.id]
    assert clerk.post(f"/views/{view.id}/remove", {}).status_code == 303
    assert menu(two.get("/")) == []
    page = clerk.get(f"/cases/demo/?view={view.id}")
    assert page.status_code == 200 and tabs(page) == []


def test_the_menu_takes_no_more_than_fit(clerk, monkeypatch):
    monkeypatch.setattr(preferences, "MOST_PINS", 1)
    save(clerk, pinned="1")
    page = clerk.get(save(clerk, title="第二个", pinned="1").location)
    assert "最多固定 1 个视图" in page.text and tabs(page) == ["全部", "第一村", "1", "第二个", "1"]


def test_a_pinned_view_that_is_gone_takes_no_place_in_the_menu(clerk, other, monkeypatch):
    monkeypatch.setattr(preferences, "MOST_PINS", 1)
    save(clerk, shared="1", pinned="1")
    two, gone = other("clerk.two", HERE), only()
    two.post(f"/views/{gone.id}/change", {"pinned": "1"})
    clerk.post(f"/views/{gone.id}/remove", {})
    page = two.get(save(two, title="第二个", pinned="1").location)
    pins = users.get("clerk.two").row["preferences"]["pins"]
    assert "最多固定" not in page.text and menu(page) == pins and len(pins) == 1 and gone.id not in pins


def test_a_changed_list_can_become_the_view(clerk):
    save(clerk)
    view = only()
    page = clerk.get(f"/cases/demo/?village={OTHER}&view={view.id}").text
    assert "视图已改动" in page and "改为现在的筛选和排序" in page
    clerk.post(f"/views/{view.id}/change", {"title": "第二村", "rev": "1", "follow": "1", "asked": f"village={OTHER}&view={view.id}"})
    assert (only().title, only().asked) == ("第二村", {"village": OTHER})
    assert "视图已改动" not in clerk.get(f"/cases/demo/?village={OTHER}&view={view.id}").text


def test_a_bad_title_is_said_and_the_list_stays(clerk):
    save(clerk)
    answer = save(clerk, f"village={OTHER}")
    page = clerk.get(answer.location)
    assert "已有名为“第一村”的视图" in page.text and names(page) == ["吴乙虚构"]


def test_somebody_elses_view_is_not_there(clerk, other):
    save(clerk)
    stranger = other("clerk.liaojiaqiao")
    for deed in ("change", "remove"):
        assert stranger.post(f"/views/{only().id}/{deed}", {"title": "x", "rev": "1"}).status_code == 404
    assert tabs(stranger.get(f"/cases/demo/?view={only().id}")) == []


def test_columns_are_chosen_and_kept_for_the_one_who_chose(clerk, other):
    usual = headings(clerk.get("/cases/demo/"))
    assert clerk.post("/views/demo/columns", {"columns": ["state", "due"], "asked": "sort=due"}).location == "/cases/demo/?sort=due"
    assert headings(clerk.get("/cases/demo/")) == ["姓名和编号", "状态", "到期"]
    assert headings(other("reviewer").get("/cases/demo/")) == usual
    clerk.post("/views/demo/columns", {"usual": "1"})
    assert headings(clerk.get("/cases/demo/")) == usual


def test_a_view_has_columns_of_its_own(clerk):
    clerk.post("/views/demo/columns", {"columns": ["state"]})
    opened = save(clerk).location
    clerk.post("/views/demo/columns", {"usual": "1"})
    assert headings(clerk.get(opened)) == ["姓名和编号", "状态"]
    clerk.post("/views/demo/columns", {"columns": ["due"], "asked": opened.partition("?")[2]})
    assert headings(clerk.get(opened)) == ["姓名和编号", "到期"]
    assert "状态" in headings(clerk.get("/cases/demo/"))


@pytest.mark.parametrize("columns", [[], ["$where"], ["applicant_id"]])
def test_columns_that_are_not_offered_are_refused(clerk, columns):
    before = headings(clerk.get("/cases/demo/"))
    page = clerk.get(clerk.post("/views/demo/columns", {"columns": columns}).location)
    assert "请至少选择一列" in page.text and headings(page) == before


def test_what_is_asked_for_and_is_no_longer_declared_is_not_asked_for(clerk):
    answer = save(clerk, "f.gone=1&state=nonsense&village=999&sort=__proto__")
    assert answer.status_code == 303 and only().asked == {}
    assert names(clerk.get(answer.location)) == ["吴乙虚构", "龙甲虚构"]
