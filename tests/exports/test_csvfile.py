"""CSV for people."""

import csv
import io
from datetime import date

import pytest

from adminapp.errors import Invalid
from exports import csvfile
from exports.columns import Column

COLUMNS = [Column("name", "姓名"), Column("id_number", "身份证号"), Column("amount", "金额", "money"),
           Column("people", "人数", "integer"), Column("day", "日期", "date")]  # fmt: skip
ROW = {"name": "王虚构", "id_number": "433123195603074216", "amount": 123450, "people": 3, "day": date(2026, 9, 16)}


def written(rows, **options):
    stream = io.BytesIO()
    csvfile.write(stream, COLUMNS, rows, **options)
    return stream.getvalue()


def read(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_begins_with_a_byte_order_mark_and_ends_lines_with_crlf():
    content = written([ROW])
    assert content.startswith(b"\xef\xbb\xbf") and content.count(b"\r\n") == content.count(b"\n") == 2


def test_writes_plain_numbers_and_keeps_id_numbers_text():
    assert read(written([ROW]))[1] == ["王虚构", "433123195603074216\t", "1234.50", "3", "2026-09-16"]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠a", "　=1"]
)
def test_a_cell_that_starts_a_formula_is_neutralised(text):
    assert read(written([ROW | {"name": text}]))[1][0] == "'" + text


@pytest.mark.parametrize("text", ["王=虚构", "a@b.c", "1-2", "王虚构", "123"])
def test_other_text_is_left_as_it_is(text):
    assert read(written([ROW | {"name": text}]))[1][0] == text


def test_negative_numbers_stay_numbers():
    assert read(written([ROW | {"amount": -5, "people": -1}]))[1][2:4] == ["-0.05", "-1"]


@pytest.mark.parametrize("digits", ["00123", "6222021234567890128"])
def test_digits_a_spreadsheet_would_change_are_marked_as_text(digits):
    assert read(written([ROW | {"id_number": digits}]))[1][1] == digits + "\t"


def test_separators_quotes_and_breaks_in_a_cell_survive():
    text = '一,"二"\n三'
    assert read(written([ROW | {"name": text}]))[1][0] == text


def test_title_totals_and_notes():
    lines = read(written([ROW, ROW], title="名册", totals={"amount": None, "people": 6}, notes=["=制表"]))
    assert lines[0] == ["名册"] and lines[-2] == ["合计", "", "2469.00", "6", ""] and lines[-1] == ["'=制表"]


def test_wrong_control_totals_stop_the_file(tmp_path):
    with pytest.raises(Invalid, match="合计"):
        csvfile.write(tmp_path / "list.csv", COLUMNS, [ROW], totals={"amount": 1})
    assert list(tmp_path.iterdir()) == []


def test_long_lists_are_written_whole(tmp_path):
    assert csvfile.write(tmp_path / "list.csv", COLUMNS, (ROW | {"people": n} for n in range(2500))) == 2500
    assert [int(line[3]) for line in read((tmp_path / "list.csv").read_bytes())[1:]] == list(range(2500))
