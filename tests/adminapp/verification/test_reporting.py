"""From the batch to the report and the objection: rows are matched, judged alone, sealed, compared; a household is told and may object."""

import json
from datetime import date

import pytest
from openpyxl import Workbook

from adminapp import database, dates
from adminapp.errors import Forbidden, Invalid
from adminapp.scope import Actor, acting
from adminapp.tabular import read_table
from adminapp.verification import batches, findings, intake, reporting, requests
from adminapp.workflow.transition import edit
from tests.adminapp.verification.conftest import (
    CHILD_ID,
    DAY,
    HEAD_ID,
    REVIEWER,
    SOURCE,
    VISIT,
    WIFE_ID,
    act,
    asked,
    move,
    opened,
)
from tests.story import CLERK, STRANGER

HEAD = ["核对序号", "姓名", "公民身份号码", "信息类别", "核对结果", "金额（元）", "数量", "明细", "数据日期"]
LATER = date(2026, 9, 18)


@pytest.fixture
def batch(county, case):
    """Return the batch of the one case, sent out."""
    return sent_out(county, asked(county, case))


def sent_out(county, case):
    with acting(REVIEWER), dates.frozen(DAY):
        made = batches.make([requests.of_case(case.id)[0]["_id"]], REVIEWER)
        for row in batches.rows_of(made["_id"]):
            assert reporting.send(county, row, REVIEWER) == ""
        batches.mark_sent(made["_id"], REVIEWER, "job")
        return batches.get(made["_id"])


def file_of(*rows):
    from io import BytesIO

    book, out = Workbook(), BytesIO()
    for row in (HEAD, *rows):
        book.active.append(list(row))
    book.save(out)
    return out.getvalue()


def take(batch, data):
    """Take a file as the job does; return (rows, {request id: state})."""
    with acting(REVIEWER):
        layout, table = intake.layout(), read_table(data)
        rows, header = list(layout.read(table)), layout.header(table)
        sorted_rows = intake.sort(rows, batches.rows_of(batch["_id"]), header.places)
        return rows, {key: intake.store(key, arrived, "digest") for key, arrived in sorted_rows.items()}


def lines_of(batch, **found):
    """Return a row for each person and kind: {(ID, kind): (found, amount, count)} are the exceptions to 无信息."""
    people = [(1, "龙䶮虚构", HEAD_ID), (2, "吴妻虚构", WIFE_ID), (3, "龙小虚构", CHILD_ID)]
    for line, name, number in people:
        for kind in ("银行存款", "机动车"):
            state, amount, count = found.get("rows", {}).get((number, kind), ("无信息", None, None))
            yield [f"{batch['_id']}-{line:05d}", name, number, kind, state, amount, count, None, None]


def request(case):
    return database.raw(requests.COLLECTION).find_one({"case": case.id}, sort=[("asked_on", -1), ("_id", -1)])


def report(county, case, on=LATER, results=None, notes=None, told=None):
    with acting(REVIEWER), dates.frozen(on):
        row = requests.get(request(case)["_id"])
        compared = reporting.proposal(county, row)
        given = {item.kind.key: item.result for item in compared} | (results or {})
        return reporting.report(county, row, given, notes or {}, "", REVIEWER, told)


def test_a_batch_numbers_its_lines_and_starts_the_clock_of_the_case(county, case, batch):
    assert batch["_id"] == "HD2026-0001" and (batch["requests"], batch["people"]) == (1, 3) and batch["state"] == "sent"
    assert [person["line"] for person in request(case)["people"]] == [f"HD2026-0001-{n:05d}" for n in (1, 2, 3)]
    with acting(CLERK):
        case.reload()
    assert next(clock for clock in case.clocks if clock["id"] == "verification")["stopped"] == DAY.isoformat()
    assert case.last_record("verification_sent")["data"]["batch"] == batch["_id"]


def test_nobody_chosen_is_nobody(county, case):
    asked(county, case)
    with acting(REVIEWER), pytest.raises(Invalid, match="没有选择"):
        batches.make([], REVIEWER)


def test_a_request_goes_into_one_batch_only(county, case, batch):
    with acting(REVIEWER), pytest.raises(Invalid, match="已经由他人组批"):
        batches.make([request(case)["_id"]], REVIEWER)


def test_a_case_that_left_the_survey_is_taken_out(county, case):
    asked(county, case)
    act(county, case, "stop_uncooperative", {"reason": "拒不配合"})
    with acting(REVIEWER), dates.frozen(DAY):
        made = batches.make([request(case)["_id"]], REVIEWER)
        assert "已不在调查阶段" in reporting.send(county, batches.rows_of(made["_id"])[0], REVIEWER)
    assert request(case)["state"] == "cancelled"


def test_a_request_sent_late_waits_for_the_reason_and_goes_out_with_it(county, case):
    asked(county, case)
    late = date(2026, 9, 22)
    with acting(REVIEWER), dates.frozen(late):
        made = batches.make([request(case)["_id"]], REVIEWER)
        [row] = batches.rows_of(made["_id"])
        assert "已超期，请选择超期原因" in reporting.send(county, row, REVIEWER)
        assert request(case)["state"] == "sent" and not reloaded(case).records_of("verification_sent")
        why = {"late_code": "staff", "late_reason": "核对人员轮换"}
        assert reporting.send(county, requests.get(row["_id"]), REVIEWER, why) == ""
    record = reloaded(case).last_record("verification_sent")
    assert record["late_reason"] == "核对人员轮换" and record["late"][0]["clock"] == "verification"


def test_a_batch_whose_last_household_left_the_survey_is_closed(county, case, batch):
    database.raw(requests.COLLECTION).update_one({"_id": request(case)["_id"]}, {"$set": {"batch": "HD2026-0009"}})  # as if never sent
    database.raw(batches.COLLECTION).insert_one({**batch, "_id": "HD2026-0009", "serial": 9})
    act(county, reloaded(case), "stop_uncooperative", {"reason": "拒不配合"})
    with acting(REVIEWER), dates.frozen(DAY):
        assert reporting.send(county, request(case), REVIEWER)
    assert request(case)["state"] == "cancelled" and batches.get("HD2026-0009")["state"] == "closed"


@pytest.fixture
def spared(county):
    """Return an asked case of a type that spares whoever is in urgent need the verification."""
    county.registry.publish(SOURCE.replace("  - verification\n", "  - {step: verification, unless: urgent}\n"), "test", county.standards.types())
    return asked(county, opened(county))


def say_urgent(county, case, urgent):
    with acting(CLERK), dates.frozen(DAY):
        edit(move(county, case), {"urgent": urgent}, case.rev)


def test_a_case_that_needs_no_verification_any_more_is_taken_out_and_goes_on(county, spared):
    say_urgent(county, spared, True)
    with acting(REVIEWER), dates.frozen(DAY):
        made = batches.make([request(spared)["_id"]], REVIEWER)
        batches.mark_sent(made["_id"], REVIEWER, "job")
        assert "不再需要核对，没有发出" in reporting.send(county, batches.rows_of(made["_id"])[0], REVIEWER)
    assert request(spared)["state"] == "cancelled" and "不再需要核对" in request(spared)["summary"]
    assert batches.get(made["_id"])["state"] == "closed"
    assert [clock["stopped"] for clock in reloaded(spared).clocks if clock["id"] == "verification"] == [DAY.isoformat()]
    told = database.raw("events").find_one({"case": spared.id, "action": "cancel_verification"})["data"]
    assert told["request"] == request(spared)["_id"]
    act(county, reloaded(spared), "record_visit", VISIT)
    assert act(county, reloaded(spared), "form_opinion").state == "opinion"


def test_what_was_cancelled_can_be_asked_for_again_when_it_is_needed_after_all(county, spared):
    say_urgent(county, spared, True)
    with acting(REVIEWER), dates.frozen(DAY):
        made = batches.make([request(spared)["_id"]], REVIEWER)
        reporting.send(county, batches.rows_of(made["_id"])[0], REVIEWER)
    say_urgent(county, reloaded(spared), False)
    act(county, reloaded(spared), "request_verification")
    assert [row["state"] for row in database.raw(requests.COLLECTION).find().sort("state")] == ["cancelled", "waiting"]


def test_what_came_back_of_a_case_that_needs_no_verification_any_more_is_not_reported(county, spared):
    batch = sent_out(county, spared)
    take(batch, file_of(*lines_of(batch)))
    say_urgent(county, reloaded(spared), True)
    with pytest.raises(Invalid, match="不再需要核对，不再出具报告"):
        report(county, spared)
    assert request(spared)["state"] == "cancelled" and batches.get(batch["_id"])["state"] == "closed"
    rows, states = take(batch, file_of(*lines_of(batch)))
    assert "已经撤销" in rows[0].problems[0][1] and list(states.values()) == ["cancelled"]


def test_a_report_given_late_tells_why(county):
    clock = "  - {id: reporting, label: 出具报告, from: verification_started, to: verified, limit: 1, clause: 本县}\n"
    county.registry.publish(SOURCE.replace("clocks:\n", "clocks:\n" + clock), "test", county.standards.types())
    case = opened(county)
    batch = sent_out(county, asked(county, case))
    take(batch, file_of(*lines_of(batch)))
    with pytest.raises(Invalid, match="已超期"):
        report(county, case)
    with dates.frozen(LATER), acting(REVIEWER):
        assert [item["id"] for item in reporting.late(county, request(case))] == ["reporting"]
    assert report(county, case, told={"late_code": "data", "late_reason": "银行未返回"})["state"] == "reported"


def test_a_reviewer_who_is_recused_leaves_the_household_to_a_colleague(county, case, official):
    asked(county, case)
    kin = Actor("kin", "县核对乙虚构", REVIEWER.roles, REVIEWER.townships)
    official(account=kin.id, relatives=[("parent", "龙䶮虚构", HEAD_ID)])
    with acting(REVIEWER), dates.frozen(DAY):
        made = batches.make([request(case)["_id"]], REVIEWER)
        [row] = batches.rows_of(made["_id"])
        assert "应当回避" in reporting.send(county, row, kin)
        assert request(case)["state"] == "sent" and not reloaded(case).records_of("verification_sent")
        assert reporting.send(county, requests.get(row["_id"]), REVIEWER) == ""
    assert reloaded(case).last_record("verification_sent")["by"] == REVIEWER.id


def test_a_clear_household_is_reported_and_goes_on(county, case, batch):
    act(county, reloaded(case), "record_visit", VISIT)
    _rows, states = take(batch, file_of(*lines_of(batch, rows={(WIFE_ID, "银行存款"): ("有信息", 4999.99, None)})))
    assert list(states.values()) == ["returned"]
    with acting(REVIEWER), dates.frozen(LATER):
        assert reporting.is_clear(reporting.proposal(county, request(case)))
    done = report(county, case)
    assert done["result"] == "consistent" and [item["result"] for item in done["results"]] == ["consistent", "none"]
    record = reloaded(case).last_record("verification")
    assert record["data"]["kinds"][0] == {"kind": "银行存款", "result": "consistent", "note": ""} and record["by"] == "reviewer"
    act(county, reloaded(case), "form_opinion", on=LATER)
    assert database.raw(batches.COLLECTION).find_one()["state"] == "closed"


def reloaded(case):
    with acting(CLERK):
        case.reload()
    return case


def test_raw_figures_are_sealed_and_no_record_or_event_tells_them(county, case, batch):
    take(batch, file_of(*lines_of(batch, rows={(WIFE_ID, "银行存款"): ("有信息", 123456.78, None)})))
    report(county, case, notes={"deposits": "存款超过申报"})
    everything = json.dumps([list(database.raw(name).find({})) for name in ("verifications", "cases", "events")], default=str)
    assert "12345678" not in everything and "123456.78" not in everything
    with acting(REVIEWER):
        opened_by = findings.opened(requests.get(request(case)["_id"]), REVIEWER)
    assert opened_by["HD2026-0001-00002"]["deposits"][0]["amount"] == 12345678
    for stranger in (CLERK, STRANGER):
        with pytest.raises(Forbidden, match="只有县级核对人员"):
            findings.opened(request(case), stranger)


def test_the_same_file_twice_changes_nothing(county, case, batch):
    data = file_of(*lines_of(batch))
    take(batch, data)
    before = request(case)
    take(batch, data)
    assert request(case) == before


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({0: "HD2026-0001-00099"}, "本批没有核对序号"),
        ({2: CHILD_ID}, "不是同一人"),
        ({1: "吴气虚构"}, "姓名与发出的“吴妻虚构”不同"),
        ({3: "养老金"}, "没有提请核对这类信息"),
        ({3: "银行存钱"}, "不在选项中，是否要写“银行存款”"),
        ({4: "有信息", 5: None}, "有信息的“银行存款”要填金额"),
        ({4: "无信息", 5: 5}, "却填了金额"),
        ({4: "有信息", 5: "一万"}, "金额"),
        ({8: "2026-02-30"}, "不是日期"),
        ({2: "43312319650101004"}, "17 位"),
    ],
)
def test_one_malformed_row_is_rejected_alone(county, case, batch, change, sentence):
    rows = list(lines_of(batch))
    for place, value in change.items():
        rows[2][place] = value
    judged, states = take(batch, file_of(*rows))
    assert [bool(row.problems) for row in judged] == [number == 2 for number in range(6)]
    assert sentence in "；".join(text for _place, text in judged[2].problems)
    assert list(states.values()) == ["sent"]  # the others are in; this household waits for its row
    take(batch, file_of(*lines_of(batch)))
    assert request(case)["state"] == "returned"


def test_a_bad_row_next_to_a_good_one_of_its_kind_holds_the_report(county, case, batch):
    rows = list(lines_of(batch, rows={(WIFE_ID, "银行存款"): ("有信息", 10, None)}))
    twin = [*rows[2]]
    twin[5] = "一万"
    take(batch, file_of(*rows, twin))
    assert request(case)["state"] == "sent" and request(case)["faulty"] == ["HD2026-0001-00002/deposits"]
    with pytest.raises(Invalid, match="还没有全部返回"):
        report(county, case)
    twin[5] = 20
    take(batch, file_of(*rows, twin))
    with acting(REVIEWER):
        assert reporting.proposal(county, request(case))[0].total == 3000  # 10 and 20 yuan, not 10 and 10 and 20


def test_a_finding_without_a_figure_is_judged_by_a_person(county, case, batch):
    take(batch, file_of(*lines_of(batch, rows={(HEAD_ID, "机动车"): ("有信息", None, 1)})))
    with pytest.raises(Invalid, match="请给出机动车的核对结果"):
        report(county, case)
    with pytest.raises(Invalid, match="请写明机动车的说明"):
        report(county, case, results={"vehicles": "explained"})
    assert report(county, case, results={"vehicles": "explained"}, notes={"vehicles": "残疾人代步车"})["result"] == "consistent"


def failed(county, case, batch, answer):
    act(county, reloaded(case), "record_visit", VISIT)
    take(batch, file_of(*lines_of(batch, rows={(WIFE_ID, "银行存款"): ("有信息", 5000.01, None)})))
    report(county, case, notes={"deposits": "存款超过申报"})
    with pytest.raises(Invalid, match="请先告知申请人"):
        act(county, reloaded(case), "form_opinion", on=LATER)
    told = {"date": LATER, "way": "direct", "receiver": "本人", "answer": answer}
    return act(county, reloaded(case), "tell_verification", told, on=LATER)


def test_who_failed_is_told_in_time_and_goes_on_when_nobody_objects(county, case, batch):
    failed(county, case, batch, "accepted")
    assert next(clock for clock in case.clocks if clock["id"] == "telling")["stopped"] == LATER.isoformat()
    act(county, reloaded(case), "form_opinion", on=LATER)


def test_who_keeps_the_right_to_object_has_the_days_of_the_rule(county, case, batch):
    failed(county, case, batch, "later")
    with pytest.raises(Invalid, match="异议期限到 2026-09-24 为止"):
        act(county, reloaded(case), "form_opinion", on=date(2026, 9, 24))
    act(county, reloaded(case), "form_opinion", on=date(2026, 9, 25))


def test_an_objection_with_proof_leads_to_a_second_verification(county, case, batch):
    failed(county, case, batch, "later")
    said = {"objector": "本人", "date": LATER, "content": "存款是公款，代村里保管"}
    with pytest.raises(Invalid, match="请附上“异议证明材料”"):
        act(county, reloaded(case), "object_verification", said, on=LATER)
    with pytest.raises(Invalid, match="已经超过"):
        act(county, reloaded(case), "object_verification", {**said, "date": date(2026, 10, 20)}, on=date(2026, 10, 20), papers=["verification_proof"])
    act(county, reloaded(case), "object_verification", said, on=LATER, papers=["verification_proof"])
    with pytest.raises(Forbidden):  # the second answer is waited for
        act(county, reloaded(case), "form_opinion", on=LATER)
    again = request(case)
    assert again["occasion"] == "verification_objection" and again["state"] == "waiting"
    with acting(REVIEWER), dates.frozen(LATER):
        made = batches.make([again["_id"]], REVIEWER)
        assert reporting.send(county, batches.rows_of(made["_id"])[0], REVIEWER) == ""
        batches.mark_sent(made["_id"], REVIEWER, "job")
    take(batches.get(made["_id"]), file_of(*lines_of(made)))
    report(county, case)
    act(county, reloaded(case), "form_opinion", on=LATER)
    assert [record["data"]["result"] for record in case.records_of("verification")] == ["inconsistent", "consistent"]


def test_a_report_given_twice_is_one_record(county, case, batch):
    take(batch, file_of(*lines_of(batch)))
    before = request(case)
    report(county, case)
    database.raw(requests.COLLECTION).update_one({"_id": before["_id"]}, {"$set": {"state": "returned"}})  # killed before the request was written
    report(county, case)
    assert len(reloaded(case).records_of("verification")) == 1 and request(case)["state"] == "reported"


def test_a_reported_household_takes_no_more_rows(county, case, batch):
    take(batch, file_of(*lines_of(batch)))
    report(county, case)
    rows, _states = take(batch, file_of(*lines_of(batch)))
    assert "已经出具" in rows[0].problems[0][1]


def test_the_other_township_does_not_see_a_request(county, case, batch):
    from adminapp.errors import NotFound

    with acting(STRANGER), pytest.raises(NotFound):
        requests.get(request(case)["_id"])
    with acting(STRANGER):
        assert requests.of_case(case.id) == []


def test_two_households_of_a_batch_do_not_wait_for_each_other(county, case):
    other = opened(county, name="石丙虚构", number="433123192412310024", members=[])
    asked(county, case)
    from tests.adminapp.verification.conftest import sign

    sign(county, other, "石丙虚构")
    act(county, other, "request_verification")
    with acting(REVIEWER), dates.frozen(DAY):
        ids = [row["_id"] for row in database.raw(requests.COLLECTION).find({})]
        made = batches.make(ids, REVIEWER)
        for row in batches.rows_of(made["_id"]):
            reporting.send(county, row, REVIEWER)
        batches.mark_sent(made["_id"], REVIEWER, "job")
    take(made, file_of(*lines_of(made)))  # only the first household's rows came
    assert {row["name"]: row["state"] for row in database.raw(requests.COLLECTION).find({})} == {"龙䶮虚构": "returned", "石丙虚构": "sent"}
