import io
import subprocess

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from adminapp.errors import Invalid
from exports.posting_sheet import write_posting_sheet
from tests.exports.notices.faces import faces

HEADER = {
    "title": "社会救助审核公示表",
    "county": "凤凰县",
    "township": "虚构镇",
    "village": "虚构村",
    "issue": "2026年第7期",
    "from": "2026年7月1日",
    "to": "2026年7月7日",
    "phone": "0743-7654321",
    "office": "凤凰县民政局",
}


def row(name="王䶮（虚构）", **values):
    given = {
        "name": name,
        "village": "虚构村",
        "type": "社会救助（演示）",
        "household_size": "3",
        "amount": "1,284.00",
    }
    return given | values


def sheet(rows, header=HEADER, **options):
    stream = io.BytesIO()
    write_posting_sheet(stream, header, rows, faces(), **options)
    return stream.getvalue()


def pages(pdf):
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


@pytest.mark.parametrize(("rows", "count"), [(0, 1), (1, 1), (22, 1), (23, 2), (44, 2), (45, 3)])
def test_a_page_holds_22_rows(rows, count):
    assert len(pages(sheet([row()] * rows))) == count


def test_22_rows_fit_even_with_long_names():
    long = row("买买提·艾力江·阿卜杜拉（虚构）", village="凤凰县虚构镇虚构村第十一村民小组")
    assert len(pages(sheet([long] * 22))) == 1


def test_every_page_says_where_when_and_whom_to_call():
    for number, text in enumerate(pages(sheet([row()] * 30)), 1):
        for needed in ("凤凰县虚构镇虚构村", "2026年7月1日至2026年7月7日", "0743-7654321", f"第 {number} 页 共 2 页"):
            assert needed in text


def test_rows_are_numbered_through():
    assert "30" in pages(sheet([row()] * 30))[1]


@pytest.mark.parametrize("key", ["id_number", "phone", "bank_account", "address"])
def test_private_columns_are_refused(key):
    with pytest.raises(Invalid, match=key):
        sheet([row(**{key: "x"})])
    with pytest.raises(Invalid, match=key):
        sheet([row()], columns=("name", key))


def test_all_problems_are_named_at_once():
    with pytest.raises(Invalid) as caught:
        sheet([row(), {"name": "王😀"}], header=HEADER | {"phone": ""})
    assert len(caught.value.problems) == 6


def test_a_county_may_post_fewer_columns():
    assert "1,284.00" not in pages(sheet([row()], columns=("name", "village", "type")))[0]


def test_markup_in_a_name_is_only_text():
    assert "<b>王</b>" in pages(sheet([row("<b>王</b>")]))[0]


def test_the_same_rows_give_the_same_bytes():
    assert sheet([row()] * 30) == sheet([row()] * 30)


def test_a_wider_sheet_still_fits_the_paper():
    wide = row(members="买买提·艾力江·阿卜杜拉、王小虚、王二虚、未成年人2名", reason="因病")
    text = pages(sheet([wide] * 23, columns=("name", "village", "type", "household_size", "members", "amount", "reason")))
    assert len(text) == 2 and "未成年人2名" in "".join(text[0].split())


def test_a_code_leads_to_the_public_page(tmp_path):
    url = "https://jz.fenghuang.example/public/postings/3fa85f6457174562"
    (tmp_path / "s.pdf").write_bytes(sheet([row()], HEADER | {"url": url}))
    subprocess.run(["pdftoppm", "-r", "150", "-png", "-singlefile", tmp_path / "s.pdf", tmp_path / "s"], check=True)
    with Image.open(tmp_path / "s.png") as page:
        assert [code.text for code in zxingcpp.read_barcodes(page)] == [url]
