"""The minutes on paper: what was said and voted, room for every signature, blanks for what is not written down yet."""

import io

import pytest
from pypdf import PdfReader

from exports import meeting_minutes
from tests.exports.notices.faces import HOME, faces

ITEM = {"name": "王䶮虚构", "number": "433123109022026100001", "type": "demo", "recused": ["代表甲虚构"], "opinion": "多数同意"}
ITEM |= {"agree": 3, "against": 1, "abstain": 0}
MEETING = {
    "_id": "PY433123109-2026-0001", "where": "凤凰县虚构镇虚构村", "day": "2026-09-16", "place": "村部",
    "chair": "石虚构", "leader": "吴虚构", "recorder": "滕虚构",
    "stages": ["宣讲政策"], "program": ["宣讲政策", "介绍情况"], "items": [ITEM], "types": {"demo": "农村低保"}, "came": 5, "representatives": 4,
    "people": [("代表甲虚构", "村（居）民代表", True), ("吴缺席虚构", "村（居）民代表", False)],
}  # fmt: skip


@pytest.fixture(autouse=True)
def ready():
    faces()


def text(meeting):
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(meeting_minutes.print_minutes(meeting, HOME))).pages)


def test_votes_recusals_and_people_stand_there():
    found = text(MEETING)
    for needed in ("王䶮虚构", "多数同意", "代表甲虚构", "未到", "■宣讲政策", "□介绍情况", "5 人", "4 人", "记录人签字"):
        assert needed in found


def test_before_the_meeting_it_is_a_form_to_be_filled():
    blank = {**ITEM, "recused": [], "agree": None, "against": None, "abstain": None, "opinion": ""}
    found = text(MEETING | {"items": [blank], "people": [], "stages": [], "came": 0, "representatives": 0, "chair": "", "leader": "", "recorder": ""})
    assert "None" not in found and "0 人" not in found and "王䶮虚构" in found


def test_a_long_meeting_goes_on_over_the_page():
    many = MEETING | {"items": [ITEM] * 40, "people": MEETING["people"] * 30}
    assert len(PdfReader(io.BytesIO(meeting_minutes.print_minutes(many, HOME))).pages) > 2
