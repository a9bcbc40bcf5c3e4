"""Entries that townships make themselves: judged like an application, sealed, never changed, corrected once, struck out with a reason."""

from datetime import date

import pytest

from adminapp import database, dates, sealing
from adminapp.errors import Conflict, Forbidden, Invalid, NotFound, SetupError
from adminapp.registers import entries, model
from adminapp.scope import Actor, acting
from tests.adminapp.registers.test_model import GOOD, read
from tests.conftest import HERE, THERE
from tests.views.conftest import ID_NUMBER

CLERK = Actor("c", "经办虚构", frozenset({"township_clerk"}), frozenset({HERE}))
OTHER = Actor("o", "别乡虚构", frozenset({"township_clerk"}), frozenset({THERE}))
REVIEWER = Actor("r", "县级", frozenset({"county_reviewer"}), None)
VILLAGE = f"{HERE}001"
CARD = {
    "holder": "龙甲虚构", "holder_number": ID_NUMBER, "card": "1234", "why": "frail", "keeper": "吴乙虚构", "relation": "official", "post": "村委会委员",
    "agreement": "代持1号", "since": date(2026, 9, 1), "until": date(2027, 9, 1), "filed": None, "note": "",
}  # fmt: skip
ABLE = ("eat", "dress", "bed", "toilet", "walk", "bathe")
CARE = {"person": "石丙虚构", "person_number": ID_NUMBER, "date": date(2026, 9, 2), "place": "家中", "assessor": "甲某", "second": "乙某"}


@pytest.fixture(autouse=True)
def _today(app):
    with dates.frozen("2026-09-28"):
        yield


def add(key="kept_cards", values=None, actor=CLERK, village=VILLAGE, **more):
    with acting(actor):
        return entries.add(model.registers()[key], village, dict(CARD if values is None else values), actor, **more)


def stored(row):
    return database.raw(entries.COLLECTION).find_one({"_id": row["_id"]})


def test_an_entry_is_numbered_by_township_and_year_and_its_id_number_sealed():
    first, second = add(), add()
    assert (first["_id"], second["_id"]) == (f"DC{HERE}-2026-0001", f"DC{HERE}-2026-0002")
    row = stored(first)
    assert (row["on"], row["name"], row["state"], row["township"]) == ("2026-09-01", "龙甲虚构", "valid", HERE)
    assert sealing.is_sealed(row["data"]["holder_number"]) and ID_NUMBER not in str(row)
    assert entries.plain(row, model.registers()["kept_cards"])["holder_number"] == ID_NUMBER


@pytest.mark.parametrize(("failed", "grade"), [(0, "全自理"), (1, "半护理"), (3, "半护理"), (4, "全护理"), (6, "全护理")])
def test_what_is_computed_follows_from_what_was_entered(failed, grade):
    row = add("care_checks", CARE | {key: number >= failed for number, key in enumerate(ABLE)})
    assert (row["data"]["failed"], row["data"]["grade"]) == (failed, grade)


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"holder": ""}, "holder", "请填写“持卡人”"), ({"until": date(2026, 9, 1)}, "until", "晚于起始"), ({"keeper": "龙甲虚构"}, "keeper", "不能是持卡人"),
        ({"post": ""}, "post", "请填写"), ({"since": date(2026, 9, 29)}, "since", "不能晚于今天"), ({"since": None}, "since", "请填写"),
    ],
)  # fmt: skip
def test_bad_input_is_told_at_its_place_and_nothing_is_stored(wrong, field, sentence):
    with pytest.raises(Invalid) as caught:
        add(values=CARD | wrong)
    [problems] = caught.value.problems
    assert sentence in problems[field][0] and database.raw(entries.COLLECTION).count_documents({}) == 0


def test_what_is_hidden_is_not_stored():
    special = {"household": "甲", "facts": "x", "special": "x", "unit": "x", "handler": "乙", "met": date(2026, 9, 3), "place": "x", "attended": "x",
               "minutes": "x", "result": "refused", "ground": "先填了又改", "category": "", "approver": "丙"}  # fmt: skip
    assert add("special_cases", special)["data"].get("ground") is None
    with pytest.raises(Invalid):
        add("special_cases", special | {"result": "agreed", "ground": ""})


@pytest.mark.parametrize("village", ["", "x", f"{THERE}001", f"{HERE}999"])
def test_a_place_beyond_the_township_is_refused(village):
    with pytest.raises(Invalid):
        add(village=village)


def test_who_may_not_and_registers_without_entries():
    with pytest.raises(Forbidden):
        add(actor=REVIEWER)
    with pytest.raises(Forbidden):
        add("terminations")
    row = add()
    with acting(OTHER), pytest.raises(NotFound):
        entries.get(row["_id"], OTHER)
    with acting(OTHER), pytest.raises(Forbidden):
        entries.strike(row, OTHER, "不是我的")


def test_a_form_sent_twice_is_one_entry():
    assert add(once="m")["_id"] == add(once="m")["_id"] and database.raw(entries.COLLECTION).count_documents({}) == 1


def test_struck_out_it_stays_readable_with_the_reason_and_cannot_be_struck_again():
    row = add()
    with acting(CLERK):
        for reason in ("", " ", "x"):
            with pytest.raises(Invalid, match="理由"):
                entries.strike(row, CLERK, reason)
        entries.strike(row, CLERK, "协议解除")
        with pytest.raises(Conflict):
            entries.strike(row, CLERK, "再来一次")
    now = stored(row)
    assert (now["state"], now["struck"]["reason"], now["struck"]["by_name"]) == ("struck", "协议解除", "经办虚构") and now["data"] == row["data"]


def test_a_correction_is_a_new_entry_and_the_old_one_is_struck():
    old = add()
    with pytest.raises(Invalid, match="理由"):
        add(values=CARD | {"card": "9999"}, replaces=old)
    new = add(values=CARD | {"card": "9999"}, replaces=old, reason="末四位写错")
    assert stored(old)["replaced_by"] == new["_id"] and stored(old)["struck"]["reason"] == "末四位写错" and stored(old)["data"]["card"] == "1234"
    assert stored(new)["replaces"] == old["_id"] and "striking" not in stored(new)
    with pytest.raises(Conflict, match="已经划去"):
        add(replaces=stored(old), reason="又改")
    with pytest.raises(Conflict, match="别人更正"):  # who looked at it before
        add(replaces=old, reason="又改")
    assert database.raw(entries.COLLECTION).count_documents({"state": "valid"}) == 1


def test_a_correction_killed_in_between_is_finished_by_the_sweep(monkeypatch):
    old = add()
    monkeypatch.setattr(entries, "_follow", lambda row: None)
    new = add(replaces=old, reason="末四位写错")
    monkeypatch.undo()
    assert stored(old)["state"] == "valid"
    assert entries.sweep() == 1 and entries.sweep() == 0
    assert stored(old)["struck"]["reason"] == "末四位写错" and stored(old)["replaced_by"] == new["_id"]


ENTRY = """
    entry:
      mark: DC
      day: since
      name: holder
      fields:
        - {id: holder, label: 持卡人, kind: person_name, required: true}
        - {id: since, label: 起, kind: date, required: true}
"""


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("kind: date, required: true", "kind: date", "必填的日期字段"), ("day: since", "day: start", "写的是“start”"),
        ("name: holder", "name: since", "姓名或文字"), ("kind: person_name", "kind: attachment", "不能用“attachment”"),
        ("label: 起,", "labell: 起,", "labell"), ("id: holder", "ident: holder", "ident"),
        ("kind: date, req", "kind: date, visible_when: holdr, req", "没有“holdr”这个字段"),
        ("kind: date, req", "kind: date, visible_when: holder >, req", "写法不完整"),
    ],
)  # fmt: skip
def test_a_mistake_in_what_is_asked_is_named(tmp_path, before, after, sentence):
    head, columns = GOOD.split("    columns:", 1)
    good = head.rstrip(" ") + ENTRY.lstrip("\n") + "    columns:" + columns
    assert read(tmp_path, good)[0].entry.name == "holder"
    with pytest.raises(SetupError, match=sentence):
        read(tmp_path, good.replace(before, after))
