from datetime import date
from pathlib import Path

import pytest

from adminapp.errors import Conflict
from adminapp.standards import read_file
from adminapp.standards_store import StandardsStore

TABLE = read_file(Path(__file__).parents[2] / "schemas/standards.yaml")


def test_another_process_sees_a_new_table_at_its_next_refresh(database):
    writer, reader = StandardsStore(), StandardsStore()
    writer.replace(TABLE, "test")
    assert reader.refresh() == TABLE
    writer.replace(TABLE.with_value("dibao.urban", date(2027, 1, 1), "800.00", "演示", "演示参数"), "test")
    assert reader.refresh().value("dibao.urban", date(2027, 1, 1)) == 80000
    assert reader.refresh().value("dibao.urban", date(2026, 12, 31)) == TABLE.value("dibao.urban", date(2026, 12, 31))


def test_two_changes_at_once_do_not_overwrite_each_other(database):
    first, second = StandardsStore(), StandardsStore()
    first.replace(TABLE, "test")
    second.refresh()
    first.replace(TABLE.with_value("dibao.urban", date(2027, 1, 1), "800.00", "甲", ""), "a")
    second.refresh = lambda: second.table  # a process that has not looked since
    with pytest.raises(Conflict):
        second.replace(TABLE.with_value("dibao.urban", date(2027, 1, 1), "900.00", "乙", ""), "b")
