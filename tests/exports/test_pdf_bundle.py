import io
import zipfile

import pytest
from pypdf import PdfReader

from exports import pdf_bundle
from exports.notices.render import render
from exports.notices.samples import sample_content
from tests.exports.notices.faces import faces


@pytest.fixture(scope="module")
def rendered():
    return render([sample_content("acceptance", number=f"凤虚〔2026〕{number}号") for number in (1, 2, 3)], faces())


def text_of(pdf):
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_one_notice_is_cut_out_of_its_batch(rendered):
    alone = text_of(pdf_bundle.cut(rendered.pdf, *rendered.pages[1]))
    assert "〔2026〕2号" in alone
    assert "〔2026〕1号" not in alone


def test_cutting_beyond_the_end_is_an_error(rendered):
    with pytest.raises(IndexError):
        pdf_bundle.cut(rendered.pdf, 5, 9)


def test_merging_keeps_order_and_sets_bookmarks(rendered):
    merged = pdf_bundle.merge([rendered.pdf, rendered.pdf], [("凤虚〔2026〕1号", 0), ("凤虚〔2026〕2号", 2)])
    reader = PdfReader(io.BytesIO(merged))
    assert len(reader.pages) == 12
    assert [entry.title for entry in reader.outline] == ["凤虚〔2026〕1号", "凤虚〔2026〕2号"]


def test_the_same_input_gives_the_same_bytes(rendered):
    assert pdf_bundle.merge([rendered.pdf] * 2) == pdf_bundle.merge([rendered.pdf] * 2)
    assert pdf_bundle.cut(rendered.pdf, 0, 2) == pdf_bundle.cut(rendered.pdf, 0, 2)


def test_a_zip_holds_the_files_in_order_without_a_time():
    packed = pdf_bundle.zip_of([("凤虚1号.pdf", b"a"), ("b.pdf", b"b")])
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.namelist() == ["凤虚1号.pdf", "b.pdf"]
    assert packed == pdf_bundle.zip_of([("凤虚1号.pdf", b"a"), ("b.pdf", b"b")])
