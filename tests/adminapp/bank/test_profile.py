"""Bank profiles as data: what is read is what is written, and every fault says where it is."""

import pytest

from adminapp.bank.profile import BankProfile, read_profiles
from adminapp.bank.reasons import FIXES, get, reasons
from adminapp.errors import Invalid

PROFILES = read_profiles()


@pytest.mark.parametrize("key", PROFILES)
def test_a_profile_comes_back_from_its_data(key):
    assert BankProfile.from_dict(PROFILES[key].to_dict()) == PROFILES[key]


def test_each_shipped_profile_tells_how_the_bank_answers():
    for profile in PROFILES.values():
        assert set(profile.returns.match) <= set(profile.unique)  # what is sent can be told apart when it comes back
        assert {code.reason for code in profile.returns.codes if code.outcome != "paid"} <= set(reasons())


def test_each_reason_says_who_puts_it_right_and_how():
    for reason in reasons().values():
        assert reason.fix in FIXES and reason.who in ("township", "county") and reason.help
        assert (reason.account != "") or reason.fix != "account"
    assert get("gone from the list") is reasons()["other"]


def test_payees_are_told_apart_by_their_bank():
    own = BankProfile.from_dict(GOOD | {"payees": "listed", "banks": ["农商", "信用社"]})
    rest = BankProfile.from_dict(GOOD | {"payees": "others", "banks": ["农商", "信用社"]})
    for bank in ("虚构农商银行", "虚构信用社", "虚构邮储银行", ""):
        assert own.serves(bank) != rest.serves(bank)
    assert own.serves("虚构农商银行") and rest.serves("")


GOOD = {"key": "county", "name": "甲", "columns": [{"title": "金额", "kind": "amount", "source": "amount"}]}


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"encodng": "gbk"}, ["encodng", "encoding"]),
        ({"encoding": "gb2312"}, ["gb2312", "gb18030"]),
        ({"layout": "pdf"}, ["pdf", "separated"]),
        ({"key": "A B"}, ["key"]),
        ({"payees": "listed"}, ["banks"]),
        ({"banks": ["农商"]}, ["banks"]),
        ({"fallback": "big5"}, ["big5"]),
        ({"unit": "元"}, ["fen"]),
        ({"name": ""}, ["name", "必须"]),
        ({"columns": []}, ["columns"]),
        ({"columns": "x"}, ["columns"]),
        ({"columns": [{"title": "户名", "source": "name"}]}, ["没有金额列"]),
        ({"columns": [{"title": "金额", "kind": "amunt", "source": "amount"}]}, ["amunt", "amount"]),
        ({"columns": [{"title": "金额", "kind": "amount"}]}, ["columns[0].source"]),
        ({"columns": [{"title": "金额", "kind": "amount", "source": "amount", "bytes": "12"}]}, ["columns[0].bytes"]),
        ({"layout": "fixed"}, ["bytes"]),
        ({"layout": "xlsx"}, ["header"]),
        ({"separator": "||"}, ["separator"]),
        ({"unique": ["account"]}, ["unique", "account"]),
        ({"file_name": "{month.__class__}"}, ["month.__class__"]),
        ({"suffix": "/../x"}, ["suffix"]),
        ({"total": [{"title": "笔数", "kind": "constant"}]}, ["total[0].value"]),
    ],
)
def test_a_broken_profile_says_where_and_what_is_expected(changes, words):
    assert BankProfile.from_dict(GOOD).key == "county"
    with pytest.raises(Invalid) as refused:
        BankProfile.from_dict(GOOD | changes)
    for word in words:
        assert word in str(refused.value)


def test_all_faults_of_a_file_of_profiles_are_reported_together(tmp_path):
    path = tmp_path / "profiles.yaml"
    path.write_text("- {key: aa}\n- {key: bb, name: 乙, columns: []}\n- 3\n", "utf-8")
    with pytest.raises(Invalid) as refused:
        read_profiles(path)
    for place in ("profiles.yaml[0]", "profiles.yaml[1]", "profiles.yaml[2]"):
        assert place in str(refused.value)


RETURNS = {
    "match": ["account", "amount"],
    "columns": [
        {"title": "卡号", "source": "account"}, {"title": "金额", "kind": "amount", "source": "amount"}, {"title": "标志", "source": "code"},
    ],
    "codes": [{"code": "1", "outcome": "paid"}, {"code": "2", "outcome": "failed", "reason": "closed"}],
}  # fmt: skip
SENT = GOOD | {"columns": [*GOOD["columns"], {"title": "卡号", "source": "account"}]}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"match": ["name"]}, ["returns.match", "name"]),
        ({"match": []}, ["returns.match"]),
        ({"codes": []}, ["returns.codes"]),
        ({"codes": [{"code": "2", "outcome": "failed", "reason": "closed"}]}, ["表示成功"]),
        ({"codes": [*RETURNS["codes"], {"code": "2", "outcome": "paid"}]}, ["returns.codes[2].code", "重复"]),
        ({"codes": [*RETURNS["codes"], {"code": "3", "outcome": "failed", "reason": "clsed"}]}, ["clsed", "closed"]),
        ({"codes": [*RETURNS["codes"], {"code": "3", "outcome": "lost", "reason": "closed"}]}, ["lost"]),
        ({"codes": [{"code": "1", "outcome": "paid", "reason": "closed"}]}, ["没有失败原因"]),
        ({"covers": "some"}, ["returns.covers"]),
        ({"columns": RETURNS["columns"][:2], "codes": []}, ["至少要有一列"]),
        ({"columns": [*RETURNS["columns"], {"title": "又", "source": "account"}]}, ["重复"]),
        ({"columns": [*RETURNS["columns"], {"title": "又", "source": "acount"}]}, ["acount", "account"]),
        ({"codes": ["x"]}, ["returns.codes[0]"]),
        ({"layuot": "csv"}, ["layuot", "layout"]),
    ],
)
def test_a_broken_return_form_says_where(changes, words):
    assert BankProfile.from_dict(SENT | {"returns": RETURNS}).returns.covers == "all"
    with pytest.raises(Invalid) as refused:
        BankProfile.from_dict(SENT | {"returns": RETURNS | changes})
    for word in words:
        assert word in str(refused.value)


def test_what_is_matched_must_have_been_sent():
    with pytest.raises(Invalid, match="没有写入送银行的文件"):
        BankProfile.from_dict(GOOD | {"returns": RETURNS})
