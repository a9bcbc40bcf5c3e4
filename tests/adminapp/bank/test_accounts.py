"""The register of accounts: entered by one person, verified by another, and only then paid to."""

import threading

import pytest
from bson import ObjectId
from pymongo import IndexModel

from adminapp import dates, indexes, sealing
from adminapp.bank import accounts, verifying
from adminapp.errors import Conflict, Forbidden, Invalid, NotFound
from adminapp.scope import ALL, Actor, acting
from tests.adminapp.payments.world import ACCOUNT, account_of

HEAD = Actor("head", "乡镇长虚构", frozenset({"township_head"}), frozenset({"433123109"}))
CLERK = Actor("clerk", "经办虚构", frozenset({"township_clerk"}), frozenset({"433123109"}))
ELSEWHERE = Actor("head2", "外乡虚构", frozenset({"township_head"}), frozenset({"433123101"}))
COUNTY = Actor("reviewer", "县级虚构", frozenset({"county_reviewer"}), ALL)


@pytest.fixture(autouse=True)
def _ready(database, settings):
    sealing.use_keys(settings.home / "keys" / "fields.json")
    for name in (accounts.COLLECTION, "audit"):
        declared = [index for index in indexes.INDEXES.values() if index.collection == name]
        database[name].create_indexes([IndexModel(list(each.keys), name=each.name, **dict(each.options)) for each in declared])
    with dates.frozen("2026-09-16"):
        yield


def case(number, account=1, holder=None, township="433123109", members=()):
    name = f"虚构{number:03d}"
    people = [{"key": f"p{number}", "name": name, "relation": "self"}, *({"key": each, "name": each, "relation": "child"} for each in members)]
    return {
        "_id": ObjectId(f"{number:024x}"), "number": f"N{number}", "name": name, "people": people, "township": township,
        "village": f"{township}001", "x_account_name": holder or name, "x_bank_name": "虚构农商银行",
        "x_account_number": sealing.seal(account_of(account), "bank_account"),
    }  # fmt: skip


def register(row, key=None, **who):
    accounts.register(row, ACCOUNT | who, key or f"k{row['_id']}")
    return accounts.of_cases([row["_id"]])[row["_id"]]


def refusal(row):
    return accounts.refusal(accounts.of_cases([row["_id"]]).get(row["_id"]), row["_id"], row["x_account_number"], row["x_account_name"])


def verify(account, actor, note):
    """Verify as somebody does who reads the number from the card."""
    return verifying.verify(account["_id"], actor, account["rev"], note, sealing.unseal(account["number"], "bank_account"))


def test_account_seen_by_a_second_person_at_the_grant_is_payable():
    row = case(1)
    assert refusal(row) == "收款账户没有登记核实"
    account = register(row)
    assert account["state"] == "VERIFIED" and refusal(row) is None and "waiting" not in account
    assert account_of(1) not in str(account)


@pytest.mark.parametrize("who", [{"verified_by": ""}, {"asked_by": "head"}])
def test_account_nobody_else_has_seen_waits(who):
    row = case(1)
    assert register(row, **who)["waiting"] and refusal(row) == "收款账户待第二人核实"


def test_holder_who_is_no_member_is_looked_at():
    row = case(1, holder="外人虚构")
    account = register(row)
    assert [flag["key"] for flag in account["flags"]] == ["holder"] and refusal(row) == "收款账户待第二人核实"
    assert refusal(case(2, account=2, holder="孙虚构", members=["孙虚构"])) == "收款账户没有登记核实"
    assert register(case(2, account=2, holder="孙虚构", members=["孙虚构"]))["flags"] == []


def test_number_with_a_wrong_check_digit_is_looked_at():
    row = case(1)
    wrong = account_of(1)[:-1] + str((int(account_of(1)[-1]) + 1) % 10)
    row["x_account_number"] = sealing.seal(wrong, "bank_account")
    account = register(row)
    assert [flag["key"] for flag in account["flags"]] == ["digit"] and account["state"] == "UNVERIFIED"


def test_second_person_on_an_account_waits_and_the_first_is_paid_on():
    first, second = case(1), case(2, holder="虚构001", members=["虚构001"])
    register(first)
    account = register(second)
    assert refusal(first) is None and refusal(second) == "多人共用的收款账户待第二人核实"
    assert [flag["key"] for flag in account["flags"]] == ["several"] and account["waiting"]
    with acting(HEAD):
        verify(account, Actor("head9", "复核虚构", HEAD.roles, HEAD.townships), "监护人代领")
    assert refusal(second) is None


def test_same_person_with_two_awards_needs_no_second_look():
    first, second = case(1), case(2)
    second["people"] = first["people"]
    second["x_account_name"] = first["x_account_name"]
    register(first)
    assert register(second)["flags"] == [] and refusal(second) is None


def test_two_names_for_one_number_are_never_both_paid():
    first, second = case(1), case(2)
    register(first)
    account = register(second)
    assert {"names", "several"} <= {flag["key"] for flag in account["flags"]}
    assert refusal(first) is None and refusal(second) is not None
    with acting(COUNTY):
        verify(account, COUNTY, "核对存折")
    assert refusal(second) == "户名与已核实的收款账户不符"


def test_changed_account_is_paid_only_when_verified_again():
    row = case(1)
    register(row)
    row["x_account_number"] = sealing.seal(account_of(7), "bank_account")
    assert refusal(row) == "收款账户变更后没有登记核实"
    account = register(row, "k-change", verified_by="")
    assert refusal(row) == "收款账户待第二人核实"
    old = accounts.collection
    with acting(COUNTY):
        assert old().find_one({"_id": sealing.key_of(account_of(1))})["uses"] == []
        verify(account, COUNTY, "核对新卡")
    assert refusal(row) is None


def test_registering_again_under_one_key_changes_nothing(database):
    row = case(1)
    before = register(row)
    register(row)
    assert database.bank_accounts.find_one() == {**before, "history": database.bank_accounts.find_one()["history"]}
    assert len(database.bank_accounts.find_one()["history"]) == 2


def test_many_cases_registered_at_once_make_one_account(database):
    rows = [case(number, holder="虚构001", members=["虚构001"]) for number in range(1, 9)]

    def one(row):
        with dates.frozen("2026-09-16"):
            accounts.register(row, ACCOUNT, f"k{row['_id']}")

    threads = [threading.Thread(target=one, args=(row,)) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [account] = database.bank_accounts.find()
    assert len(account["uses"]) == 8 and account["rev"] == 7
    assert sum(1 for use in account["uses"] if use["verified"]) == 1  # who came first


def test_who_entered_it_does_not_verify_it():
    account = register(case(1), asked_by="head", verified_by="")
    with acting(HEAD):
        with pytest.raises(Forbidden, match="另一人"):
            verify(account, HEAD, "看过")
        with pytest.raises(Forbidden):
            verify(account, CLERK, "看过")
    with acting(ELSEWHERE), pytest.raises(NotFound):
        verify(account, ELSEWHERE, "看过")
    with acting(COUNTY):
        with pytest.raises(Invalid, match="怎样核实"):
            verify(account, COUNTY, " ")
        with pytest.raises(Conflict):
            verify(account | {"rev": account["rev"] + 1}, COUNTY, "看过")
        assert verify(account, COUNTY, "看过")["state"] == "VERIFIED"


def test_who_reads_another_number_from_the_card_verifies_nothing(database):
    account = register(case(1), verified_by="")
    with acting(COUNTY):
        for typed in ("", account_of(2), account_of(1)[:-1]):
            with pytest.raises(Invalid, match="与登记的不同"):
                verifying.verify(account["_id"], COUNTY, account["rev"], "核对银行卡", typed)
        spaced = f"{account_of(1)[:4]} {account_of(1)[4:]} "
        assert verifying.verify(account["_id"], COUNTY, account["rev"], "核对银行卡", spaced)["state"] == "VERIFIED"


def test_account_that_ended_rises_only_through_two_people(database):
    row = case(1)
    account = register(row)
    for end, state in ((verifying.freeze, "冻结"), (verifying.close, "已销户")):
        with acting(COUNTY):
            account = end(account["_id"], COUNTY, account["rev"], "银行通知")
            assert state in refusal(row)
            with pytest.raises(Invalid, match="重新核实"):
                verify(account, COUNTY, "看过")
            account = verifying.ask_again(account["_id"], COUNTY, account["rev"], "已恢复")
            with pytest.raises(Forbidden):
                verify(account, COUNTY, "看过")
        with acting(HEAD):
            account = verify(account, HEAD, "核对回单")
    assert refusal(row) is None
    assert database.audit.count_documents({"kind": "account"}) == 6


def test_bank_spelling_of_a_rare_name_is_verified_with_the_account():
    row = case(1)
    account = register(row)
    with acting(COUNTY):
        for bad in ("=HYPERLINK", "李 <b>", "𠮷𠮷" * 30):
            with pytest.raises(Invalid, match="银行写法"):
                verifying.ask_again(account["_id"], COUNTY, account["rev"], "生僻字", bad)
        account = verifying.ask_again(account["_id"], COUNTY, account["rev"], "生僻字", "李 yan")
        assert account["spelling"] == "李YAN" and refusal(row) == "收款账户待第二人核实"


def test_the_bank_s_word_lets_an_account_fall_once():
    row = case(1)
    register(row)
    for _ in range(2):
        verifying.fall(row["_id"], row["x_account_number"], "CLOSED", "账户已销户", "file:3", "finance")
    account = accounts.of_cases([row["_id"]])[row["_id"]]
    assert account["state"] == "CLOSED" and account["rev"] == 1
    verifying.fall(row["_id"], sealing.seal(account_of(9), "bank_account"), "FAILED", "别的账户", "file:4", "finance")
    assert accounts.of_cases([row["_id"]])[row["_id"]]["state"] == "CLOSED"


def test_a_person_finds_only_accounts_of_own_cases():
    register(case(1))
    register(case(2, account=2, township="433123101"))
    register(case(3, account=2, township="433123109", holder="虚构002", members=["虚构002"]))
    for actor, count in ((HEAD, 2), (ELSEWHERE, 1), (COUNTY, 2)):
        with acting(actor):
            assert accounts.collection().count_documents({}) == count
