"""A pack takes the households of a village in the order of the way; its stops end each in one way, whoever dies in between."""

from datetime import date
from types import SimpleNamespace

import pytest

from adminapp import database as connection
from adminapp import dates
from adminapp.errors import Forbidden, Invalid, NotFound
from adminapp.scope import acting
from adminapp.visits import packs
from tests.adminapp.visits.conftest import DAY, opened, visit
from tests.story import CLERK, HEAD, OTHER_VILLAGE, STRANGER, VILLAGE

VISITORS = [{"name": "吴虚构", "unit": "社会事务办", "relative": False}, {"name": "龙虚构", "unit": "村委会", "relative": False}]
NUMBERS = ("433123192412310024", "433123196501010048", "433123198001010059")


@pytest.fixture
def county(engine, settings):
    return SimpleNamespace(registry=engine[0], standards=engine[1], settings=settings)


def household(engine, name, number, address):
    return opened(engine, name=name, number=number, home_address=address, members=[{"name": name, "relation": "self", "id_number": number}])


@pytest.fixture
def three(engine):
    names = zip(("石甲虚构", "石乙虚构", "石丙虚构"), NUMBERS, ("虚构寨 10 组", "虚构寨 2 组 7 号", "虚构寨 2 组 13 号"), strict=True)
    return [household(engine, *item) for item in names]


def made(county, cases, day=DAY, surveyors=VISITORS, actor=CLERK, village=VILLAGE):
    with acting(actor), dates.frozen(DAY):
        return packs.make(county, village, [str(case.id) for case in cases], day, surveyors, actor)


def test_the_way_follows_the_addresses_as_people_read_them(county, three):
    pack = made(county, three)
    assert [stop["name"] for stop in pack["stops"]] == ["石乙虚构", "石丙虚构", "石甲虚构"]
    assert pack["_id"] == "RH433123109-2026-0001" and pack["township"] == VILLAGE[:9]


def test_only_who_waits_for_a_visit_is_offered(county, engine, three):
    visit(engine, three[0])
    with acting(CLERK):
        assert packs.villages_waiting(county, CLERK) == {VILLAGE: 2}
        assert {stop["name"] for stop in packs.waiting_in(county, VILLAGE, CLERK)} == {"石乙虚构", "石丙虚构"}
    with acting(STRANGER):
        assert packs.villages_waiting(county, STRANGER) == {}


def test_a_village_counts_only_whom_the_reader_may_visit(county, three, official):
    official(account=CLERK.id, relatives=[("parent", "石乙虚构", NUMBERS[1])])
    with acting(CLERK):
        assert packs.villages_waiting(county, CLERK) == {VILLAGE: 2}
        assert {stop["name"] for stop in packs.waiting_in(county, VILLAGE, CLERK)} == {"石甲虚构", "石丙虚构"}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"cases": []}, "请勾选"),
        ({"day": None}, "请填写走访日期"),
        ({"day": date(2026, 9, 15)}, "已经过去"),
        ({"surveyors": VISITORS[:1]}, "调查人至少 2 名（民发〔2021〕57号 第十六条）"),
        ({"surveyors": [VISITORS[0], VISITORS[0]]}, "写了两次"),
        ({"surveyors": [*VISITORS, {"name": "石亲虚构", "unit": "", "relative": True}]}, "不能参加走访"),
    ],
)
def test_a_wrong_day_or_wrong_visitors_are_refused_in_words(county, three, changes, sentence):
    with pytest.raises(Invalid, match=sentence):
        made(county, **{"cases": three, **changes})


def test_a_household_visited_meanwhile_is_not_taken(county, engine, three):
    visit(engine, three[0])
    with pytest.raises(Invalid, match="已经登记过入户调查"):
        made(county, three)


def test_who_does_not_visit_makes_no_pack(county, three):
    with pytest.raises(Forbidden):
        made(county, three, actor=HEAD)
    with pytest.raises(Invalid, match="请刷新"):
        made(county, three, actor=STRANGER)  # nothing of that village is within reach


def test_stops_end_one_by_one_and_the_pack_with_the_last(county, three):
    pack = made(county, three)
    with acting(CLERK), dates.frozen(DAY):
        first = packs.following(pack)["case"]
        pack = packs.mark(pack["_id"], first, packs.DONE)
        assert packs.following(pack, first)["name"] == "石丙虚构" and pack["state"] == "open" and pack["done"] == 1
        with pytest.raises(Invalid, match="请写明情况"):
            packs.mark(pack["_id"], three[2].id, packs.ABSENT)
        pack = packs.mark(pack["_id"], three[2].id, packs.ABSENT, "住院")
        assert packs.following(pack, three[2].id)["name"] == "石甲虚构"
        pack = packs.mark(pack["_id"], three[0].id, packs.DROPPED, "已撤回")
        assert packs.following(pack) is None and pack["state"] == "closed" and packs.get(pack["_id"])["rev"] == 3


def test_the_same_mark_twice_changes_nothing_and_done_stays_done(county, three):
    pack = made(county, three)
    with acting(CLERK), dates.frozen(DAY):
        packs.mark(pack["_id"], three[0].id, packs.DONE)
        before = packs.get(pack["_id"])
        packs.mark(pack["_id"], three[0].id, packs.DONE)
        packs.mark(pack["_id"], three[0].id, packs.ABSENT, "弄错了")
        assert packs.get(pack["_id"]) == before


def test_a_visit_entered_elsewhere_is_seen(county, engine, three):
    pack = made(county, three)
    visit(engine, three[1])
    with acting(CLERK), dates.frozen(DAY):
        shown = packs.refreshed(packs.get(pack["_id"]))
        assert [stop["state"] for stop in shown["stops"]] == ["done", "planned", "planned"]
        assert packs.get(pack["_id"])["done"] == 0  # looking stores nothing
    packs.sweep()
    packs.sweep()
    with acting(CLERK):
        stored = packs.get(pack["_id"])
    assert [stop["state"] for stop in stored["stops"]] == ["done", "planned", "planned"] and (stored["done"], stored["rev"]) == (1, 1)


def test_the_other_township_sees_no_pack(county, three):
    pack = made(county, three)
    with acting(STRANGER), pytest.raises(NotFound):
        packs.get(pack["_id"])
    with acting(STRANGER):
        assert packs.listed() == []
    assert connection.raw(packs.COLLECTION).count_documents({}) == 1 and OTHER_VILLAGE != VILLAGE
