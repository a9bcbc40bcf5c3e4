"""The form of an action: its own entries and what the declaration adds, checked like an application; papers come with it."""

from datetime import date

import pytest

from adminapp import database, files
from adminapp.errors import Conflict, Invalid
from adminapp.scope import acting
from adminapp.workflow.asked import asked
from adminapp.workflow.transition import perform
from tests.story import CLERK, DECLARATION, SURVEYORS, move, walk

DAY = date(2026, 9, 16)
SURVEY = """\
survey:
  sections:
    - id: money
      title: 收入
      fields:
        - {id: found_income, label: 核实年收入, kind: money, source: income, required: true}
        - {id: found_persons, label: 核实人口, kind: integer, min: 1}
        - {id: found_head, label: 核实人均, kind: computed, formula: found_income / found_persons, result: money}
        - {id: why, label: 与申报不同的原因, kind: text, required_when: found_income > income}
    - id: home
      title: 住房
      visible_when: way == "visit"
      fields:
        - {id: rooms, label: 间数, kind: integer}
  validation:
    - {rule: found_persons < 30, message: 人口太多, field: found_persons}
"""
VISIT = {"date": DAY, "way": "visit", "surveyors": SURVEYORS, "respondent": "本人", "findings": "属实", "conclusion": "eligible"}
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def surveying(engine, case):
    """Return a case under way to its visit, of a version whose visit has a form."""
    registry, table = engine
    registry.publish(DECLARATION.replace("eligibility:", SURVEY + "eligibility:"), "test", table.types())
    database.raw("cases").update_one({"_id": case.id}, {"$set": {"schema_version": 2}})
    with acting(CLERK):
        found = registry.get("demo").model.objects.get(id=case.id)
    return walk(engine, found, (CLERK, DAY, "submit", {}), (CLERK, DAY, "accept", {"relative": False}), (CLERK, DAY, "start_survey", {}))


def visit(engine, case, **data):
    return walk(engine, case, (CLERK, DAY, "record_visit", {**VISIT, **data})).last_record("visit")


def test_the_form_is_own_entries_then_declared_ones_then_the_conclusion(engine, surveying):
    relief_type = engine[0].get("demo").relief_type
    form = asked("record_visit", relief_type)
    assert [section.id for section in form.sections] == ["own", "money", "home", "closing"]
    assert list(form.fields)[-2:] == ["findings", "conclusion"] and "found_income" not in form.own
    assert asked("record_visit", relief_type) is form
    assert [section.id for section in asked("accept", relief_type).sections] == ["own"]


def test_what_was_found_stands_in_the_record_with_what_follows_from_it(engine, surveying):
    record = visit(engine, surveying, found_income=600000, found_persons=3, rooms=4)
    assert record["data"]["found_income"] == 600000 and record["data"]["found_head"] == 200000 and record["data"]["rooms"] == 4
    assert "why" not in record["data"]  # nothing typed, nothing stored


def test_what_is_hidden_is_not_stored(engine, surveying):
    assert "rooms" not in visit(engine, surveying, way="neighbour", found_income=1, rooms=4)["data"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "请填写“核实年收入”"),
        ({"found_income": 1, "found_persons": 40}, "人口太多"),
        ({"found_income": 900001}, "请填写“与申报不同的原因”"),  # a condition on the application
        ({"found_income": 1, "surveyors": [{"name": "吴虚构", "unit": "", "relative": False}, SURVEYORS[1]]}, "第 1 行缺“单位”"),
        ({"found_income": 1, "date": date(2026, 9, 17)}, "还没有到"),
        ({"found_income": 1, "date": date(2026, 9, 15)}, "早于申请日期"),
    ],
)
def test_what_is_missing_or_wrong_is_refused_in_words(engine, surveying, data, sentence):
    with pytest.raises(Invalid, match=sentence):
        visit(engine, surveying, **data)


def test_papers_are_stored_with_the_record_they_prove(engine, surveying):
    with acting(CLERK):
        paper = files.prepare(surveying, CLERK, "visit_form", "调查表.pdf", PDF)
        step = move(engine, surveying, **VISIT, found_income=1)
        step.files = [paper]
        perform(step, "record_visit")
        stored = engine[0].get("demo").model.objects.get(id=surveying.id)
    record = stored.last_record("visit")
    assert [(item.document, item.record) for item in stored.files] == [("visit_form", record["id"])]
    assert files.read(stored, paper.id)[1] == PDF
    event = database.raw("events").find_one({"case": stored.id, "action": "record_visit"})
    assert event["data"]["files"] == [{"name": "调查表.pdf", "digest": paper.digest}]


def test_papers_of_a_refused_action_are_on_no_case(engine, surveying):
    registry, _ = engine
    with acting(CLERK):
        stale = registry.get("demo").model.objects.get(id=surveying.id)
        visit(engine, surveying, found_income=1)
        step = move(engine, stale, **VISIT, found_income=2)
        step.files = [files.prepare(stale, CLERK, "visit_form", "调查表.pdf", PDF)]
        with pytest.raises(Conflict):
            perform(step, "record_visit")
        assert registry.get("demo").model.objects.get(id=surveying.id).files == []
