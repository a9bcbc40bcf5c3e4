"""The plan of ongoing management on screen: numbers by month that open lists, tasks that lead to the action of the case."""

import re

import pytest

from adminapp import database as connection
from adminapp import dates, worklist
from adminapp.jobs import model, runner
from adminapp.ongoing import planning, tasks
from seed.accounts import SMALL
from tests.adminapp.ongoing.conftest import ALIVE
from tests.browser import overflow, ready, violations
from tests.running import World
from tests.views.conftest import Cases

HERE, THERE = SMALL


@pytest.fixture(autouse=True)
def _today():
    with dates.frozen("2026-09-16"):
        yield


@pytest.fixture
def planned(app, people):
    """Store tasks of two townships in several states and months; return their maker."""

    def task(number, township=HERE, kind="review", month="2026-09", state="open", due="", **about):
        row = {"_id": f"{kind}:{number}:x", "kind": kind, "award": f"a{number}", "number": f"N{number}", "type": "dibao_rural", "name": f"龙虚构{number}",
               "person": "", "label": "", "township": township, "village": f"{township}001", "month": month, "due": due or f"{month}-28", "state": state,
               "owner": "", "owner_name": "", "opened_on": None, "result": "", "record": "",
               "key": "", "done_on": None, "done_by_name": "", "rev": 0}  # fmt: skip
        connection.raw(tasks.COLLECTION).insert_one(row | about)

    task(1)
    task(2, due="2026-09-10", label="有劳动能力")
    task(3, kind="life", month="2026-12", state="planned")
    task(4, kind="life", state="follow", result="absent")
    task(5, THERE)
    task(6, kind="birthday", person="石老虚构", label="年满六十周岁（2026-10 起）")
    task(7, state="done", result="same", done_on="2026-09-12", done_by_name="经办虚构")
    return task


def test_the_county_sees_every_township_and_opens_what_is_behind_a_number(login, planned):
    browser = login("reviewer")
    page = browser.get("/ongoing/").text
    assert "沱江镇" in page and "廖家桥镇" in page and "立即编排" in page
    link = re.search(rf'href="(/ongoing/tasks\?show=late[^"]*township={HERE}[^"]*)"', page).group(1)
    shown = browser.get(link.replace("&amp;", "&")).text
    assert "龙虚构2" in shown and "龙虚构1<" not in shown and "有劳动能力" in shown
    shown = browser.get(f"/ongoing/tasks?show=planned&month=2026-12&township={HERE}").text
    assert "龙虚构3" in shown and "生存认证" in shown


def test_a_township_sees_its_own_by_kind_and_goes_on_to_the_case(login, planned):
    browser = login("clerk.tuojiang")
    page = browser.get("/ongoing/").text
    assert "定期复核" in page and "廖家桥镇" not in page and "立即编排" not in page
    page = browser.get("/ongoing/tasks").text
    assert "龙虚构1" in page and "龙虚构5" not in page and "/cases/dibao_rural/a1/act/record_review" in page
    assert "石老虚构" in page and "adjust_birthday" in page
    assert "龙虚构5" not in browser.get(f"/ongoing/tasks?township={THERE}").text


def test_what_was_not_found_leads_to_the_lawful_step_of_who_may_take_it(login, planned):
    assert "act/suspend" not in login("clerk.tuojiang").get("/ongoing/tasks?show=follow").text
    assert "act/suspend" in login("deputy.tuojiang").get("/ongoing/tasks?show=follow").text
    assert "没有联系到" in login("auditor").get("/ongoing/tasks?show=follow").text


def test_done_tasks_say_by_whom_and_lead_nowhere(login, planned):
    page = login("clerk.tuojiang").get("/ongoing/tasks?show=done").text
    assert "经办虚构" in page and "没有变化" in page and "/act/" not in page


def test_unknown_words_count_as_not_given(login, planned):
    page = login("reviewer").get("/ongoing/tasks?show=x&month=2026-13&kind=y&township=1&after=%00").text
    assert "龙虚构1" in page and "龙虚构5" in page


def test_long_lists_go_on_behind_the_last_one_seen(login, planned):
    for number in range(100, 160):
        planned(number)
    browser = login("clerk.tuojiang")
    page = browser.get("/ongoing/tasks").text
    seen = set(re.findall(r"龙虚构1\d\d", page))
    following = re.search(r'rel="next" href="([^"]+)"', page).group(1).replace("&amp;", "&")
    more = set(re.findall(r"龙虚构1\d\d", browser.get(following).text))
    assert len(seen | more) == 60 and not seen & more


def test_only_the_county_plans_anew_and_twice_is_one_job(login, planned):
    assert login("clerk.tuojiang").post("/ongoing/plan").status_code == 403
    browser = login("reviewer")
    first, second = browser.post("/ongoing/plan"), browser.post("/ongoing/plan")
    assert first.status_code == 303 and first.location == second.location
    assert connection.raw(model.COLLECTION).count_documents({"kind": "ongoing_plan"}) == 1


def test_tasks_stand_in_the_work_list(login, planned):
    assert "ongoing" in worklist.SOURCES
    page = login("clerk.tuojiang").get("/work/?show=late&source=ongoing&all=1").text
    assert "龙虚构2" in page and "动态管理" in page


def test_in_the_browser(planned, site, sign_in):
    page = sign_in("reviewer")
    for width in (1280, 400):
        page.set_viewport_size({"width": width, "height": 900})
        for address in ("/ongoing/", "/ongoing/tasks?show=follow"):
            page.goto(site + address)
            ready(page)
            assert not overflow(page) and violations(page) == []
    assert page.troubles == []


def test_the_page_of_a_case_says_what_is_planned_for_it(login, app, people, planned):
    cases = Cases(app)
    cases.publish()
    case = cases.open(f"{HERE}001")
    planned(20, award=case.pk, kind="life", month="2026-11", state="planned")
    planned(21, award=case.pk, due="2026-09-01", owner_name="经办虚构")
    planned(22, award=case.pk, state="done")
    page = login("clerk.tuojiang").get(f"/cases/demo/{case.pk}").text.partition('id="ongoing"')[2].partition("</section>")[0]
    assert page.index("定期复核") < page.index("生存认证") and "2026-11 月份办" in page and "经办虚构" in page and page.count("<li>") == 2


def test_several_people_who_were_seen_are_certified_at_once(login, app, people):
    engine = app.extensions["relief"]
    engine.registry.publish(ALIVE.replace("home.line", "dibao.urban"), "tests", engine.standards.types())
    world = World(engine.registry, engine.standards)
    seen = [world.grant(world.new("spouse", key="alive")), world.grant(world.new(head="aunt", key="alive", income=100))]
    planning.plan(engine, "2026-09")
    planning.open_month("2026-12")
    browser = login("clerk.tuojiang")
    page = browser.get("/ongoing/tasks?kind=life").text
    assert page.count('name="ids"') == 2 and "登记健在" in page
    typed = {"ids": [str(case.pk) for case in seen], "back": "/ongoing/tasks"}
    asked = browser.post("/bulk/alive", typed)
    assert asked.status_code == 200 and "没有联系到" not in asked.text and 'href="/ongoing/tasks"' in asked.text
    refused = browser.post("/bulk/alive", typed | {"go": "1", "date": "2026-09-17", "way": "office", "seen_by": "经办虚构"})
    assert refused.status_code == 422 and 'value="经办虚构"' in refused.text
    done = browser.post("/bulk/alive", typed | {"go": "1", "date": "2026-09-15", "way": "office", "seen_by": "经办虚构"})
    assert done.status_code == 303
    assert runner.run_job(engine, done.location.rsplit("/", 1)[1]) == model.DONE
    for case in seen:
        row = connection.raw(tasks.COLLECTION).find_one({"award": case.pk, "kind": "life"}, sort=[("month", 1)])
        assert (row["state"], row["result"], row["done_on"]) == ("done", "alive", "2026-09-15")
