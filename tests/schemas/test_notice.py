"""A notice is issued once, under one number, sealed, within the scope of whoever asks."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import pytest

from adminapp.errors import Invalid, NotFound
from adminapp.legal_basis import legal_basis
from adminapp.scope import acting
from adminapp.sealing import BrokenSeal
from adminapp.workflow import events
from adminapp.workflow.opening import open_case
from schemas import notice as notices
from schemas.notice import content_of
from tests import story
from tests.crash import Killed, killed_at
from tests.issued import DAY, accepted, issue
from tests.story import CLERK, HEAD, STRANGER, VILLAGE, walk

engine, case, database, story_settings = story.engine, story.case, story.database, story.story_settings


def test_issuing_again_gives_the_first_notice_and_one_event(engine, case):
    accepted(engine, case)
    first = issue(engine, case, "acceptance", check_root="https://x.example/check/")
    again = issue(engine, case, "acceptance", HEAD, check_root="https://other.example/check/")
    assert again == first
    assert [event["action"] for event in events.history(case.id)].count("notice") == 1
    assert list(events.verify()) == []


def test_a_kill_at_any_write_leaves_one_notice_and_one_event(engine, case, database):
    accepted(engine, case)
    registry, _table = engine
    kept = {name: list(database[name].find()) for name in ("cases", "events")}
    point = 0
    while True:
        point += 1
        for after in (False, True):
            for name, rows in kept.items():
                database[name].delete_many({})
                database[name].insert_many(rows)
            database.notices.delete_many({})
            fresh = lambda: registry.get("demo").model._from_son(database.cases.find_one({"_id": case.id}))  # noqa: E731
            with killed_at(point, after) as seen, suppress(Killed):
                issue(engine, fresh(), "acceptance")
            issue(engine, fresh(), "acceptance")
            [record] = database.notices.find()
            assert record["serial"] == 1
            assert database.events.count_documents({"action": "notice"}) == 1
            assert list(events.verify()) == []
        if seen["writes"] < point:
            break
    assert point > 4


def test_many_at_once_get_numbers_without_gap_or_repeat(engine, case):
    registry, table = engine
    cases = []
    for _ in range(8):
        with acting(CLERK):
            new = open_case(
                registry.get("demo"),
                CLERK,
                VILLAGE,
                {
                    "applicant_name": "龙大虚构",
                    "applicant_id": "433123195603074216",
                    "income": 1000,
                    "members": [{"name": "龙大虚构", "relation": "self"}],
                },
                table,
                on=DAY,
            )
        cases.append(accepted(engine, new))
    with ThreadPoolExecutor(4) as threads:
        numbers = [record["serial"] for record in threads.map(lambda each: issue(engine, each, "acceptance"), cases)]
    assert sorted(numbers) == list(range(1, 9))


def test_a_decision_without_remedy_is_refused_and_uses_no_number(engine, case, database):
    walk(
        engine,
        case,
        (CLERK, DAY, "submit", {}),
        (CLERK, DAY, "not_accept", {"reason": "不属于本机关", "elsewhere": "医保部门"}),
    )
    bare = replace(legal_basis(), remedies=())
    with pytest.raises(Invalid, match="救济途径"):
        issue(engine, case, "non_acceptance", law=bare)
    assert database.notices.count_documents({}) == 0
    values = content_of(issue(engine, case, "non_acceptance"))["values"]
    assert "60日内向凤凰县人民政府申请行政复议，或者" in values["remedy"] and "6个月内" in values["remedy"]
    assert values["reason"] == "不属于本机关。" and values["instead"] == "医保部门。"


def test_stored_content_is_sealed_and_a_touched_one_refuses(engine, case, database):
    record = issue(engine, accepted(engine, case), "acceptance")
    assert record["content"].startswith("sm4:") and "龙䶮虚构" not in record["content"]
    sealed = record["content"]  # a character in the middle: the last ones may spell the same bytes
    touched = {**record, "content": sealed[:40] + ("A" if sealed[40] != "A" else "B") + sealed[41:]}
    with pytest.raises(BrokenSeal):
        content_of(touched)
    database.notice_templates.update_one({"_id": record["template"]}, {"$set": {"html": "<p></p>"}})
    with pytest.raises(Invalid, match="改动"):
        content_of(record)


def test_another_township_neither_sees_nor_issues(engine, case):
    record = issue(engine, accepted(engine, case), "acceptance")
    with acting(STRANGER):
        with pytest.raises(NotFound):
            notices.get(record["_id"])
        assert notices.of_case(case.pk) == []


def test_the_public_check_tells_no_more_than_the_surname(engine, case):
    record = issue(engine, accepted(engine, case), "acceptance")
    shown = notices.by_token(record["token"])
    assert shown["name"] == "龙*" and set(shown) == {"number", "title", "item", "on", "office", "name"}
    assert notices.by_token("unknown") is None
