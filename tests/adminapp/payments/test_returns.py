"""What the bank sends back: matched row by row, applied once, blocked when a single row cannot be true."""

from dataclasses import replace

import pytest

from adminapp.bank import profiles
from adminapp.errors import Conflict, Forbidden, Invalid
from adminapp.jobs import model as jobs
from adminapp.payments import batches, lines
from adminapp.payments.returns import apply, check, match, model
from adminapp.payments.verify import verify
from tests.adminapp.payments.steps import CSV, TXT, Month
from tests.adminapp.payments.world import CLERK, MAKER, TREASURER, account_of

SERIALS = "csv_failures@1"


def texts(found):
    return [f"{problem['row']} {problem['column']} {problem['text']}" for problem in found["problems"]]


@pytest.fixture
def month(engine, work):
    return Month(engine, work)


def states(batch):
    return {line["name"]: line["state"] for line in lines.of_batch(batch["_id"])}


def amounts(batch):
    return {(line["name"], line["period"], line["kind"]): line["amount"] for line in lines.payable(batch["_id"])}


def test_everybody_is_paid_and_the_batch_is_closed(world, month, database):
    for number in range(4):
        world.award(number, amount=1000 * (number + 1))
    batch = month.sent()
    assert set(states(batch).values()) == {"SENT"}
    with pytest.raises(Conflict):
        month.take(batch, "close", TREASURER)
    found = month.answered(batch)
    batch = batches.get(batch["_id"])
    assert found["state"] == "APPLIED" and batch["state"] == "RECONCILING" and batch["returning"] is None
    assert batch["results"] == {"PAID": {"count": 4, "amount": 10000, "paid": 10000}}
    line = database.payment_lines.find_one({"name": "虚构00002"})
    [event] = line["events"]
    assert (event["to"], event["paid"], event["file"], event["row"]) == ("PAID", 3000, found["digest"], 3)
    assert month.take(batch, "close", TREASURER)["state"] == "CLOSED" and verify(batches.get(batch["_id"])) == []


def test_a_batch_with_lines_the_bank_said_nothing_of_is_not_closed(world, month):
    for number in range(3):
        world.award(number, amount=1000 + number)
    batch = month.sent()
    rows = month.content(batch).decode("gbk").splitlines()
    part = "\r\n".join([*rows[:2], "2 2001 2001", ""]).encode("gbk")
    found = month.upload(batch, part)
    assert found["state"] == "CHECKED" and found["counts"]["missing"] == 1
    month.apply(found)
    with pytest.raises(Invalid, match="1 行没有回盘"):
        month.take(batch, "close", TREASURER)
    month.answered(batch)
    assert month.take(batch, "close", TREASURER)["state"] == "CLOSED"


def test_the_same_file_twice_changes_nothing(world, month, database):
    for number in range(3):
        world.award(number)
    batch = month.sent()
    content = month.content(batch, {"虚构00001": ("002", 0)})
    found = month.apply(month.upload(batch, content))
    before = list(database.payment_lines.find(sort=[("_id", 1)])), batches.get(batch["_id"])
    again = month.upload(batch, content)
    assert again == found and database.payment_returns.count_documents({}) == 1
    with pytest.raises(Conflict):
        model.start_apply(found["_id"], found["rev"], TREASURER)
    assert (list(database.payment_lines.find(sort=[("_id", 1)])), batches.get(batch["_id"])) == before


def test_what_came_back_is_paid_again_exactly_once_with_a_link(world, month, database):
    for number in range(3):
        world.award(number, amount=1000 * (number + 1))
    first = month.closed("2026-08", {"虚构00001": ("002", 0)})
    assert states(first) == {"虚构00000": "PAID", "虚构00001": "FAILED", "虚构00002": "PAID"}
    database.payment_lines.update_many({"state": "FAILED"}, {"$set": {"fixed": {"by": "maker"}}})
    second = month.build()
    assert amounts(second)["虚构00001", "2026-08", "reissue"] == 2000 and len(amounts(second)) == 4
    old, new = (database.payment_lines.find_one({"name": "虚构00001", "period": "2026-08", "kind": kind}) for kind in ("regular", "reissue"))
    assert new["reissues"] == [old["_id"]] and old["state"] == "FAILED"
    second = month.fund(month.lock(second))
    month.take(second, "send", TREASURER)
    old = database.payment_lines.find_one({"_id": old["_id"]})
    assert old["state"] == "REISSUED" and old["events"][-1]["line"] == new["_id"] and "queue" not in old
    month.answered(second)
    assert verify(batches.get(first["_id"])) == [] and verify(batches.get(second["_id"])) == []
    assert ("虚构00001", "2026-08", "reissue") not in amounts(month.lock(month.build(scope="dibao_rural")))


def test_a_line_that_bounced_twice_is_paid_a_third_time(world, month, database):
    world.award(1)
    for number, name in enumerate(("2026-07", "2026-08")):
        month.closed(name, {"虚构00001": ("002", 0)})
        database.payment_lines.update_many({"state": "FAILED"}, {"$set": {"fixed": {"by": "maker"}}})
        assert database.payment_lines.count_documents({"state": "FAILED"}) == number + 1
    batch = month.closed("2026-09")
    assert sum(line["amount"] for line in lines.payable(batch["_id"])) == 90000
    assert {line["state"] for line in database.payment_lines.find()} == {"REISSUED", "PAID"}
    credited = sum(lines.settled(line) for line in database.payment_lines.find())
    assert credited == 90000


def test_a_part_that_was_credited_is_not_paid_again(world, month, database):
    world.award(1, amount=30000)
    first = month.closed("2026-08", {"虚构00001": ("001", 12345)})
    [line] = lines.of_batch(first["_id"])
    assert line["state"] == "PARTIAL" and lines.settled(line) == 12345
    second = month.lock(month.build())
    assert amounts(second) == {("虚构00001", "2026-09", "regular"): 30000}
    held = [line for line in lines.of_batch(second["_id"]) if line["state"] == "HELD"]
    assert [(each["amount"], each["hold"]) for each in held] == [(17655, ["退汇待核实：其他原因"])]
    database.payment_lines.update_one({"_id": line["_id"]}, {"$set": {"fixed": {"by": "maker"}}})
    third = month.build(supplement=True)
    assert amounts(third) == {("虚构00001", "2026-08", "reissue"): 17655}


def test_a_raise_of_the_same_month_is_told_apart_from_what_came_back(world, month, database):
    award = world.award(1, amount=30000)
    month.closed("2026-08", {"虚构00001": ("002", 0)})
    database.payment_lines.update_many({"state": "FAILED"}, {"$set": {"fixed": {"by": "maker"}}})
    spell = award["spells"][0]
    spells = [{**spell, "to": "2026-07"}, {**spell, "from": "2026-08", "amount": 34000, "key": "r", "on": "2026-08-18"}]
    world.respell(award, spells)
    batch = month.build()
    assert amounts(batch) == {
        ("虚构00001", "2026-09", "regular"): 34000,
        ("虚构00001", "2026-08", "reissue"): 30000,
        ("虚构00001", "2026-08", "arrears"): 4000,
    }
    month.fund(month.lock(batch))
    month.take(batch, "send", TREASURER)
    month.answered(batch)
    assert amounts(month.build(scope="dibao_rural", supplement=False)) == {}


BROKEN = {
    "a line nobody sent": (lambda rows: [*rows[:-1], "某虚构 6222021234567890128 30000 农村低保 30000 001", "4 120000 120000"], "不在送银行的名册中"),
    "another amount": (lambda rows: [rows[0].replace(" 30000 ", " 30001 "), *rows[1:-1], "3 90001 90001"], "送银行时为 300.00 元"),
    "another name": (lambda rows: [rows[0].replace("虚构00000", "某虚构"), *rows[1:]], "户名"),
    "another remark": (lambda rows: [rows[0].replace("农村低保", "城市低保"), *rows[1:]], "摘要"),
    "one row twice": (lambda rows: [rows[0], *rows[:-1], "4 120000 120000"], "与第 1 行说的是同一笔"),
    "an unknown mark": (lambda rows: [rows[0].replace(" 001", " 009"), *rows[1:-1], "3 90000 60000"], "“009”没有约定含义"),
    "failed and credited": (lambda rows: [rows[0].replace(" 001", " 002"), *rows[1:]], "标志“002”为失败"),
    "more than was due": (lambda rows: [rows[0].replace(" 30000 001", " 40000 001"), *rows[1:-1], "3 90000 100000"], "应发 300.00 元"),
    "paid nothing with success": (lambda rows: [rows[0].replace(" 30000 001", " 0 001"), *rows[1:-1], "3 90000 60000"], "却是 0"),
    "wrong count": (lambda rows: [*rows[:-1], "2 90000 90000"], "合计行 笔数"),
    "wrong sum": (lambda rows: [*rows[:-1], "3 90001 90000"], "合计行 应处理总额"),
    "wrong credited sum": (lambda rows: [*rows[:-1], "3 90000 1"], "合计行 实处理总额"),
    "a row cut off": (lambda rows: [rows[0][:20], *rows[1:]], "栏"),
    "no total line": (lambda rows: rows[:-1], ""),
}  # fmt: skip


def test_one_bad_row_blocks_the_file_and_is_named(world, month):
    for number in range(3):
        world.award(number)
    batch = month.sent()
    good = month.content(batch).decode("gbk").splitlines()
    for fault, (change, sentence) in BROKEN.items():
        found = month.upload(batch, "\r\n".join([*change(list(good)), ""]).encode("gbk"))
        said = fault, found["problems"]
        assert found["state"] == "BLOCKED" and found["faults"] and any(sentence in text for text in texts(found)), said
        assert not any(account_of(number) in text for number in range(3) for text in texts(found)), said
        with pytest.raises(Conflict):
            model.start_apply(found["_id"], found["rev"], TREASURER)
    assert set(states(batch).values()) == {"SENT"} and batches.get(batch["_id"])["state"] == "SENT"


def test_all_bad_rows_are_reported_together(world, month):
    for number in range(5):
        world.award(number)
    batch = month.sent()
    rows = month.content(batch).decode("gbk").splitlines()
    rows[0], rows[2] = rows[0].replace(" 001", " 009"), rows[2].replace(" 30000 001", " 31000 001")
    found = month.upload(batch, "\r\n".join(rows).encode("gbk"))
    assert [problem["row"] for problem in found["problems"]] == [0, 1, 3]


def test_a_file_that_was_blocked_is_checked_again_under_another_profile(world, month):
    world.award(1)
    batch = month.sent()
    content = month.content(batch)
    assert month.upload(batch, content, CSV)["state"] == "BLOCKED"
    assert month.upload(batch, content, TXT)["state"] == "CHECKED"
    found = model.reject(month.upload(batch, content)["_id"], model.get(month.upload(batch, content)["_id"])["rev"], TREASURER)
    assert found["state"] == "REJECTED" and month.upload(batch, content)["state"] == "CHECKED"


def test_an_answer_without_serials_that_equals_last_months_is_taken_in_once_somebody_looked(world, month, database):
    for number in range(2):
        world.award(number)
    august = month.closed("2026-08")
    september = month.sent("2026-09")
    content = month.content(september)
    found = month.upload(september, content)
    assert model.get(f"all:2026-08/{found['digest'][:24]}")["digest"] == found["digest"], "the same payees and amounts: the same bytes"
    assert found["state"] == "CHECKED" and model.twin(found) == august["_id"]
    with pytest.raises(Invalid, match="与批次 all:2026-08 已入账的回盘完全相同"):
        model.start_apply(found["_id"], found["rev"], TREASURER)
    assert set(states(september).values()) == {"SENT"}
    applied = month.apply(found)
    assert applied["state"] == "APPLIED" and database.audit.count_documents({"data.action": "twin", "data.same_as": "all:2026-08"}) == 1
    assert month.upload(september, content) == applied, "for the same list it is the file that is there"
    assert set(states(september).values()) == {"PAID"} and month.take(september, "close", TREASURER)["state"] == "CLOSED"
    assert verify(batches.get(august["_id"])) == [] == verify(batches.get(september["_id"]))
    assert database.payment_returns.count_documents({}) == 2


def test_an_account_falls_again_when_the_bank_says_once_more_in_the_same_bytes_that_it_is_wrong(world, month, database):
    world.award(1)
    bad = {"虚构00001": ("账号不存在", 0)}
    august = month.sent("2026-08")
    first = month.answered(august, bad, CSV)
    assert database.bank_accounts.find_one()["state"] == "FAILED"
    database.bank_accounts.update_one({}, {"$set": {"state": "VERIFIED"}})
    database.payment_lines.update_one({}, {"$unset": {"queue": "", "owed": ""}})
    database.payment_lines.update_one({}, {"$set": {"state": "REISSUED"}})
    second = month.answered(month.sent("2026-09"), bad, CSV)
    assert second["digest"] == first["digest"] and database.bank_accounts.find_one()["state"] == "FAILED"


def test_last_months_file_is_not_taken_for_this_month(world, month, database):
    """Where rows carry the number of the transfer, no other list has them."""
    world.award(1)
    content = month.content(august := month.sent("2026-08"), {"虚构00001": ("系统原因", 0)}, SERIALS)
    month.apply(month.upload(august, content, SERIALS))
    database.payment_lines.update_one({}, {"$set": {"state": "REISSUED"}, "$unset": {"queue": "", "owed": ""}})
    september = month.sent("2026-09")
    found = month.upload(september, content, SERIALS)
    assert found["state"] == "BLOCKED" and "与送银行的明细对不上" in found["problems"][0]["text"], texts(found)
    with pytest.raises(Conflict):
        model.start_apply(found["_id"], found["rev"], TREASURER, really_this=True)
    assert set(states(september).values()) == {"SENT"}


def test_last_months_file_with_other_amounts_is_not_taken_for_this_month(world, month):
    award = world.award(1)
    content = month.content(month.closed("2026-08"))
    world.respell(award, [award["spells"][0] | {"amount": 31000}])
    september = month.sent("2026-09")
    found = month.upload(september, content)
    assert found["state"] == "BLOCKED" and "送银行时为 310.00 元" in found["problems"][-1]["text"]


def test_who_may_bring_an_answer_and_when(world, month):
    world.award(1)
    batch = month.build()
    for actor in (MAKER, CLERK):
        with pytest.raises(Forbidden):
            model.upload(batch["_id"], TXT, "x", b"x", actor)
    with pytest.raises(Invalid, match="送银行以后"):
        model.upload(batch["_id"], TXT, "x", b"x", TREASURER)
    batch = month.fund(month.lock(batch))
    month.take(batch, "send", TREASURER)
    with pytest.raises(Invalid, match="请选择"):
        model.upload(batch["_id"], TXT, "x", b"", TREASURER)
    assert month.upload(batch, b"\x00\xff rubbish")["state"] == "BLOCKED"


def test_money_credited_first_and_bounced_later_is_owed_again(world, month, database):
    for number in range(2):
        world.award(number)
    batch = month.sent()
    month.answered(batch)
    found = month.answered(batch, {"虚构00001": ("002", 0)})
    assert found["state"] == "APPLIED" and states(batch)["虚构00001"] == "FAILED"
    assert [event["to"] for event in database.payment_lines.find_one({"name": "虚构00001"})["events"]] == ["PAID", "FAILED"]
    assert verify(batches.get(batch["_id"])) == []
    back = month.upload(batch, month.content(batch).replace(b"\r\n", b"\n"))
    assert back["state"] == "BLOCKED" and "以前的回盘为“发放失败”" in back["problems"][0]["text"]


def test_lines_that_changed_between_check_and_apply_stop_the_file(world, month, database):
    for number in range(2):
        world.award(number)
    batch = month.sent()
    found = month.upload(batch, month.content(batch))
    database.payment_lines.update_one({"name": "虚构00001"}, {"$set": {"state": "HELD"}})
    month.apply(found)
    after = model.get(found["_id"])
    assert after["state"] == "BLOCKED" and states(batch)["虚构00000"] == "SENT" and batches.get(batch["_id"])["returning"] is None


def test_taking_in_that_was_cancelled_is_begun_again_or_given_up(world, month, work, database):
    world.award(1)
    batch = month.sent()
    found = month.upload(batch, month.content(batch))
    job_id = model.start_apply(found["_id"], found["rev"], TREASURER)
    assert model.start_apply(found["_id"], found["rev"], TREASURER) == job_id, "pressed twice"
    apply.claim(batches.get(batch["_id"]), found, TREASURER)  # as far as it came
    jobs.cancel(job_id, TREASURER)
    given_up = model.reject(found["_id"], found["rev"], TREASURER)
    assert given_up["state"] == "REJECTED" and batches.get(batch["_id"])["returning"] is None
    found = month.upload(batch, month.content(batch))
    jobs.cancel(model.start_apply(found["_id"], found["rev"], TREASURER), TREASURER)
    assert month.apply(found)["state"] == "APPLIED" and set(states(batch).values()) == {"PAID"}
    assert month.take(batch, "close", TREASURER)["state"] == "CLOSED"


def test_taking_in_that_broke_off_goes_on(world, month, monkeypatch):
    for number in range(2):
        world.award(number)
    batch = month.sent()
    found = month.upload(batch, month.content(batch))
    with monkeypatch.context() as patch:
        patch.setattr(apply, "count_results", lambda _batch: 1 / 0)
        found = month.apply(found)
    assert found["state"] == "APPLYING" and batches.get(batch["_id"])["returning"] == found["_id"]
    assert month.apply(found)["state"] == "APPLIED" and batches.get(batch["_id"])["returning"] is None
    assert [len(line["events"]) for line in lines.of_batch(batch["_id"])] == [1, 1]
    assert verify(batches.get(batch["_id"])) == [] and month.take(batch, "close", TREASURER)["state"] == "CLOSED"


def test_a_file_given_up_while_it_takes_the_batch_holds_it_no_more(world, month, monkeypatch):
    world.award(1)
    batch = month.sent()
    found = month.upload(batch, month.content(batch))
    taken = apply.claim

    def claim(*args):
        model.reject(found["_id"], found["rev"], TREASURER)
        taken(*args)

    monkeypatch.setattr(apply, "claim", claim)
    assert month.apply(found)["state"] == "REJECTED" and batches.get(batch["_id"])["returning"] is None


def test_a_file_whose_check_broke_off_is_checked_when_it_is_uploaded_again(world, month, monkeypatch):
    world.award(1)
    batch = month.sent()
    content = month.content(batch)
    with monkeypatch.context() as patch:
        patch.setattr(check, "parse", lambda *_: 1 / 0)
        assert month.upload(batch, content)["state"] == "CHECKING"
    assert month.upload(batch, content)["state"] == "CHECKED"


def test_an_amount_beyond_all_money_blocks_the_file(world, month):
    world.award(1)
    batch = month.sent()
    for amount in (b" 9e999999 ", b" 9e9999 "):
        found = month.upload(batch, month.content(batch).replace(b" 30000 ", amount, 1))
        assert found["state"] == "BLOCKED" and any("9e9999" in text for text in texts(found))


def test_two_files_do_not_work_on_one_batch_at_once(world, month, work, database):
    for number in range(3):
        world.award(number)
    batch = month.sent()
    whole = month.upload(batch, month.content(batch))
    rows = month.content(batch).decode("gbk").splitlines()
    part = month.upload(batch, "\r\n".join([rows[0], "1 30000 30000"]).encode("gbk"))
    database.payment_batches.update_one({}, {"$set": {"returning": whole["_id"]}})
    job_id = model.start_apply(part["_id"], part["rev"], TREASURER)
    work()
    assert jobs.get(job_id)["state"] == "FAILED" and set(states(batch).values()) == {"SENT"}


def test_a_file_of_failures_takes_the_rest_for_paid(world, month, monkeypatch):
    stored = profiles.get(TXT)
    form = replace(stored.profile.returns, covers="failures")
    monkeypatch.setitem(profiles._shipped(), TXT, replace(stored, profile=replace(stored.profile, returns=form)))
    for number in range(4):
        world.award(number, amount=1000 + number)
    batch = month.sent()
    month.answered(batch, {"虚构00002": ("002", 0)})
    assert states(batch) == {"虚构00000": "PAID", "虚构00001": "PAID", "虚构00002": "FAILED", "虚构00003": "PAID"}
    assert verify(batches.get(batch["_id"])) == [] and batches.get(batch["_id"])["results"]["PAID"]["paid"] == 3004


def test_a_file_of_failures_says_nothing_of_payees_of_other_banks(world, month, monkeypatch, database):
    profile = profiles.get(TXT).profile
    form = replace(profile.returns, covers="failures")
    for key, payees in ((TXT, "listed"), ("rest@1", "others")):
        split = replace(profile, key=key[:-2], payees=payees, banks=("农商",), returns=form)
        monkeypatch.setitem(profiles._shipped(), key, replace(profiles.get(TXT), profile=split))
    for number in range(4):
        award = world.award(number, amount=1000 + number)
        if number >= 2:
            database.cases.update_one({"_id": award["_id"]}, {"$set": {"x_bank_name": "虚构邮储银行"}})
    batch = month.sent()
    rows = month.content(batch, {"虚构00001": ("002", 0), "虚构00003": ("002", 0)}).decode("gbk").splitlines()
    ours, theirs = ("\r\n".join([row, f"1 {1000 + number} 0", ""]).encode("gbk") for number in (1, 3) for row in rows if f"虚构0000{number}" in row)
    found = month.upload(batch, ours)
    assert (found["state"], found["counts"]["missing"]) == ("CHECKED", 1), found["problems"]
    month.apply(found)
    assert states(batch) == {"虚构00000": "PAID", "虚构00001": "FAILED", "虚构00002": "SENT", "虚构00003": "SENT"}
    assert verify(batches.get(batch["_id"])) == []
    with pytest.raises(Invalid, match="2 行没有回盘"):
        month.take(batch, "close", TREASURER)
    month.apply(month.upload(batch, theirs, "rest@1"))
    assert states(batch) == {"虚构00000": "PAID", "虚构00001": "FAILED", "虚构00002": "PAID", "虚构00003": "FAILED"}
    assert verify(batches.get(batch["_id"])) == [] and month.take(batch, "close", TREASURER)["state"] == "CLOSED"


def test_a_part_is_shared_out_over_the_lines_of_a_payee_to_the_fen():
    parts = [{"_id": "a", "amount": 300}, {"_id": "b", "amount": 200}, {"_id": "c", "amount": -50}]
    assert match.allot(parts, "PAID", 450) == {"a": ("PAID", 300), "b": ("PAID", 200), "c": ("PAID", -50)}
    assert match.allot(parts, "FAILED", 0) == {"a": ("FAILED", 0), "b": ("FAILED", 0), "c": ("FAILED", 0)}
    assert match.allot(parts, "PARTIAL", 100) == {"a": ("PARTIAL", 150), "b": ("FAILED", 0), "c": ("PAID", -50)}
    assert match.allot(parts, "PARTIAL", 300) == {"a": ("PAID", 300), "b": ("PARTIAL", 50), "c": ("PAID", -50)}
