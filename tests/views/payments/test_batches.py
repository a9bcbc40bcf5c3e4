"""The screens of payment lists, as each role meets them."""

import re

import pytest

from adminapp import database as connection
from adminapp.payments import batches, lines, variance
from tests import plans
from tests.adminapp.payments.world import account_of
from tests.views.payments.conftest import MINE, OTHERS


def step(browser, key, **data):
    rev = batches.get("all:2026-09")["rev"]
    return browser.post("/payments/all:2026-09/act", {"action": key, "rev": rev, **data})


def test_month_goes_from_draft_to_the_bank(staff, draft, work, month):
    reviewer, approver, finance = (staff(role) for role in ("county_reviewer", "county_approver", "finance"))
    page = reviewer.get("/payments/all:2026-09").text
    assert "2026 年 9 月全部类型发放名册" in page and "锁定名册" in page and "特困" in page and "回盘" not in page
    assert step(reviewer, "lock").status_code == 303
    work()
    page = approver.get("/payments/all:2026-09").text
    assert batches.get("all:2026-09")["seal"]["digest"] in page and "审批通过" in page
    assert step(approver, "approve").status_code == 303
    assert step(finance, "send").status_code == 409
    month.funded(batches.get("all:2026-09"))
    answer = finance.post("/payments/all:2026-09/release", {"files": ["xlsx", "bank:generic_csv@1"], "request": "r1"})
    work()
    page = finance.get(answer.location).text
    assert ".xlsx" in page and "已完成" in page
    file = finance.get(answer.location + "/files/0")
    assert file.status_code == 200 and account_of(1).encode() in file.data
    assert "no-store" in file.headers["Cache-Control"]
    file.close()
    assert step(finance, "send").status_code == 303
    assert "已送银行" in finance.get("/payments/").text


def test_double_submission_makes_one_batch_and_one_export(staff, draft, work):
    reviewer = staff("county_reviewer")
    assert reviewer.post("/payments/new", {"scope": "all", "month": "2026-09"}).location.endswith("all:2026-09")
    assert batches.collection().count_documents({}) == 1
    step(reviewer, "lock")
    work()
    places = {
        reviewer.post("/payments/all:2026-09/release", {"files": "csv", "request": "same"}).location for _ in range(3)
    }
    assert len(places) == 1


def test_nobody_sees_a_whole_account_or_id_on_screen(staff, draft):
    secrets = [account_of(number) for number in (1, 2, 3)]
    for role in ("county_reviewer", "county_approver", "finance", "auditor", "township_clerk"):
        page = staff(role).get("/payments/all:2026-09/lines").text
        assert "虚构00001" in page, (role, page)
        assert not any(secret in page for secret in secrets)
        assert f"尾号 {account_of(1)[-4:]}" in page


def test_township_sees_its_own_lines_and_sums_only(staff, draft):
    clerk = staff("township_clerk")
    page = clerk.get("/payments/all:2026-09").text
    assert "虚构00002" not in page
    assert "300.00" in page and "600.00" not in page
    assert "校验值" not in page and "锁定名册" not in page
    for narrowed in ("", "?township=433123101", "?q=虚构00002", "?q=433123109XX202600002"):
        assert "虚构00002<" not in clerk.get(f"/payments/all:2026-09/lines{narrowed}").text
    assert "虚构00001<" in clerk.get("/payments/all:2026-09/lines").text
    assert "600.00" not in clerk.get("/payments/").text


@pytest.mark.parametrize("role", ["sysadmin", "policy_admin", "village_assistant"])
def test_others_see_no_payments(staff, draft, role):
    for path in ("/payments/", "/payments/all:2026-09", "/payments/new"):
        assert staff(role).get(path).status_code == 403


def test_wrong_roles_cannot_take_steps(staff, draft):
    for role in ("township_clerk", "auditor"):
        assert step(staff(role), "lock").status_code == 403
        assert staff(role).post("/payments/new", {"scope": "all", "month": "2026-08"}).status_code == 403
        assert staff(role).post("/payments/all:2026-09/release", {"files": "csv"}).status_code == 403
    for role, key in (
        ("finance", "lock"),
        ("finance", "approve"),
        ("county_reviewer", "approve"),
        ("county_approver", "send"),
    ):
        assert step(staff(role), key).status_code == 403, (role, key)
    assert batches.get("all:2026-09")["state"] == "DRAFT"


def test_stale_page_takes_no_step(staff, draft):
    answer = staff("county_reviewer").post("/payments/all:2026-09/act", {"action": "lock", "rev": "1"})
    assert answer.status_code == 409


def test_month_before_its_cut_off_is_refused_with_what_was_typed(staff, world):
    page = staff("county_reviewer").post("/payments/new", {"scope": "all", "month": "2026-10", "reason": "试一试"})
    assert page.status_code == 400 and "2026-10 的截止日是 2026-09-20" in page.text and "试一试</textarea>" in page.text
    assert batches.collection().count_documents({}) == 0


def test_supplement_waits_for_another_person(staff, draft, work):
    reviewer, approver = staff("county_reviewer"), staff("county_approver")
    step(reviewer, "lock")
    work()
    asked = {"scope": "all", "month": "2026-09", "supplement": "1"}
    assert "为什么要编补充批次" in reviewer.post("/payments/new", asked).text
    place = reviewer.post("/payments/new", asked | {"reason": "沱江镇漏报"}).location
    page = reviewer.get(place).text
    assert "待同意" in page and "沱江镇漏报" in page and "同意编制" not in page
    assert "同意编制" in approver.get(place).text
    assert approver.post(f"{place}/act", {"action": "consent", "rev": 1}).status_code == 303
    work()
    assert batches.get("all:2026-09:2")["state"] == "DRAFT"


def test_abort_needs_a_reason(staff, draft):
    reviewer = staff("county_reviewer")
    assert step(reviewer, "abort").status_code == 400
    assert step(reviewer, "abort", reason="选错月份").status_code == 303
    assert "已作废" in reviewer.get("/payments/all:2026-09").text
    assert connection.raw("payment_lines").count_documents({"state": {"$ne": "CANCELLED"}}) == 0


def test_line_is_adjusted_with_a_reason(staff, draft, work):
    reviewer, line = staff("county_reviewer"), next(iter(lines.payable("all:2026-09")))
    url = f"/payments/all:2026-09/lines/{line['_id'].rpartition('/')[2]}/adjust"
    assert "调整金额" in reviewer.get(url).text
    rev = batches.get("all:2026-09")["rev"]
    assert "大于 0" in reviewer.post(url, {"amount": "-300", "reason": "抵扣", "rev": rev}).text
    assert reviewer.post(url, {"amount": "-50", "reason": "抵扣", "rev": rev}).status_code == 303
    step(reviewer, "lock")
    work()
    assert batches.get("all:2026-09")["seal"]["amount"] == 25000
    assert staff("finance").get(url).status_code == 403


def test_lines_are_paged_without_repeating_or_losing_one(staff, world, work):
    for number in range(120):
        world.award(number)
    reviewer = staff("county_reviewer")
    reviewer.post("/payments/new", {"scope": "dibao_rural", "month": "2026-09"})
    work()
    url, seen, pages = "/payments/dibao_rural:2026-09/lines", [], 0
    while url:
        page = reviewer.get(url).text
        seen += [number for number in range(120) if f"虚构{number:05d}<" in page]
        following = [
            part.split('href="')[1].split('"')[0]
            for part in page.split("<a ")
            if 'rel="next"' in part and 'href="' in part
        ]
        url, pages = following[0].replace("&amp;", "&").split("#")[0] if following else None, pages + 1
    assert pages == 4 and sorted(seen) == list(range(120))


def test_every_difference_to_the_month_before_is_told_payee_by_payee(staff, world, month):
    world.award(1, village=MINE)
    world.award(2, village=OTHERS, last="2026-08")
    month.lock(month.build("2026-08"))
    for number in range(3, 38):
        world.award(number, village=MINE, first="2026-09")
    month.build("2026-09")
    page = staff("county_reviewer").get("/payments/all:2026-09").text
    assert "key=stopped" in page and "+35" in page and "未能说明" not in page
    page = staff("county_reviewer").get("/payments/all:2026-09/variance?key=stopped").text
    assert "虚构00002<" in page and "终止" in page and "-300.00" in page and "虚构00003<" not in page
    first = staff("township_clerk").get("/payments/all:2026-09/variance").text
    assert "虚构00003<" in first and "虚构00002<" not in first
    following = next(part.split('"')[0] for part in first.split('href="') if "after=" in part.split('"')[0]).replace("&amp;", "&")
    second = staff("township_clerk").get(following).text
    both = [number for number in range(1, 38) if (f"虚构{number:05d}<" in first) != (f"虚构{number:05d}<" in second)]
    assert both == list(range(3, 38)), "each once, over two pages"
    assert staff("county_reviewer").get("/payments/all:2026-08/variance").status_code == 404
    assert staff("county_reviewer").get("/payments/all:2026-09/variance?key=x").status_code == 400


def test_check_tells_what_was_changed(staff, draft, work):
    connection.raw("payment_lines").update_one({"_id": "all:2026-09/0000001"}, {"$inc": {"amount": 1}})
    auditor = staff("auditor")
    answer = auditor.post("/payments/all:2026-09/prove")
    work()
    assert "第 1 行" in auditor.get(answer.location).text


def test_every_batch_is_on_a_page_when_a_month_fills_more_than_one(staff, draft):
    reviewer = staff("county_reviewer")
    row = batches.get("all:2026-09")
    more = [{"_id": f"{scope}:2026-09:{n}", "scope": scope, "n": n} for scope in ("all", "dibao") for n in range(2, 22)]
    batches.collection().insert_many([row | each for each in more])
    batches.collection().insert_one(row | {"_id": "all:2026-08", "month": "2026-08"})
    seen, address = [], "/payments/"
    while address:
        page = reviewer.get(address).text
        seen += re.findall(r'href="/payments/([a-z]+:[\d:-]+)"', page)
        following = re.search(r'href="(/payments/\?before=[^"]+)"', page)
        address = following and following[1]
    assert len(set(seen)) == len(more) + 2
    sort = [("month", -1), ("scope", 1), ("n", 1)]
    plan = str(batches.collection().find(batches._behind("all:2026-09:9"), sort=sort).explain()["queryPlanner"]["winningPlan"])
    assert "'indexName': 'month'" in plan and "SORT" not in plan


def test_unknown_batch_and_filter_are_refused(staff, draft):
    reviewer = staff("county_reviewer")
    assert reviewer.get("/payments/all:2020-01").status_code == 404
    assert reviewer.get("/payments/all:2026-09/lines?state=x").status_code == 400
    assert reviewer.get("/payments/?before=x").status_code == 400
    assert reviewer.post("/payments/new", {"scope": "nothing", "month": "2026-09"}).status_code == 400


def test_lines_are_found_by_name_number_and_state(staff, draft):
    reviewer = staff("county_reviewer")
    number = connection.raw("awards").find_one({"name": "虚构00001"})["number"]
    for asked in ("q=虚构00001", f"q={number}", "state=PENDING"):
        page = reviewer.get(f"/payments/all:2026-09/lines?{asked}").text
        assert "虚构00001<" in page and "虚构00002<" not in page, asked
    held = reviewer.get("/payments/all:2026-09/lines?state=HELD").text
    assert "虚构00002<" in held and "特困" in held
    assert "没有符合条件的明细" in reviewer.get("/payments/all:2026-09/lines?q=433123109XX209900001").text


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ({}, "place"),
        ({"township": "433123109"}, "place"),
        ({"state": "HELD"}, "state"),
        ({"name": "虚构00001"}, "name"),
    ],
)
def test_lists_of_lines_are_read_in_the_order_of_an_index(app, query, index):
    order = [("township", 1), ("village", 1), ("_id", 1)]
    stages = plans.of_find(lines.COLLECTION, {"batch": "all:2026-09"} | query, index, order, 31)
    assert "COLLSCAN" not in stages
    assert "SORT" not in stages or index == "name"  # namesakes are few


def test_rows_of_the_variance_are_read_in_the_order_of_an_index(app):
    for query, index in (({}, "place"), ({"key": "new"}, "key"), ({"township": "433123109"}, "place")):
        stages = plans.of_find(variance.COLLECTION, {"batch": "all:2026-09"} | query, index, [("township", 1), ("village", 1), ("_id", 1)], 31)
        assert "COLLSCAN" not in stages and "SORT" not in stages
