"""The lists are data: what is wrong in the file is said with its name."""

import pytest
import yaml

from adminapp import procedure
from adminapp.errors import NotFound, SetupError
from adminapp.matching import lists, store
from adminapp.tabular import read_table

GOOD = {
    "key": "pets", "label": "养宠物人员", "provider": "虚构单位", "todo": "核实",
    "columns": [
        {"key": "name", "titles": ["姓名"], "kind": "person_name", "required": True},
        {"key": "id_number", "titles": ["证件号码"], "kind": "id_number", "required": True},
        {"key": "on", "titles": ["登记日期"], "kind": "date", "required": True},
        {"key": "fee", "titles": ["费用"], "kind": "money"},
    ],
}  # fmt: skip


def written(path, *rows):
    path.write_text(yaml.safe_dump({"lists": list(rows)}, allow_unicode=True), "utf-8")
    return path


def test_a_new_list_is_an_item_of_the_file_and_nothing_else(tmp_path):
    kind = lists.read_file(written(tmp_path / "m.yaml", GOOD))["pets"]
    table = read_table("姓名,证件号码,登记日期,费用\n龙虚构,433123195603074216,2026-08-03,12.50\n".encode())
    [row] = kind.layout.read(table)
    assert not row.problems and kind.told(row.values) == "费用：12.50 元" and kind.event() == "登记日期"
    assert kind.holds == lists.NEVER


@pytest.mark.parametrize(
    ("change", "word"),
    [({"holds": "always"}, "always"), ({"records": "birth"}, "birth"), ({"columns": GOOD["columns"][:2]}, "on"), ({"colour": "red"}, "colour")],
)
def test_a_broken_list_is_named(tmp_path, change, word):
    with pytest.raises(SetupError, match=word):
        lists.read_file(written(tmp_path / "m.yaml", GOOD | change))


def test_two_lists_of_one_key_are_refused(tmp_path):
    with pytest.raises(SetupError, match="同一个 key"):
        lists.read_file(written(tmp_path / "m.yaml", GOOD, GOOD))


def test_an_unknown_list_is_absent():
    with pytest.raises(NotFound):
        lists.get("no_such")


def test_the_steps_have_their_days_in_dated_data():
    from datetime import date

    assert procedure.value(store.ANSWER, date(2026, 9, 16)) == 10 and procedure.value(store.REVIEW, date(2026, 9, 16)) == 5
