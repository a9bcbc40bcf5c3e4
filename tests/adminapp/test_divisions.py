"""The county's townships and villages."""

from dataclasses import FrozenInstanceError
from datetime import date

import pytest

from adminapp import divisions
from adminapp.errors import Invalid

TEXT = """
county: {code: '433123', name: 凤凰县}
townships:
- {code: '433123101', name: 廖家桥镇, weight: 8}
- {code: '433123109', name: 沱江镇, weight: 20, seat: true, old_names: [老沱江镇]}
villages:
- {code: '433123101201', name: 云溪村, to: 2025-12-31}
- {code: '433123101202', name: 新溪村, from: 2026-01-01}
- {code: '433123109001', name: 虹桥社区}
"""


def write(tmp_path, text):
    path = tmp_path / "divisions.yaml"
    path.write_text(text, "utf-8")
    return path


@pytest.fixture
def small(tmp_path):
    return divisions.read_file(write(tmp_path, TEXT))


def test_county_has_17_townships_and_282_villages():
    townships = divisions.townships()
    names = [village.name for township in townships for village in divisions.villages(township.code)]
    assert len(townships) == 17
    assert sum(name.endswith("村") for name in names) == 261
    assert sum(name.endswith("社区") for name in names) == 21
    assert len(set(names)) == 282
    assert sum(township.weight for township in townships) == 100


def test_seat_has_24_villages_and_5_communities():
    (seat,) = [township for township in divisions.townships() if township.seat]
    names = [village.name for village in divisions.villages(seat.code)]
    assert seat.name == "沱江镇"
    assert (len(names), sum(name.endswith("社区") for name in names)) == (29, 5)


def test_township_name_is_written_with_the_rare_character():
    assert divisions.name_of("433123115") == "\u7b78子坪镇"


def test_old_name_finds_the_township():
    assert [one.code for one in divisions.find("竿子坪镇")] == ["433123115"]
    assert [one.code for one in divisions.find("阿拉镇")] == ["433123110"]
    assert divisions.find("没有的镇") == []


def test_full_name_starts_with_the_county(small):
    assert small.full_name("433123101201") == "凤凰县廖家桥镇云溪村"
    assert small.full_name("433123101") == "凤凰县廖家桥镇"
    assert small.full_name("433123") == "凤凰县"


def test_unknown_code_is_shown_as_it_is(small):
    assert small.name_of("110101001") == "110101001"
    assert small.name_of("") == ""
    assert small.full_name("110101001") == "110101001"


def test_township_of_a_village(small):
    assert small.township_of("433123101202") == "433123101"
    with pytest.raises(Invalid, match="433123101999"):
        small.township_of("433123101999")


def test_every_community_has_a_community_code_and_no_village_has_one():
    for township in divisions.townships():
        for village in divisions.villages(township.code):
            assert divisions.is_community(village.code) == village.name.endswith("社区")
    assert not divisions.is_community("433123109")
    assert not divisions.is_community("")


@pytest.mark.parametrize(
    "code, on, expected",
    [
        ("433123101201", date(2025, 12, 31), True),
        ("433123101201", date(2026, 1, 1), False),
        ("433123101202", date(2025, 12, 31), False),
        ("433123101202", date(2026, 1, 1), True),
        ("433123109", date(1999, 1, 1), True),
        ("433123999", date(2026, 1, 1), False),
        ("", date(2026, 1, 1), False),
    ],
)
def test_code_exists_only_while_in_use(small, code, on, expected):
    assert small.exists(code, on) is expected


def test_ended_village_is_not_offered_but_keeps_its_name(small):
    assert small.village_choices("433123101", date(2026, 6, 1)) == [("433123101202", "新溪村")]
    assert small.village_choices("433123101", date(2025, 6, 1)) == [("433123101201", "云溪村")]
    assert small.name_of("433123101201") == "云溪村"


def test_grouped_choices_with_an_empty_selection_offer_nothing(small):
    day = date(2026, 6, 1)
    assert small.grouped_choices(day) == {
        "廖家桥镇": [("433123101202", "新溪村")],
        "沱江镇": [("433123109001", "虹桥社区")],
    }
    assert list(small.grouped_choices(day, only=["433123109"])) == ["沱江镇"]
    assert small.grouped_choices(day, only=[]) == {}


def test_divisions_cannot_be_changed_by_a_caller(small):
    small.townships().clear()
    small.villages("433123101").clear()
    assert len(small.townships()) == 2
    with pytest.raises(FrozenInstanceError):
        small.get("433123101").name = "别的镇"


def test_villages_of_an_unknown_township_are_none(small):
    assert small.villages("433123999") == []


@pytest.mark.parametrize(
    "old, new, expected",
    [
        ("'433123101', name", "'43312310', name", r"townships\[0\].code: “43312310”应为 9 位数字"),
        ("'433123109001'", "'433123777001'", r"villages\[2\].code: “433123777001”的上级区划不在文件中"),
        ("'433123101202'", "'433123101201'", r"villages\[1\].code: “433123101201”重复"),
        ("name: 云溪村", "name: ''", r"villages\[0\].name: 缺少名称"),
        ("weight: 20", "wieght: 20", r"townships\[1\].wieght: 不认识这一项.*weight"),
        ("weight: 20", "weight: many", r"townships\[1\].weight: “many”"),
        ("2025-12-31", "2025-13-31", r"villages\[0\].to: “2025-13-31”不是日期"),
        ("to: 2025-12-31", "from: 2026-02-01, to: 2025-12-31", r"villages\[0\].to: 停用日期早于启用日期"),
        ("villages:", "vilages:", r"vilages: 不认识这一项.*villages"),
        ("county: {code: '433123', name: 凤凰县}", "", "county: 缺少"),
        ("townships:", "townships: [", "无法读取区划文件"),
    ],
)
def test_broken_file_is_refused_with_its_place(tmp_path, old, new, expected):
    assert old in TEXT
    with pytest.raises(Invalid, match=expected):
        divisions.read_file(write(tmp_path, TEXT.replace(old, new, 1)))


def test_all_problems_are_reported_together(tmp_path):
    text = TEXT.replace("weight: 20", "wieght: 20").replace("2025-12-31", "never")
    with pytest.raises(Invalid) as caught:
        divisions.read_file(write(tmp_path, text))
    assert len(caught.value.problems) == 2
