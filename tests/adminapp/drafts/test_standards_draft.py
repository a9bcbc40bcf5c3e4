"""The table of standards as a draft: values in force are superseded, never edited; future and back-dated values are added."""

from datetime import date

import pytest

from adminapp import dates, drafts
from adminapp.errors import Invalid, NotFound
from adminapp.standards import to_text
from tests.adminapp.drafts.conftest import LONG, XIANG, key


@pytest.fixture
def engine(app):
    return app.extensions["relief"]


@pytest.fixture
def draft(engine):
    return drafts.begin("standards", "standards", XIANG, engine)


def rural(draft):
    return key(draft, key="dibao.rural")


def value(since, amount, **more):
    return {"from": since, "value": amount, "source": "县政府文件（虚构）", **more}


def test_the_draft_is_the_table(engine, draft):
    assert drafts.source_of(draft) == to_text(engine.standards)
    assert drafts.problems_of(draft, engine) == []
    assert drafts.begin("standards", "standards", LONG, engine).id == draft.id
    with pytest.raises(NotFound):
        drafts.begin("standards", "other", LONG, engine)


def test_future_and_back_dated_values_are_added(engine, draft):
    for since in ("2027-01-01", "2026-07-01"):
        now = drafts.apply(
            draft.id,
            draft.rev,
            [{"do": "add", "item": rural(draft), "name": "values", "value": value(since, "520.00")}],
            XIANG,
        )
        draft = now
    table = now.sort.table(now.mapping)
    assert (
        table.value("dibao.rural", date(2026, 7, 1)) == 52_000
        and table.value("dibao.rural", date(2026, 6, 30)) == 50_000
    )
    assert drafts.problems_of(now, engine) == []


def test_values_in_force_stay_and_later_ones_may_change(draft):
    with dates.frozen(date(2025, 6, 1)):
        first, last = (
            place
            for place in draft.places.values()
            if place.owner == rural(draft) and place.node["from"] in ("2025-01-01", "2026-01-01")
        )
        with pytest.raises(Invalid, match="已经生效的数值不能修改"):
            drafts.apply(draft.id, 0, [{"do": "set", "item": first.key, "name": "value", "value": "1.00"}], XIANG)
        with pytest.raises(Invalid, match="已经生效的数值不能修改或删除"):
            drafts.apply(draft.id, 0, [{"do": "remove", "item": first.key}], XIANG)
        drafts.apply(draft.id, 0, [{"do": "set", "item": last.key, "name": "value", "value": "510.00"}], XIANG)
        drafts.apply(draft.id, 1, [{"do": "remove", "item": last.key}], XIANG)


def test_published_standards_keep_key_and_unit_and_are_not_removed(draft):
    for part in (
        {"do": "set", "item": rural(draft), "name": "unit", "value": "percent"},
        {"do": "set", "item": rural(draft), "name": "key", "value": "other"},
        {"do": "remove", "item": rural(draft)},
    ):
        with pytest.raises(Invalid):
            drafts.apply(draft.id, 0, [part], XIANG)
    drafts.apply(draft.id, 0, [{"do": "set", "item": rural(draft), "name": "label", "value": "农村低保月标准"}], XIANG)


def test_bad_values_are_said_at_their_place(engine, draft):
    new = {
        "key": "",
        "label": "学费上限",
        "unit": "money",
        "values": [value("2026-13-01", "abc", source=""), value("2026-01-01", "1.00")],
    }
    now = drafts.apply(draft.id, 0, [{"do": "add", "item": "root", "name": "standards", "value": new}], XIANG)
    row = key(now, label="学费上限")
    found = {(problem.item, problem.name) for problem in drafts.problems_of(now, engine)}
    bad = next(place.key for place in now.places.values() if place.owner == row)
    assert {(row, "key"), (bad, "from"), (bad, "value"), (bad, "source")} <= found
    twice = drafts.apply(
        draft.id,
        1,
        [{"do": "add", "item": rural(draft), "name": "values", "value": value("2027-01-01", "1.00")}] * 2,
        XIANG,
    )
    assert any("重复" in problem.text for problem in drafts.problems_of(twice, engine))
