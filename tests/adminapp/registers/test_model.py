"""The file of registers: what stands in it is read, and every mistake is named with its path and the nearest known word."""

import pytest

from adminapp.errors import NotFound, SetupError
from adminapp.registers import codes, model
from adminapp.scope import Actor

GOOD = """
registers:
  - key: ends
    label: 终止表
    group: 组
    collection: cases
    each: records
    where: {records.kind: termination}
    when: records.on
    columns:
      - {key: number, label: 编号, path: number, under: name}
      - {key: name, label: 户主, path: name}
      - {key: code, label: 原因, path: records.data.code, kind: code, codes: end_reason, filter: true}
"""


def read(tmp_path, text):
    path = tmp_path / "registers.yaml"
    path.write_text(text, "utf-8")
    return model.read_file(path)


def test_a_register_says_where_its_rows_come_from(tmp_path):
    (found,) = read(tmp_path, GOOD)
    assert found.where == {"records.kind": ("termination",)} and found.span == model.DAY and not found.money
    assert [(column.key, [each.key for each in under]) for column, under in found.screen] == [("name", ["number"]), ("code", [])]


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("group: 组", "gruop: 组", "registers[0]：要有 key、label、group"),
        ("each: records", "eech: records", "registers[0].eech：不认识，是否要写“each”？"),
        ("when: records.on", "when: records.on\n    as: days", "registers[0].as：没有“days”，是否要写“day”？"),
        ("when: records.on", "when: records.on\n    roles: [county, auditors]", "registers[0].roles：没有“auditors”，是否要写“auditor”？"),
        ("codes: end_reason", "codes: end_reasons", "registers[0].columns[2].codes：没有“end_reasons”，是否要写“end_reason”？"),
        ("kind: code, codes: end_reason", "kind: cod", "registers[0].columns[2].kind：没有“cod”"),
        ("filter: true", "total: true", "registers[0].columns[2].total：只有数字和金额可以合计"),
        ("path: name}", "path: name, filter: true}", "registers[0].columns[1].filter：只有代码栏可以筛选"),
        ("under: name", "under: nam", "registers[0].columns.number.under：没有“nam”，是否要写“name”？"),
        ("{key: name,", "{key: other,", "要有一栏的 key 是 name"),
        ("{key: code,", "{key: name,", "registers[0].columns：“name”写了两次"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path, before, after, sentence):
    with pytest.raises(SetupError) as caught:
        read(tmp_path, GOOD.replace(before, after))
    assert sentence in str(caught.value)


def test_a_file_without_registers_is_refused(tmp_path):
    with pytest.raises(SetupError, match="至少一本台账"):
        read(tmp_path, "registers: []")


def test_every_register_of_the_county_has_its_labels():
    for item in model.registers().values():
        for column in item.columns:
            assert column.kind != "code" or column.codes in codes.DECLARED or column.labels({}), (item.key, column.key)


def test_finance_opens_registers_of_money_alone():
    finance = Actor("f", "财务", frozenset({"finance"}), frozenset())
    assert [item.key for item in model.readable(finance)] == ["recoveries"]
    with pytest.raises(NotFound):
        model.get("terminations", finance)
