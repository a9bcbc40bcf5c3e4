"""A file of rules is read into what describes it, or refused with every problem and its place."""

from dataclasses import dataclass
from typing import Literal

import pytest

from adminapp.declaration.problems import Problem
from adminapp.errors import SetupError
from adminapp.rule_files import read_rules, twice


@dataclass(frozen=True, kw_only=True)
class Fee:
    key: str
    days: int
    way: Literal["bank", "cash"] = "bank"


@dataclass(frozen=True, kw_only=True)
class Fees:
    fees: tuple[Fee, ...]


def problems(fees):
    yield from twice([fee.key for fee in fees.fees], "fees")
    if not fees.fees:
        yield Problem("fees", "要有一项")


@pytest.fixture
def read(tmp_path):
    def read(text):
        path = tmp_path / "fees.yaml"
        path.write_text(text, "utf-8")
        return read_rules(path, "收费文件", Fees, problems)

    return read


def test_a_file_is_read_into_its_shape(read):
    assert read("fees:\n- {key: a, days: 3}\n- {key: b, days: 5, way: cash}") == Fees(fees=(Fee(key="a", days=3), Fee(key="b", days=5, way="cash")))


def test_all_problems_of_the_shape_are_told_with_place_and_nearest_word(read):
    with pytest.raises(SetupError) as caught:
        read("fees:\n- {key: a, dyas: 3}\n- {key: b, days: x, way: cahs}")
    for sentence in (
        "fees.yaml 有误", "fees[0].dyas: 不认识的键“dyas”，是否要写“days”？", "fees[0].days: 必须填写", "fees[1].days: 这里要写整数，写的是“x”",
        "fees[1].way: “cahs”不在可用值中，是否要写“cash”？",
    ):  # fmt: skip
        assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("fees:\n- {key: a, days: 3}\n- {key: a, days: 5}", "fees: “a”写了两次"),
        ("fees: []", "fees: 要有一项"),
        ("", "这里要写若干“键: 值”，写的是空"),
        ("fees: [", "不能读取.*第 2 行"),
        ("fees: []\nfees: []", "不能读取.*键“fees”写了两次"),
    ],
)
def test_what_cannot_be_meant_or_read_is_refused(read, text, sentence):
    with pytest.raises(SetupError, match=f"(?s)收费文件.*{sentence}"):
        read(text)


def test_a_file_that_is_absent_is_named(tmp_path):
    with pytest.raises(SetupError, match="收费文件 .*none.yaml 不能读取"):
        read_rules(tmp_path / "none.yaml", "收费文件", Fees, problems)
