"""The fund request on paper: sums by type and township, in words, with the seals of its lists and room to sign."""

import io

import pytest
from pypdf import PdfReader

from adminapp import dates
from exports import fund_request
from tests.exports.notices.faces import HOME, faces

REASONS = [{"key": "new", "count": 3, "amount": 120000}, {"key": "stopped", "count": 1, "amount": -30000}]
ROW = {"type": "demo", "name": "农村低保", "township": "433123109", "households": 12, "people": 30, "amount": 450000, "before": 360000, "reasons": REASONS}
REQUEST = {
    "_id": "2026-09", "month": "2026-09", "n": 1, "at": dates.now(), "by_name": "石虚构", "note": "请于十日前拨付", "digest": "d" * 64,
    "rows": [ROW], "households": 12, "people": 30, "amount": 450000, "before": 360000,
    "lists": [{"id": "all:2026-09", "title": "2026 年 9 月全部类型发放名册", "count": 12, "people": 30, "amount": 450000, "digest": "e" * 64}],
}  # fmt: skip


@pytest.fixture(autouse=True)
def ready():
    faces()


def text(request):
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(fund_request.print_paper(request, HOME))).pages).replace("\n", "")


def test_sums_reasons_and_seals_stand_there():
    found = text(REQUEST)
    for needed in ("肆仟伍佰元整", "4,500.00", "3,600.00", "+900.00", "新增 3 笔 +1,200.00", "沱江镇", "请于十日前拨付", "财政局审核", "d" * 20, "e" * 20):
        assert needed in found, needed


def test_a_large_county_goes_on_over_the_page_and_the_bytes_repeat():
    many = REQUEST | {"rows": [ROW | {"type": f"t{number}", "name": f"类别{number}"} for number in range(60)]}
    data = fund_request.print_paper(many, HOME)
    assert len(PdfReader(io.BytesIO(data)).pages) > 1 and data == fund_request.print_paper(many, HOME)


def test_a_workbook_whose_rows_do_not_sum_to_the_request_is_not_written():
    with pytest.raises(Exception, match="合计"):
        fund_request.write_sheet(REQUEST | {"amount": 450001})
