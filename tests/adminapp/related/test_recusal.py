"""An official is kept off the case of a relative by every route, and the case is marked whenever the match appears."""

import pytest

from adminapp import database, dates, files, jobs
from adminapp.engine import Engine
from adminapp.errors import Invalid
from adminapp.jobs import model, runner
from adminapp.notices.due import dues_of
from adminapp.related import recusal, register, scan
from adminapp.related.recusal import Recused
from adminapp.scope import Actor, acting
from adminapp.workflow import events
from adminapp.workflow.guards import GUARDS
from adminapp.workflow.opening import open_case
from adminapp.workflow.transition import edit, offered, perform, store, take
from schemas import notice as notices
from schemas.case import CaseBase
from tests.adminapp.related.filings import APPLICANT, CLERK, DAY, MOTHER, REVIEWER, number
from tests.story import HEAD, SURVEYORS, VILLAGE, move, walk

OTHER = Actor("clerk2", "另一经办虚构", frozenset({"township_clerk"}), frozenset({"433123109"}))


def stored(case):
    return database.raw("cases").find_one({"_id": case.id})


# Every route


def test_no_action_is_offered_or_taken(engine, case, official):
    official(account="clerk", relatives=[MOTHER])
    mine = move(engine, case)
    assert offered(mine) == {}
    with acting(CLERK), dates.frozen(DAY):
        with pytest.raises(Recused, match="父母.*应当回避"):
            perform(mine, "submit")
        with pytest.raises(Recused):
            take(move(engine, case), "withdraw")
        assert "submit" in offered(move(engine, case, OTHER))


def test_neither_who_applies_nor_who_lives_there_handles_it(engine, case, official):
    official(account="clerk", id_number=APPLICANT, name="龙䶮虚构")
    with acting(CLERK), dates.frozen(DAY), pytest.raises(Recused, match="您本人"):
        perform(move(engine, case), "submit")


def test_the_content_cannot_be_edited_not_even_to_take_the_relative_off(engine, case, official):
    official(account="clerk", relatives=[MOTHER])
    with acting(CLERK), dates.frozen(DAY), pytest.raises(Recused):
        edit(move(engine, case), {"applicant_id": number(91)}, case.rev)


def test_a_relative_cannot_be_brought_into_a_household_by_the_official(engine, case, official):
    official(account="clerk", relatives=[("child", "龙新虚构", number(92))])
    rows = [{"name": "龙䶮虚构", "relation": "self", "id_number": APPLICANT}, {"name": "龙新虚构", "relation": "child", "id_number": number(92)}]
    with acting(CLERK), dates.frozen(DAY), pytest.raises(Recused):
        edit(move(engine, case), {"members": rows}, case.rev)


def test_an_application_of_a_relative_is_not_even_opened(engine, official):
    registry, table = engine
    official(account="clerk", relatives=[MOTHER])
    values = {"applicant_name": "龙䶮虚构", "applicant_id": APPLICANT, "income": 0, "members": []}
    with acting(CLERK), dates.frozen(DAY), pytest.raises(Recused):
        open_case(registry.get("demo"), CLERK, VILLAGE, values, table)
    assert database.raw("cases").count_documents({}) == 0


def test_no_file_is_added_or_removed(engine, case, official):
    with acting(CLERK), dates.frozen(DAY):
        entry = files.add(case, CLERK, files.OTHER, "x.pdf", b"%PDF-1.4\n%%EOF\n")
    official(account="clerk", relatives=[MOTHER])
    before = database.raw("files.files").count_documents({})
    with acting(CLERK), dates.frozen(DAY):
        with pytest.raises(Recused):
            files.add(case, CLERK, files.OTHER, "y.pdf", b"%PDF-1.4\n%%EOF\n")
        with pytest.raises(Recused):
            files.remove(case, CLERK, entry.id)
    assert database.raw("files.files").count_documents({}) == before
    assert len(stored(case)["files"]) == 1


def test_no_notice_is_issued_and_no_number_used_up(engine, case, official):
    registry, table = engine
    walk(engine, case, (CLERK, DAY, "submit", {}), (CLERK, DAY, "accept", {"relative": False}))
    official(account="clerk", relatives=[MOTHER])
    due = dues_of(case)[0]
    with acting(CLERK), dates.frozen(DAY), pytest.raises(Recused):
        notices.issue(case, registry.of(case), due, CLERK, standards=table)
    assert database.raw("notices").count_documents({}) == 0


def test_a_job_works_with_the_rights_of_its_owner_and_no_others(engine, case, official, settings):
    """The bulk job goes through the same engine: it meets the same bar, case by case."""
    official(account="clerk", relatives=[MOTHER])
    held = Engine(settings, CaseBase)
    held.registry, seen = engine[0], []

    def submit_all(job, args):
        for row in database.raw("cases").find({}):
            found = held.registry.get(row["type"], row["schema_version"]).model._from_son(row)
            try:
                perform(move(engine, found, job.actor), "submit")
            except Recused as error:
                job.problem(row["number"], str(error))
                seen.append(row["number"])

    jobs.register("test_submit_all", submit_all)
    with dates.frozen(DAY):
        runner.run_job(held, model.start("test_submit_all", "x", {}, CLERK))
    assert seen == [case.number] and stored(case)["state"] == "draft"


def test_whatever_route_stores_a_case_is_refused_at_the_last_door(engine, case, official):
    official(account="clerk", relatives=[MOTHER])
    with acting(CLERK), dates.frozen(DAY), pytest.raises(Recused):
        store(case, case.rev, events.entry(CLERK, "other", "别的入口", case.state, case.state, {}))
    assert stored(case)["rev"] == 0


def test_a_name_alone_bars_nobody(engine, case, official):
    official(account="clerk", relatives=[("parent", "龙䶮虚构", "")])
    with acting(CLERK), dates.frozen(DAY):
        perform(move(engine, case), "submit")
    assert case.state == "submitted" and case.flags == []


def test_lists_of_payees_ask_once_for_all(official, engine):
    official(account="clerk", relatives=[MOTHER])
    keys = recusal.related_keys(CLERK)
    assert register.sealing.key_of(APPLICANT) in keys and recusal.related_keys(HEAD) == frozenset()


# The match


def test_the_match_comes_at_application_with_record_event_and_flag(engine, official):
    registry, table = engine
    official(relatives=[MOTHER])
    values = {"applicant_name": "龙䶮虚构", "applicant_id": APPLICANT, "income": 0, "members": []}
    with acting(CLERK), dates.frozen(DAY):
        case = open_case(registry.get("demo"), CLERK, VILLAGE, values, table)
    row = stored(case)
    assert row["flags"] == ["relative"] and row["relations"][0]["name"] == "田虚构"
    assert row["records"][0]["data"]["relations"][0]["relation"] == "父母"
    assert [event["action"] for event in events.history(case.id)] == ["match_relative", "open"]
    assert list(events.verify()) == []


def test_the_match_comes_when_a_member_is_added(engine, case, official):
    official(relatives=[("child", "龙新虚构", number(92))])
    rows = [{"name": "龙䶮虚构", "relation": "self", "id_number": APPLICANT}, {"name": "龙新虚构", "relation": "child", "id_number": number(92)}]
    with acting(CLERK), dates.frozen(DAY):
        edit(move(engine, case), {"members": rows}, case.rev)
    assert stored(case)["flags"] == ["relative"]


def test_the_match_comes_at_the_next_action_and_only_once(engine, case, official):
    official(relatives=[MOTHER])
    walk(engine, case, (CLERK, DAY, "submit", {}), (CLERK, DAY, "accept", {"relative": False}), (CLERK, DAY, "start_survey", {}))
    row = stored(case)
    assert row["flags"] == ["relative"] and len(row["relations"]) == 1
    assert len([record for record in row["records"] if record["kind"] == "relative"]) == 1


def test_what_was_declared_is_recorded_too(engine, case):
    walk(engine, case, (CLERK, DAY, "submit", {}), (CLERK, DAY, "accept", {"relative": True, "relative_of": "田虚构，村委会委员，侄子"}))
    assert case.flags == ["relative"] and case.last_record("relative")["data"]["way"] == "declared"


def test_a_related_official_surveys_nobody(engine, case, official):
    official(relatives=[MOTHER])
    walk(engine, case, (CLERK, DAY, "submit", {}), (CLERK, DAY, "accept", {"relative": False}), (CLERK, DAY, "start_survey", {}))
    surveyors = [{"name": "田虚构", "unit": "社会事务办", "relative": False}, SURVEYORS[1]]
    data = {"date": DAY, "way": "visit", "surveyors": surveyors, "respondent": "本人", "findings": "属实", "conclusion": "eligible"}
    with acting(CLERK), dates.frozen(DAY), pytest.raises(Invalid, match="田虚构.*应当回避"):
        perform(move(engine, case, **data), "record_visit")


def test_a_matched_case_is_not_confirmed_before_the_county_has_visited(engine, case, official):
    official(relatives=[MOTHER])
    walk(engine, case, (CLERK, DAY, "submit", {}))
    assert "县级入户核查" in GUARDS["county_checked"](move(engine, case, HEAD))


# Later filings


@pytest.fixture
def run_scan(engine, settings):
    held = Engine(settings, CaseBase)
    held.registry = engine[0]
    jobs.register(scan.JOB, scan.run)

    def run(actor=REVIEWER):
        with dates.frozen(DAY):
            job_id = scan.start(actor)
            assert runner.run_job(held, job_id) == model.DONE
        return model.get(job_id)

    run.engine = held
    return run


def test_a_later_filing_finds_running_cases_and_older_awards_in_every_township(engine, case, official, run_scan):
    official(relatives=[MOTHER], township="433123101")
    job = run_scan(Actor("clerk.far", "远乡虚构", frozenset({"township_clerk"}), frozenset({"433123101"})))
    assert job["result"] == {"filings": 1, "cases": 1}
    assert stored(case)["flags"] == ["relative"]
    assert database.raw("kin_filings").count_documents({"unscanned": True}) == 0
    assert list(events.verify()) == []


def test_the_scan_repeats_without_repeating_itself(engine, case, official, run_scan):
    official(relatives=[MOTHER])
    run_scan()
    database.raw("kin_filings").update_many({}, {"$set": {"unscanned": True}})
    assert run_scan()["result"]["cases"] == 0
    assert len(stored(case)["relations"]) == 1


def test_cases_that_are_over_are_left_alone(engine, case, official, run_scan):
    walk(engine, case, (CLERK, DAY, "submit", {}), (CLERK, DAY, "withdraw", {"reason": "撤回"}))
    official(relatives=[MOTHER])
    assert run_scan()["result"]["cases"] == 0


def test_a_filing_without_a_job_is_swept(engine, case, official, run_scan):
    official(relatives=[MOTHER])
    scan.sweep(run_scan.engine)
    scan.sweep(run_scan.engine)
    waiting = model.waiting()
    assert len(waiting) == 1
    with dates.frozen(DAY):
        runner.run_job(run_scan.engine, waiting[0])
    assert stored(case)["flags"] == ["relative"]
    scan.sweep(run_scan.engine)
    assert model.waiting() == []


def test_the_applicant_is_told_why_the_county_will_visit(engine, case, official):
    registry, table = engine
    official(relatives=[MOTHER])
    walk(engine, case, (CLERK, DAY, "submit", {}), (CLERK, DAY, "accept", {"relative": False}))
    due = next(due for due in dues_of(case) if due.kind == "relative_filing")
    with acting(CLERK), dates.frozen(DAY):
        record = notices.issue(case, registry.of(case), due, CLERK, standards=table)
        content = notices.content_of(record)
    assert record["title"] == "近亲属备案告知书"
    assert content["tables"]["relations"] == [["1", "龙䶮虚构", "父母", "田虚构", "沱江镇人民政府 民政助理员"]]
    assert "入户核查" in content["template"]


def test_cases_are_found_by_their_index(engine, case):
    query = {"people.key": {"$in": ["a"]}, "state": {"$nin": sorted(scan.OVER)}}
    assert "people" in str(database.raw("cases").find(query).explain()["queryPlanner"]["winningPlan"])
