"""Files from banks: what can be read is read, and every bad row is named."""

import io
from dataclasses import replace

import pytest
import xlsxwriter

from adminapp.bank.profile import read_profiles
from adminapp.bank.reading import parse
from adminapp.errors import Invalid

TXT = read_profiles()["txt_gbk"].returns
CSV = read_profiles()["generic_csv"].returns
GOOD = "王虚构 6222021234567890128 30000 农村低保 30000 001\r\n筸虚构 820107500012345678 5 高龄津贴 0 002\r\n2 30005 30000\r\n"


def book(rows):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as workbook:
        sheet = workbook.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return stream.getvalue()


def test_rows_come_with_their_number_and_amounts_in_fen():
    found = parse(TXT, GOOD.encode("gbk"))
    assert found.problems == [] and found.total == {"count": 2, "total": 30005, "paid_total": 30000}
    assert found.rows[1] == {
        "name": "筸虚构", "account": "820107500012345678", "amount": 5, "summary": "高龄津贴", "paid": 0, "code": "002", "row": 2,
    }  # fmt: skip


def test_padding_blanks_and_a_rare_name_are_no_trouble():
    padded = GOOD.replace(" ", "    ").replace("王", "䶮")
    assert parse(TXT, padded.encode("gb18030")).rows[0]["name"] == "䶮虚构"


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig"])
def test_csv_is_read_in_its_encoding(encoding):
    text = "序号,户名,账号,金额,身份证号,摘要,实发金额,处理结果\r\n1,王虚构,6222021234567890128,\"300.00\",,农村低保,300,成功\r\n"
    form = replace(CSV, encoding="utf-8" if "utf" in encoding else "gb18030")
    [row] = parse(form, text.replace('"', "").encode(encoding)).rows
    assert (row["amount"], row["paid"], row["code"]) == (30000, 30000, "成功")


def test_bad_rows_are_named_and_the_good_ones_kept():
    lines = GOOD.split("\r\n")
    lines[1:1] = ["王虚构 1 x 低保 0 001", "两栏 1", "王虚构 1 0.5 低保 0 001"]
    found = parse(TXT, "\r\n".join(lines).encode("gbk"))
    assert [(problem.row, problem.column) for problem in found.problems] == [(2, "应处理金额"), (3, "全行"), (4, "应处理金额")]
    assert [row["row"] for row in found.rows] == [1, 5] and found.count == 5


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe\x00", "编码"),
        ("\ufeff" + GOOD, "UTF-8"),
        ("", "合计行"),
    ],
)
def test_a_file_of_another_kind_is_refused_in_a_sentence(content, words):
    with pytest.raises(Invalid, match=words):
        parse(TXT, content.encode() if isinstance(content, str) else content)


def test_moved_columns_are_refused_and_other_titles_are_no_matter():
    head = "序号,户名,金额,账号,身份证号,摘要,实发金额,处理结果\r\n"
    with pytest.raises(Invalid, match="不在约定的位置"):
        parse(CSV, head.encode("gb18030"))
    assert parse(CSV, head.replace("金额,账号", "账户,金额").encode("gb18030")).rows == []


def test_a_workbook_is_read_and_lost_digits_are_seen():
    form = replace(CSV, layout="xlsx")
    head = [column.title for column in form.columns]
    rows = [head, [1, "王虚构", "6222021234567890128", 300, None, "农村低保", 300.5, "成功"]]
    [row] = parse(form, book(rows)).rows
    assert (row["account"], row["amount"], row["paid"]) == ("6222021234567890128", 30000, 30050)
    rows[1][2] = 6222021234567890128
    with pytest.raises(Invalid, match="数字格式"):
        parse(form, book(rows))
    with pytest.raises(Invalid, match="XLS"):
        parse(form, GOOD.encode())
