"""The list of a type: what a clerk sees, finds and pages through, and what the database does for it."""

import re
from datetime import date
from urllib.parse import parse_qsl

import pytest
from werkzeug.datastructures import MultiDict

from adminapp import database, divisions
from adminapp.auth import users
from adminapp.scope import acting
from tests.conftest import HERE, THERE
from tests.story import DECLARATION
from tests.views.conftest import ID_NUMBER
from views.cases.columns import Listing
from views.cases.listing import ORDERS, Request, _beyond

VILLAGE, OTHER = divisions.villages(HERE)[0].code, divisions.villages(HERE)[1].code
AWAY = divisions.villages(THERE)[0].code


def names(page):
    return re.findall(r'data-label="姓名和编号">\s*<a [^>]*>([^<]*)<', page.text)


def test_clerk_sees_the_cases_of_the_own_township(cases, login):
    cases.open(VILLAGE, "龙甲虚构"), cases.open(AWAY, "吴乙虚构")
    assert names(login("clerk.tuojiang").get("/cases/demo/")) == ["龙甲虚构"]
    assert names(login("reviewer").get("/cases/demo/")) == ["吴乙虚构", "龙甲虚构"]


def test_assistant_sees_the_own_villages(cases, login, people):
    mine = people["assistant.tuojiang"].villages[0]
    other = next(one.code for one in divisions.villages(HERE) if one.code not in people["assistant.tuojiang"].villages)
    cases.open(mine, "龙甲虚构"), cases.open(other, "吴乙虚构")
    assert names(login("assistant.tuojiang").get("/cases/demo/")) == ["龙甲虚构"]


def test_unknown_type_is_not_found(cases, login):
    assert login("clerk.tuojiang").get("/cases/nothing/").status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=submitted", ["吴乙虚构"]),
        (f"village={OTHER}", ["吴乙虚构"]),
        ("applied.from=2026-09-17", ["吴乙虚构"]),
        ("applied.to=2026-09-16", ["龙甲虚构"]),
        ("q=虚构", ["吴乙虚构", "龙甲虚构"]),
        ("q=乙虚", ["吴乙虚构"]),
        ("q=wyxg", ["吴乙虚构"]),
        (f"q={ID_NUMBER}", ["吴乙虚构", "龙甲虚构"]),
        ("q=433123195603074217", []),
        ("q=.*", []),
        ("state=nonsense&sort=__proto__&after=zzz&applied.from=x", ["吴乙虚构", "龙甲虚构"]),
        ("sort=applied", ["吴乙虚构", "龙甲虚构"]),
        ("sort=-applied", ["龙甲虚构", "吴乙虚构"]),
    ],
)
def test_filters_and_search(cases, login, query, found):
    cases.open(VILLAGE, "龙甲虚构")
    cases.move(cases.open(OTHER, "吴乙虚构", on=date(2026, 9, 17)), "submit", on=date(2026, 9, 17))
    assert names(login("clerk.tuojiang").get(f"/cases/demo/?{query}")) == found


def test_pages_follow_each_other_without_gap_in_every_order(cases, login):
    for number in range(45):
        cases.open(VILLAGE, f"龙虚构{'一二三四五六七八九'[number % 9]}", on=date(2026, 9, 1 + number % 4))
    browser = login("clerk.tuojiang")
    for sort in ("", "applied", "-applied"):
        seen, url, back = [], f"/cases/demo/?sort={sort}", ""
        while url:
            page = browser.get(url).text
            ids = re.findall(r'data-label="姓名和编号">\s*<a href="/cases/demo/([0-9a-f]{24})"', page)
            seen.append(ids)
            found = re.search(r'href="([^"]*)">下一页', page)
            url = found and found[1].replace("&amp;", "&")
            previous = re.search(r'rel="prev" href="([^"]*)"', page)
            back = previous and previous[1].replace("&amp;", "&")
        assert [len(ids) for ids in seen] == [20, 20, 5]
        assert len({one for ids in seen for one in ids}) == 45
        assert (
            re.findall(r'data-label="姓名和编号">\s*<a href="/cases/demo/([0-9a-f]{24})"', browser.get(back).text)
            == seen[1]
        )


def stages(plan):
    yield plan["stage"]
    for child in [plan.get("inputStage"), *plan.get("inputStages", ())]:
        if child:
            yield from stages(child)


QUERIES = [
    "",
    "state=draft",
    "sort=applied",
    "sort=-due",
    "sort=amount",
    "f.kind=urgent",
    "f.kind=urgent&f.panel=yes",
    "village=" + VILLAGE,
    "village=" + VILLAGE + "&sort=due",
    "applied.from=2026-01-01",
    "state=draft&sort=applied",
    "after=64b0c0c0c0c0c0c0c0c0c0c0",
    "sort=applied&after=2026-09-16~64b0c0c0c0c0c0c0c0c0c0c0",
]


@pytest.mark.parametrize("username", ["clerk.tuojiang", "reviewer", "assistant.tuojiang"])
@pytest.mark.parametrize("query", QUERIES)
def test_every_list_is_carried_by_an_index(app, people, username, query):
    """Neither a walk through the collection nor a sort in memory, for any filter, order or reader."""
    published = app.extensions["relief"].registry.get("temporary")
    actor = users.actor_of(users.get(username))
    asked = Request.read(published.relief_type, actor, MultiDict(parse_qsl(query)))
    name, down = asked.order
    key = ORDERS[name].key
    direction = -1 if down else 1
    sort = {key: direction, "_id": direction}
    find = {"filter": _beyond(asked.query(), ORDERS[name], asked.after, down), "sort": sort, "hint": asked.index()}
    find["filter"] = {"$and": [actor.filter(), find["filter"]]} if actor.filter() else find["filter"]
    with acting(actor):
        plan = database.raw("cases").database.command("explain", {"find": "cases", "limit": 21, **find})[
            "queryPlanner"
        ]["winningPlan"]
    assert not {"COLLSCAN", "SORT"} & set(stages(plan)), plan
    assert Listing(published, actor).projection


def test_rows_take_one_command(cases, login):
    for _number in range(3):
        cases.open(VILLAGE)
    browser, db = login("clerk.tuojiang"), database.current()
    browser.get("/cases/demo/")
    db.command("profile", 2)
    try:
        browser.get("/cases/demo/")
    finally:
        db.command("profile", 0)
    commands = [row["op"] for row in db["system.profile"].find({"ns": f"{db.name}.cases"})]
    db.drop_collection("system.profile")
    assert commands == ["query"]


def test_masked_columns_stay_masked_and_stock_addresses_do_not_exist(cases, login):
    case = cases.open(VILLAGE)
    browser = login("clerk.tuojiang")
    assert ID_NUMBER not in browser.get("/cases/demo/").text
    for path in ("delete/", "action/", "ajax/update/", "ajax/lookup/", "export/csv/", "api/file/?id=1"):
        assert browser.get(f"/cases/demo/{path}").status_code == 404
        assert browser.post(f"/cases/demo/{path}", {"id": str(case.id)}).status_code in (404, 405)


def test_list_does_not_filter_by_what_it_shows_masked(cases, login):
    declared = "      - {id: health, label: 健康状况, kind: choice, filter: true, disclosure: personal, options: [{code: ill, label: 重病}]}\n"
    cases.publish(DECLARATION.replace("      - id: members\n", declared + "      - id: members\n"))
    cases.open(VILLAGE, "龙甲虚构", health="ill"), cases.open(VILLAGE, "吴乙虚构")
    page = login("clerk.tuojiang").get("/cases/demo/?f.health=ill")
    assert names(page) == ["吴乙虚构", "龙甲虚构"] and "f.health" not in page.text
