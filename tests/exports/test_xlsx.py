"""Workbooks for people, read back with another library."""

import io
import tracemalloc
from datetime import date

import openpyxl
import pytest

from adminapp.errors import Invalid
from exports import xlsx
from exports.columns import Column
from exports.formats import FORMATS, get_format

COLUMNS = [
    Column("name", "姓名"),
    Column("id_number", "身份证号", width=22),
    Column("amount", "金额", "money"),
    Column("people", "人数", "integer"),
    Column("day", "日期", "date"),
    Column("month", "月份", "month"),
]
ROW = {"name": "王虚构", "id_number": "433123195603074216", "amount": 123450, "people": 3, "day": date(2026, 9, 16),
       "month": "2026-09"}  # fmt: skip


def written(rows, **options):
    stream = io.BytesIO()
    count = xlsx.write(stream, COLUMNS, rows, **options)
    return count, stream.getvalue()


def sheet_of(content):
    return openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]


def test_writes_numbers_as_numbers_and_id_numbers_as_text():
    count, content = written([ROW])
    cells = sheet_of(content)[2]
    assert count == 1
    assert [cell.value for cell in cells[:4]] == ["王虚构", "433123195603074216", 1234.5, 3]
    assert cells[4].value.date() == date(2026, 9, 16) and cells[5].value == "2026-09"
    assert [cell.data_type for cell in cells] == ["s", "s", "n", "n", "d", "s"]
    assert cells[1].number_format == "@" and cells[2].number_format == "#,##0.00"


def test_freezes_the_header_and_sets_widths():
    sheet = sheet_of(written([ROW], title="发放名册")[1])
    assert sheet["A1"].value == "发放名册" and sheet["A2"].value == "姓名"
    assert sheet.freeze_panes == "A3"
    assert sheet.column_dimensions["B"].width == pytest.approx(22, abs=1)


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x")', "=cmd|x", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "http://x.y",
                                  "00123", "1e5"])  # fmt: skip
def test_text_is_never_a_formula_a_link_or_a_number(text):
    cell = sheet_of(written([ROW | {"name": text}])[1])["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_rare_characters_survive():
    assert sheet_of(written([ROW | {"name": "张𬱖䶮"}])[1])["A2"].value == "张𬱖䶮"


@pytest.mark.parametrize(
    "text", ["<r><t>x</t></r>", "<r></c></r>", "a<b>&c", '"', "_x0041_", "\x0b", "一\n二", " 前后 ", "\ufffe", "a\rb"]
)
def test_any_text_reads_back_as_it_was(text):
    sheet = sheet_of(written([ROW | {"name": text}], title="<r>a</r>", notes=["<r>b</r>"])[1])
    assert openpyxl.utils.escape.unescape(sheet["A3"].value) == text
    assert sheet["B3"].value == ROW["id_number"] and sheet["A1"].value.strip() == "<r>a</r>"


def test_totals_are_the_sum_of_the_lines_and_notes_follow():
    sheet = sheet_of(written([ROW, ROW], totals={"amount": 246900, "people": None}, notes=["制表：虚构"])[1])
    assert [cell.value for cell in sheet[4]][:4] == ["合计", None, 2469, 6]
    assert sheet["A5"].value == "制表：虚构"


def test_wrong_control_totals_stop_the_file(tmp_path):
    with pytest.raises(Invalid, match="合计应为 1.00，明细相加为 1,234.50"):
        xlsx.write(tmp_path / "list.xlsx", COLUMNS, [ROW], totals={"amount": 100})
    assert list(tmp_path.iterdir()) == []


def test_the_same_rows_give_the_same_bytes():
    first = written([ROW] * 50, title="名册", totals={"amount": None})[1]
    assert first == written([ROW] * 50, title="名册", totals={"amount": None})[1]
    assert first != written([ROW] * 51, title="名册", totals={"amount": None})[1]


def test_an_empty_list_still_has_its_header():
    count, content = written([], title="名册")
    assert count == 0 and sheet_of(content)["A2"].value == "姓名"


def test_empty_values_give_empty_cells():
    assert [cell.value for cell in sheet_of(written([{"name": "王虚构", "amount": None}])[1])[2]] == ["王虚构"] + [
        None
    ] * 5


def test_a_further_sheet_begins_when_one_is_full(monkeypatch):
    monkeypatch.setattr(xlsx, "SHEET_ROWS", 10)
    count, content = written([ROW | {"people": number} for number in range(25)], title="名册", totals={"people": None})
    sheets = openpyxl.load_workbook(io.BytesIO(content)).worksheets
    assert count == 25 and [sheet.title for sheet in sheets] == ["名册", "名册 2", "名册 3"]
    people = [row[3] for sheet in sheets for row in sheet.iter_rows(min_row=3, values_only=True)]
    assert people == [*range(25), sum(range(25))]


def test_exactly_full_sheets_begin_no_empty_one(monkeypatch):
    monkeypatch.setattr(xlsx, "SHEET_ROWS", 10)
    assert len(openpyxl.load_workbook(io.BytesIO(written([ROW] * 20)[1])).worksheets) == 2


def test_refuses_an_amount_that_is_not_whole_fen():
    with pytest.raises(TypeError, match="amount"):
        written([ROW | {"amount": 12.5}])
    with pytest.raises(TypeError, match="amount"):
        written([ROW | {"amount": True}])


def test_refuses_to_cut_a_long_text():
    with pytest.raises(Invalid, match="32767"):
        written([ROW | {"name": "长" * 32768}])


def test_a_birth_date_before_1900_is_shown_as_text():
    assert sheet_of(written([ROW | {"day": date(1880, 1, 1)}])[1])["E2"].value == "1880-01-01"


@pytest.mark.parametrize("fen", [1, 29, 57, 1_000_000_000_000, 999_999_999_999, -5])
def test_amounts_are_exact_to_the_fen(fen):
    assert round(sheet_of(written([ROW | {"amount": fen}])[1])["C2"].value * 100) == fen


def test_memory_does_not_grow_with_the_list(tmp_path):
    def peak(rows):
        tracemalloc.start()
        xlsx.write(tmp_path / "list.xlsx", COLUMNS, (ROW for _ in range(rows)))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(8000) < 1.3 * peak(2000)


def test_a_file_appears_complete_or_not_at_all(tmp_path):
    def rows():
        yield ROW
        raise KeyError("connection lost")

    with pytest.raises(KeyError):
        xlsx.write(tmp_path / "list.xlsx", COLUMNS, rows())
    assert list(tmp_path.iterdir()) == []
    assert xlsx.write(tmp_path / "list.xlsx", COLUMNS, [ROW]) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["list.xlsx"]


def test_every_format_has_the_same_public_names():
    for module in FORMATS.values():
        assert callable(module.write) and module.SUFFIX.startswith(".") and "/" in module.MEDIA_TYPE


def test_an_unknown_format_says_which_exist():
    with pytest.raises(Invalid, match="xlsx、csv"):
        get_format("xls")
    assert get_format("xlsx") is xlsx


def test_an_unknown_kind_of_column_says_which_exist():
    with pytest.raises(ValueError, match="known: text, money"):
        Column("a", "甲", "monney")
