"""The bank's answer on screen: uploaded by finance, every bad row named, taken in once, and what came back put right."""

import io

import pytest

from adminapp import database as connection
from adminapp.payments import batches
from adminapp.payments.returns import model
from tests.adminapp.payments.steps import TXT
from tests.adminapp.payments.world import account_of
from tests.views.payments.conftest import MINE, OTHERS

BATCH = "/payments/all:2026-09"


@pytest.fixture
def sent(month, world):
    for number in range(1, 4):
        world.award(number, village=MINE)
    world.award(4, village=OTHERS)
    return month.sent()


@pytest.fixture
def upload(staff, work):
    """Return a function by which finance uploads a file; it gives the page the upload led to."""

    def send(content, profile=TXT, name="回盘.txt"):
        finance = staff("finance")
        answer = finance.post(f"{BATCH}/returns/upload", {"profile": profile, "file": (io.BytesIO(content), name)})
        assert answer.status_code == 303
        work()
        return answer.location

    return send


def step(browser, url, key):
    [found] = [each for each in model.listed("all:2026-09") if url.endswith(each["_id"].rpartition("/")[2])]
    return browser.post(f"{url}/{key}", {"rev": found["rev"]})


def state_of(name):
    return connection.raw("payment_lines").find_one({"name": name}, sort=[("_id", -1)])["state"]


def test_answer_is_checked_then_taken_in(staff, sent, month, upload, work):
    finance = staff("finance")
    assert "上传并核对" in finance.get(f"{BATCH}/returns").text
    url = upload(month.content(sent, {"虚构00002": ("002", 0), "虚构00003": ("001", 10000)}))
    page = finance.get(url).text
    assert "逐行核对无误" in page and "登记入账" in page and "待入账" in page
    assert {state_of(f"虚构{number:05d}") for number in range(1, 5)} == {"SENT"}, "nothing before it is taken in"
    assert step(finance, url, "apply").status_code == 303
    work()
    assert state_of("虚构00002") == "FAILED" and state_of("虚构00003") == "PARTIAL" and state_of("虚构00001") == "PAID"
    page = finance.get(f"{BATCH}").text
    assert "部分发放" in page and "发放失败" in page
    page = finance.get(f"{BATCH}/lines?state=PARTIAL").text
    assert "到账 100.00 元" in page and "虚构00001<" not in page


def test_same_file_again_leads_to_the_same_place_and_changes_nothing(staff, sent, month, upload, work):
    finance, content = staff("finance"), month.content(sent)
    url = upload(content)
    step(finance, url, "apply")
    work()
    before = list(connection.raw("payment_lines").find())
    assert upload(content) == url and "已入账" in finance.get(url).text
    assert step(finance, url, "apply").status_code == 409
    work()
    assert list(connection.raw("payment_lines").find()) == before


def test_answer_that_equals_last_months_is_taken_in_when_somebody_ticks_that_it_was_looked_at(staff, world, month, work):
    finance = staff("finance")
    for number in (1, 2):
        world.award(number, village=MINE)
    august = month.closed("2026-08")
    september = month.sent()
    answer = finance.post(f"{BATCH}/returns/upload", {"profile": TXT, "file": (io.BytesIO(month.content(september)), "回盘.txt")})
    work()
    url = answer.location
    page = finance.get(url).text
    assert f"与批次 {august['_id']} 已入账的回盘完全相同" in page and "这是本批次的回盘" in page
    [found] = model.listed("all:2026-09")
    assert finance.post(f"{url}/apply", {"rev": found["rev"]}).status_code == 303
    work()
    assert "后勾选再登记" in finance.get(url).text and state_of("虚构00001") == "SENT"
    assert finance.post(f"{url}/apply", {"rev": found["rev"], "really_this": "1"}).status_code == 303
    work()
    assert "已入账" in finance.get(url).text and state_of("虚构00001") == state_of("虚构00002") == "PAID"


def test_taking_in_that_was_cancelled_is_offered_again(staff, sent, month, upload, work):
    finance = staff("finance")
    url = upload(month.content(sent))
    step(finance, url, "apply")
    [found] = model.listed("all:2026-09")
    assert finance.post(f"/jobs/{found['job']}/cancel").status_code in (302, 303)
    page = finance.get(url).text
    assert "已取消" in page and "登记入账" in page
    connection.raw("payment_returns").update_one({}, {"$set": {"state": "APPLYING"}, "$inc": {"rev": 1}})
    connection.raw("payment_batches").update_one({}, {"$set": {"returning": found["_id"]}})
    page = finance.get(url).text
    assert "入账没有做完" in page and "另一个回盘文件正在入账" not in page
    assert step(finance, url, "apply").status_code == 303
    assert f"{url}/apply" not in finance.get(url).text
    work()
    assert state_of("虚构00001") == "PAID" and batches.get("all:2026-09")["returning"] is None


def test_check_that_was_cancelled_asks_for_the_file_again(staff, sent, month, work):
    finance = staff("finance")
    data = {"profile": TXT}
    url = finance.post(f"{BATCH}/returns/upload", data | {"file": (io.BytesIO(month.content(sent)), "回盘.txt")}).location
    [found] = model.listed("all:2026-09")
    finance.post(f"/jobs/{found['job']}/cancel")
    assert "请重新上传这个文件" in finance.get(url).text
    finance.post(f"{BATCH}/returns/upload", data | {"file": (io.BytesIO(month.content(sent)), "回盘.txt")})
    work()
    assert "逐行核对无误" in finance.get(url).text


def test_file_with_a_bad_row_is_refused_by_row_and_column(staff, sent, month, upload):
    finance = staff("finance")
    rows = month.content(sent).decode("gbk").splitlines()
    bad = [rows[0].replace(" 30000 ", " 30001 "), rows[1], *rows[1:-1], "5 150001 150001"]
    url = upload("\r\n".join([*bad, ""]).encode("gbk"))
    page = finance.get(url).text
    assert "整个文件没有入账" in page and "送银行时为 300.00 元" in page and "与第 2 行说的是同一笔" in page
    assert "登记入账" not in page and account_of(1) not in page
    assert step(finance, url, "apply").status_code == 409 and state_of("虚构00001") == "SENT"
    assert step(finance, url, "reject").status_code == 303
    assert "已放弃" in finance.get(f"{BATCH}/returns").text


@pytest.mark.parametrize(
    ("content", "profile", "sentence"),
    [
        (b"", TXT, "请选择银行的回盘文件"),
        (b"\xff\xd8\xff\xe0 not a list", TXT, "GBK"),
        ("not the bank's file".encode("utf-8-sig"), TXT, "UTF-8"),
    ],
)
def test_what_is_no_answer_is_refused_in_words(staff, sent, upload, content, profile, sentence):
    assert sentence in staff("finance").get(upload(content, profile)).text


def test_a_format_that_does_not_exist_is_absent(staff, sent):
    data = {"profile": "no_bank@1", "file": (io.BytesIO(b"x"), "x.txt")}
    assert staff("finance").post(f"{BATCH}/returns/upload", data).status_code == 404


def test_others_read_the_answer_and_take_nothing_in(staff, sent, month, upload):
    url = upload(month.content(sent))
    for role in ("county_reviewer", "county_approver", "auditor"):
        reader = staff(role)
        assert f"{url}/apply" not in reader.get(url).text and "上传并核对" not in reader.get(f"{BATCH}/returns").text
        assert step(reader, url, "apply").status_code == 403
        assert reader.post(f"{BATCH}/returns/upload", {"profile": TXT}).status_code == 403
    for path in (url, f"{BATCH}/returns"):
        assert staff("township_clerk").get(path).status_code == 403
    assert staff("finance").get(f"{BATCH}/returns/{'0' * 24}").status_code == 404


# What came back


@pytest.fixture
def broken(staff, sent, month, upload, work):
    """Let two of 沱江镇 and one of the other township come back."""
    fates = {"虚构00001": ("002", 0), "虚构00002": ("001", 12345), "虚构00004": ("002", 0)}
    url = upload(month.content(sent, fates))
    step(staff("finance"), url, "apply")
    work()


def test_correction_queue_says_what_is_owed_and_who_must_look(staff, broken):
    page = staff("county_reviewer").get("/corrections/").text
    assert "虚构00001" in page and "虚构00004" in page and "176.55" in page and "共 3 笔" in page
    assert account_of(1) not in page
    clerk = staff("township_clerk").get("/corrections/").text
    assert "虚构00001" in clerk and "虚构00004" not in clerk and "共 2 笔" in clerk
    assert "虚构00004" not in staff("township_clerk").get("/corrections/?township=433123101").text
    assert staff("village_assistant").get("/corrections/").status_code == 403


def settle(browser, name, pay, reason):
    line = connection.raw("payment_lines").find_one({"name": name})
    return browser.post(f"/corrections/{line['_id']}/settle", {"pay": pay, "reason": reason})


def test_answered_entry_is_paid_again_once_and_one_that_is_due_no_more_never(staff, broken, month):
    reviewer = staff("county_reviewer")
    settle(reviewer, "虚构00001", "1", " ")
    assert "请写明核实的情况" in reviewer.get("/corrections/").text
    assert settle(reviewer, "虚构00001", "1", "银行系统故障，已问清").status_code == 303
    assert settle(reviewer, "虚构00001", "1", "再来一次").status_code == 403
    settle(reviewer, "虚构00004", "0", "已经死亡")
    assert "先在案件中办理停发或变更" in reviewer.get("/corrections/").text
    ended = {"spells.0.to": "2026-08"}
    connection.raw("awards").update_one({"name": "虚构00004"}, {"$set": ended})
    settle(reviewer, "虚构00004", "0", "八月死亡，已停发")
    page = reviewer.get("/corrections/").text
    assert "可以重发" in page and "已问清" in page and "虚构00004" not in page
    batch = month.lock(month.build("2026-09", supplement=True))
    assert batch["seal"]["amount"] == 30000, "the partial one still waits to be looked into"
    assert "已列入名册" in reviewer.get("/corrections/").text


def test_nobody_but_who_answers_for_it_settles_an_entry(staff, broken):
    for who in ("finance", "auditor"):
        assert settle(staff(who), "虚构00001", "1", "看过").status_code == 403
    assert settle(staff("township_clerk"), "虚构00004", "1", "看过").status_code == 404, "of another township"
    assert settle(staff("township_clerk"), "虚构00001", "1", "看过").status_code == 403, "the county asks the bank"
    assert "fixed" not in connection.raw("payment_lines").find_one({"name": "虚构00001"})
    assert batches.get("all:2026-09")["state"] == "RECONCILING"
