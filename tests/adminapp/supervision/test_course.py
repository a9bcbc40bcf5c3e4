"""One check from its draw to its end: independent visitors, a judgement by others, rectification on the case, substitution."""

from datetime import date

import pytest

from adminapp import database, dates
from adminapp import files as attachments
from adminapp.errors import Conflict, Forbidden, Invalid, NotFound
from adminapp.related import filing, recusal, register
from adminapp.scope import acting
from adminapp.supervision import checks, course, proof, rounds
from adminapp.workflow import events
from adminapp.workflow.actions.spotcheck import SPOT_CHECK
from adminapp.workflow.transition import Move, perform

DRAWN, SEEN = date(2026, 10, 8), date(2026, 10, 12)
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
VISIT = {
    "date": SEEN, "respondent": "本人", "received": True, "keeper": "self", "findings": "住房和生活与申报一致", "result": "true",
}  # fmt: skip


@pytest.fixture
def drawn(granted, draw):
    """Return the case of the story, drawn on 2026-10-08."""
    draw(DRAWN)
    assert check()["state"] == checks.DRAWN
    return granted


def check(case=None):
    query = {"case": case.id} if case else {"state": {"$ne": checks.SUBSTITUTED}}
    return database.raw(checks.COLLECTION).find_one(query)


def step(actor, function, *args, on=SEEN, rev=None, **more):
    row = check()
    with dates.frozen(on), acting(actor):
        return function(row["_id"], actor, row["rev"] if rev is None else rev, *args, **more)


def act(engine, case, actor, action, on=SEEN, papers=(), driver=SPOT_CHECK, **data):
    registry, table = engine
    with dates.frozen(on), acting(actor):
        now = registry.get("demo").model.objects.get(id=case.id)
        kept = [attachments.prepare(now, actor, document, f"{document}.pdf", PDF) for document in papers]
        move = Move(now, registry.of(now), actor, table, data, on, files=kept, driver=driver, about=check()["_id"])
        return perform(move, action)


def visit(engine, case, actor, people=("reviewer（虚构）", "reviewer2（虚构）"), papers=("spot_check_form",), **data):
    rows = [{"name": name, "unit": "县民政局", "relative": False} for name in people]
    return act(engine, case, actor, "record_spot_check", papers=papers, surveyors=rows, **(VISIT | data))


@pytest.fixture
def visited(engine, drawn, staff):
    step(staff("reviewer"), course.assign, ["reviewer", "reviewer2"])
    visit(engine, drawn, staff("reviewer"))
    return drawn


@pytest.fixture
def other(staff):
    """Return a county approver who took no part in the visit."""
    row = database.raw("users").find_one({"_id": "reviewer"}) | {"_id": "approver", "name": "审批（虚构）", "roles": ["county_approver"]}
    database.raw("users").insert_one(row)
    return staff("approver")


def test_a_township_learns_of_a_check_by_the_visit_and_not_before(engine, drawn, staff):
    clerk, reviewer = staff("clerk"), staff("reviewer")
    with acting(clerk), pytest.raises(NotFound):
        checks.get(check()["_id"], clerk)
    step(reviewer, course.assign, ["reviewer", "reviewer2"])
    assert "抽" not in str([event["label"] for event in events.history(drawn.id)])
    visit(engine, drawn, reviewer)
    with acting(clerk):
        assert checks.get(check()["_id"], clerk)["state"] == checks.VISITED
    with acting(staff("far")), pytest.raises(NotFound):
        checks.get(check()["_id"], staff("far"))


def test_a_visit_is_a_record_of_the_case_with_its_papers(visited):
    row, stored = check(), database.raw("cases").find_one({"_id": visited.id})
    record = next(record for record in stored["records"] if record["kind"] == "spot_check")
    assert row["visit"] == record["id"] and row["visited_on"] == "2026-10-12" and row["stage"] == checks.JUDGE
    assert [item["record"] for item in stored["files"]] == [record["id"]] and stored["state"] == "in_benefit"
    assert row["visited_by"] == ["reviewer", "reviewer2"]
    assert events.history(visited.id)[0]["label"] == "登记抽查入户核查" and list(events.verify()) == []
    assert database.raw("cases").find_one({"_id": visited.id})["outbox"] == []


@pytest.mark.parametrize(
    ("people", "companions", "sentence"),
    [
        ([], [], "带队的核查人"),
        (["reviewer"], [], "至少 2 名"),
        (["reviewer", "reviewer"], [], "至少 2 名"),
        (["reviewer", "clerk"], [], "clerk（虚构）是被核查乡镇的工作人员"),
        (["clerk", "reviewer"], [], "带队的核查人"),
        (["reviewer"], [{"name": "deputy（虚构）", "unit": "审计局"}], "与被核查乡镇的工作人员同名"),
        (["reviewer"], [{"name": "龙小虚构", "unit": "审计局"}], "与申请家庭成员同名"),
    ],
)
def test_visitors_are_independent_of_the_township_and_of_the_household(drawn, staff, people, companions, sentence):
    with pytest.raises(Invalid, match=sentence):
        step(staff("reviewer"), course.assign, people, companions)
    assert check()["state"] == checks.DRAWN


def test_who_confirmed_the_case_or_is_a_relative_does_not_check_it(drawn, staff):
    database.raw("cases").update_one({"_id": drawn.id}, {"$set": {"confirmed_by": "reviewer2"}})
    with pytest.raises(Invalid, match="经办或审批过本件"):
        step(staff("reviewer"), course.assign, ["reviewer", "reviewer2"])
    database.raw("cases").update_one({"_id": drawn.id}, {"$set": {"confirmed_by": "head"}})
    file_relative(staff, "reviewer2")
    with pytest.raises(Invalid, match="回避"):
        step(staff("reviewer"), course.assign, ["reviewer", "reviewer2"])


def file_relative(staff, account):
    """File the applicant of the case as a relative of an account."""
    person = {
        "kind": "officer", "name": "审查虚构", "id_number": "433123198003030017", "phone": "", "unit": "县民政局", "post": "科员", "account": account,
        "township": "", "village": "", "relatives": [{"relation": "parent", "name": "龙䶮虚构", "id_number": "433123195603074216", "address": ""}],
    }  # fmt: skip
    with dates.frozen(DRAWN), acting(staff("reviewer")):
        filing.file(person, 2026, staff("reviewer"))
    register.forget()


def test_people_from_finance_and_audit_may_come_along(drawn, staff):
    row = step(staff("reviewer"), course.assign, ["reviewer"], [{"name": "周虚构", "unit": "县财政局"}])
    assert [item["unit"] for item in row["visitors"]] == ["县民政局", "县财政局"] and row["owner"] == "reviewer"


def test_other_visitors_need_a_reason(drawn, staff):
    step(staff("reviewer"), course.assign, ["reviewer", "reviewer2"])
    with pytest.raises(Invalid, match="改派请写明原因"):
        step(staff("reviewer"), course.assign, ["reviewer2", "reviewer"])
    assert step(staff("reviewer"), course.assign, ["reviewer2", "reviewer"], reason="临时出差")["owner"] == "reviewer2"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"people": ("reviewer（虚构）",)}, "至少 2 名"),
        ({"people": ("reviewer（虚构）", "head（虚构）")}, "同名"),
        ({"papers": ()}, "现场照片或签字的核查表"),
        ({"date": date(2026, 9, 30)}, "早于抽中日期"),
        ({"result": "amount"}, "核查认为应为"),
        ({"keeper": "official"}, "代持协议"),
        ({"findings": ""}, "居住、生活"),
    ],
)
def test_an_incomplete_visit_is_refused_and_nothing_is_stored(engine, drawn, staff, data, sentence):
    step(staff("reviewer"), course.assign, ["reviewer", "reviewer2"])
    with pytest.raises(Invalid, match=sentence):
        visit(engine, drawn, staff("reviewer"), **data)
    assert check()["state"] == checks.ASSIGNED


def test_a_visit_needs_its_check_and_nobody_of_the_township_enters_it(engine, drawn, staff):
    with pytest.raises(Invalid, match="没有指派核查人"):
        visit(engine, drawn, staff("reviewer"))
    step(staff("reviewer"), course.assign, ["reviewer", "reviewer2"])
    with pytest.raises(Forbidden):
        visit(engine, drawn, staff("clerk"))
    with pytest.raises(Forbidden, match="抽查监督"):
        act(engine, drawn, staff("reviewer"), "record_spot_check", driver="", **VISIT)


def test_who_visited_does_not_judge(visited, staff, other):
    for username in ("reviewer", "reviewer2"):
        with pytest.raises(Forbidden, match="未参加核查的人员"):
            step(staff(username), course.judge, True)
    row = step(other, course.judge, True)
    assert (row["state"], row["stage"], row["judged_by"]) == (checks.CONSISTENT, "", "approver")


@pytest.mark.parametrize(
    ("state", "turn"),
    [
        (checks.DRAWN, (course.assign, ["reviewer", "reviewer2"])), (checks.DRAWN, (course.substitute, "away", "全家外出务工")),
        (checks.VISITED, (course.judge, True)), (checks.VISITED, (course.send_back, "没有走访邻居")),
        (checks.DEVIATION, (course.order, "educate", "约谈当事人")), (checks.RECTIFYING, (course.recheck, True, "已看材料")),
    ],
)  # fmt: skip
def test_a_relative_takes_no_step_of_a_check(drawn, staff, other, state, turn):
    told = {"state": state, "stage": checks.RECHECK, "result": "true", "order": {"measure": "educate", "on": "2026-10-12"}}
    database.raw(checks.COLLECTION).update_one({}, {"$set": told})
    file_relative(staff, "approver")
    with pytest.raises(recusal.Recused, match="您应当回避"):
        step(other, *turn)


def test_a_judgement_against_the_visit_gives_its_reason(visited, other):
    with pytest.raises(Invalid, match="请写明理由"):
        step(other, course.judge, False)
    assert step(other, course.judge, False, "照片与申报的住房不符")["state"] == checks.DEVIATION


def test_visitors_can_be_sent_again(engine, visited, staff, other):
    row = step(other, course.send_back, "没有走访邻居")
    assert (row["state"], row["owner"], row["visited_on"]) == (checks.ASSIGNED, "reviewer", None)
    visit(engine, visited, staff("reviewer"), result="absent", papers=())
    assert check()["result"] == "absent" and len(database.raw("cases").find_one({"_id": visited.id})["records"]) > 2


@pytest.fixture
def ordered(engine, drawn, staff, other):
    step(staff("reviewer"), course.assign, ["reviewer", "reviewer2"])
    visit(engine, drawn, staff("reviewer"), result="ineligible")
    step(other, course.judge, False)
    step(other, course.order, "terminate", "查实家庭已不符合条件，请按程序终止待遇")
    return drawn


def test_a_deviation_is_put_right_on_the_case_before_it_is_closed(engine, ordered, staff, other):
    row, later = check(), date(2026, 10, 20)
    assert (row["state"], row["stage"], row["due"]) == (checks.RECTIFYING, checks.RECTIFY, "2026-10-26")
    with pytest.raises(Invalid, match="请先在案件上办理，或者说明"):
        act(engine, ordered, staff("clerk"), "answer_rectification", on=later, done="已核实")
    clerk, head = staff("clerk"), staff("head")
    act(engine, ordered, clerk, "propose_termination", later, driver="", code="income", last_month="2026-10", reason="收入超过标准")
    act(engine, ordered, clerk, "answer_rectification", on=later, done="已提出终止", papers=["rectification_papers"])
    assert (check()["stage"], check()["due"]) == (checks.RECHECK, "2026-11-03")
    with pytest.raises(Invalid, match="还没有“终止待遇”的决定"):
        step(other, course.recheck, True, "已看材料", on=later)
    heard = {"date": later, "way": "visit", "who": "龙虚构", "opinion": "同意", "answer": "无"}
    act(engine, ordered, clerk, "record_hearing", later, driver="", **heard)
    act(engine, ordered, head, "terminate", later, driver="", clause="民发〔2021〕57号 第三十二条")
    assert step(other, course.recheck, True, "已终止，材料齐全", on=later)["state"] == checks.CLOSED
    assert [line["what"] for line in check()["history"]][-2:] == ["反馈整改情况", "复核通过，销号"]


def test_what_is_not_done_goes_back_with_a_new_day(engine, ordered, staff, other):
    act(engine, ordered, staff("clerk"), "answer_rectification", done="正在核实", exception="当事人在外地，月底返乡")
    row = step(other, course.recheck, False, "请在当事人返乡后办理", on=date(2026, 10, 15))
    assert (row["stage"], row["due"], row["order"]["due"]) == (checks.RECTIFY, "2026-10-29", "2026-10-29")


def test_nobody_answers_for_another_township(engine, ordered, staff):
    with acting(staff("far")), pytest.raises(NotFound):
        checks.get(check()["_id"], staff("far"))


def test_carrying_the_visit_twice_changes_nothing(visited):
    row = check()
    line = next(line for line in row["history"] if line.get("key"))
    course.carry({}, {"key": line["key"], "data": {"check": row["_id"], "set": {"state": "DRAWN"}, **line}})
    assert check() == row


def test_a_stale_page_changes_nothing(drawn, staff):
    step(staff("reviewer"), course.assign, ["reviewer", "reviewer2"])
    with pytest.raises(Conflict):
        step(staff("reviewer"), course.assign, ["reviewer2", "reviewer"], reason="临时出差", rev=0)


# Substitution


def test_a_household_that_cannot_be_visited_gives_way_to_the_next_of_the_draw(opened, draw, staff):
    opened(10)
    draw(date(2026, 4, 1))
    reviewer = staff("reviewer")
    before = check()
    done = step(reviewer, course.substitute, "away", "全家在广东务工，年底返乡", on=date(2026, 4, 8))
    new = database.raw(checks.COLLECTION).find_one({"number": done["replaced_by"]})
    assert done["state"] == checks.SUBSTITUTED and new["replaces"] == before["number"] and new["state"] == checks.DRAWN
    rest = [row["number"] for row in database.raw(checks.COLLECTION).find({"state": checks.DRAWN})]
    assert len(rest) == 3 and before["number"] not in rest
    assert list(proof.findings(2026)) == []
    assert draw(date(2026, 7, 1))["drawn"] == 0


def test_a_stale_page_draws_nobody(opened, draw, staff):
    opened(10)
    draw(date(2026, 4, 1))
    with pytest.raises(Conflict):
        step(staff("reviewer"), course.substitute, "away", "全家外出务工", on=date(2026, 4, 8), rev=7)
    assert database.raw("spot_draws").count_documents({"replaces": {"$ne": None}}) == 0 and list(proof.findings(2026)) == []


@pytest.mark.parametrize("name", ["replace", "store_checks", "get"])
def test_a_replacement_left_half_way_is_finished_by_the_sweep(opened, draw, staff, monkeypatch, name):
    opened(10)
    draw(date(2026, 4, 1))
    first = check()
    with monkeypatch.context() as patch:
        patch.setattr(rounds, name, lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            step(staff("reviewer"), course.substitute, "away", "全家外出务工", on=date(2026, 4, 8))
    with dates.frozen(date(2026, 4, 8)):
        assert course.sweep() == 1 and course.sweep() == 0
    old = database.raw(checks.COLLECTION).find_one({"_id": first["_id"]})
    new = database.raw(checks.COLLECTION).find_one({"number": old["replaced_by"]})
    assert old["state"] == checks.SUBSTITUTED and new["replaces"] == old["number"] and new["history"][0]["by"] == "reviewer"
    assert list(proof.findings(2026)) == []


def test_when_nobody_is_left_the_next_round_makes_up_for_it(opened, draw, staff):
    opened(1)
    draw(date(2026, 4, 1))
    assert step(staff("reviewer"), course.substitute, "away", "全家外出务工", on=date(2026, 4, 8))["replaced_by"] == ""
    opened(1, on="2026-05-01")
    assert draw(date(2026, 7, 1))["drawn"] == 1
    assert list(proof.findings(2026)) == []


def test_a_relative_or_a_complaint_is_never_replaced(drawn, staff):
    database.raw(checks.COLLECTION).update_one({}, {"$set": {"bases": ["random", "related"]}})
    with pytest.raises(Invalid, match="必须核查，不能替换"):
        step(staff("reviewer"), course.substitute, "away", "全家外出务工")


def test_replacing_asks_for_a_reason_and_is_the_countys(drawn, staff):
    with pytest.raises(Invalid, match="请选择替换原因"):
        step(staff("reviewer"), course.substitute, "", "随便")
    with pytest.raises(Invalid, match="请写明不能入户"):
        step(staff("reviewer"), course.substitute, "away", "")
    with pytest.raises(NotFound):
        step(staff("head"), course.substitute, "away", "全家外出务工")


def test_measures_name_records_that_the_machine_has():
    from adminapp.workflow.machine import ACTIONS

    kinds = {action.record for action in ACTIONS.values()}
    for measure in course.MEASURES.values():
        assert set(measure.proposed) | set(measure.decided) <= kinds
    options = {option.code: option.label for field in ACTIONS["record_spot_check"].closing if field.id == "result" for option in field.options}
    assert options == {key: result.label for key, result in course.RESULTS.items()}


