"""A case earns its notices step by step; each is issued once, under one number, with the law of its day."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import date

import pytest

from adminapp.errors import Invalid, NotFound
from adminapp.legal_basis import cite, legal_basis
from adminapp.notice_kinds import KINDS, PAPERS
from adminapp.notices import BUILDERS, DECISIONS, RECORDS, TITLES, draft, due_of, notice_kinds_for
from adminapp.scope import acting
from adminapp.sealing import BrokenSeal
from adminapp.workflow import events
from adminapp.workflow.opening import open_case
from schemas import notice as notices
from tests import story
from tests.crash import Killed, killed_at
from tests.story import CLERK, HEAD, STRANGER, VILLAGE, walk

engine, case, database, story_settings = story.engine, story.case, story.database, story.story_settings

DAY = date(2026, 9, 16)
SUPPLEMENT = {"missing": "1. 就读证明：加盖学校公章\n2. 授权书", "days": 10}


def issue(engine, case, kind, actor=CLERK, **options):
    registry, table = engine
    with acting(actor):
        return notices.issue(case, registry.of(case), due_of(case, kind), actor, standards=table, **options)


def accepted(engine, case):
    return walk(engine, case, (CLERK, DAY, "submit", {}), (CLERK, DAY, "accept", {"relative": False}))


def content(record):
    return notices.content_of(record)


def test_every_kind_can_be_printed_and_is_earned_by_a_record():
    assert set(TITLES) == set(RECORDS.values()) == set(BUILDERS) == set(KINDS) - PAPERS
    assert {key for key, kind in KINDS.items() if kind.decides} == DECISIONS
    assert all(KINDS[key].title == title for key, title in TITLES.items())


def test_a_draft_earns_nothing_and_a_step_earns_its_notice(engine, case):
    assert notice_kinds_for(case) == []
    with pytest.raises(Invalid, match="还没有办到"):
        due_of(case, "acceptance")
    accepted(engine, case)
    assert [due.kind for due in notice_kinds_for(case)] == ["acceptance"]


def test_the_acceptance_names_the_day_by_which_a_decision_is_due(engine, case):
    record = issue(engine, accepted(engine, case), "acceptance")
    values = content(record)["values"]
    assert values["due"] == "2026年10月20日"  # the 20 working days of the declaration
    assert values["number"] == record["number"] == "凤沱江民助〔2026〕受理1号"
    assert values["basis"] == "《社会救助法》第四十条"


def test_missing_papers_become_a_table_with_their_demands(engine, case):
    walk(engine, case, (CLERK, DAY, "submit", {}), (CLERK, DAY, "request_supplement", SUPPLEMENT))
    opened = content(issue(engine, case, "supplement"))
    assert opened["tables"]["files"] == [["1", "就读证明", "加盖学校公章"], ["2", "授权书", "请提供完整、清晰的材料"]]
    assert opened["values"]["due"] == "2026年9月30日"


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
    values = content(issue(engine, case, "non_acceptance"))["values"]
    assert "60日内向凤凰县人民政府申请行政复议，或者" in values["remedy"] and "6个月内" in values["remedy"]
    assert values["reason"] == "不属于本机关。" and values["instead"] == "医保部门。"


def test_reconsideration_comes_first_where_the_legal_office_says_so():
    law = replace(legal_basis(), first={"refusal": True})
    assert "应当先" in law.remedy("refusal", "告知书", DAY) and "15日内" in law.remedy("refusal", "告知书", DAY)
    assert "应当先" not in law.remedy("termination", "告知书", DAY)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (
            date(2026, 6, 30),
            "《社会救助暂行办法》（国务院令第649号）第十一条，《最低生活保障审核确认办法》（民发〔2021〕57号）第二十一条",
        ),
        (date(2026, 7, 1), "《社会救助法》第四十五条，《最低生活保障审核确认办法》（民发〔2021〕57号）第二十一条"),
    ],
)
def test_a_refusal_cites_the_law_of_its_day(day, expected):
    assert legal_basis().cited("refusal", "dibao", day, []) == expected


def test_articles_of_one_law_are_cited_together():
    assert (
        cite(["社会救助法第十八条", "湘政发〔2015〕54号", "社会救助法第四十四条、第十八条"])
        == "《社会救助法》第十八条、第四十四条，湘政发〔2015〕54号"
    )


def test_a_declaration_may_word_its_own_notice(engine, case):
    from adminapp.declaration.model import NoticeText

    registry, table = engine
    accepted(engine, case)
    own = replace(
        registry.of(case).relief_type,
        notices=(NoticeText(notice="acceptance", title="受理单", paragraphs=("另见<须知>。",)),),
    )
    made = draft(case, own, due_of(case, "acceptance"), legal_basis(), notices.template_of("acceptance"), table)
    assert (
        '<p class="title">受理单</p>' in made.template
        and '<p>另见&lt;须知&gt;。</p>\n<p class="sign">' in made.template
    )


def test_stored_content_is_sealed_and_a_touched_one_refuses(engine, case, database):
    record = issue(engine, accepted(engine, case), "acceptance")
    assert record["content"].startswith("sm4:") and "龙䶮虚构" not in record["content"]
    with pytest.raises(BrokenSeal):
        touched = record["content"]  # a character in the middle: the last ones may spell the same bytes
        content({**record, "content": touched[:40] + ("A" if touched[40] != "A" else "B") + touched[41:]})
    database.notice_templates.update_one({"_id": record["template"]}, {"$set": {"html": "<p></p>"}})
    with pytest.raises(Invalid, match="改动"):
        content(record)


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
