"""Tables from outside: whatever their format, rows come out as text, bad cells as sentences, and the file comes back marked."""

import csv
import io
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from adminapp.errors import Invalid
from adminapp.tabular import layouts, read_table
from adminapp.tabular.layout import parse_layout
from adminapp.tabular.reading import LOST, MOST_ROWS
from exports import marked

ID, OTHER = "433123195603074216", "433123201501010017"
LAYOUT = parse_layout({
    "key": "found", "title": "核对结果",
    "columns": [
        {"key": "name", "titles": ["姓名"], "kind": "person_name", "required": True},
        {"key": "id_number", "titles": ["公民身份号码", "身份证号"], "kind": "id_number", "required": True},
        {"key": "amount", "titles": ["金额（元）", "金额"], "kind": "money"},
        {"key": "on", "titles": ["日期"], "kind": "date"},
    ],
})  # fmt: skip
HEAD = ["姓名", "公民身份号码", "金额(元)", "日期"]


def workbook(*rows, title=None):
    book, out = Workbook(), io.BytesIO()
    for row in ([[title]] if title else []) + [list(row) for row in rows]:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def lines(*rows, encoding="utf-8"):
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode(encoding)


def read(data):
    return list(LAYOUT.read(read_table(data)))


@pytest.mark.parametrize(
    "data",
    [
        workbook(HEAD, ["吴虚构", ID, 1234.5, date(2026, 9, 1)]),
        workbook(HEAD, ["吴虚构", ID, "1,234.50", datetime(2026, 9, 1)], title="凤凰县核对结果"),
        lines(HEAD, ["吴虚构", ID, "1234.50", "2026年9月1日"]),
        lines(HEAD, ["吴虚构", ID, "1234.5", "20260901"], encoding="gbk"),
        lines(HEAD, ["吴虚构", ID, "1234.5", "2026/9/1"], encoding="utf-8-sig"),
        lines(HEAD, ["吴虚构", ID, "1234.5", "2026.9.1"], encoding="utf-16"),
    ],
    ids=["xlsx", "titled", "utf-8", "gbk", "bom", "utf-16"],
)
def test_a_row_reads_the_same_from_every_format(data):
    [row] = read(data)
    assert row.values == {"name": "吴虚构", "id_number": ID, "amount": 123450, "on": date(2026, 9, 1)} and row.problems == []


def test_an_old_workbook_is_read_and_its_rare_names_with_it():
    rows = read((Path(__file__).parent / "old.xls").read_bytes())
    assert [(row.number, row.values["name"], row.values["amount"]) for row in rows] == [(3, "吴玥虚构", 123450), (4, "龙镕虚构", 0)]


@pytest.mark.parametrize("name", ["吴㧟虚构", "龙䶮虚构", "石𬬭虚构", "欧阳·买买提"])
def test_rare_names_of_a_gb18030_file_arrive_whole(name):
    assert read(lines(HEAD, [name, ID, "", ""], encoding="gb18030"))[0].values["name"] == name


def test_a_name_that_an_old_system_lost_is_refused_in_words():
    [row] = read(lines(HEAD, ["吴?虚构", ID, "", ""], encoding="gbk"))
    assert row.problems == [(0, "姓名只能用汉字和间隔号“·”，不能有“?”")]


def test_one_bad_row_leaves_the_others_alone():
    rows = read(workbook(HEAD, ["吴虚构", "123", "x", None], ["龙虚构", OTHER, 5, None], [None, ID, None, "2026-02-29"]))
    assert [bool(row.problems) for row in rows] == [True, False, True]
    assert [place for place, _sentence in rows[0].problems] == [1, 2]
    assert "长度不对" in rows[0].problems[0][1] and "缺少“姓名”" in rows[2].problems[0][1] and "2026-02-29" in rows[2].problems[1][1]


def test_a_number_that_lost_its_end_is_told():
    [row] = read(workbook(HEAD, ["吴虚构", 433123195603074216, 1, None]))
    assert row.problems == [(1, LOST)]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "文件是空的"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, "不是表格文件"),
        (b"%PDF-1.4 a,b", "不是表格文件"),
        (b"<html>,</html>", "不是表格文件"),
        (b"PK\x03\x04" + b"x" * 50, "已损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "读不出"),
        (b"\xff,\xff\xff\xff", "编码认不出来"),
        (lines(["甲", "乙"]), "缺少：姓名、公民身份号码"),
        (lines(["姓名", "金额"], ["吴虚构", "1"]), "缺少：公民身份号码"),
        (("a,b\n" * (MOST_ROWS + 1)).encode(), "超过 100000 行"),
    ],
)
def test_what_is_no_such_table_is_refused_in_one_sentence(data, sentence):
    with pytest.raises(Invalid, match=sentence):
        read(data)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_bytes_of_any_kind_are_read_or_refused_in_words(data):
    try:
        read(data)
    except Invalid as error:
        assert str(error).endswith("。")


def test_the_same_workbook_comes_back_with_the_bad_cells_marked():
    data = workbook(HEAD, ["吴虚构", "123", 1, None], ["龙虚构", OTHER, 5, None], title="原来的标题")
    table, out = read_table(data), io.BytesIO()
    rows, header = list(LAYOUT.read(table)), LAYOUT.header(table).row
    assert marked.write(out, data, table, rows, header) == 1
    sheet = load_workbook(out).active
    assert sheet["A1"].value == "原来的标题" and sheet["E2"].value == marked.HEADING
    assert "长度不对" in sheet["E3"].value and sheet["B3"].comment.text == sheet["E3"].value and sheet["B3"].fill.fgColor.rgb == "00FFC7CE"
    assert sheet["E4"].value is None and sheet["B4"].comment is None


def test_marking_does_not_measure_the_sheet_for_each_row(monkeypatch):
    """Measuring looks at each cell: done for each row, a list of fifteen thousand took longer than eight minutes."""
    measured, width = [], Worksheet.max_column.fget
    monkeypatch.setattr(Worksheet, "max_column", property(lambda sheet: measured.append(1) or width(sheet)))
    data = workbook(HEAD, *[["吴虚构", "123", 1, None]] * 40)
    table = read_table(data)
    rows = list(LAYOUT.read(table))
    assert len(rows) == 40 and marked.write(io.BytesIO(), data, table, rows, 0) == 40
    assert len(measured) < 10


def test_a_corrected_file_loses_its_marks():
    first, second = io.BytesIO(), io.BytesIO()
    data = workbook(HEAD, ["吴虚构", "123", 1, None])
    table = read_table(data)
    marked.write(first, data, table, list(LAYOUT.read(table)), 0)
    book = load_workbook(first)
    book.active["B2"].value = ID
    book.save(first)
    data = first.getvalue()
    table = read_table(data)
    assert marked.write(second, data, table, list(LAYOUT.read(table)), 0) == 0
    sheet = load_workbook(second).active
    assert sheet["B2"].comment is None and sheet["B2"].fill.fgColor.rgb == "00000000" and sheet["E2"].value is None and sheet["F1"].value is None


def test_a_csv_comes_back_as_a_workbook_whose_texts_are_no_formulas():
    data, out = lines(["姓名", "公民身份号码"], ["=1+1", ID], encoding="gbk"), io.BytesIO()
    table = read_table(data)
    assert marked.write(out, data, table, list(LAYOUT.read(table)), 0) == 1
    cell = load_workbook(out).active["A2"]
    assert cell.value == "=1+1" and cell.data_type == "s"


def test_every_layout_of_the_county_is_sound():
    assert layouts() and all(layout.columns for layout in layouts().values())
