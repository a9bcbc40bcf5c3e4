"""Forms on paper: a rare character anywhere lets its face be made aside; the request that asks for the paper never makes it."""

import pytest

from exports import fonts, fund_request, meeting_minutes, visit_pack
from exports.case_notices import FontsNotReady
from exports.paper import Sheet
from tests.exports.notices.faces import HOME, faces
from tests.exports.test_fund_request import REQUEST
from tests.exports.test_meeting_minutes import ITEM, MEETING
from tests.exports.test_visit_pack import PACK, household

RARE = "丂"


@pytest.fixture
def aside():
    """The homes for which faces were asked."""
    return []


@pytest.fixture
def home(tmp_path, monkeypatch, aside):
    """A home with the everyday faces only."""
    faces()
    folder = tmp_path / "fonts"
    folder.mkdir()
    for name in fonts.SHIPPED:
        (folder / f"{name}-{fonts.EDITION}.ttf").symlink_to(HOME / "fonts" / f"{name}-{fonts.EDITION}.ttf")
    monkeypatch.setattr(fonts, "prepare_aside", aside.append)
    return tmp_path


def pack(home, **values):
    return visit_pack.print_pack(PACK | {key: values.pop(key) for key in ("surveyors",) if key in values}, [household("吴虚构", **values)], home)


def minutes(home, **values):
    return meeting_minutes.print_minutes(MEETING | {"items": [ITEM | {"name": "吴虚构"}]} | values, home)


def request(home, **values):
    return fund_request.print_paper(REQUEST | values, home)


@pytest.mark.parametrize("printed", [pack, minutes, request])
def test_a_paper_of_everyday_characters_is_printed_at_once(home, aside, printed):
    assert printed(home).startswith(b"%PDF") and aside == []


@pytest.mark.parametrize(
    ("printed", "values"),
    [
        (pack, {"address": f"{RARE}山组"}),
        (pack, {"surveyors": [{"name": f"吴{RARE}", "unit": "", "relative": False}]}),
        (pack, {"sections": [{"title": "", "lines": [], "tables": [{"label": "成员", "columns": ["姓名"], "rows": [[f"吴{RARE}"]], "spare": 0}]}]}),
        (minutes, {"chair": f"石{RARE}"}),
        (minutes, {"items": [ITEM | {"opinion": f"住{RARE}山组"}]}),
        (request, {"lists": [REQUEST["lists"][0] | {"title": f"{RARE}山镇名册"}]}),
        (lambda home, **words: Sheet(home, **words), {"title": RARE}),
        (lambda home, **words: Sheet(home, **words), {"title": "册", "foot": RARE}),
    ],
    ids=["address", "surveyor", "member", "chair", "opinion", "list", "title", "foot"],
)
def test_a_rare_character_anywhere_waits_for_its_face(home, aside, printed, values):
    with pytest.raises(FontsNotReady):
        printed(home, **values)
    assert aside == [home] and not (home / "fonts" / f"song-rare-{fonts.EDITION}.ttf").exists()
