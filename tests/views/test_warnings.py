"""Warnings on the screen: counted by rule and place, looked into one by one, put aside with a reason and a last day."""

import pytest

from adminapp import database, dates
from adminapp.warnings import Finding, Rule, store, sweep
from tests.browser import overflow, ready, violations
from tests.conftest import HERE, THERE

WHY = {"code": "fine", "reason": "已入户核实", "until": "2026-10-20"}


@pytest.fixture(autouse=True)
def _today():
    with dates.frozen("2026-09-28"):
        yield


@pytest.fixture
def kept(app):
    """Return ids of three warnings of two rules in two townships."""

    def keep(rule, label, *places):
        found = [Finding(str(n), {"_id": n, "number": f"N{n}", "township": place, "name": f"龙虚构{n}"}, "应于 2026-09-20 前办结") for n, place in places]
        sweep.run(Rule(rule, label, "催办", lambda engine, today: iter(found)), None)

    keep("late_step", "环节超期", (1, HERE), (2, THERE))
    keep("adjusted", "金额与计算不符", (3, HERE))
    return "late_step:1", "late_step:2", "adjusted:3"


def state(warning_id):
    return database.raw("warnings").find_one({"_id": warning_id})["state"]


def test_the_county_counts_by_rule_and_place_and_drills_down(login, kept):
    browser = login("reviewer")
    page = browser.get("/warnings/").text
    assert page.count("龙虚构") >= 3 and "各乡镇" in page
    page = browser.get(f"/warnings/?rule=late_step&township={HERE}").text
    assert "龙虚构1" in page and "龙虚构2" not in page and "龙虚构3" not in page
    page = browser.get("/warnings/late_step:1").text
    assert "应于 2026-09-20 前办结" in page and "县方案 四(二)" in page


def test_unknown_words_count_as_not_given(login, kept):
    page = login("reviewer").get("/warnings/?rule=x&township=y&state=z&after=%00").text
    assert page.count("龙虚构") >= 3


def test_putting_aside_and_taking_back(login, kept):
    browser = login("approver")
    answer = browser.post("/warnings/dismiss", WHY | {"ids": list(kept[:2])}, follow_redirects=True)
    assert "已排除 2 条" in answer.text and state(kept[0]) == state(kept[1]) == store.DISMISSED
    assert "2026-10-20" in browser.get("/warnings/?state=dismissed").text
    assert "已入户核实" in browser.get(f"/warnings/{kept[0]}").text
    browser.post("/warnings/restore", {"ids": [kept[0]]})
    assert state(kept[0]) == store.OPEN


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"reason": ""}, "请写明核实情况"), ({"until": ""}, "排除到期日应在"), ({"until": "2026-13-45"}, "不是日期"), ({"ids": []}, "没有选中"),
        ({"code": "x"}, "请选择排除原因"),
    ],
)  # fmt: skip
def test_bad_input_says_what_to_do_and_changes_nothing(login, kept, changes, sentence):
    answer = login("reviewer").post("/warnings/dismiss", WHY | {"ids": [kept[0]]} | changes, follow_redirects=True)
    assert sentence in answer.text and state(kept[0]) == store.OPEN


def test_a_township_reads_its_own_and_puts_nothing_aside(login, kept):
    browser = login("deputy.tuojiang")
    page = browser.get("/warnings/").text
    assert "龙虚构1" in page and "龙虚构3" in page and "龙虚构2" not in page and "/warnings/dismiss" not in page
    assert browser.get(f"/warnings/{kept[1]}").status_code == 404
    assert browser.post("/warnings/dismiss", WHY | {"ids": [kept[0]]}).status_code == 403
    assert state(kept[0]) == store.OPEN


def test_in_the_browser(kept, site, sign_in):
    page = sign_in("reviewer")
    page.goto(f"{site}/warnings/?rule=late_step")
    ready(page)
    page.get_by_role("checkbox", name="龙虚构1").check()
    page.get_by_role("button", name="排除", exact=True).first.click()
    page.get_by_label("核实情况").fill("已入户核实")
    page.get_by_role("dialog").get_by_role("button", name="排除", exact=True).click()
    page.get_by_text("已排除 1 条").wait_for()
    assert (state(kept[0]), state(kept[1])) == (store.DISMISSED, store.OPEN)
    assert violations(page) == [] and not overflow(page) and page.troubles == []
