"""The register of accounts on screen: who waits, who verifies, and what nobody sees."""

import pytest

from adminapp import database as connection
from adminapp import sealing
from tests.adminapp.payments.world import ACCOUNT, account_of
from tests.views.payments.conftest import MINE, OTHERS


@pytest.fixture
def waiting(world, people):
    """Store an account in each township, entered by its clerk and verified by nobody."""
    from adminapp.bank import accounts

    for number, village, clerk in ((1, MINE, "clerk.tuojiang"), (2, OTHERS, "clerk.liaojiaqiao")):
        award, case = world.documents(number, village=village)
        connection.raw("awards").insert_one(award)
        connection.raw("cases").insert_one(case)
        accounts.register(case, ACCOUNT | {"asked_by": clerk, "asked_by_name": clerk, "verified_by": ""}, f"test:{number}")
    return {number: sealing.key_of(account_of(number)) for number in (1, 2)}


def act(browser, ident, step, **data):
    rev = connection.raw("bank_accounts").find_one({"_id": ident})["rev"]
    return browser.post(f"/bank-accounts/{ident}/{step}", {"rev": rev, "reason": "核对银行卡原件", **data})


def state_of(ident):
    return connection.raw("bank_accounts").find_one({"_id": ident})["state"]


def test_second_person_verifies_by_typing_the_number_from_the_card(staff, waiting):
    head, ident = staff("township_head"), waiting[1]
    page = head.get("/bank-accounts/").text
    assert "虚构00001" in page and "待核实" in page and account_of(1) not in page
    page = head.get(f"/bank-accounts/{ident}").text
    assert "存折或银行卡上的账号" in page and account_of(1) not in page and f"{account_of(1)[:4]}" in page
    act(head, ident, "verify", typed=account_of(2))
    assert "与登记的不同" in head.get(f"/bank-accounts/{ident}").text and state_of(ident) == "UNVERIFIED"
    assert act(head, ident, "verify", typed=account_of(1)).status_code == 303
    assert state_of(ident) == "VERIFIED" and "核对银行卡原件" in head.get(f"/bank-accounts/{ident}").text
    assert "虚构00001" not in head.get("/bank-accounts/").text
    assert "虚构00001" in head.get("/bank-accounts/?show=good").text
    assert connection.raw("audit").count_documents({"kind": "account", "data.action": "verify"}) == 1


def test_who_entered_an_account_is_not_offered_to_verify_it(staff, waiting):
    clerk = staff("township_clerk")
    assert "核实通过" not in clerk.get(f"/bank-accounts/{waiting[1]}").text
    assert act(clerk, waiting[1], "verify", typed=account_of(1)).status_code == 403
    assert state_of(waiting[1]) == "UNVERIFIED"


def test_township_sees_its_own_accounts_only(staff, waiting):
    head = staff("township_head")
    assert "虚构00002" not in head.get("/bank-accounts/").text
    assert "没有符合条件的账户" in head.get("/bank-accounts/?q=虚构00002").text
    foreign, absent = head.get(f"/bank-accounts/{waiting[2]}"), head.get(f"/bank-accounts/{'0' * 32}")
    assert foreign.status_code == absent.status_code == 404
    assert act(head, waiting[2], "freeze").status_code == 404
    assert "虚构00002" in staff("finance").get("/bank-accounts/").text


def test_account_of_two_townships_shows_each_its_own_uses(staff, world, waiting):
    from adminapp.bank import accounts

    award, case = world.documents(3, village=OTHERS)
    case["x_account_number"] = world.documents(1)[1]["x_account_number"]
    connection.raw("cases").insert_one(case)
    accounts.register(case, ACCOUNT | {"asked_by": "clerk.liaojiaqiao"}, "test:3")
    page = staff("township_head").get(f"/bank-accounts/{waiting[1]}").text
    assert "虚构00001" in page and "虚构00003" not in page and award["number"] not in page and "另有其他乡镇 1 件" in page
    page = staff("county_reviewer").get(f"/bank-accounts/{waiting[1]}").text
    assert "虚构00003" in page and "与他人共用" in page


def test_frozen_account_needs_two_people_to_be_used_again(staff, waiting):
    ident, reviewer = waiting[1], staff("county_reviewer")
    act(staff("township_head"), ident, "verify", typed=account_of(1))
    act(reviewer, ident, "freeze", reason="银行通知止付")
    page = reviewer.get(f"/bank-accounts/{ident}").text
    assert "冻结" in page and "申请重新核实" in page and "核实通过" not in page.split("办理记录")[0]
    act(reviewer, ident, "ask", reason="已解除冻结", spelling="李YAN")
    assert act(reviewer, ident, "verify", typed=account_of(1)).status_code == 403
    act(staff("county_approver"), ident, "verify", typed=account_of(1))
    assert state_of(ident) == "VERIFIED" and "李YAN" in reviewer.get(f"/bank-accounts/{ident}").text


def test_missing_reason_and_stale_page_change_nothing(staff, waiting):
    head, ident = staff("township_head"), waiting[1]
    act(head, ident, "refuse", reason=" ")
    assert "请填写理由" in head.get(f"/bank-accounts/{ident}").text
    assert head.post(f"/bank-accounts/{ident}/refuse", {"rev": 99, "reason": "不是本人的"}).status_code == 409
    assert head.post(f"/bank-accounts/{ident}/burn", {"rev": 0, "reason": "x"}).status_code == 404
    assert state_of(ident) == "UNVERIFIED"


@pytest.mark.parametrize("role", ["sysadmin", "policy_admin", "village_assistant"])
def test_others_see_no_account(staff, waiting, role):
    assert staff(role).get("/bank-accounts/").status_code == 403
    assert staff(role).get(f"/bank-accounts/{waiting[1]}").status_code == 403


@pytest.mark.parametrize("role", ["finance", "auditor"])
def test_finance_and_audit_read_the_register(staff, waiting, role):
    page = staff(role).get(f"/bank-accounts/{waiting[1]}").text
    assert "虚构00001" in page and account_of(1) not in page
    assert ("/cases/" in page.split("<main")[1]) == (role == "auditor")
    assert act(staff(role), waiting[1], "verify", typed=account_of(1)).status_code == 403
