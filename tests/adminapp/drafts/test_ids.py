"""Ids and codes that are made from what an administrator writes."""

import pytest

from adminapp.drafts.ids import new_code, new_id


@pytest.mark.parametrize(
    ("label", "id"),
    [
        ("家庭年收入", "jiatingnianshouru"),
        ("学费（元）", "xuefei"),
        ("本人或共同生活成员是经办人员的近亲属", "brhgtshcysjbrydjqs"),
        ("2026年学费", "x2026nianxuefei"),
        ("ICD 编码", "icdbianma"),
        ("……", "x"),
        ("urban", "urban2"),
        ("is", "is2"),
    ],
)
def test_an_id_is_the_pinyin_of_the_label(label, id):
    assert new_id(label, set()) == id


def test_an_id_that_is_taken_gets_a_number():
    assert new_id("姓名", {"xingming", "xingming2"}) == "xingming3"


def test_a_code_is_made_of_initials():
    assert new_code("教育救助", {"LS"}) == "JYJZ"
    assert new_code("教育救助", {"JYJZ"}) == "JYJZ2"
    assert new_code("补", ()) == "XB"
