"""The pack on paper: a cover with the way, a sheet for each household with what was declared, and room to write."""

import io

import pytest
from pypdf import PdfReader

from adminapp.errors import Invalid
from exports import visit_pack
from tests.exports.notices.faces import HOME, faces

PACK = {
    "_id": "RH433123109-2026-0001", "place": "凤凰县虚构镇虚构村", "day": "2026-09-16",
    "surveyors": [{"name": "吴虚构", "unit": "社会事务办", "relative": False}, {"name": "龙虚构", "unit": "", "relative": False}],
}  # fmt: skip
COLUMNS = ["姓名", "与申请人关系", "健康状况", "劳动能力", "就业状况", "工资性收入", "经营净收入", "财产净收入", "转移净收入"]


def household(name="王䶮虚构", rows=2, **values):
    member = ["成员虚构", "子", "健康", "有劳动能力", "外出务工", "12,345.00", "", "", ""]
    members = {"label": "核实的成员", "columns": COLUMNS, "rows": [member] * rows, "spare": 2}
    lines = [
        {"label": "存款", "declared": "5,000.00", "options": [], "long": False},
        {"label": "住房结构", "declared": "砖混", "options": ["砖混", "砖木", "土木"], "long": False},
        {"label": "有车", "declared": "否", "options": ["是", "否"], "long": False},
        {"label": "走访邻里情况", "declared": "", "options": [], "long": True},
    ]
    given = {"name": name, "number": "433123109022026100001", "type": "农村低保（演示）", "place": "虚构村", "address": "2 组 7 号", "phone": "13800000011",
             "url": "https://example.test/cases/x/1", "sections": [{"title": "家庭收入", "lines": lines, "tables": [members]}]}  # fmt: skip
    return given | values


@pytest.fixture(autouse=True)
def ready():
    faces()


def pages(sheets):
    return [page.extract_text() for page in PdfReader(io.BytesIO(visit_pack.print_pack(PACK, sheets, HOME))).pages]


def test_a_cover_then_a_page_or_more_for_each_household():
    found = pages([household(), household("石乙虚构")])
    assert len(found) == 3 and "入户调查走访包" in found[0] and found[0].index("王䶮虚构") < found[0].index("石乙虚构")
    for text, name in zip(found[1:], ("王䶮虚构", "石乙虚构"), strict=True):
        for needed in (name, "13800000011", "5,000.00", "12,345.00", "□砖混", "□是", "走访邻里情况", "在场成员签名", "吴虚构签名"):
            assert needed in text


def test_every_page_names_the_pack_and_its_number():
    for number, text in enumerate(pages([household()]), 1):
        assert PACK["_id"] in text and f"第 {number} 页 共 2 页" in text


def test_a_large_household_goes_on_over_the_page():
    assert len(pages([household(rows=30)])) > 2


def test_the_same_pack_gives_the_same_bytes():
    assert visit_pack.print_pack(PACK, [household()], HOME) == visit_pack.print_pack(PACK, [household()], HOME)


def test_a_character_without_a_face_is_refused_and_not_left_out():
    with pytest.raises(Invalid, match="字库没有"):
        pages([household("王\ue123虚构")])
