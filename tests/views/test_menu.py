"""The side menu offers what a person may open, and nothing else."""

import re

import pytest

from tests.test_matrix import PEOPLE


@pytest.mark.parametrize("username", PEOPLE.values())
def test_every_entry_of_the_menu_opens(app, login, username):
    browser = login(username)
    page = browser.get("/sessions").text
    links = re.findall(r'<a href="([^"]+)"', re.search(r'<nav class="menu".*?</nav>', page, re.DOTALL)[0])
    assert links
    for link in links:
        answer = browser.get(link)
        assert answer.status_code == 200, link
        here = re.findall(r'<a href="([^"]+)" aria-current="page"', answer.text)
        assert here[:1] == [link]


def test_relief_types_stand_under_their_groups_for_those_who_see_cases(app, login, browser):
    page = login("clerk.tuojiang").get("/sessions").text
    assert "临时救助" in page and "/cases/temporary" in page
    assert "/accounts/" not in page
    page = login("sysadmin", browser()).get("/sessions").text
    assert "/cases/" not in page and "/accounts/" in page


def test_a_type_published_while_we_work_stands_in_the_menu_at_once(app, login):
    browser = login("clerk.tuojiang")
    assert "/cases/harvest" not in browser.get("/sessions").text
    engine = app.extensions["relief"]
    source = engine.registry.get("old_age").source.replace("key: old_age", "key: harvest", 1)
    source = re.sub(r"^code: \S+", "code: ZZ", source, count=1, flags=re.MULTILINE)
    from adminapp.engine import Engine

    Engine(engine.settings, engine.base).registry.publish(source, "tests", engine.standards.types())
    assert "/cases/harvest" in browser.get("/sessions").text


def test_the_menu_is_in_the_language_of_the_person(app, login):
    assert "退出" in login("reviewer").get("/sessions").text


def test_english_is_offered_and_the_whole_menu_is_in_it(login):
    browser = login("clerk.tuojiang")
    assert ">English<" in browser.get("/sessions").text
    browser.post("/language/en")
    page = browser.get("/sessions").text
    assert "Sign out" in page and "退出" not in page and ">中文<" in page


def test_a_screen_is_called_what_its_menu_entry_is_called():
    from views import menu

    assert menu.title_of("config.standards") == "标准" and menu.title_of("payments.seal") == "发放批次"
    assert menu.title_of("cases.print_view") == "案件" and menu.title_of("no.such") == ""


def test_the_auditor_reads_words_and_of_what_was_refused_the_exact_address(app, login, browser):
    login("clerk.tuojiang").get("/accounts/")
    page = login("auditor", browser()).get("/audit/").text
    assert "登录和密码" in page and "auth.login<" not in page
    assert "入口：accounts.index" in page
