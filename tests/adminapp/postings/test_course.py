"""A village's posting from its sheet to its closing: what is frozen, when the clock starts, who may do what."""

from dataclasses import replace
from datetime import date

import pytest
from pymongo.collection import Collection

from adminapp import database, dates
from adminapp.errors import Conflict, Forbidden, Invalid
from adminapp.identity import make_id
from adminapp.postings import course, evidence, prepare, register, rows, settings
from adminapp.postings.register import CLOSED, DONE, LEFT, LISTED, POSTED, PREPARED, REPOSTED, UP, VOID
from adminapp.related import filing, recusal
from adminapp.scope import acting
from adminapp.workflow import events
from adminapp.workflow.transition import perform, take
from tests.adminapp.postings.village import AFTER, ASSISTANT, CLERK, DAY, END, FAR, HEAD, VILLAGE, picture
from tests.adminapp.related.filings import ACCOUNT, REVIEWER, values
from tests.crash import Killed, count_writes, killed_at


def states(posting):
    return [row["state"] for row in posting["rows"]]


# Preparing


def test_gathers_the_due_cases_of_the_village_and_freezes_the_declared_columns(village):
    cases = [village.case(0), village.case(1)]
    village.case(2, proposal="refuse")
    village.case(3, village="433123109002")
    [posting] = village.prepare()
    assert posting["state"] == PREPARED and posting["issue"] == "2026年第1期" and posting["active"] == [case.pk for case in cases]
    assert [row["texts"] for row in posting["rows"]] == [{"name": "龙甲虚"}, {"name": "吴乙虚"}]  # posted: [name]
    assert [row["web"]["name"] for row in posting["rows"]] == ["龙*虚", "吴*虚"]
    assert village.state(cases[0]) == "opinion"


def test_only_what_was_picked_and_an_empty_choice_is_nobody(village):
    first, _second = village.case(0), village.case(1)
    [posting] = village.prepare(cases=[str(first.pk)])
    assert [row["case"] for row in posting["rows"]] == [first.pk]
    with pytest.raises(Invalid, match="没有可以公示的案件"):
        village.prepare(cases=[])


def test_a_case_stands_in_one_running_posting(village, monkeypatch):
    village.case(0)
    village.prepare()
    with pytest.raises(Invalid, match="没有可以公示的案件"):
        village.prepare()
    monkeypatch.setattr(prepare, "_taken", lambda township: set())  # two clerks at the same moment
    with pytest.raises(Conflict, match="另一张公示表"):
        village.prepare()


def test_other_lengths_of_posting_make_other_sheets(village, engine):
    text = engine.engine.registry.get("demo").source
    shorter = text.replace("key: demo", "key: shorter").replace("code: XX", "code: XY").replace("days: 7, unit: workday", "days: 5, unit: day")
    engine.engine.registry.publish(shorter.replace("programme: demo", "programme: shorter"), "test", engine.engine.standards.types())
    village.case(0)
    village.case(1, key="shorter")
    made = village.prepare()
    assert [(item["days"], item["unit"], len(item["rows"])) for item in made] == [(5, "day", 1), (7, "workday", 1)]


def test_another_township_prepares_nothing_here(village):
    village.case(0)
    with pytest.raises(Invalid, match="自己乡镇"):
        village.prepare(actor=FAR)


def test_the_county_switch_adds_columns_and_never_a_child(village):
    village.case(0)
    with acting(REVIEWER):
        settings.write(True, "surname", "县方案 七(二)", 0, REVIEWER)
    [posting] = village.prepare()
    assert posting["rows"][0]["texts"]["members"] == "龙甲虚、未成年人1名"
    assert posting["rows"][0]["web"]["members"] == "龙**、未成年人1名"
    assert posting["rows"][0]["texts"]["type"] == "演示救助" and "reason" not in posting["rows"][0]["texts"]


def test_wider_columns_need_a_reason_and_stand_in_the_log(engine):
    with acting(REVIEWER), pytest.raises(Invalid, match="依据"):
        settings.write(True, "middle", "", 0, REVIEWER)
    with acting(REVIEWER):
        settings.write(True, "middle", "县方案", 0, REVIEWER)
        with pytest.raises(Conflict):
            settings.write(False, "middle", "", 0, REVIEWER)
    assert database.raw("audit").count_documents({"kind": "settings"}) == 1


# The photo starts the clock


def test_the_clock_starts_with_the_photo_and_the_cases_follow(village):
    cases, posting = village.posted(2)
    assert posting["state"] == POSTED and (posting["start"], posting["end"]) == (DAY.isoformat(), END.isoformat())
    assert states(posting) == [UP, UP] and [village.state(case) for case in cases] == ["publicity"] * 2
    record = village.move(cases[0]).case.last_record("posting")
    assert record["data"]["end"] == END.isoformat() and record["data"]["posting"] == posting["_id"]
    assert list(events.verify()) == []


def test_a_sheet_printed_for_a_later_day_hangs_from_that_day_on(village):
    village.case(0)
    [posting] = village.prepare(planned=date(2026, 9, 18))
    assert village.hang(posting)["start"] == "2026-09-18"


@pytest.mark.parametrize(("planned", "sentence"), [(date(2026, 9, 15), "不能早于今天"), (date(2062, 9, 16), "最晚为 2026-11-15"), (date.max, "最晚为")])
def test_a_sheet_is_planned_for_the_next_weeks_only(village, planned, sentence):
    village.case(0)
    with pytest.raises(Invalid, match=sentence):
        village.prepare(planned=planned)
    [posting] = village.prepare(planned=date(2026, 11, 15))
    with acting(CLERK), dates.frozen(DAY):
        course.void(posting, CLERK, posting["rev"], "提前张贴")
    [posting] = village.prepare()
    posting = village.hang(posting)
    with acting(CLERK), dates.frozen(DAY), pytest.raises(Invalid, match=sentence):
        course.repost(village.engine, posting, CLERK, posting["rev"], "公示表被撕毁", planned)
    assert village.now(posting)["state"] == POSTED


def test_a_late_photo_moves_the_posting(village):
    village.case(0)
    [posting] = village.prepare()
    assert village.hang(posting, on=date(2026, 9, 18))["start"] == "2026-09-18"


def test_nobody_starts_a_posting_by_typing_a_date(village):
    case = village.case(0)
    data = {"start": DAY, "place": "村务公开栏", "phone": "07433222222"}
    for actor in (CLERK, HEAD):
        with acting(actor), dates.frozen(DAY), pytest.raises(Forbidden):
            perform(village.move(case, actor, **data), "post")
    with acting(CLERK), dates.frozen(DAY), pytest.raises(Forbidden, match="由村公示表办理"):
        take(village.move(case, CLERK, **data), "post")


@pytest.mark.parametrize(
    ("photo", "sentence"),
    [
        (lambda v: v.photo(taken="2026:09:01 10:00:00"), "早于"),
        (lambda v: {**v.photo(), "digest": "used"}, "已经用过"),
    ],
)
def test_an_old_or_used_photo_proves_nothing(village, photo, sentence):
    village.case(0)
    [posting] = village.prepare()
    database.raw("postings").insert_one({"_id": "other", "photos": [{"digest": "used"}]})
    with pytest.raises(Invalid, match=sentence):
        village.hang(posting, photo=photo(village))
    assert village.now(posting)["state"] == PREPARED


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4\n%%EOF", b"<svg/>", picture()[:60]])
def test_what_is_no_picture_is_refused(village, data):
    with pytest.raises(Invalid):
        evidence.read_photo("x.jpg", data)


def test_a_village_assistant_brings_the_photo_for_the_own_village_only(village):
    village.case(0)
    village.case(1, village="433123109002")
    [mine], [other] = village.prepare(), village.prepare(village="433123109002")
    assert village.hang(mine, ASSISTANT)["photos"][0]["by"] == "assistant"
    with pytest.raises(Forbidden):
        village.hang(other, ASSISTANT)
    assert database.raw("events").find_one({"action": "post"})["actor"] == CLERK.id  # the sheet's maker posts, the photo proves


def test_a_sheet_that_is_no_longer_right_is_not_hung(village):
    case = village.case(0)
    [posting] = village.prepare()
    with acting(CLERK), dates.frozen(DAY):
        perform(village.move(case, reason="补充调查"), "back_to_survey")
    with pytest.raises(Invalid, match="龙甲虚.*已不在待公示状态"):
        village.hang(posting)
    assert village.now(posting)["photos"] == [] and database.raw("files.files").count_documents({}) == 0


def test_two_photos_at_once_one_counts(village):
    village.case(0)
    [posting] = village.prepare()
    village.hang(posting)
    with pytest.raises((Forbidden, Conflict)):
        village.hang(posting)
    assert database.raw("files.files").count_documents({}) == 1


def test_one_case_that_fails_does_not_stop_the_others(village, monkeypatch):
    cases = [village.case(0), village.case(1)]
    [posting] = village.prepare()
    real = course.perform

    def fail_first(move, key):
        if move.case.pk == cases[0].pk:
            raise Invalid("出了问题")
        return real(move, key)

    monkeypatch.setattr(course, "perform", fail_first)
    posting = village.hang(posting)
    assert states(posting) == [LISTED, UP] and posting["rows"][0]["note"] == "出了问题"
    monkeypatch.undo()
    with dates.frozen(DAY):
        assert states(course.follow(village.engine, posting, again=True)) == [UP, UP]


def test_a_process_that_died_after_the_photo_is_made_good(village, monkeypatch):
    village.case(0)
    [posting] = village.prepare()
    monkeypatch.setattr(course, "_each", lambda *_rest: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        village.hang(posting)
    monkeypatch.undo()
    assert states(village.now(posting)) == [LISTED]
    with dates.frozen(DAY):
        assert course.sweep(village.engine) == 1
        assert course.sweep(village.engine) == 0
    assert states(village.now(posting)) == [UP]


def test_posting_twice_after_a_crash_leaves_one_record(village):
    cases, posting = village.posted(1)
    database.raw("postings").update_one({"_id": posting["_id"]}, {"$set": {"rows.0.state": LISTED, "following": True}})
    with dates.frozen(DAY):
        course.sweep(village.engine)
    assert len(village.move(cases[0]).case.records_of("posting")) == 1


# Leaving


def test_a_household_leaves_its_row_and_the_running_sheet_together_or_not_at_all(village):
    [case, other], posting = village.posted(2)
    kept = village.now(posting)
    for point in range(1, count_writes(lambda: course.leave(posting["_id"], case.pk)) + 1):
        for after in (False, True):
            database.raw("postings").replace_one({"_id": posting["_id"]}, kept)
            with pytest.raises(Killed), killed_at(point, after):
                course.leave(posting["_id"], case.pk, LEFT, "$转办")
            now = village.now(posting)
            assert (states(now), now["active"]) in (([UP, UP], [case.pk, other.pk]), ([LEFT, UP], [other.pk]))
    assert now["rows"][0]["note"] == "$转办" and now["rows"][1] == kept["rows"][1] and now["rev"] == kept["rev"] + 1


def test_two_households_that_leave_at_once_are_both_off(village, monkeypatch):
    [case, other], posting = village.posted(2)
    real = Collection.find_one_and_update

    def overtaken(table, *args, **options):
        found = real(table, *args, **options)
        monkeypatch.undo()
        course.leave(posting["_id"], other.pk)
        return found

    monkeypatch.setattr(Collection, "find_one_and_update", overtaken)
    course.leave(posting["_id"], case.pk)
    now = village.now(posting)
    assert states(now) == [LEFT, LEFT] and "active" not in now
    assert course.leave(posting["_id"], case.pk) is None, "once is enough"


# The end


def test_ends_after_its_last_day_with_the_sheet_taken_down(village):
    cases, posting = village.posted(2)
    with pytest.raises(Forbidden, match="登记撤下以后"):
        village.close(posting)
    with pytest.raises(Invalid, match="期满次日"):
        village.take_down(posting, on=END)
    village.take_down(posting, ASSISTANT)
    assert village.now(posting)["taken_down"]["by"] == "assistant"
    posting = village.close(posting)
    assert posting["state"] == CLOSED and states(posting) == [DONE, DONE] and "active" not in posting
    assert [village.state(case) for case in cases] == ["confirm_ready"] * 2
    assert village.move(cases[0]).case.last_record("posting_result")["data"] == {"result": "none", "taken_down": AFTER.isoformat()}


@pytest.mark.parametrize("taken", [END, date(2026, 10, 1)])
def test_the_day_of_taking_down_lies_after_the_end_and_not_in_the_future(village, taken):
    _cases, posting = village.posted(1)
    with pytest.raises(Invalid, match="撤下日期"):
        village.take_down(posting, taken=taken)


def test_an_assistant_does_not_close(village):
    _cases, posting = village.posted(1)
    village.take_down(posting, ASSISTANT)
    with pytest.raises(Forbidden):
        village.close(posting, ASSISTANT)


def test_a_late_taking_down_is_noted(village):
    _cases, posting = village.posted(1)
    posting = village.take_down(posting, on=date(2026, 10, 20))
    assert "应于 2026-09-30 前撤下" in posting["history"][-1]["note"]


def test_what_was_not_hung_can_be_given_up_and_is_due_again(village):
    village.case(0)
    [posting] = village.prepare()
    with acting(CLERK), dates.frozen(DAY):
        with pytest.raises(Invalid, match="理由"):
            course.void(posting, CLERK, posting["rev"], " ")
        assert course.void(posting, CLERK, posting["rev"], "村名印错")["state"] == VOID
    assert village.prepare()[0]["issue"] == "2026年第2期"


def test_a_torn_sheet_is_posted_anew_with_its_own_photo_and_clock(village):
    cases, posting = village.posted(2)
    day = date(2026, 9, 21)
    with acting(CLERK), dates.frozen(day):
        new = course.repost(village.engine, posting, CLERK, posting["rev"], "公示表被撕毁", day)
    assert village.now(posting)["state"] == REPOSTED and new["replaces"] == posting["_id"] and new["state"] == PREPARED
    new = village.hang(new, on=day)
    assert (new["start"], new["end"]) == ("2026-09-21", "2026-10-08") and states(new) == [UP, UP]
    assert [record["data"]["end"] for record in village.move(cases[0]).case.records_of("posting")] == [END.isoformat(), "2026-10-08"]
    with pytest.raises(Invalid, match="2026-10-08"):
        village.take_down(new, on=AFTER)
    after = date(2026, 10, 9)
    village.take_down(new, on=after)
    assert states(village.close(new, on=after)) == [DONE, DONE]


def test_what_was_to_replace_a_sheet_can_be_given_up_and_its_households_are_due_again(village):
    cases, posting = village.posted(2)
    with acting(CLERK), dates.frozen(DAY):
        new = course.repost(village.engine, posting, CLERK, posting["rev"], "公示表被撕毁", DAY)
        assert prepare.due_by_village(village.engine, VILLAGE[:9], CLERK) == {}
        course.void(new, CLERK, new["rev"], "村名印错")
    [again] = village.prepare()
    assert [row["case"] for row in again["rows"]] == [case.pk for case in cases]
    assert states(village.hang(again)) == [UP, UP]
    assert [record["data"].get("reason") for record in village.move(cases[0]).case.records_of("posting")] == [None, "重新公示"]


def test_a_crash_between_the_old_sheet_and_the_new_loses_neither(village, monkeypatch):
    _cases, posting = village.posted(1)
    monkeypatch.setattr(course, "_succeed", lambda old: (_ for _ in ()).throw(KeyboardInterrupt))
    with acting(CLERK), dates.frozen(DAY), pytest.raises(KeyboardInterrupt):
        course.repost(village.engine, posting, CLERK, posting["rev"], "公示表被撕毁", DAY)
    monkeypatch.undo()
    assert database.raw("postings").count_documents({}) == 1
    with acting(CLERK), dates.frozen(DAY):
        assert prepare.due_by_village(village.engine, VILLAGE[:9], CLERK) == {}  # the waiting successor has them
    course.sweep(village.engine)
    assert village.now({"_id": village.now(posting)["replaced_by"]})["state"] == PREPARED


# Who may not


def file_relative(account):
    database.raw("users").update_one({"_id": account}, {"$setOnInsert": ACCOUNT}, upsert=True)
    relatives = [{"relation": "parent", "name": "龙甲虚", "id_number": make_id("433123", date(1956, 3, 7), 400)}]
    with acting(REVIEWER), dates.frozen(DAY):
        filing.file(values(account=account) | {"relatives": relatives}, 2026, REVIEWER)


def test_a_relative_is_left_for_somebody_else_to_post(village):
    village.case(0)
    other = village.case(1)
    file_relative(CLERK.id)
    [posting] = village.prepare()
    assert [row["case"] for row in posting["rows"]] == [other.pk]


def test_who_is_related_to_somebody_on_the_sheet_handles_none_of_it(village):
    _cases, posting = village.posted(2)
    file_relative("assistant")
    with pytest.raises(recusal.Recused):
        village.take_down(posting, ASSISTANT)


# Children


def test_a_child_is_posted_by_no_route(village, engine):
    """The declaration refuses it; should one be there all the same, every route refuses again."""
    case = village.case(0)
    move = village.move(case)
    protected = replace(move.relief_type, protected=True)
    with pytest.raises(rows.NeverPosted):
        rows.freeze(move.case, protected, move.values, settings.PostingSettings(wide=True))
    published = engine.engine.registry.get("demo")
    vars(published)["relief_type"] = protected
    try:
        with acting(CLERK), dates.frozen(DAY):
            assert prepare.due_by_village(engine.engine, VILLAGE[:9], CLERK) == {}
            with pytest.raises(Invalid):
                prepare.prepare(engine.engine, VILLAGE, CLERK, DAY)
            for action in ("post", "repost"):
                held = village.move(case, start=DAY, place="x", phone="07433222222", reason="x")
                held.driver = "posting"
                held.case.state = "opinion" if action == "post" else "publicity"
                with pytest.raises(Invalid, match="不公示"):
                    take(held, action)
    finally:
        vars(published).pop("relief_type")
    assert database.raw("postings").count_documents({}) == 0


def test_no_shipped_type_of_children_can_be_posted(app):
    shipped = [published.relief_type for published in app.extensions["relief"].registry.latest().values()]
    protected = [relief_type for relief_type in shipped if relief_type.protected]
    assert {"orphan", "unattended_child"} <= {relief_type.key for relief_type in protected}
    for relief_type in protected:
        assert "posting" not in relief_type.step_by_name and not relief_type.posted
        with pytest.raises(rows.NeverPosted):
            rows.columns_of(relief_type, settings.PostingSettings())


# Reading


def test_every_query_has_its_index(village):
    village.posted(1)
    raw = database.raw(register.COLLECTION)
    for query, index in (
        ({"active": {"$in": ["x"]}}, "active"),
        ({"following": True}, "following"),
        ({"rows.case": "x"}, "cases"),
        ({"photos.digest": "x"}, "photos"),
        ({"state": POSTED, "due": {"$lt": "2026-10-01"}}, "work"),
        ({"village": VILLAGE, "state": POSTED}, "village"),
    ):
        assert f"'{index}'" in str(raw.find(query).explain()["queryPlanner"]["winningPlan"]), query


def test_another_township_does_not_see_it(village):
    _cases, posting = village.posted(1)
    with acting(FAR), pytest.raises(register.NotFound):
        register.get(posting["_id"])
    with acting(ASSISTANT):
        assert register.get(posting["_id"])["_id"] == posting["_id"]
