from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from adminapp.errors import Conflict
from adminapp.standards import read_file
from adminapp.standards_store import StandardsStore
from tests.crash import Killed, count_writes, killed_at

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
    first.replace(TABLE.with_value("dibao.urban", date(2027, 1, 1), "800.00", "甲", ""), "a", rev=first.rev)
    with pytest.raises(Conflict):
        second.replace(TABLE.with_value("dibao.urban", date(2027, 1, 1), "900.00", "乙", ""), "b", rev=1)
    assert second.refresh().entry("dibao.urban", date(2027, 1, 1))["source"] == "甲"


def test_one_of_many_writers_wins_and_history_holds_what_was_current(database):
    StandardsStore().replace(TABLE, "test")

    def write(number):
        try:
            StandardsStore().replace(raised(f"{700 + number}.00"), f"writer {number}", rev=1)
            return number
        except Conflict:
            return None

    with ThreadPoolExecutor(8) as pool:
        [winner] = [number for number in pool.map(write, range(24)) if number is not None]
    assert database.standards.find_one({"_id": "current"})["by"] == f"writer {winner}"
    assert StandardsStore().at(2) == StandardsStore().refresh() == raised(f"{700 + winner}.00")
    assert StandardsStore().at(1) == TABLE


def test_death_between_the_two_writes_is_made_good(database):
    StandardsStore().replace(TABLE, "test")
    table = raised("800.00")
    writes = count_writes(lambda: StandardsStore().replace(raised("790.00"), "test"))
    for point in range(1, writes + 1):
        for after in (False, True):
            store = StandardsStore()
            store.refresh()
            before = store.rev
            with pytest.raises(Killed), killed_at(point, after):
                StandardsStore().replace(table, "dies", release=f"r{point}{after}")
            done = StandardsStore().replace(table, "again", release=f"r{point}{after}")
            fresh = StandardsStore()
            assert fresh.refresh() == table and fresh.rev == done == before + 1
            StandardsStore().replace(raised("790.00"), "test")


def raised(text):
    return TABLE.with_value("dibao.urban", date(2027, 1, 1), text, "演示", "演示参数")
