"""The long-term list: who receives relief, by village and month, and no child by any route."""

from datetime import date
from pathlib import Path

import pytest

from adminapp import database, dates, sealing
from adminapp.awards import COLLECTION as AWARDS
from adminapp.declaration.reader import read_text
from adminapp.errors import Forbidden
from adminapp.identity import make_id
from adminapp.postings import course, longterm, register
from adminapp.scope import acting
from tests.adminapp.postings.village import CLERK, DAY, VILLAGE

MONTH = "2026-09"
TYPES = Path(__file__).parents[3] / "schemas" / "relief_types"


@pytest.fixture
def award(village):
    """Return a maker of awards of the village; `number` replaces the ID number that the case holds."""

    def make(serial=0, number=None, to=None, state="active", **more):
        case = village.case(serial)
        if number:
            database.raw("cases").update_one({"_id": case.pk}, {"$set": {"x_applicant_id": sealing.seal(number, "id_number")}})
        spell = {"from": "2026-01", "to": to, "state": state, "entitled": 45000, "amount": 45000 if state == "active" else 0, "size": 3}
        row = {
            "_id": case.pk, "number": case.number, "type": case.type, "programme": "demo", "unit": "household", "cycle": "month", "people": [],
            "household_size": 3, "township": VILLAGE[:9], "village": VILLAGE, "name": case.name, "entries": [], "spells": [spell], "rev": 1,
        }  # fmt: skip
        database.raw(AWARDS).insert_one(row | more)
        return row | more

    return make


def build(village, month=MONTH, on=DAY):
    with dates.frozen(on):
        made = longterm.build(village.engine, VILLAGE[:9], month)
    return [database.raw(register.COLLECTION).find_one({"_id": key}) for key in made]


def test_lists_name_size_and_amount_of_who_is_paid_this_month(village, award):
    award(0)
    award(1, to="2026-08")
    award(2, state="suspended")
    [posting] = build(village)
    assert [row["texts"] for row in posting["rows"]] == [
        {"name": "龙甲虚", "village": posting["rows"][0]["texts"]["village"], "household_size": "3", "amount": "450.00"}
    ]
    assert posting["rows"][0]["web"]["name"] == "龙*虚"
    assert (posting["start"], posting["end"], posting["state"]) == ("2026-09-01", "2026-09-30", "POSTED")


@pytest.mark.parametrize("birth", [date(2009, 1, 1), date(2008, 9, 17)])
def test_a_child_is_on_no_list(village, award, birth):
    award(0, number=make_id("433123", birth, 100))
    award(1)
    [posting] = build(village)
    assert [row["name"] for row in posting["rows"]] == ["吴乙虚"]


def test_who_is_not_known_to_be_grown_up_is_on_no_list(village, award):
    made = award(0)
    database.raw("cases").update_one({"_id": made["_id"]}, {"$unset": {"x_applicant_id": ""}})
    assert build(village) == []


def test_every_declared_protected_type_is_kept_out():
    shipped = [read_text(path.read_text("utf-8"), path.name) for path in sorted(TYPES.glob("*.yaml"))]
    listed = {relief.key for relief in shipped if longterm._is_listed(relief)}
    protected = {relief.key for relief in shipped if relief.protected}
    assert listed and protected and not listed & protected


def test_made_again_it_is_the_same_and_the_next_month_takes_its_place(village, award):
    award(0)
    [posting] = build(village)
    assert build(village) == []
    [later] = build(village, "2026-10", date(2026, 10, 9))
    assert village.now(posting)["state"] == "CLOSED" and village.now(later)["state"] == "POSTED"


def test_a_township_that_fails_keeps_no_other_from_its_lists(village, monkeypatch):
    build = longterm.build
    monkeypatch.setattr(longterm, "build", lambda engine, township, month: 1 / 0 if township == VILLAGE[:9] else build(engine, township, month))
    with dates.frozen(DAY):
        assert longterm.sweep(village.engine) == 16
        monkeypatch.undo()
        assert longterm.sweep(village.engine) == 1


def test_the_sweep_makes_every_township_once_a_month(village, award):
    award(0)
    with dates.frozen(DAY):
        assert longterm.sweep(village.engine) == 17
        assert longterm.sweep(village.engine) == 0
    assert database.raw(register.COLLECTION).count_documents({"kind": "long"}) == 1


def test_nobody_takes_its_steps_by_hand(village, award):
    award(0)
    [posting] = build(village)
    with acting(CLERK), dates.frozen("2026-10-09"), pytest.raises(Forbidden, match="每月更新"):
        course.take_down(posting, CLERK, posting["rev"], date(2026, 10, 9))


def test_a_child_who_applies_is_not_named_on_a_sheet_either(village):
    case = village.case(0)
    database.raw("cases").update_one(
        {"_id": case.pk}, {"$set": {"x_applicant_id": sealing.seal(make_id("433123", date(2012, 1, 1), 100), "id_number")}}
    )
    [posting] = village.prepare()
    row = posting["rows"][0]
    assert row["texts"]["name"] == row["web"]["name"] == "未成年人"
