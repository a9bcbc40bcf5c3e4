"""Joint inspection: finance and audit see how supervision and payment stand, in figures, and no person."""

import pytest

from adminapp import database, dates
from adminapp.supervision import checks
from tests.conftest import HERE, THERE

NUMBER = f"{HERE}DEMO2026"
"""What the numbers of the cases begin with: long enough to be in no nonce and no token of a page by chance."""


@pytest.fixture(autouse=True)
def _today():
    with dates.frozen("2026-09-28"):
        yield


@pytest.fixture
def year(app):
    """Store a small year: four awards of a township, a check that found a deviation, a late step, a warning, a sealed list with one line back."""
    for number in range(4):
        award = {"_id": str(number), "number": f"{NUMBER}{number}", "type": "demo", "opened": "2026-03-02", "origin": HERE, "township": HERE, "name": "龙秘密"}
        database.raw("awards").insert_one(award | {"entries": [], "spells": [], "people": []})
    case = {"_id": "0", "number": f"{NUMBER}0", "name": "龙秘密", "type": "demo", "township": HERE, "village": ""}
    row = checks.new(case, 2026, checks.RANDOM, dates.today(), HERE)
    seen = {"state": checks.RECTIFYING, "result": "amount", "visited_on": "2026-04-02", "order": {"measure": "recover", "due": "2026-05-01"}}
    database.raw("spot_checks").insert_one(row | seen)
    late = {"township": THERE, "done": "2026-03-02", "clock": "total", "late": 2, "by": "clerk", "code": "staff", "name": "龙秘密"}
    database.raw("deadlines").insert_many([{"_id": "1", **late}, {"_id": "2", **late, "late": 0}])
    database.raw("warnings").insert_one({"_id": "late_step:1", "rule": "late_step", "state": "open", "township": THERE, "name": "龙秘密", "text": "龙秘密"})
    sealed = {"state": "CLOSED", "month": "2026-08", "scope": "all", "n": 1, "totals": {"types": [{"key": "demo", "amount": 123400}]}}
    database.raw("payment_batches").insert_one({"_id": "all:2026-08", **sealed})
    line = {"_id": "all:2026-08/1", "slot": "1", "batch": "all:2026-08", "state": "RETURNED", "amount": 23400, "events": [], "name": "龙秘密"}
    database.raw("payment_lines").insert_one(line)


@pytest.mark.parametrize("username", ["finance", "auditor", "reviewer"])
def test_figures_and_no_person(login, year, username):
    page = login(username).get("/inspection/?year=2026").text
    for text in ("50.0%", "1,234.00", "234.00", "追缴多发待遇", "环节超期", "应核查 2 件，尚缺 1 件"):
        assert text in page, text
    assert "龙秘密" not in page and NUMBER not in page


def test_finance_is_offered_no_way_to_cases(login, year):
    browser = login("finance")
    page = browser.get("/inspection/").text
    assert "/warnings/" not in page and "/lateness/" not in page and "/supervision/" not in page and "/payments/" in page
    assert browser.get("/warnings/").status_code == browser.get("/lateness/").status_code == browser.get("/supervision/").status_code == 403


def test_the_figures_as_a_file(login, year):
    file = login("auditor").get("/inspection/report.csv?year=2026")
    lines = file.text.splitlines()
    assert file.mimetype == "text/csv" and lines[1].startswith("乡镇,新增") and "龙秘密" not in file.text
    assert sorted(line.partition(",")[2] for line in lines[2:4]) == ["0,0,0,0,0,0,0,2,1,1", "4,2,1,1,0,1,0,0,0,0"]
    assert database.raw("audit").find_one({"kind": "export", "data.what": "inspection"})


def test_a_township_may_not(login, year):
    assert login("head.tuojiang").get("/inspection/").status_code == 403
