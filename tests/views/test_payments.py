"""The screens of payment lists, as each role meets them."""

import pytest

from adminapp import database as connection
from adminapp import dates
from adminapp.jobs import model, runner
from adminapp.payments import batches, lines
from tests.adminapp.payments.world import World, account_of

MINE, OTHERS = "433123109001", "433123101001"


@pytest.fixture
def september():
    with dates.frozen("2026-09-16"):
        yield


@pytest.fixture
def world(app, people, september):
    return World(connection.raw("awards").database)


@pytest.fixture
def staff(login, browser, world):
    """Return a function that gives the signed-in browser of a role."""
    signed = {}

    def sign_in(username):
        if username not in signed:
            signed[username] = login(username, browser())
        return signed[username]

    return sign_in


@pytest.fixture
def work(app):
    return lambda: [runner.run_job(app.extensions["relief"], job_id) for job_id in model.waiting()]


USERS = {}


@pytest.fixture(autouse=True)
def _users(people):
    """Fill USERS with a username for each role, those of 沱江镇 for the township."""
    for account in people.values():
        if account.township in ("", "433123109"):
            USERS.setdefault(account.role, account.username)


def user(role):
    return USERS[role]


@pytest.fixture
def draft(staff, world, work):
    world.award(1, village=MINE)
    world.award(2, village=OTHERS)
    world.award(3, "tekun", village=MINE, person=world.documents(2)[0]["person"])
    reviewer = staff(user("county_reviewer"))
    answer = reviewer.post("/payments/new", {"scope": "all", "month": "2026-09"})
    assert answer.status_code == 303
    work()
    return batches.get("all:2026-09")


def step(browser, key, **data):
    rev = batches.get("all:2026-09")["rev"]
    return browser.post("/payments/all:2026-09/act", {"action": key, "rev": rev, **data})


def test_month_goes_from_draft_to_the_bank(staff, draft, work):
    reviewer, approver, finance = (staff(user(role)) for role in ("county_reviewer", "county_approver", "finance"))
    page = reviewer.get("/payments/all:2026-09").text
    assert "2026 年 9 月全部类型发放名册" in page and "锁定名册" in page and "特困" in page
    assert step(reviewer, "lock").status_code == 303
    work()
    page = approver.get("/payments/all:2026-09").text
    assert batches.get("all:2026-09")["seal"]["digest"] in page and "审批通过" in page
    assert step(approver, "approve").status_code == 303
    assert step(finance, "fund").status_code == 303
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
    reviewer = staff(user("county_reviewer"))
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
        page = staff(user(role)).get("/payments/all:2026-09").text
        assert "虚构00001" in page, (role, page)
        assert not any(secret in page for secret in secrets)
        assert f"尾号 {account_of(1)[-4:]}" in page


def test_township_sees_its_own_lines_and_sums_only(staff, draft):
    clerk = staff(user("township_clerk"))
    page = clerk.get("/payments/all:2026-09").text
    assert "虚构00001" in page and "虚构00002" not in page
    assert "300.00" in page and "600.00" not in page
    assert "校验值" not in page and "锁定名册" not in page
    assert "虚构00002" not in clerk.get("/payments/all:2026-09?township=433123101").text
    assert "600.00" not in clerk.get("/payments/").text


@pytest.mark.parametrize("role", ["sysadmin", "policy_admin", "village_assistant"])
def test_others_see_no_payments(staff, draft, role):
    for path in ("/payments/", "/payments/all:2026-09", "/payments/new"):
        assert staff(user(role)).get(path).status_code == 403


def test_wrong_roles_cannot_take_steps(staff, draft):
    for role in ("township_clerk", "auditor"):
        assert step(staff(user(role)), "lock").status_code == 403
        assert staff(user(role)).post("/payments/new", {"scope": "all", "month": "2026-08"}).status_code == 403
        assert staff(user(role)).post("/payments/all:2026-09/release", {"files": "csv"}).status_code == 403
    for role, key in (
        ("finance", "lock"),
        ("finance", "approve"),
        ("county_reviewer", "approve"),
        ("county_approver", "fund"),
    ):
        assert step(staff(user(role)), key).status_code == 403, (role, key)
    assert batches.get("all:2026-09")["state"] == "DRAFT"


def test_stale_page_takes_no_step(staff, draft):
    answer = staff(user("county_reviewer")).post("/payments/all:2026-09/act", {"action": "lock", "rev": "1"})
    assert answer.status_code == 409


def test_abort_needs_a_reason(staff, draft):
    reviewer = staff(user("county_reviewer"))
    assert step(reviewer, "abort").status_code == 400
    assert step(reviewer, "abort", reason="选错月份").status_code == 303
    assert "已作废" in reviewer.get("/payments/all:2026-09").text
    assert connection.raw("payment_lines").count_documents({"state": {"$ne": "CANCELLED"}}) == 0


def test_line_is_adjusted_with_a_reason(staff, draft, work):
    reviewer, line = staff(user("county_reviewer")), next(iter(lines.payable("all:2026-09")))
    url = f"/payments/all:2026-09/lines/{line['_id'].rpartition('/')[2]}/adjust"
    assert "调整金额" in reviewer.get(url).text
    rev = batches.get("all:2026-09")["rev"]
    assert "大于 0" in reviewer.post(url, {"amount": "-300", "reason": "抵扣", "rev": rev}).text
    assert reviewer.post(url, {"amount": "-50", "reason": "抵扣", "rev": rev}).status_code == 303
    step(reviewer, "lock")
    work()
    assert batches.get("all:2026-09")["seal"]["amount"] == 25000
    assert staff(user("finance")).get(url).status_code == 403


def test_lines_are_paged_without_repeating_or_losing_one(staff, world, work):
    for number in range(120):
        world.award(number)
    reviewer = staff(user("county_reviewer"))
    reviewer.post("/payments/new", {"scope": "dibao_rural", "month": "2026-09"})
    work()
    url, seen, pages = "/payments/dibao_rural:2026-09", [], 0
    while url:
        page = reviewer.get(url).text
        lines_shown = page.split('id="lines"')[1]
        seen += [number for number in range(120) if f">虚构{number:05d}<" in lines_shown]
        following = [
            part.split('href="')[1].split('"')[0]
            for part in page.split("<a ")
            if 'rel="next"' in part and 'href="' in part
        ]
        url, pages = following[0].replace("&amp;", "&").split("#")[0] if following else None, pages + 1
    assert pages == 4 and sorted(seen) == list(range(120))


def test_check_tells_what_was_changed(staff, draft, work):
    connection.raw("payment_lines").update_one({"_id": "all:2026-09/0000001"}, {"$inc": {"amount": 1}})
    auditor = staff(user("auditor"))
    answer = auditor.post("/payments/all:2026-09/prove")
    work()
    assert "第 1 行" in auditor.get(answer.location).text


def test_unknown_batch_and_filter_are_refused(staff, draft):
    reviewer = staff(user("county_reviewer"))
    assert reviewer.get("/payments/all:2020-01").status_code == 404
    assert reviewer.get("/payments/all:2026-09?state=x").status_code == 400
    assert reviewer.get("/payments/?before=x").status_code == 400
    assert reviewer.post("/payments/new", {"scope": "nothing", "month": "2026-09"}).status_code == 400
