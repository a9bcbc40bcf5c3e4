import io
import logging
import re
import subprocess
from dataclasses import replace

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from adminapp.notices.kinds import KINDS, PAPERS
from exports.notices import story
from exports.notices.errors import RenderFailed
from exports.notices.render import render
from exports.notices.samples import sample_content

NOTICES = [kind for kind in KINDS if kind not in PAPERS]


@pytest.mark.parametrize("kind", NOTICES)
def test_every_notice_prints_its_values(kind, faces, text_of):
    content = sample_content(kind)
    rendered = render([content], faces)
    text = text_of(rendered.pdf).replace(" ", "").replace("\n", "")
    assert rendered.failures == {}
    assert content.number.replace(" ", "") in text
    assert "王䶮（虚构）" in text
    assert "{{" not in text


def test_rare_characters_can_be_copied_from_the_page(faces, text_of, confirmation):
    rendered = render([replace(confirmation, values=confirmation.values | {"applicant": "䶮㛃𬬭·丂"})], faces)
    assert "䶮㛃𬬭·丂：" in text_of(rendered.pdf)


def test_a_character_without_glyph_is_refused_with_its_place(faces, confirmation):
    rendered = render([replace(confirmation, values=confirmation.values | {"applicant": "张𠮷"})], faces)
    assert rendered.pages == [None]
    assert "“申请人”" in rendered.failures[0]
    assert "𠮷" in rendered.failures[0]


@pytest.mark.parametrize("remedy", ["", " \n"])
def test_a_decision_with_empty_remedy_is_not_printed(remedy, faces, confirmation):
    rendered = render([replace(confirmation, values=confirmation.values | {"remedy": remedy})], faces)
    assert "救济途径" in rendered.failures[0]
    assert rendered.pdf == b""


def test_a_missing_value_is_refused(faces, confirmation):
    values = {key: text for key, text in confirmation.values.items() if key != "basis"}
    assert "办理依据" in render([replace(confirmation, values=values)], faces).failures[0]


def test_a_supplement_notice_without_list_is_not_printed(faces):
    content = replace(sample_content("supplement"), tables={"files": []})
    assert "补正材料" in render([content], faces).failures[0]


def test_a_forgotten_table_is_refused_and_an_empty_one_prints_nothing(faces, text_of, confirmation):
    forgotten = replace(confirmation, tables={"members": confirmation.tables["members"]})
    empty = replace(confirmation, tables=confirmation.tables | {"terms": []})
    assert "金额明细" in render([forgotten], faces).failures[0]
    assert "计算方法" not in text_of(render([empty], faces).pdf)


def test_a_long_table_begins_under_its_heading(faces, text_of, confirmation):
    members = [[str(number), "王䶮（虚构）", "本人", "", ""] for number in range(1, 60)]
    content = replace(confirmation, tables=confirmation.tables | {"members": members}, slip=False)
    rendered = render([content], faces)
    assert "与申请人关系" in text_of(rendered.pdf, "-l", "1")
    assert "与申请人关系" in text_of(rendered.pdf, "-f", "2", "-l", "2")


def test_an_unknown_value_is_refused(faces, confirmation):
    content = replace(confirmation, values=confirmation.values | {"id_number": "x"})
    assert "id_number" in render([content], faces).failures[0]


def test_one_bad_notice_does_not_hold_up_the_others(faces, confirmation):
    bad = replace(confirmation, values=confirmation.values | {"remedy": ""})
    rendered = render([confirmation, bad, confirmation], faces)
    assert [pair and pair[1] for pair in rendered.pages] == [3, None, 3]
    assert list(rendered.failures) == [1]


def test_a_notice_that_fails_while_it_is_laid_out_is_found_and_left_out(faces, confirmation):
    # Fifty columns do not fit on a page, and that shows only in the layout.
    bad = replace(confirmation, template="<p>{{救济途径}}</p><table><tr>" + "<td>字</td>" * 50 + "</tr></table>")
    rendered = render([confirmation, bad, confirmation], faces)
    assert list(rendered.failures) == [1]
    assert len(PdfReader(io.BytesIO(rendered.pdf)).pages) == sum(pair[1] for pair in rendered.pages if pair)


def test_markup_in_a_value_is_only_text(faces, text_of, confirmation):
    evil = '<img src="file:///etc/passwd"><b>粗</b>{{救济途径}}&lt;'
    content = replace(confirmation, values=confirmation.values | {"duties": evil}, slip=False)
    text = text_of(render([content], faces).pdf).replace("\n", "").replace(" ", "")
    assert '<imgsrc="file:///etc/passwd"><b>粗</b>{{救济途径}}&lt;' in text


def test_a_line_feed_in_a_value_starts_a_line(faces, text_of, confirmation):
    content = replace(confirmation, values=confirmation.values | {"duties": "甲事\n乙事"})
    lines = [line.strip() for line in text_of(render([content], faces).pdf).splitlines()]
    assert "乙事" in lines


def test_pages_tell_where_each_notice_is(faces, text_of):
    contents = [sample_content(kind, number=f"凤虚〔2026〕{number}号") for number, kind in enumerate(NOTICES, 1)]
    rendered = render(contents, faces)
    assert sum(count for _first, count in rendered.pages) == len(PdfReader(io.BytesIO(rendered.pdf)).pages)
    for content, (first, _count) in zip(contents, rendered.pages, strict=True):
        assert content.number in text_of(rendered.pdf, "-f", str(first + 1), "-l", str(first + 1))


def test_page_numbers_begin_anew_with_each_notice(faces, text_of, confirmation):
    rendered = render([confirmation, confirmation], faces)
    first = rendered.pages[1][0] + 1
    assert "—1—" in text_of(rendered.pdf, "-f", str(first), "-l", str(first)).replace(" ", "")


def test_the_service_slip_is_the_last_page_when_wanted(faces, text_of, confirmation):
    with_slip, without = render([confirmation], faces), render([replace(confirmation, slip=False)], faces)
    assert with_slip.pages[0][1] == without.pages[0][1] + 1
    assert "送达回证" in text_of(with_slip.pdf)
    assert "送达回证" not in text_of(without.pdf)


def test_the_same_notices_give_the_same_bytes(faces, confirmation):
    assert render([confirmation] * 3, faces).pdf == render([confirmation] * 3, faces).pdf


def test_the_check_code_can_be_scanned(faces, confirmation, tmp_path):
    (tmp_path / "n.pdf").write_bytes(render([confirmation], faces).pdf)
    subprocess.run(
        ["pdftoppm", "-r", "150", "-png", "-l", "1", "-singlefile", tmp_path / "n.pdf", tmp_path / "n"], check=True
    )
    with Image.open(tmp_path / "n.png") as page:
        assert [code.text for code in zxingcpp.read_barcodes(page)] == [confirmation.qr_url]


def test_a_template_of_the_county_replaces_the_default(faces, text_of, confirmation):
    template = '<p class="title">县定通知书</p><p>{{申请人}}：{{金额}}。</p><div>{{保障对象}}</div><p>{{救济途径}}</p>'
    text = text_of(render([replace(confirmation, template=template)], faces).pdf)
    assert "县定通知书" in text
    assert "告知义务" not in text


def test_a_template_with_problems_is_not_printed(faces, confirmation):
    rendered = render([replace(confirmation, template="<p>{{救济途径}}</p><script></script>")], faces)
    assert "script" in rendered.failures[0]


def test_a_warning_of_xhtml2pdf_is_an_error():
    with pytest.raises(RenderFailed, match="没有字体"), story.warnings_refused():
        logging.getLogger("xhtml2pdf.context").warning("没有字体")


def test_a_text_longer_than_a_page_goes_on_over_pages_whole(faces, text_of, confirmation):
    long = "".join(f"第{number}项内容，" for number in range(1, 400))
    rendered = render([replace(confirmation, values=confirmation.values | {"duties": long}, slip=False)], faces)
    text = re.sub(r"—\d—", "", re.sub(r"\s", "", text_of(rendered.pdf)))
    assert long in text
    assert rendered.pages[0][1] >= 4


SAYS = {
    "authorisation": "户籍（公安）",
    "authorisation_outsider": "户籍（公安）",
    "spot_check_sheet": "买买提·艾力",
    "rectification_order": "金额不准",
}
"""Kind of blank → what must stand on it."""


@pytest.mark.parametrize("kind", sorted(PAPERS - {"service_slip"}))
def test_a_blank_to_be_signed_prints_on_one_page(kind, faces, text_of):
    rendered = render([replace(sample_content(kind), slip=False)], faces)
    text = text_of(rendered.pdf).replace(" ", "").replace("\n", "")
    assert rendered.failures == {} and rendered.pages == [(0, 1)]
    assert SAYS[kind] in text and "扫码打开本件" in text and ("签名" in text or kind == "rectification_order")
