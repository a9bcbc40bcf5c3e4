"""Help: every screen has its page, what the pages quote stands on the screens, each role finds its work, words are explained."""

import re
from pathlib import Path

import pytest

from adminapp import policy
from adminapp.workflow.actions import ACTIONS
from views import menu
from views.help import content

ROOT = Path(__file__).parents[2]
PEOPLE = {
    "sysadmin": policy.SYSADMIN, "policy": policy.POLICY_ADMIN, "reviewer": policy.REVIEWER, "approver": policy.APPROVER,
    "finance": policy.FINANCE, "auditor": policy.AUDITOR, "clerk.tuojiang": policy.CLERK, "deputy.tuojiang": policy.DEPUTY,
    "head.tuojiang": policy.HEAD, "assistant.tuojiang": policy.ASSISTANT,
}  # fmt: skip
NOT_EXPLAINED = {"help": "itself", "static": "files", "public": "for anybody, explains itself", "api": "docs/api.md"}


def texts():
    """Yield (where, text) of everything the help tells."""
    for topic in content.topics().values():
        yield from ((topic.key, text) for text in (topic.what, *topic.do, *topic.mind))
    for role in content.roles().values():
        yield from ((role.key, text) for text in (role.duty, role.never, *(day["do"] for day in role.days)))


def test_every_screen_of_staff_has_its_page():
    screens = {endpoint.partition(".")[0] for endpoint, rule in policy.POLICY.items() if "." in endpoint and rule.kind != "api"}
    assert sorted(screens - content.by_screen().keys() - NOT_EXPLAINED.keys()) == [], "write it in views/help/pages"


def test_every_page_is_on_a_screen_that_exists():
    offered = {endpoint.partition(".")[0] for _, entries in menu.GROUPS for endpoint, _, _ in entries}
    known = {endpoint.partition(".")[0] for endpoint in policy.POLICY} | offered
    assert sorted(content.by_screen().keys() - known) == []
    opened = [topic.open for topic in content.topics().values() if topic.open]
    assert [endpoint for endpoint in opened if endpoint not in policy.POLICY] == []


def test_no_two_pages_explain_one_screen():
    named = [screen for topic in content.topics().values() for screen in topic.screens]
    assert sorted(screen for screen in set(named) if named.count(screen) > 1) == []


def test_what_is_quoted_stands_on_a_screen():
    shown = "".join(file.read_text("utf-8") for folder in ("views", "adminapp") for ending in ("html", "py") for file in (ROOT / folder).rglob(f"*.{ending}"))
    labels = {action.label for action in ACTIONS.values()}
    quoted = {(where, words) for where, text in texts() for words in re.findall("“([^”]+)”", text)}
    assert len(quoted) > 50
    assert sorted(each for each in quoted if each[1] not in shown and each[1] not in labels) == []


def test_no_page_repeats_a_figure_of_the_law():
    """Days, shares and amounts are dated data; a text that repeats one is wrong one day."""
    assert [(where, text) for where, text in texts() if re.search(r"[0-9０-９]|[二三四五六七八九十百]+(个工作日|日内|元|%)", text)] == []


@pytest.mark.parametrize(("username", "role"), PEOPLE.items())
def test_each_role_finds_its_work_and_only_screens_it_may_open(login, username, role):
    browser = login(username)
    page = browser.get("/help/").text
    told = content.roles()[role]
    assert told.duty in page and told.never in page
    for day in told.days:
        topic = content.topics()[day["topic"]]
        assert role in topic.readers(), (role, topic.key)
        assert f'href="/help/{topic.key}"' in page
        shown = browser.get(f"/help/{topic.key}").text
        assert topic.what in shown and all(text in shown for text in topic.do)


def test_every_role_has_its_page():
    assert list(content.roles()) == list(policy.ROLES)


def test_a_page_offers_the_screen_only_to_who_may_open_it(login):
    assert "打开这个页面" in login("auditor").get("/help/audit").text
    assert "打开这个页面" not in login("clerk.tuojiang").get("/help/audit").text


def test_a_screen_leads_to_its_own_help(login):
    browser = login("clerk.tuojiang")
    assert 'href="/help/worklist"' in browser.get("/work/").text
    assert 'href="/help/postings"' in browser.get("/postings/").text
    assert 'href="/help/"' in browser.get("/help/keys").text


@pytest.mark.parametrize("path", ["/help/no_such", "/help/role/no_such"])
def test_what_is_not_there_is_absent(login, path):
    assert login("clerk.tuojiang").get(path).status_code == 404


def test_help_is_for_who_is_signed_in(app):
    assert app.test_client().get("/help/words").status_code in (302, 303)


def test_a_word_is_found_by_part_of_it(login):
    browser = login("finance")
    page = browser.get("/help/words?q=回盘").text
    assert "银行付款以后送回的结果" in page and "渐退期" not in page
    assert "没有“电车&lt;”" in browser.get("/help/words?q=电车<").text


def test_words_stand_once():
    words = [row["word"] for row in content.words()]
    assert len(words) == len(set(words)) > 40
    assert [row for row in content.words() if set(row) - {"word", "short", "means"} or not row["means"].endswith("。")] == []


def test_keys_are_told_for_what_has_them(login):
    page = login("clerk.tuojiang").get("/help/keys").text
    assert "<kbd>/</kbd>" in page and "<kbd>Ctrl</kbd> + <kbd>Delete</kbd>" in page


def test_a_wrong_file_says_where_and_what_was_meant(monkeypatch):
    rows = [{"key": "home", "title": "首页", "what": "…", "screens": ["home"], "hint": "x", "see": ["caes"]}, {"key": "cases"}]
    monkeypatch.setattr(content, "_read", lambda name: rows if name == "pages/work.yaml" else [])
    with pytest.raises(content.HelpProblems, match="unknown 'hint'.*sees 'caes'.*cases"):
        content.topics.__wrapped__()
