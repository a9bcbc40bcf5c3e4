"""Two persons look at a hit; what they find decides what is paid."""

from datetime import date

import pytest

from adminapp import dates
from adminapp.awards import deaths, entries
from adminapp.awards import store as award_store
from adminapp.errors import Conflict, Forbidden, Invalid, NotFound
from adminapp.matching import course, settling, store, work
from adminapp.payments import lines
from adminapp.scope import acting
from tests.adminapp.matching.conftest import APPROVER, CLERK, OTHER, REVIEWER, THERE, died, file_of, name_of, number_of
from tests.adminapp.payments.steps import Month


@pytest.fixture
def hit(household, compare, matches):
    """Return the hit of a head of household on a list."""

    def made(kind="death", *rows, n=1):
        household(n, n + 20)
        compare(kind, file_of(kind, *(rows or [died(n)])))
        return matches()[name_of(n)]

    return made


def checked(row, real=True, note="入户查看，已经去世"):
    with acting(CLERK):
        return course.check(row, real, note, CLERK)


def decided(row, real=True, note="与公安再次核对，属实"):
    with acting(REVIEWER):
        return course.decide(row, real, note, REVIEWER)


def held(work_, month="2026-09"):
    """Return {name: why the line of the month is held} of the month's list."""
    with dates.frozen(f"{month}-16"):
        batch = Month(None, work_).build(month, "all")
    return {line["name"]: line["hold"] for line in lines.of_batch(batch["_id"]) if line["state"] == lines.HELD and line["period"] == month}


def end(row, last):
    closing = entries.closing(last, "end") | {"on": "2026-09-16", "at": dates.now(), "by": "x", "by_name": "x", "reason": ""}
    award_store.apply(row["case"], "end", closing)


def test_a_death_is_held_at_once_then_recorded_and_held_for_good(hit, work):
    row = hit()
    assert held(work, "2026-09") == {"虚构甲": ["外部数据比对命中死亡人员名单（2026-08-03），核实前暂缓"]}
    row = decided(checked(row))
    assert row["state"] == store.CONFIRMED and deaths.of([row["key"]])[row["key"]]["on"] == "2026-08-03"
    [reasons] = held(work, "2026-10").values()
    assert len(reasons) == 1 and "已登记死亡（2026-08-03）" in reasons[0]


def test_what_is_untrue_holds_nothing_and_does_not_come_back(hit, work, compare, matches):
    row = decided(checked(hit(), False, "本人健在，证件号码被冒用"), False, "已函告公安更正")
    assert row["state"] == store.DISMISSED and held(work) == {} and deaths.of([row["key"]]) == {}
    assert compare("death", file_of("death", died(1)))["result"]["new"] == 0
    assert matches()["虚构甲"]["state"] == store.DISMISSED
    assert compare("death", file_of("death", died(1, "2026-09-01")))["result"]["new"] == 1
    after = matches()["虚构甲"]
    assert (after["state"], after["checked"], after["decided"]) == (store.OPEN, None, None)


def test_custody_is_held_only_when_true_and_only_while_it_lasts(hit, work):
    row = hit("custody", ("虚构甲", number_of(1), "2026-08-03", "2026-12-10", "服刑", "虚构监狱"))
    assert held(work, "2026-09") == {}
    decided(checked(row))
    assert "核实属实" in held(work, "2026-10")["虚构甲"][0]
    assert held(work, "2026-12") == {}


def test_an_end_that_came_late_does_not_set_free_what_was_held(hit, work):
    row = decided(checked(hit("custody", ("虚构甲", number_of(1), "2026-07-03", "", "服刑", ""))))
    end(row, "2026-09")
    with dates.frozen("2026-10-08"):
        assert settling.sweep() == 1
    assert "核实属实" in held(work, "2026-09")["虚构甲"][0]


def test_a_member_or_another_list_never_stops_a_household(hit, work, compare):
    hit("moved", ("虚构甲", number_of(1), "2026-08-03", "外省"))
    compare("death", file_of("death", died(21)))
    assert held(work) == {}


def test_checking_and_deciding_are_two_persons_of_two_offices(hit):
    row = hit()
    with acting(REVIEWER), pytest.raises(Forbidden):
        course.check(row, True, "已经去世，属实", REVIEWER)
    row = checked(row)
    with acting(CLERK), pytest.raises(Forbidden):
        course.decide(row, True, "属实，已经去世", CLERK)
    both = REVIEWER.__class__(CLERK.id, "兼职虚构", REVIEWER.roles, REVIEWER.townships)
    with acting(both), pytest.raises(Forbidden, match="两个人"):
        course.decide(row, True, "属实，已经去世", both)


def test_bad_input_is_refused_in_sentences(hit):
    row = hit()
    with acting(CLERK):
        with pytest.raises(Invalid) as refused:
            course.check(row, None, " 好 ", CLERK)
        assert len(refused.value.problems) == 2
        course.check(row, True, "已经去世", CLERK)
        with pytest.raises(Conflict):
            course.check(row, True, "已经去世", CLERK)
        with pytest.raises(Invalid, match="不能再核实"):
            course.check(store.get(row["_id"]), True, "已经去世", CLERK)
    with acting(OTHER), pytest.raises(NotFound):
        store.get(row["_id"])


def test_sending_back_asks_the_township_again(hit):
    row = checked(hit())
    with acting(REVIEWER):
        row = course.send_back(row, "请附火化证明", REVIEWER)
    assert (row["state"], row["checked"]) == (store.OPEN, None) and row["due"] == dates.add_workdays(date(2026, 9, 16), 10).isoformat()


def test_lifting_takes_the_death_back_that_it_recorded_and_no_other(hit, work):
    row = decided(checked(hit()))
    with acting(APPROVER):
        row = course.lift(row, "公安更正，名单有误", APPROVER)
    assert row["state"] == store.LIFTED and deaths.of([row["key"]]) == {} and held(work, "2026-09") == {}
    other = hit(n=2)
    deaths.record(other["key"], date(2026, 8, 1), "change")
    other = decided(checked(other))
    with acting(APPROVER):
        course.lift(other, "公安更正，名单有误", APPROVER)
    assert deaths.of([other["key"]])[other["key"]]["source"] == "change"


def test_a_death_that_another_day_reopened_is_taken_back_until_it_is_decided_again(hit, compare, matches):
    key = decided(checked(hit()))["key"]
    compare("death", file_of("death", died(1, "2026-09-01")))
    row = matches()["虚构甲"]
    assert row["state"] == store.OPEN and deaths.of([key]) == {}
    decided(checked(row))
    assert deaths.of([key])[key]["on"] == "2026-09-01"


def test_a_death_found_untrue_the_second_time_is_not_on_record(hit, compare, matches, work):
    key = decided(checked(hit()))["key"]
    compare("death", file_of("death", died(1, "2026-09-01")))
    decided(checked(matches()["虚构甲"], False, "本人健在"), False, "公安已更正")
    assert deaths.of([key]) == {} and held(work, "2026-10") == {}


def test_a_settled_death_that_comes_up_again_stays_on_record_until_it_is_found_untrue(hit, database, compare, matches):
    row = decided(checked(hit()))
    database.matches.update_one({"_id": row["_id"]}, {"$set": {"state": store.SETTLED}})
    compare("death", file_of("death", died(1)))
    again = matches()["虚构甲"]
    settling.sweep()
    assert again["state"] == store.OPEN and row["key"] in deaths.of([row["key"]])
    decided(checked(again, False, "本人健在"), False, "公安已更正")
    assert deaths.of([row["key"]]) == {}


@pytest.mark.parametrize("undo", ["lift", "dismiss", "reopen"])
def test_a_machine_that_died_before_a_death_was_taken_back_is_made_up_for(hit, database, compare, matches, monkeypatch, undo):
    row = decided(checked(hit()))
    if undo == "dismiss":
        database.matches.update_one({"_id": row["_id"]}, {"$set": {"state": store.SETTLED}})
        compare("death", file_of("death", died(1)))
        row = checked(matches()["虚构甲"], False, "本人健在")
    monkeypatch.setattr(course, "follow", lambda after: (_ for _ in ()).throw(KeyboardInterrupt))
    with acting(APPROVER), pytest.raises(KeyboardInterrupt):
        if undo == "lift":
            course.lift(row, "公安更正，名单有误", APPROVER)
        elif undo == "dismiss":
            course.decide(row, False, "公安已更正", APPROVER)
        else:
            compare("death", file_of("death", died(1, "2026-09-01")))
    monkeypatch.undo()
    assert row["key"] in deaths.of([row["key"]])
    settling.sweep()
    assert deaths.of([row["key"]]) == {} and "following" not in database.matches.find_one({"_id": row["_id"]})


def test_a_relative_of_the_household_keeps_off(hit, monkeypatch):
    from adminapp.related import recusal

    row = hit()
    member = course.people_of(row)[1]["key"]
    monkeypatch.setattr(recusal, "bar", lambda account, people: "应当回避" if any(person["key"] == member for person in people) else None)
    with acting(CLERK), pytest.raises(recusal.Recused):
        course.check(row, True, "已经去世", CLERK)
    assert course.may(row, CLERK) == ""


def test_what_was_dealt_with_is_settled_and_what_moved_goes_along(hit, database, compare, matches):
    row = decided(checked(hit()))
    moved = hit(n=2)
    end(row, "2026-09")
    database.awards.update_one({"_id": moved["case"]}, {"$set": {"township": THERE, "village": f"{THERE}001"}})
    with dates.frozen("2026-10-08"):
        assert settling.sweep() == 2 and settling.sweep() == 0
        assert matches()["虚构甲"]["state"] == store.SETTLED and matches()["虚构乙"]["township"] == THERE
        assert compare("death", file_of("death", died(1)))["result"] == {"rows": 1, "bad": 0, "hits": 0, "new": 0}


def test_a_machine_that_died_between_decision_and_record_is_made_up_for(hit, monkeypatch):
    row = checked(hit())
    monkeypatch.setattr(course, "follow", lambda after: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        decided(row)
    monkeypatch.undo()
    assert deaths.of([row["key"]]) == {}
    settling.sweep()
    assert row["key"] in deaths.of([row["key"]])


def test_it_is_work_for_who_must_act_and_a_warning_until_it_is_dealt_with(hit):
    row = hit()
    assert work._open(CLERK) == {"state": {"$in": ["open"]}} and work._open(REVIEWER) == {"state": {"$in": ["checked"]}}
    [finding] = work.found(None, dates.today())
    assert finding.text == "户主或本人 虚构甲 2026-08-03 在死亡人员名单中，待核实" and finding.case["_id"] == row["case"]
    decided(checked(row, False, "本人健在"), False, "公安已更正")
    assert list(work.found(None, dates.today())) == []
