"""What nobody should type, typed into the designer: it is refused or listed in words, the page stands, and nothing of it goes out."""

import html
import re
import time

import pytest

from adminapp.releases import store
from adminapp.releases.model import DRAFT

SECONDS = 5
"""Of work: no answer takes more, whatever is asked. A catastrophic expression would take hours."""
BOMBS = {
    "long": "1 ＋ " * 3_300 + "1",
    "deep": "（" * 1_900 + "1" + "）" * 1_900,
    "quotes": "“" * 3_900,
    "words": "家庭" * 1_950,
    "signs": "＋－×÷" * 900,
    "spaces": "本人 " + " " * 3_800 + "！",
    "power": "10 ** 10 ** 10 ** 10",
    "python": '().__class__.__mro__[1].__subclasses__()',
    "expression": "(a+)+$" * 300 + "a" * 1_000 + "!",
}


@pytest.fixture(autouse=True)
def published(engine):
    """Nothing is published, whatever is done."""
    before = engine.refresh().registry.seq
    yield
    assert engine.refresh().registry.seq == before


def rule_of(desk) -> str:
    return next(place.key for place in desk.draft.places.values() if place.list_name == "eligibility")


def check(desk) -> str:
    """Check the draft by its button; return what the page of the release says."""
    started = time.thread_time()
    answer = desk.browser.post("/releases/", {"ids": desk.id, "then": "check"})
    page = desk.browser.get(answer.location).text
    assert time.thread_time() - started < SECONDS
    assert store.get(store.holding(desk.id)["_id"])["state"] == DRAFT and "检查发现" in page
    return page


def shown(desk, tab="form", **query) -> str:
    started = time.thread_time()
    page = desk.page(tab, **query)
    assert time.thread_time() - started < SECONDS
    return page


@pytest.mark.parametrize("name", list(BOMBS))
def test_a_formula_that_is_a_bomb_is_told_at_its_place_and_never_runs(desk, name):
    owner = rule_of(desk)
    started = time.thread_time()
    answer = desk.set(owner, "rule", BOMBS[name])
    assert time.thread_time() - started < SECONDS
    assert [one for one in answer["problems"] if one["item"] == owner and one["name"] == "rule"]
    assert "处问题" in shown(desk, "rules")
    check(desk)


def test_five_hundred_fields_are_counted_and_the_page_stands(desk):
    section = desk.key(id="agent")
    for start in (0, 200, 400):
        desk.send("add", item=section, name="fields", kind="text", lines="\n".join(f"第{n}问" for n in range(start, start + 200)))
    assert len(desk.draft.thing.fields) > 500
    assert "个字段，最多 300 个" in shown(desk)
    assert "个字段，最多 300 个" in check(desk)


def test_computed_fields_in_a_circle_are_named(desk):
    first, second, third = (_computed(desk, label) for label in ("甲数", "乙数", "丙数"))
    for item, formula in ((first, "乙数 ＋ 1"), (second, "丙数 ＋ 1"), (third, "甲数 ＋ 1")):
        answer = desk.set(item, "formula", formula)
    assert any("→" in one["text"] for one in answer["problems"]), answer["problems"]
    page = check(desk)
    assert "甲数 → 乙数 → 丙数 → 甲数" in page
    shown(desk, "form", at=first)


def _computed(desk, label):
    answer = desk.send("add", item=desk.key(id="agent"), name="fields", kind="computed")
    desk.set(answer["at"], "label", label)
    return answer["at"]


def test_an_id_that_is_there_already_is_refused_or_told(desk):
    first, second = (desk.send("add", item=desk.key(id="agent"), name="fields", kind="text")["at"] for _ in range(2))
    assert "已经发布给另一项" in desk.send("set", 422, item=second, name="id", value="kind")["refused"]
    desk.set(first, "id", "twice")
    answer = desk.set(second, "id", "twice")
    assert [one["text"] for one in answer["problems"] if one["item"] in (first, second)], answer["problems"]
    assert "twice" in check(desk)


@pytest.mark.parametrize("label", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "javascript:alert(1)//</title>"])
def test_markup_in_a_label_is_text_everywhere_and_is_not_published(desk, label):
    item = desk.key(id="kind")
    answer = desk.set(item, "label", label)
    pages = [shown(desk), shown(desk, at=item), desk.browser.get(f"/designer/drafts/{desk.id}/preview/form").text, *answer["parts"].values()]
    pages.append(desk.browser.get(f"/designer/drafts/{desk.id}/history").text)
    assert not any("<script>alert" in page or "<img src=x" in page or "alert(1)//</title>" in page for page in pages)
    assert label in html.unescape(pages[0])
    if re.search("[<>]", label):
        check(desk)


def test_a_draft_that_is_wrong_in_many_ways_lists_all_of_them_in_words(desk):
    desk.set(desk.key(id="kind"), "label", "")
    desk.set(rule_of(desk), "rule", "没有这个字段 ＞ 1")
    desk.set("root", "group", "")
    page = html.unescape(check(desk))
    assert page.count("bad-text") >= 3 and "没有这个字段" in page and "菜单分组：" in page
    assert "sections[" not in page and "eligibility[" not in page  # places by their names
