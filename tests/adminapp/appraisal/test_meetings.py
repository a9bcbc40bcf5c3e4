"""One meeting judges many households; each gets its record by the normal action, and one that refuses hurts no other."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from adminapp import dates
from adminapp.appraisal import counting, meetings
from adminapp.errors import Conflict, Forbidden, Invalid, NotFound
from adminapp.scope import acting
from adminapp.workflow import events
from adminapp.workflow.transition import perform
from tests.adminapp.appraisal.conftest import ABOUT, DAY, NUMBERS, PEOPLE, STAGES, household, move
from tests.story import CLERK, HEAD, STRANGER, VILLAGE
from tests.world import PDF

SCAN = ("签字页.pdf", PDF)


def planned(cases, day=DAY, place="村部", actor=CLERK):
    with acting(actor), dates.frozen(DAY):
        return meetings.plan(VILLAGE, [str(case.id) for case in cases], day, place, actor)


def attended(meeting, people=PEOPLE, **about):
    with acting(CLERK), dates.frozen(DAY):
        return meetings.attend(meeting, ABOUT | about, people, CLERK)


def voted(meeting, **by_name):
    votes = {str(item["case"]): by_name[item["name"]] for item in meeting["items"] if item["name"] in by_name}
    with acting(CLERK), dates.frozen(DAY):
        return meetings.vote(meeting, votes, CLERK)


def ballot(agree=5, against=0, abstain=0, recused=(), opinion="情况属实，同意"):
    return {"agree": agree, "against": against, "abstain": abstain, "recused": list(recused), "opinion": opinion}


def closed(county, meeting, stages=STAGES, scan=SCAN, actor=CLERK):
    with acting(actor), dates.frozen(DAY):
        return meetings.close(county, meeting, stages, scan, actor)


def read(case):
    with acting(CLERK):
        case.reload()
    return case


@pytest.fixture
def held(two):
    return voted(attended(planned(two)), 石乙虚构=ballot(), 石丙虚构=ballot(3, 1, 0, ["代表甲虚构"]))


def test_cases_wait_by_village_until_a_meeting_takes_them(two):
    with acting(CLERK):
        assert meetings.villages_waiting(CLERK) == {VILLAGE: 2}
    planned(two[:1])
    with acting(CLERK):
        assert meetings.villages_waiting(CLERK) == {VILLAGE: 1} and [item["name"] for item in meetings.waiting_in(VILLAGE, CLERK)] == ["石丙虚构"]
    with acting(STRANGER):
        assert meetings.villages_waiting(STRANGER) == {} and meetings.listed() == []


def test_a_village_counts_only_the_cases_the_reader_may_bring_to_a_meeting(two, official):
    official(account=CLERK.id, relatives=[("parent", "石乙虚构", NUMBERS[1])])
    with acting(CLERK):
        assert [item["name"] for item in meetings.waiting_in(VILLAGE, CLERK)] == ["石丙虚构"] and meetings.villages_waiting(CLERK) == {VILLAGE: 1}


@pytest.mark.parametrize(
    ("changes", "sentence"), [({"cases": []}, "请勾选"), ({"day": None}, "请填写评议日期"), ({"place": " "}, "请填写评议地点")]
)
def test_a_meeting_without_day_place_or_cases_is_refused(two, changes, sentence):
    with pytest.raises(Invalid, match=sentence):
        planned(**{"cases": two, **changes})


def test_who_does_not_organise_makes_no_meeting(two):
    with pytest.raises(Forbidden):
        planned(two, actor=HEAD)
    with pytest.raises(Invalid, match="请刷新"):
        planned(two, actor=STRANGER)
    planned(two)
    with pytest.raises(Invalid, match="已列入另一场"):
        planned(two)


@pytest.mark.parametrize(
    ("people", "about", "sentence"),
    [
        ([], {}, "请登记参加人"),
        ([PEOPLE[0], PEOPLE[0]], {}, "写了两次"),
        ([{**row, "present": row["name"] == "代表甲虚构"} for row in PEOPLE], {}, "实到 1 人，不足应到 6 人的"),
        ([PEOPLE[0], PEOPLE[4], {"name": "滕干部虚构", "capacity": "township", "present": True}], {}, "村（居）民代表 1 人，不足 3 人的三分之二"),
        ([{**PEOPLE[0], "capacity": "emperor"}], {}, "身份"),
        (PEOPLE, {"day": date(2026, 9, 17)}, "还没有到"),
        (PEOPLE, {"chair": ""}, "请填写主持人"),
    ],
)
def test_wrong_attendance_is_refused_in_words(two, people, about, sentence):
    with pytest.raises(Invalid, match=sentence):
        attended(planned(two), people, **about)


@pytest.mark.parametrize(
    ("votes", "sentence"),
    [
        (ballot(4), "票数合计 4，应为 5"),
        (ballot(5, recused=["代表甲虚构"]), "票数合计 5，应为 4（到会 5 人，回避 1 人）"),
        (ballot(5, recused=["路人虚构"]), "回避人“路人虚构”不在参加人中"),
        (ballot(2, recused=["代表甲虚构", "代表乙虚构", "代表丙虚构"]), "村（居）民代表 1 人，不足 2 人"),
        (ballot(0, recused=[row["name"] for row in PEOPLE[:5]]), "都要回避"),
        (ballot(opinion=""), "请填写评议意见"),
    ],
)
def test_votes_must_be_those_of_who_was_there_and_is_not_recused(two, votes, sentence):
    with pytest.raises(Invalid) as refused:
        voted(attended(planned(two)), 石乙虚构=votes)
    assert sentence in "".join(map(str, refused.value.problems))


def test_closing_writes_each_case_by_its_normal_action(county, two, held):
    done = closed(county, held)
    assert done["state"] == "closed" and {item["state"] for item in done["items"]} == {"recorded"}
    first, second = (read(case) for case in two)
    assert first.state == second.state == "opinion"
    data = second.last_record("appraisal")["data"]
    assert (data["expected"], data["attended"], data["representatives"]) == (5, 4, 3)
    assert (data["agree"], data["against"], data["recused"], data["meeting"]) == (3, 1, "代表甲虚构", held["_id"])
    assert data["stages"] == "、".join(STAGES) and [item.document for item in second.files][-1] == "appraisal_scan"
    assert events.history(second.id)[0]["action"] == "record_appraisal" and first.last_record("appraisal")["data"]["attended"] == 5


@pytest.mark.parametrize(
    ("how", "sentence"),
    [({"stages": STAGES[:3]}, "还缺：形成结论、签字确认"), ({"scan": None}, "请附上全体参加人签字"), ({"scan": ("x.exe", b"MZ")}, "不是 PDF")],
)
def test_nothing_is_written_before_everything_is_there(county, two, held, how, sentence):
    with pytest.raises(Invalid) as refused:
        closed(county, held, **how)
    assert sentence in str(refused.value) + "".join(map(str, refused.value.problems))
    assert read(two[0]).state == "appraisal"


def test_a_meeting_whose_votes_are_not_all_there_is_not_closed(county, two):
    with pytest.raises(Invalid, match="请先登记参加人"):
        closed(county, planned(two))
    with acting(CLERK):
        meeting = voted(attended(meetings.listed()[0]), 石乙虚构=ballot())
    with pytest.raises(Invalid, match="石丙虚构：请填写同意"):
        closed(county, meeting)


def test_a_case_that_moved_on_is_told_and_the_others_are_written(county, engine, two, held):
    with acting(CLERK), dates.frozen(DAY):
        perform(move(engine, two[0], reason="补充调查"), "back_to_survey")
    done = closed(county, held)
    assert [item["state"] for item in done["items"]] == ["dropped", "recorded"] and "不能进行" in done["items"][0]["problem"]
    assert read(two[1]).state == "opinion" and done["state"] == "closed"


def test_a_process_that_dies_between_two_cases_repeats_nothing(county, two, held, monkeypatch):
    real, calls = meetings._change, []

    def dies(meeting, changes):
        calls.append(changes)
        if len(calls) == 1:
            raise KeyboardInterrupt
        return real(meeting, changes)

    monkeypatch.setattr(meetings, "_change", dies)
    with pytest.raises(KeyboardInterrupt):
        closed(county, held)
    assert read(two[0]).state == "opinion"
    with acting(CLERK):
        again = meetings.get(held["_id"])
    assert closed(county, again)["state"] == "closed"
    assert [len(read(case).records_of("appraisal")) for case in two] == [1, 1]


def test_two_who_save_at_once_do_not_overwrite_each_other(two):
    meeting = attended(planned(two))
    voted(meeting, 石乙虚构=ballot())
    with pytest.raises(Conflict):
        voted(meeting, 石丙虚构=ballot())


def test_a_cancelled_meeting_sets_its_cases_free_and_takes_nothing_more(two):
    with acting(CLERK), dates.frozen(DAY):
        meeting = meetings.cancel(planned(two), CLERK)
        assert meetings.villages_waiting(CLERK) == {VILLAGE: 2}
    with pytest.raises(Invalid, match="不能再改"):
        attended(meeting)


def test_the_other_township_finds_no_meeting(two):
    meeting = planned(two)
    with acting(STRANGER), pytest.raises(NotFound):
        meetings.get(meeting["_id"])


def test_a_compulsory_appraisal_cannot_be_passed_by(engine):
    registry, table = engine
    source = registry.get("demo").relief_type
    assert source.step_by_name["appraisal"].required_when == ""
    from tests.adminapp.appraisal.conftest import SOURCE

    registry.publish(SOURCE.replace("  - appraisal\n", "  - {step: appraisal, required_when: income > 0, clause: 县方案 五(一)}\n"), "test", table.types())
    case = household(engine, "石丁虚构", NUMBERS[3])
    with acting(CLERK), dates.frozen(DAY):
        perform(move(engine, case, reason="补充调查"), "back_to_survey")
        with pytest.raises(Invalid, match="本件应当民主评议（县方案"):
            perform(move(engine, case), "form_opinion")


capacities = st.sampled_from([*sorted(counting.CAPACITIES), *[counting.REPRESENTATIVE] * 9])
people = st.lists(st.tuples(capacities, st.sampled_from([True] * 9 + [False])), min_size=1, max_size=12)


@given(people, st.data())
def test_votes_that_pass_always_add_up_to_people_who_were_there_and_unrelated(who, data):
    rows = [{"name": f"人{number}", "capacity": capacity, "present": present} for number, (capacity, present) in enumerate(who)]
    meeting = {"day": "2026-09-16", "attendance": rows}
    recused = data.draw(st.lists(st.sampled_from([row["name"] for row in rows]), unique=True, max_size=3))
    may_vote = [row for row in rows if row["present"] and row["name"] not in recused]
    agree = data.draw(st.integers(0, len(may_vote)))
    against = data.draw(st.integers(0, len(may_vote) - agree))
    abstain = len(may_vote) - agree - against + data.draw(st.sampled_from([0, 0, 0, 1]))
    item = {"name": "某户", "recused": recused, "opinion": "同意", "agree": agree, "against": against, "abstain": abstain}
    assume(not counting.problems_of_attendance(meeting) and not counting.problems_of_votes(meeting, item))
    assert counting.voters(meeting, item) == may_vote and agree + against + abstain == len(may_vote) > 0
    assert sum(row["capacity"] == "representative" for row in may_vote) * 3 >= len(may_vote) * 2
