"""An objection holds one household and no other; it is registered, investigated, decided and answered in writing."""

from datetime import date

import pytest

from adminapp import database, dates
from adminapp.errors import Conflict, Forbidden, Invalid
from adminapp.feedback import receipts
from adminapp.objections import course, register
from adminapp.objections.register import DECIDED, DECLINED, INVESTIGATING, RECEIVED, REPLIED
from adminapp.postings import course as posting_course
from adminapp.postings import evidence
from adminapp.postings.register import DONE, LEFT, OBJECTED, UP, UPHELD
from adminapp.related import recusal
from adminapp.scope import Actor, acting
from adminapp.workflow import events
from adminapp.workflow.guards import GUARDS
from adminapp.workflow.transition import offered, perform
from tests.adminapp.postings.test_course import file_relative, states
from tests.adminapp.postings.village import AFTER, ASSISTANT, CLERK, END, FAR, picture
from tests.story import SURVEYORS, walk

ON = date(2026, 9, 18)


def take(village, objection, step, *args, actor=CLERK, on=ON):
    objection = now(objection)
    with acting(actor), dates.frozen(on):
        if step is course.reply:
            return step(objection, actor, objection["rev"], *args)
        return step(village.engine, objection, actor, objection["rev"], *args)


def now(objection):
    return database.raw(register.COLLECTION).find_one({"_id": objection["_id"]})


# Receiving


def test_anybody_objects_within_the_window_and_gets_a_receipt_with_a_secret(village):
    cases, posting = village.posted(3)
    objection, secret = village.object(posting, cases[1])
    assert objection["_id"].startswith("YY202609-") and receipts.matches(objection, secret.lower()) and not receipts.matches(objection, "x")
    assert objection["state"] == RECEIVED and objection["due"] == "2026-09-20"  # one working day
    assert states(village.now(posting)) == [UP, OBJECTED, UP]
    assert village.state(cases[1]) == "publicity"  # nobody unknown changes a case


def test_neither_name_nor_words_are_stored_in_the_open(village):
    cases, posting = village.posted(1)
    objection, _secret = village.object(posting, cases[0])
    row = str(now(objection))
    for word in ("向某虚", "07430000000", "没有如实申报"):
        assert word not in row
    assert "没有如实申报" not in str(list(database.raw("events").find())) + str(database.raw("cases").find_one())


@pytest.mark.parametrize("on", [date(2026, 9, 15), date(2026, 9, 25)])
def test_outside_the_window_it_is_no_objection(village, on):
    cases, posting = village.posted(1)
    with pytest.raises(Invalid, match="投诉举报"):
        village.object(posting, cases[0], on=on)


@pytest.mark.parametrize("on", [date(2026, 9, 16), END])
def test_the_first_and_the_last_day_count(village, on):
    cases, posting = village.posted(1)
    assert village.object(posting, cases[0], on=on)[0]["state"] == RECEIVED


def test_staff_enter_a_letter_that_came_in_time_later(village):
    cases, posting = village.posted(1)
    with acting(CLERK):
        objection, _secret = village.object(posting, cases[0], actor=CLERK, on=AFTER, received_on=END, channel="letter")
    assert objection["channel"] == "letter" and objection["received_on"] == END.isoformat()


@pytest.mark.parametrize(("field", "values"), [("content", {"content": " "}), ("contact", {"contact": ""}), ("content", {"content": "很" * 3001})])
def test_what_is_missing_is_said_at_its_input(village, field, values):
    cases, posting = village.posted(1)
    with pytest.raises(Invalid) as caught:
        village.object(posting, cases[0], **values)
    assert list(caught.value.problems[0]) == [field]


def test_an_anonymous_one_is_taken_too(village):
    cases, posting = village.posted(1)
    assert village.object(posting, cases[0], name="", contact="")[0]["real_name"] is False


def test_a_household_that_is_not_on_the_sheet_cannot_be_objected_to(village):
    _cases, posting = village.posted(1)
    other = village.case(1)
    with pytest.raises(Invalid, match="公示表中的一户"):
        village.object(posting, other)


# Holding


def test_it_holds_the_one_household_and_the_others_go_on(village):
    cases, posting = village.posted(3)
    objection, _secret = village.object(posting, cases[1])
    take(village, objection, course.accept)
    village.take_down(posting)
    posting = village.close(posting)
    assert states(posting) == [DONE, OBJECTED, DONE]
    assert [village.state(case) for case in cases] == ["confirm_ready", "objection", "confirm_ready"]
    assert list(events.verify()) == []


def test_even_an_unread_one_holds(village):
    cases, posting = village.posted(2)
    village.object(posting, cases[0], on=END)
    village.take_down(posting)
    assert states(village.close(posting)) == [OBJECTED, DONE]
    assert [village.state(case) for case in cases] == ["publicity", "confirm_ready"]
    held = village.move(cases[0], on=AFTER, result="none", taken_down=AFTER)
    held.driver = "posting"
    with acting(CLERK), dates.frozen(AFTER), pytest.raises(Invalid, match="异议还没有办结"):
        perform(held, "end_posting")


# Deciding


def test_registered_it_is_an_objection_of_the_case_without_naming_who(village):
    cases, posting = village.posted(1)
    objection, _secret = village.object(posting, cases[0])
    after = take(village, objection, course.accept)
    assert after["state"] == INVESTIGATING and after["due"] == "2026-10-15"  # fifteen working days
    case = village.move(cases[0]).case
    assert case.state == "objection" and "objected" in case.flags
    assert case.last_record("objection")["data"]["objector"] == "实名" and case.last_record("objection")["data"]["receipt"] == objection["_id"]


def test_dismissed_the_household_is_posted_anew(village):
    cases, posting = village.posted(2)
    objection, _secret = village.object(posting, cases[0])
    take(village, objection, course.accept)
    after = take(village, objection, course.decide, "dismissed", "经核实收入已计入", "异议不成立")
    assert after["state"] == DECIDED and "following" not in after
    assert village.state(cases[0]) == "opinion" and states(village.now(posting)) == [LEFT, UP]
    [again] = village.prepare(on=ON)
    assert [row["case"] for row in again["rows"]] == [cases[0].pk]


def test_upheld_the_case_is_surveyed_anew(village):
    cases, posting = village.posted(1)
    objection, _secret = village.object(posting, cases[0])
    take(village, objection, course.accept)
    take(village, objection, course.decide, "upheld", "收入确有遗漏", "异议成立，重新调查")
    assert states(village.now(posting)) == [UPHELD] and village.state(cases[0]) == "objection"
    with acting(CLERK):
        assert "back_to_survey" in offered(village.move(cases[0]))


def test_two_objections_to_one_household_both_have_to_be_decided(village):
    cases, posting = village.posted(1)
    first, second = village.object(posting, cases[0])[0], village.object(posting, cases[0], name="", contact="")[0]
    take(village, first, course.accept)
    take(village, second, course.accept)
    take(village, first, course.decide, "dismissed", "属实", "不成立")
    assert village.state(cases[0]) == "objection"
    take(village, second, course.decide, "dismissed", "属实", "不成立")
    assert village.state(cases[0]) == "opinion"


@pytest.mark.parametrize("decisions", [("upheld", "dismissed"), ("dismissed", "upheld")])
def test_of_two_objections_the_upheld_one_wins_in_either_order(village, monkeypatch, decisions):
    cases, posting = village.posted(1)
    found = [village.object(posting, cases[0])[0], village.object(posting, cases[0], name="", contact="")[0]]
    for objection in found:
        take(village, objection, course.accept)
    monkeypatch.setitem(GUARDS, "appraised", lambda move: "本件应当民主评议，请先转民主评议")  # asked of a case that goes back alone
    for objection, decision in zip(found, decisions, strict=True):
        assert take(village, objection, course.decide, decision, "已核实", "答复")["state"] == DECIDED
    assert village.state(cases[0]) == "objection" and states(village.now(posting)) == [UPHELD]
    with acting(CLERK):
        assert "back_to_survey" in offered(village.move(cases[0]))


def test_what_was_upheld_on_an_earlier_sheet_does_not_hold_the_case_on_a_later_one(village):
    cases, posting = village.posted(1)
    first = village.object(posting, cases[0])[0]
    take(village, first, course.accept)
    take(village, first, course.decide, "upheld", "收入有遗漏", "成立")
    visit = {"date": ON, "way": "visit", "surveyors": SURVEYORS, "respondent": "本人", "findings": "属实", "conclusion": "eligible"}
    opinion = {"proposal": "approve", "comment": "符合"}
    steps = (("back_to_survey", {"reason": "异议成立"}), ("record_visit", visit), ("form_opinion", {}), ("give_opinion", opinion))
    walk(village.held, village.move(cases[0]).case, *((CLERK, ON, key, data) for key, data in steps))
    [again] = village.prepare(on=ON)
    again = village.hang(again, on=ON, photo=evidence.read_photo("张贴.jpg", picture(200)))
    second = village.object(again, cases[0])[0]
    take(village, second, course.accept)
    assert village.state(cases[0]) == "objection"
    take(village, second, course.decide, "dismissed", "属实", "不成立")
    assert village.state(cases[0]) == "opinion"


def test_what_is_no_objection_is_declined_with_a_reason_and_the_household_goes_on(village):
    cases, posting = village.posted(1)
    objection, _secret = village.object(posting, cases[0], content="广告")
    with pytest.raises(Invalid):
        take(village, objection, course.decline, "")
    assert take(village, objection, course.decline, "内容与公示无关")["state"] == DECLINED
    assert states(village.now(posting)) == [UP]
    with pytest.raises(Forbidden):
        take(village, objection, course.accept)


def test_declined_after_its_sheet_was_closed_the_household_goes_on_to_confirmation(village):
    cases, posting = village.posted(2)
    objection, _secret = village.object(posting, cases[0], content="广告")
    village.take_down(posting)
    assert states(village.close(posting)) == [OBJECTED, DONE]
    take(village, objection, course.decline, "内容与公示无关", on=AFTER)
    assert states(village.now(posting)) == [DONE, DONE] and village.state(cases[0]) == "confirm_ready"


def test_declined_after_another_was_dismissed_the_household_is_posted_anew(village):
    cases, posting = village.posted(1)
    real, advert = village.object(posting, cases[0])[0], village.object(posting, cases[0], content="广告")[0]
    take(village, real, course.accept)
    take(village, real, course.decide, "dismissed", "属实", "不成立")
    assert village.state(cases[0]) == "objection"
    take(village, advert, course.decline, "内容与公示无关")
    assert village.state(cases[0]) == "opinion" and states(village.now(posting)) == [LEFT]


def reposted(village, posting, on=ON):
    posting = village.now(posting)
    with acting(CLERK), dates.frozen(on):
        return posting_course.repost(village.engine, posting, CLERK, posting["rev"], "公示表被撕毁", on)


def test_declined_after_its_sheet_was_replaced_the_household_is_posted_by_a_sheet_of_its_own(village):
    cases, posting = village.posted(2)
    objection, _secret = village.object(posting, cases[0], content="广告")
    new = village.hang(reposted(village, posting), on=ON)
    assert [row["case"] for row in new["rows"]] == [cases[1].pk]
    with pytest.raises(Invalid, match="没有可以公示的案件"):  # it is answered first
        village.prepare(on=ON)
    take(village, objection, course.decline, "内容与公示无关")
    assert states(village.now(posting)) == [LEFT, UP]
    [own] = village.prepare(on=ON)
    assert [row["case"] for row in own["rows"]] == [cases[0].pk]
    own = village.hang(own, on=ON, photo=evidence.read_photo("张贴.jpg", picture(200)))
    assert states(own) == [UP] and village.move(cases[0]).case.last_record("posting")["data"]["end"] == own["end"]
    after = date(2026, 10, 9)
    village.take_down(own, on=after)
    assert states(village.close(own, on=after)) == [DONE] and village.state(cases[0]) == "confirm_ready"
    assert list(events.verify()) == []


def test_a_process_that_died_after_declining_on_a_replaced_sheet_is_made_good(village, monkeypatch):
    cases, posting = village.posted(2)
    objection, _secret = village.object(posting, cases[0], content="广告")
    reposted(village, posting)
    monkeypatch.setattr(course, "follow", lambda *_: None)
    take(village, objection, course.decline, "内容与公示无关")
    monkeypatch.undo()
    with dates.frozen(ON):
        assert course.sweep(village.engine) == 1
    assert states(village.now(posting)) == [LEFT, UP]
    assert [row["case"] for row in village.prepare(on=ON)[0]["rows"]] == [cases[0].pk]


def test_dismissed_after_its_sheet_was_replaced_the_household_is_posted_anew(village):
    cases, posting = village.posted(2)
    objection, _secret = village.object(posting, cases[0])
    reposted(village, posting)
    take(village, objection, course.accept)
    take(village, objection, course.decide, "dismissed", "属实", "不成立")
    assert village.state(cases[0]) == "opinion" and states(village.now(posting)) == [LEFT, UP]
    assert [row["case"] for row in village.prepare(on=ON)[0]["rows"]] == [cases[0].pk]


def test_it_is_answered_in_writing_and_a_late_answer_is_marked(village):
    cases, posting = village.posted(2)
    for case, on, late in ((cases[0], date(2026, 10, 15), False), (cases[1], date(2026, 10, 16), True)):
        objection, _secret = village.object(posting, case)
        take(village, objection, course.accept)
        with pytest.raises(Forbidden):
            take(village, objection, course.reply, ON, "当面送达")
        take(village, objection, course.decide, "dismissed", "属实", "不成立")
        after = take(village, objection, course.reply, on, "当面送达", on=on)
        assert after["state"] == REPLIED and after["late"] is late and after["due"] is None


@pytest.mark.parametrize("on", [date(2026, 9, 17), date(2026, 9, 19)])
def test_an_answer_is_not_dated_before_the_decision_or_ahead(village, on):
    cases, posting = village.posted(1)
    objection, _secret = village.object(posting, cases[0])
    take(village, objection, course.accept)
    take(village, objection, course.decide, "dismissed", "属实", "不成立")
    with pytest.raises(Invalid, match="答复日期"):
        take(village, objection, course.reply, on, "当面送达")


# Who may not, and what a crash leaves


@pytest.mark.parametrize("actor", [ASSISTANT, FAR])
def test_neither_the_village_nor_another_township_handles_it(village, actor):
    cases, posting = village.posted(1)
    objection, _secret = village.object(posting, cases[0])
    with pytest.raises(Forbidden):
        take(village, objection, course.accept, actor=actor)


def test_a_relative_does_not_decide_the_objection(village):
    cases, posting = village.posted(1)
    objection, _secret = village.object(posting, cases[0])
    file_relative(CLERK.id)
    with pytest.raises(recusal.Recused):
        take(village, objection, course.accept)


def test_a_relative_does_not_answer_it_either(village):
    cases, posting = village.posted(1)
    objection, _secret = village.object(posting, cases[0])
    take(village, objection, course.accept)
    take(village, objection, course.decide, "dismissed", "属实", "不成立")
    file_relative("kin")
    kin = Actor("kin", "亲属虚构", CLERK.roles, CLERK.townships)
    with pytest.raises(recusal.Recused):
        take(village, objection, course.reply, ON, "当面送达", actor=kin)


def test_objections_are_not_written_into_a_case_by_hand(village):
    cases, _posting = village.posted(1)
    with acting(CLERK), dates.frozen(ON), pytest.raises(Forbidden, match="由异议登记办理"):
        perform(village.move(cases[0], on=ON, objector="某", date=ON, content="x"), "object")


def test_a_process_that_died_between_objection_and_case_is_made_good(village, monkeypatch):
    cases, posting = village.posted(1)
    objection, _secret = village.object(posting, cases[0])
    monkeypatch.setattr(course, "follow", lambda *_: None)
    take(village, objection, course.accept)
    monkeypatch.undo()
    assert village.state(cases[0]) == "publicity"
    with dates.frozen(ON):
        assert course.sweep(village.engine) == 1 and course.sweep(village.engine) == 0
    assert village.state(cases[0]) == "objection"


def test_a_process_that_died_after_declining_is_made_good(village, monkeypatch):
    cases, posting = village.posted(1)
    objection, _secret = village.object(posting, cases[0], content="广告")
    monkeypatch.setattr(course, "follow", lambda *_: None)
    take(village, objection, course.decline, "内容与公示无关")
    monkeypatch.undo()
    assert states(village.now(posting)) == [OBJECTED]
    with dates.frozen(ON):
        assert course.sweep(village.engine) == 1 and course.sweep(village.engine) == 0
    assert states(village.now(posting)) == [UP]


def test_one_that_cannot_go_on_keeps_no_other_from_its_turn(village, monkeypatch):
    cases, posting = village.posted(2)
    found = [village.object(posting, case)[0] for case in cases]
    monkeypatch.setattr(course, "follow", lambda *_: None)
    for objection in found:
        take(village, objection, course.accept)
    monkeypatch.undo()

    def refuse(move, key):
        if move.case.pk == cases[0].pk:
            raise Invalid("不能办理")
        return perform(move, key)

    monkeypatch.setattr(course, "perform", refuse)
    with dates.frozen(ON):
        assert course.sweep(village.engine) == 1
    assert [village.state(case) for case in cases] == ["publicity", "objection"] and now(found[0])["following"]


def test_what_the_case_does_not_let_pass_is_not_decided(village, monkeypatch):
    cases, posting = village.posted(1)
    first, second = village.object(posting, cases[0])[0], village.object(posting, cases[0], name="", contact="")[0]
    for objection in (first, second):
        take(village, objection, course.accept)
    monkeypatch.setitem(GUARDS, "appraised", lambda move: "本件应当民主评议，请先转民主评议")
    assert take(village, first, course.decide, "dismissed", "属实", "不成立")["state"] == DECIDED  # the other still holds the case
    with pytest.raises(Invalid, match="应当民主评议"):
        take(village, second, course.decide, "dismissed", "属实", "不成立")
    assert now(second)["state"] == INVESTIGATING and village.state(cases[0]) == "objection"
    assert take(village, second, course.decide, "upheld", "收入有遗漏", "成立")["state"] == DECIDED


def test_nor_is_the_last_one_declined_while_the_case_cannot_go_on(village, monkeypatch):
    cases, posting = village.posted(1)
    real, advert = village.object(posting, cases[0])[0], village.object(posting, cases[0], content="广告")[0]
    take(village, real, course.accept)
    take(village, real, course.decide, "dismissed", "属实", "不成立")
    monkeypatch.setitem(GUARDS, "appraised", lambda move: "本件应当民主评议，请先转民主评议")
    with pytest.raises(Invalid, match="应当民主评议"):
        take(village, advert, course.decline, "内容与公示无关")
    assert now(advert)["state"] == RECEIVED


def test_two_clerks_at_once_one_is_refused(village):
    cases, posting = village.posted(1)
    objection, _secret = village.object(posting, cases[0])
    take(village, objection, course.accept)
    with acting(CLERK), dates.frozen(ON), pytest.raises((Conflict, Forbidden)):
        course.accept(village.engine, objection, CLERK, objection["rev"])


def test_every_query_has_its_index(village):
    cases, posting = village.posted(1)
    village.object(posting, cases[0])
    raw = database.raw(register.COLLECTION)
    for query, index in (
        ({"case": cases[0].pk, "held": True}, "held"),
        ({"following": True}, "following"),
        ({"posting": posting["_id"]}, "posting"),
    ):
        assert f"'{index}'" in str(raw.find(query).explain()["queryPlanner"]["winningPlan"]), query
