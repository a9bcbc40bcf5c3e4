"""What stands beside an award, found at application and on every list: a test for each cell of the matrix."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from bson import ObjectId

from adminapp import conflicts, sealing
from adminapp.awards import Register, deaths
from adminapp.cases import CaseValues, fill_people
from adminapp.declaration import read_file
from tests.adminapp.conflicts.test_matrix import CELLS, PROGRAMMES

ON, MONTH = date(2026, 9, 16), "2026-09"
ID, OTHER = "433123195603074216", "433123201501010017"
TYPES = {
    "dibao": "dibao_rural", "tekun": "tekun", "disability_living": "disability_living", "disability_nursing": "disability_nursing",
    "orphan": "orphan", "unattended_child": "unattended_child", "old_age": "old_age", "centenarian": "centenarian", "temporary": "temporary",
}  # fmt: skip
FOLDER = Path(__file__).parents[3] / "schemas" / "relief_types"
READ = {programme: read_file(FOLDER / f"{key}.yaml") for programme, key in TYPES.items()}


@pytest.fixture(autouse=True)
def keys(database, settings):
    sealing.use_keys(settings.home / "keys" / "fields.json")
    return database


def award(programme, number=1, people=(ID,), amount=30000, state="active", decision=None, **about):
    relief_type, keys = READ[programme], [sealing.key_of(each) for each in people]
    spell = {"from": "2026-01", "to": None, "amount": amount if state == "active" else 0, "state": state, "components": [], "decision": decision}
    return {
        "_id": ObjectId(f"{number:024x}"), "number": f"N{number}", "type": relief_type.key, "version": 1, "programme": programme,
        "unit": relief_type.payment.unit, "cycle": relief_type.payment.cycle, "person": keys[0], "people": keys, "household_size": len(keys),
        "spells": [spell], **about,
    }  # fmt: skip


def on_list(mine, *others, database):
    database.awards.insert_many([mine, *others])
    return conflicts.on_list(mine, READ[mine["programme"]], conflicts.Beside([mine]), MONTH, lambda formula: True)


def application(programme, *held, members=()):
    """Return what is found for somebody who applies for a programme and holds these awards."""
    relief_type = READ[programme]
    rows = [{"name": "龙虚构", "relation": "self", "id_number": ID, "status": "guaranteed"}, *members]
    raw = {"applicant_name": "龙虚构", "applicant_id": ID, "members": rows}
    case = SimpleNamespace(pk=ObjectId(), people=[])
    values = CaseValues(relief_type, raw, {"applied_on": ON}, on=ON)
    fill_people(case, relief_type, values)
    values.evaluator.awards = Register(case, ON, held)
    return conflicts.of_case(relief_type, values)


def cells():
    return [(of, PROGRAMMES[place], rule) for of, row in CELLS.items() for place, rule in enumerate(row)]


@pytest.mark.parametrize(("of", "beside", "rule"), cells())
def test_each_cell_is_judged_on_a_list(of, beside, rule, database):
    found = {item.rule for item in on_list(award(of), award(beside, 2), database=database) if item.programme == beside}
    once = READ[of].payment.cycle == "once"
    wanted = {"no", "choose", "topup"} & {rule} if not (of == beside and once) else set()
    assert found == wanted
    # Alone it is judged too: who needs another programme is held without it.
    database.awards.delete_many({})
    alone = on_list(award(of), database=database)
    assert {item.programme for item in alone} == ({"dibao"} if of == "disability_living" else set())


@pytest.mark.parametrize(("of", "beside", "rule"), cells())
def test_each_cell_is_judged_at_application(of, beside, rule):
    found = [item for item in application(of, award(beside)) if item.programme == beside and item.rule != "requires"]
    # A top-up is no bar: the engine takes the other award off.
    assert bool(found) == (rule in ("no", "choose") and not (of == beside == "temporary"))
    for item in found:
        assert item.bars and item.number == "N1" and item.do in item.advice and item.clause in item.advice


def test_a_living_subsidy_needs_its_base_in_the_household():
    assert [item.rule for item in application("disability_living")] == ["requires"]
    assert application("disability_living", award("dibao", people=(OTHER, ID))) == []
    assert [item.rule for item in application("disability_living", award("dibao", people=(OTHER,)))] == ["requires"]


@pytest.mark.parametrize("state", ["suspended", "ended"])
def test_a_living_subsidy_is_held_while_its_base_is_not_paid(state, database):
    [found] = on_list(award("disability_living"), award("dibao", 2, state=state), database=database)
    assert found.bars and found.rule == "requires" and "暂停的同时暂停" in found.advice


def test_a_paused_award_still_stands_against_another_application():
    assert [item.rule for item in application("tekun", award("dibao", state="suspended"))] == ["no"]
    assert application("tekun", award("dibao", state="ended")) == []


def test_a_member_of_two_households_is_found_in_both(database):
    one, other = award("dibao", 1, (ID, OTHER)), award("dibao", 2, (OTHER,))
    assert [item.number for item in on_list(one, other, database=database)] == ["N2"]
    assert [item.number for item in conflicts.on_list(other, READ["dibao"], conflicts.Beside([other]), MONTH, bool)] == ["N1"]
    members = [{"name": "石虚构", "relation": "child", "id_number": OTHER, "status": "guaranteed"}]
    assert [item.number for item in application("dibao", other, members=members)] == ["N2"]
    # Who is not counted in the one may be in the other.
    members[0]["status"] = "excluded"
    assert application("dibao", other, members=members) == []


def child(database, taken):
    """Return an orphan's award whose decision took `taken` fen off for dibao."""
    terms = [{"id": "base", "value": 125000, "formula": 'standard("orphan")'}]
    terms += [{"id": "less", "value": -taken, "formula": '-award("dibao")'}] if taken else []
    database.decisions.insert_one({"_id": "d", "decision": {"terms": terms}})
    return award("orphan", amount=125000 - taken, decision="d")


def test_a_child_paid_in_full_beside_dibao_is_held(database):
    [found] = on_list(child(database, 0), award("dibao", 2, (ID, OTHER), amount=70000), database=database)
    assert found.bars and found.rule == "topup"


def test_a_child_topped_up_beside_dibao_is_paid(database):
    assert on_list(child(database, 35000), award("dibao", 2, (ID, OTHER), amount=70000), database=database) == []


def test_a_top_up_that_has_become_another_is_pointed_out_and_paid(database):
    [found] = on_list(child(database, 35000), award("dibao", 2, (ID, OTHER), amount=80000), database=database)
    assert not found.bars and "350.00" in found.say and "400.00" in found.say


def test_a_living_subsidy_under_a_childs_top_up_is_paid(database):
    """The child holds both: what it gets as an orphan is what is left after the subsidy (62号 三)."""
    terms = [{"id": "less", "value": -12000, "formula": '-award("disability_living")'}]
    database.decisions.insert_one({"_id": "d", "decision": {"terms": terms}})
    living, orphan, dibao = award("disability_living"), award("orphan", 2, decision="d"), award("dibao", 3)
    assert on_list(living, orphan, dibao, database=database) == []


def test_the_dead_are_not_paid_and_their_household_is(database):
    deaths.record(sealing.key_of(OTHER), date(2026, 8, 3), "test")
    household, alone = award("dibao", 1, (ID, OTHER)), award("old_age", 2, (OTHER,))
    [member] = on_list(household, alone, database=database)
    assert not member.bars and "减员" in member.do
    [found] = conflicts.on_list(alone, READ["old_age"], conflicts.Beside([alone]), MONTH, bool)
    assert found.bars and "本人已登记死亡（2026-08-03）" in found.say
    # The month of death is still due.
    assert conflicts.on_list(alone, READ["old_age"], conflicts.Beside([alone]), "2026-08", bool) == []


def test_a_dead_applicant_is_pointed_out_with_what_to_do():
    deaths.record(sealing.key_of(ID), date(2026, 9, 1), "test")
    [found] = application("dibao")
    assert found.bars and found.advice.startswith("龙虚构已登记死亡（2026-09-01）") and "停旧建新" in found.advice


def test_a_death_is_recorded_once_and_can_be_taken_back(database):
    for day in (date(2026, 9, 1), date(2026, 9, 5)):
        deaths.record("k", day, "test")
    assert deaths.of(["k", "x"])["k"]["on"] == "2026-09-01"
    deaths.revoke("k")
    assert deaths.of(["k"]) == {}
