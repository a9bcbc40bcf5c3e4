"""Bank files by profile."""

import io
from dataclasses import replace

import openpyxl
import pytest

from adminapp.bank.profile import BankProfile, read_profiles
from adminapp.bank.reading import read
from adminapp.errors import Invalid
from exports.bankfile import check, file_name, write

PROFILES = read_profiles()
TXT, CSV = PROFILES["txt_gbk"], PROFILES["generic_csv"]
ROW = {"name": "王虚构", "account": "6222021234567890128", "amount": 123450, "id_number": "433123195603074216",
       "summary": "低保金", "reference": "20260901000001"}  # fmt: skip
OTHER = ROW | {"name": "筸虚构", "account": "820107500012345678", "amount": 5, "reference": "20260901000002"}


def written(profile, rows):
    stream = io.BytesIO()
    write(profile, rows, stream)
    return stream.getvalue()


def reasons(profile, **changes):
    return [str(problem) for problem in check(profile, [ROW | changes]).problems]


def test_writes_blank_separated_gbk_with_fen_and_a_total_line():
    assert written(TXT, [ROW, OTHER]).decode("gbk") == (
        "王虚构 6222021234567890128 123450 低保金\r\n筸虚构 820107500012345678 5 低保金\r\n2 123455\r\n"
    )


def test_writes_generic_csv_with_header_and_yuan():
    assert written(CSV, [ROW | {"summary": None}]).decode("gb18030") == (
        "序号,户名,账号,金额,身份证号,摘要\r\n1,王虚构,6222021234567890128,1234.50,433123195603074216,\r\n"
    )


@pytest.mark.parametrize("key", PROFILES)
def test_a_file_reads_back_to_the_same_rows(key):
    profile = PROFILES[key]
    rows, _ = read(profile, written(profile, [ROW, OTHER]))
    for row, original in zip(rows, [ROW, OTHER], strict=True):
        assert row == {source: original[source] for source in row}


def test_returns_the_control_totals():
    built = write(TXT, [ROW, OTHER], io.BytesIO())
    assert (built.count, built.total) == (2, 123455)


def test_the_same_rows_give_the_same_bytes():
    for profile in (TXT, CSV, XLSX, FIXED):
        assert written(profile, [ROW, OTHER]) == written(profile, [ROW, OTHER])


@pytest.mark.parametrize("name", ["李䶮", "王㛃", "张𬱖", "刘𬬭"])
def test_a_name_the_encoding_lacks_is_reported_and_not_changed(name):
    (reason,) = reasons(TXT, name=name)
    assert "第 1 行“姓名”" in reason and f"U+{ord(name[1]):04X}" in reason and "GBK" in reason
    with pytest.raises(Invalid, match="没有生成文件"):
        written(TXT, [ROW | {"name": name}])
    assert name.encode("gb18030") in written(CSV, [ROW | {"name": name}])


@pytest.mark.parametrize("name", ["王\u9fb4", "王\ue81e", "王\u1e3f"])
def test_a_character_that_changed_its_code_is_reported(name):
    assert "新旧国家标准" in reasons(CSV, name=name)[0]


@pytest.mark.parametrize(
    "changes, word",
    [
        ({"name": "虚" * 31}, "62 字节"),
        ({"summary": "临时救助金款"}, None),
        ({"summary": "临时救助金款项"}, "14 字节"),
        ({"name": ""}, "不能为空"),
        ({"name": None}, "不能为空"),
        ({"name": "王 虚构"}, "空格"),
        ({"name": "=王"}, "开头"),
        ({"name": "王\n虚构"}, "控制字符"),
        ({"name": "王\u200b"}, "控制字符"),
        ({"name": '王"'}, "不能有"),
        ({"account": "6222 0212"}, "数字"),
        ({"account": 6222021234567890128}, "文字"),
        ({"amount": 0}, "大于 0"),
        ({"amount": -1}, "大于 0"),
        ({"amount": 10**10}, "上限"),
        ({"amount": 12.5}, "整分"),
        ({"amount": True}, "整分"),
        ({"amount": None}, "整分"),
    ],
)
def test_says_what_the_bank_would_not_take(changes, word):
    found = reasons(TXT, **changes)
    assert (not found) if word is None else any(word in reason for reason in found), found


def test_a_comma_would_break_a_csv_line():
    assert "“,”" in reasons(CSV, name="王,虚构")[0]


def test_reports_all_problems_of_all_rows_together():
    found = check(TXT, [ROW | {"name": "李䶮", "amount": 0}, ROW, ROW | {"summary": ""}]).problems
    assert [(problem.row, problem.column) for problem in found] == [(1, "姓名"), (1, "应处理金额"), (3, "备注")]
    with pytest.raises(Invalid) as refused:
        written(TXT, [ROW | {"name": "李䶮", "amount": 0}])
    assert len(refused.value.problems) == 2


def test_two_lines_the_return_file_could_not_tell_apart_are_a_problem():
    (problem,) = check(TXT, [ROW, OTHER, ROW]).problems
    assert problem.row == 3 and "第 1 行" in problem.text


def test_an_empty_selection_pays_nobody():
    assert any("没有一行" in str(problem) for problem in check(TXT, []).problems)


def test_nothing_is_written_when_there_is_a_problem(tmp_path):
    with pytest.raises(Invalid):
        write(TXT, [ROW, ROW | {"name": "李䶮"}], tmp_path / "pay.txt")
    assert list(tmp_path.iterdir()) == []


def test_a_rare_name_moves_the_whole_file_to_the_second_encoding_and_is_listed():
    profile = replace(TXT, fallback="gb18030")
    stream = io.BytesIO()
    built = write(profile, [ROW, OTHER | {"name": "李䶮"}], stream)
    assert [problem.row for problem in built.warnings] == [2] and "䶮" in str(built.warnings[0])
    assert stream.getvalue().decode("gb18030").splitlines()[1].startswith("李䶮 ")
    assert written(profile, [ROW]) == written(TXT, [ROW])


def test_a_character_neither_encoding_is_sure_of_stops_the_file():
    with pytest.raises(Invalid, match="没有生成文件"):
        written(replace(TXT, fallback="gb18030"), [ROW | {"name": "王\u9fb4"}])


def test_columns_the_bank_fills_in_are_left_empty():
    lines = openpyxl.load_workbook(io.BytesIO(written(PROFILES["batch_xlsx"], [ROW]))).active.iter_rows(values_only=True)
    assert list(lines)[1] == ("王虚构", "6222021234567890128", "1234.50", "低保金", None, None)


def test_a_file_with_a_wrong_total_line_is_refused():
    content = written(TXT, [ROW, OTHER])
    for broken in (content.replace(b"123455", b"123456"), b"\r\n".join(content.split(b"\r\n")[1:])):
        with pytest.raises(Invalid, match="合计"):
            read(TXT, broken)


def test_a_file_of_another_form_is_refused():
    with pytest.raises(Invalid, match="栏"):
        read(TXT, "王虚构 1 2\r\n1 2\r\n".encode("gbk"))
    with pytest.raises(Invalid, match="编码"):
        read(TXT, "王虚构 1 2 三\xff".encode("latin-1", "replace") + b"\xff\xff")


FIXED = BankProfile.from_dict(
    {
        "key": "fixed",
        "name": "定长",
        "layout": "fixed",
        "unit": "fen",
        "total_place": "first",
        "line_end": "lf",
        "columns": [
            {"title": "户名", "source": "name", "bytes": 10},
            {"title": "账号", "kind": "digits", "source": "account", "bytes": 20},
            {"title": "金额", "kind": "amount", "source": "amount", "bytes": 12, "align": "right", "pad": "0"},
        ],
        "total": [
            {"title": "标记", "kind": "constant", "value": "T", "bytes": 1},
            {"title": "笔数", "kind": "number", "source": "count", "bytes": 6, "align": "right", "pad": "0"},
            {"title": "金额", "kind": "amount", "source": "total", "bytes": 12, "align": "right", "pad": "0"},
        ],
    }
)
XLSX = BankProfile.from_dict(
    {
        "key": "book",
        "name": "表格",
        "layout": "xlsx",
        "header": True,
        "suffix": ".xlsx",
        "columns": [
            {"title": "姓名", "source": "name"},
            {"title": "卡号", "kind": "digits", "source": "account"},
            {"title": "金额", "kind": "amount", "source": "amount"},
        ],
        "total": [{"title": "笔数", "kind": "number", "source": "count"}],
    }
)


def test_fixed_widths_are_counted_in_bytes_of_the_encoding():
    lines = written(FIXED, [ROW, OTHER]).split(b"\n")
    assert lines[0] == b"T000002000000123455"
    assert lines[1] == "王虚构".encode("gbk") + b"    " + b"6222021234567890128 " + b"000000123450"
    assert {len(line) for line in lines[1:3]} == {42}
    assert read(FIXED, b"\n".join(lines))[0][1] == {source: OTHER[source] for source in ("name", "account", "amount")}


def test_a_text_that_ends_in_the_filling_character_is_a_problem():
    profile = replace(FIXED, columns=(*FIXED.columns[:1], replace(FIXED.columns[1], pad="0"), FIXED.columns[2]))
    assert any("填充字符" in str(problem) for problem in check(profile, [ROW | {"account": "12345670"}]).problems)


def test_all_cells_of_a_bank_workbook_are_text():
    content = written(XLSX, [ROW, OTHER])
    lines = list(openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True))
    assert lines[1:] == [("王虚构", "6222021234567890128", "1234.50"), ("筸虚构", "820107500012345678", "0.05"),
                         ("2", None, None)]  # fmt: skip
    assert read(XLSX, content)[0][0] == {"name": "王虚构", "account": "6222021234567890128", "amount": 123450}


def test_file_names_come_from_the_pattern_and_are_safe():
    assert file_name(TXT, month="2026-09", batch="B1") == "txt_gbk_2026-09_B1.txt"
    assert file_name(CSV, type="低保/城市", month="2026-09", batch="../1") == "低保-城市_2026-09_..-1.csv"
