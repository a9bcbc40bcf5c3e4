"""What an evaluation counts: rows of registers by township, type and code, and the days that steps took."""

from collections import Counter

import pytest
from bson import ObjectId
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adminapp import database
from adminapp.errors import SetupError
from adminapp.evaluation import figures, plan, tables
from adminapp.registers import rows
from adminapp.scope import Actor
from tests.conftest import HERE, THERE

COUNTY = Actor("r", "县级", frozenset({"county_reviewer"}), None)
CLERK = Actor("c", "经办", frozenset({"township_clerk"}), frozenset({HERE}))
NAMES = {HERE: "甲乡", THERE: "乙乡"}


def step(taken, *, township=HERE, outcome="in_time", clock="decision", unit="workday", done="2026-05-06", key="demo"):
    row = {"township": township, "village": f"{township}001", "type": key, "number": "1", "case": ObjectId(), "name": "虚构", "clock": clock, "unit": unit}
    return row | {"started": "2026-05-01", "due": "2026-05-20", "done": done, "taken": taken, "outcome": outcome}


@pytest.fixture
def steps(app):
    found = [*(step(days) for days in (1, 2, 3, 4)), step(30, outcome="late"), step(5, township=THERE, clock="survey_start"), step(9, done="2026-07-01")]
    database.raw("deadlines").insert_many(found)


def gather(actor=COUNTY, first="2026-05", last="2026-06"):
    return figures.gather(plan.plan(), first, last, actor)


def test_steps_are_counted_by_place_and_type_with_the_days_they_took(steps):
    found = gather()
    here = found[HERE, "demo"]
    assert (here.counts["steps"], here.counts["on_time"]) == (5, 4) and here.share(plan.plan().measure("on_time")) == 0.8
    assert here.taken == {("decision", "workday"): Counter({1: 1, 2: 1, 3: 1, 4: 1, 30: 1})}
    assert found[THERE, "demo"].taken == {("survey_start", "workday"): Counter({5: 1})}
    assert figures.total(found).counts["steps"] == 6 and figures.total(found, [THERE]).counts["steps"] == 1
    assert figures.total(gather(last="2026-07")).counts["steps"] == 7


def test_what_is_not_shown_to_a_township_is_not_counted_for_it(app):
    check = {"township": THERE, "village": f"{THERE}001", "type": "demo", "year": 2026, "visited_on": "2026-05-06", "result": "true", "bases": ["random"]}
    database.raw("spot_checks").insert_many([check | {"_id": "1", "shown": True}, check | {"_id": "2", "shown": False, "result": "amount"}])
    database.raw("complaints").insert_one({"_id": "T", "township": HERE, "received_on": "2026-05-06", "conclusion": "true"})
    county, township = figures.total(gather()), figures.total(gather(CLERK))
    assert (county.counts["checks"], county.counts["consistent"], county.counts["complaints"], county.counts["found_true"]) == (2, 1, 1, 1)
    assert (township.counts["checks"], township.counts["complaints"]) == (1, 0)


def test_every_measure_counts_exactly_the_rows_that_its_register_opens(steps):
    database.raw("objections").insert_many(
        {"_id": f"YY{n}", "township": HERE, "type": "demo", "received_on": "2026-06-30", "decision": decision, "state": "REPLIED"}
        for n, decision in enumerate(("upheld", "dismissed", "dismissed"))
    )
    record = {"id": "r", "kind": "supplement_request", "action": "request_supplement", "on": "2026-06-01", "data": {}}
    database.raw("cases").insert_one({"number": "1", "township": HERE, "type": "demo", "records": [record, record | {"id": "s", "on": "2026-07-01"}]})
    database.raw("leads").insert_one({"_id": "XS", "township": HERE, "month": "2026-06", "state": "helped"})
    found = figures.total(gather())
    for measure in plan.plan().measures:
        asked = rows.Asked("2026-05", "2026-06", codes=dict(measure.codes))
        stages = [*rows.pipeline(measure.source, asked, COUNTY), {"$count": "n"}]
        listed = next(iter(database.raw(measure.source.collection).aggregate(stages)), {"n": 0})["n"]
        assert found.counts[measure.key] == listed, measure.key
    assert (found.counts["objections"], found.counts["upheld"], found.counts["supplements"], found.counts["helped"]) == (3, 1, 1, 1)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(0, 60), min_size=1, max_size=40), st.sampled_from([0.5, 0.9, 1.0]))
def test_a_percentile_is_the_least_number_of_days_that_so_many_kept(days, share):
    found = figures.percentile(Counter(days), share)
    assert found in days
    assert sum(day <= found for day in days) >= share * len(days) - 1e-9
    assert sum(day < found for day in days) < share * len(days)


def test_nothing_has_no_percentile():
    assert figures.percentile(Counter(), 0.5) is None


def evaluate(actor, places, township=""):
    steps, measures = {"decision": "审核确认", "survey_start": "调查"}, plan.plan().readable(actor)
    return tables.evaluate(gather(actor), measures, places, 2, township, "", {"demo": "演示"}, steps)


def cells(found, key, label):
    table = next(table for table in found.tables if table.key == key)
    return dict(zip(table.columns, (cell.text for cell in next(row for row in table.rows if row.label == label).cells), strict=True))


def test_townships_stand_side_by_side_with_average_and_sum(steps):
    found = evaluate(COUNTY, NAMES)
    assert cells(found, "places", "甲乡")["按时办结"] == "4（80.0%）"
    assert cells(found, "places", "乡镇平均")["办结环节"] == "3.0" and cells(found, "places", "全县")["办结环节"] == "6"
    assert cells(found, "times", "甲乡") == {"审核确认": "3 / 30", "调查": ""}
    assert [(bar.label, bar.text) for bar in found.charts[0].bars] == [("全县", "83.3%"), ("甲乡", "80.0%"), ("乙乡", "100.0%")]
    assert found.charts[-1].bars[0].text == "3 / 30 个工作日"


def test_a_township_stands_beside_the_average_and_sees_no_other(steps):
    found = evaluate(CLERK, {HERE: "甲乡"}, HERE)
    assert [row.label for row in found.tables[0].rows] == ["甲乡", "乡镇平均"]
    assert "投诉举报" not in found.tables[0].columns
    behind = found.charts[0].table
    assert [row.label for row in behind.rows] == ["审核确认"] and behind.columns[-1] == "全县"
    assert all(not cell.where or cell.where["township"] == HERE for table in (*found.tables, behind) for row in table.rows for cell in row.cells)


GOOD = """
times: {register: steps, step: step, taken: taken, unit: unit}
measures:
  - {key: steps, label: 环节, register: steps}
  - {key: kept, label: 按时, register: steps, codes: {outcome: in_time}, of: steps, better: high}
"""


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("register: steps, codes", "register: stepz, codes", "没有“stepz”这本台账"), ("of: steps", "of: step", "前面没有“step”"),
        ("outcome: in_time", "taken: in_time", "没有可以筛选的“taken”一栏"), ("better: high", "better: up", "“up”不在可用值中"),
        ("key: kept", "key: steps", "“steps”写了两次"), ("taken: taken", "taken: days", "没有“days”一栏"), ("of: steps", "off_: steps", "不认识的键“off_”"),
        ("{outcome: in_time}", "{outcome: [in_time]}", "要写一个代码"), ("measures:", "measurez:", "measures: 必须填写"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_file_is_named(tmp_path, before, after, sentence):
    file = tmp_path / "evaluation.yaml"
    file.write_text(GOOD, "utf-8")
    assert len(plan.read_file(file).measures) == 2
    file.write_text(GOOD.replace(before, after), "utf-8")
    with pytest.raises(SetupError, match=sentence):
        plan.read_file(file)
