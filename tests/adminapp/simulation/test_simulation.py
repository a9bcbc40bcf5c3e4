"""试算: who gains, loses, gets more or less, why and how much; it writes nothing to cases and holds to the fen after publishing."""

from datetime import date

import pytest
from bson import ObjectId

from adminapp import awards, contents, database, dates
from adminapp.errors import Invalid
from adminapp.jobs import model as jobs
from adminapp.jobs import runner
from adminapp.recipes import store as recipes
from adminapp.scope import system
from adminapp.simulation import ordering, source, store, work
from adminapp.simulation.plan import read_plan
from adminapp.simulation.totals import pick
from adminapp.workflow.machine import STATES
from adminapp.workflow.transition import Move
from tests.adminapp.simulation.conftest import ADMIN, TODAY, simulate, standards_item, type_item
from tests.crash import Killed, killed_at

RURAL_CAP = ("  rounding: up_yuan\n  clause: 按户月金额", "  cap: yuan(900)\n  rounding: up_yuan\n  clause: 按户月金额")
CAR_RULE = ('rule: \'vehicles <= standard("property.vehicles")\'', 'rule: \'vehicles + houses <= standard("property.vehicles")\'')
WRITTEN = {store.COLLECTION, store.ROWS, "jobs"}


def whole():
    found = database.current().command("dbHash")["collections"]
    return {name: value for name, value in found.items() if name not in WRITTEN}


def live(key):
    states = [name for name, state in STATES.items() if (state.open or state.on_roll or name == "suspended") and name != "draft"]
    return list(database.raw("cases").find({"type": key, "state": {"$in": states}}))


def test_a_raise_shows_who_gets_more_and_what_it_costs(place):
    before = whole()
    found, rows = simulate(place, standards_item(place, dibao__rural_year="6600.00"))
    assert whole() == before
    paying = [row for row in rows if row["group"] == "paying" and row["type"] == "dibao_rural"]
    assert paying and {row["outcome"] for row in paying} <= {"more", "gains"}
    for row in paying:
        assert row["delta"] == row["after"]["amount"] - row["before"]["amount"] and row["yearly"] == row["delta"] * 12
        assert any("农村低保标准（年） 6,000.00 → 6,600.00" in text for text in row["reasons"])
        assert not any(figure in str(row["causes"]) for figure in ("6,000", "6,600"))
    assert {row["type"] for row in rows} <= {"dibao_rural", "tekun"}
    assert found["counts"]["more"] == sum(row["outcome"] == "more" for row in rows)
    assert found["state"] == store.DONE and found["digest"]


def test_sums_by_type_township_and_category_agree_with_the_rows(place):
    found, rows = simulate(place, standards_item(place, dibao__rural_year="6600.00", dibao__urban="700.00"))
    sums = found["sums"]
    for dimension, name in (("type", "type"), ("township", "township")):
        picked = pick(sums, ("group", "value"), dimension=dimension)
        for (group, value), line in picked.items():
            mine = [row for row in rows if row["group"] == group and row[name] == value]
            assert line["delta"] == sum(row["delta"] for row in mine) and line["yearly"] == sum(row["yearly"] for row in mine)
    total = pick(sums, (), dimension="type")[()]
    assert total["cases"] == len(looked_at("dibao_rural", "dibao_urban", "tekun")) + len(looked_at("temporary", once=True))
    grades = pick(sums, ("value",), dimension="main_cause", type="dibao_rural", group="paying")
    assert sum(line["cases"] for line in grades.values()) == pick(sums, (), dimension="type", type="dibao_rural", group="paying")[()]["cases"]
    assert total["delta"] == total["after"] - total["before"]


def looked_at(*keys, once=False):
    """Return the cases a simulation looks at: of single payments only those that were not granted yet."""
    gone = [state for state in ("in_benefit", "change_pending", "suspended", "terminating", "grace") if once]
    refused = list(database.raw("cases").find({"type": {"$in": keys}, "state": "refused"}))
    return [case for key in keys for case in live(key) if case["state"] not in gone] + refused


def test_what_is_paid_stands_beside_what_the_rules_give_today(place):
    found, _ = simulate(place, standards_item(place, dibao__rural_year="6600.00"))
    line = pick(found["sums"], (), dimension="type", type="dibao_rural", group="paying")[()]
    month = dates.month_of(TODAY)
    paid = sum(awards.amount_in(award, month) for award in database.raw("awards").find({"type": "dibao_rural"}) if _is_paying(award))
    assert line["paid"] == paid > 0


def _is_paying(award):
    case = database.raw("cases").find_one({"_id": award["_id"]}, {"state": 1})
    return STATES[case["state"]].on_roll or case["state"] == "suspended"


def test_a_new_cap_and_a_stricter_condition_are_named_as_causes(place):
    found, rows = simulate(place, type_item(place, "dibao_rural", RURAL_CAP, CAR_RULE))
    assert {row["type"] for row in rows} == {"dibao_rural"}
    lost = [row for row in rows if row["outcome"] == "loses"]
    assert lost and found["counts"]["loses"] == len(lost)
    for row in lost:
        assert {"kind": "condition", "id": "vehicles", "label": "机动车辆在限额内：不符合"} in row["causes"]
        assert row["after"] == {"eligible": False, "amount": 0}
        assert any(text.startswith("条件“机动车辆在限额内”变为不符合") for text in row["reasons"])
    only_cap, capped = simulate(place, type_item(place, "dibao_rural", RURAL_CAP))
    capped = [row for row in capped if row["outcome"] == "less"]
    assert capped and all(row["after"]["amount"] == 90_000 for row in capped)
    assert all(any(cause["label"] == "上限" for cause in row["causes"]) for row in capped)


def test_nothing_changes_when_only_labels_do(place):
    found, rows = simulate(place, type_item(place, "dibao_rural", ("label: 重病, kind", "label: 重大疾病, kind")))
    assert rows == [] and {name for name, count in found["counts"].items() if count} == {"same"}


def test_a_formula_that_cannot_be_computed_is_an_error_of_the_case(place):
    gap = "value: '(standard(\"dibao.rural_year\") - per_capita_year) / "
    division = (f"{gap}12 * guaranteed'", f"{gap}land_leased_in'")
    _, rows = simulate(place, type_item(place, "dibao_rural", division))
    broken = [row for row in rows if row["outcome"] == "error"]
    assert broken and all(row["causes"] == [{"kind": "error", "id": "error", "label": "无法计算"}] for row in broken)
    assert all("除数为 0" in row["reasons"][0] for row in broken)


def test_a_programme_that_is_newly_excluded_ends_eligibility(place):
    awards = database.raw("awards")
    held = list(awards.find({"type": "disability_nursing", "spells": {"$elemMatch": {"state": "active", "to": None}}}, limit=3))
    awards.insert_many([{**row, "_id": ObjectId(), "number": f"E{row['number']}", "type": "education", "programme": "education"} for row in held])
    first = "excludes:\n  - {programme: "
    barred = (f"{first}tekun", f"{first}education, reason: 不能同时享受教育救助}}\n  - {{programme: tekun")
    _, rows = simulate(place, type_item(place, "disability_nursing", barred))
    assert {row["case"] for row in rows} >= {str(row["_id"]) for row in held} and {row["outcome"] for row in rows} == {"loses"}
    assert all(row["reasons"][0].startswith("不能同时享受教育救助") and row["causes"][0]["label"] == "与其他待遇冲突" for row in rows)


def test_what_cannot_be_simulated_is_refused(place):
    item, before = type_item(place, "dibao_rural"), database.raw(store.COLLECTION).count_documents({})
    with pytest.raises(Invalid, match="选择要试算的草稿"):
        ordering.order(place, [], "live", None, ADMIN)
    with pytest.raises(Invalid, match="还没有到的月份"):
        ordering.order(place, [item], "2026-10", None, ADMIN)
    with pytest.raises(Invalid, match="没有改正"):
        ordering.order(place, [item | {"text": ""}], "live", None, ADMIN)
    with pytest.raises(Invalid):
        ordering.order(place, [item], "2026-13", None, ADMIN)
    assert database.raw(store.COLLECTION).count_documents({}) == before


# A month


def test_a_month_runs_over_what_was_paid_in_it_with_the_values_of_its_decisions(place):
    found, rows = simulate(place, standards_item(place, dibao__rural_year="6600.00"), over="2026-06")
    assert found["on"] == "2026-06-30" and rows == []  # the raise begins in September
    item = standards_item(place)
    table = place.standards.with_value("dibao.rural_year", date(2026, 6, 1), "6600.00", "追溯")
    from adminapp.standards import to_text

    item |= {"text": to_text(table), "digest": "x"}
    found, rows = simulate(place, item, over="2026-06")
    known = source.end_of("2026-06")
    paid = {}
    for award in database.raw("awards").find({"type": {"$in": ["dibao_rural", "tekun"]}}):
        spells = awards.as_known(award, known)
        if spells["spells"] and (amount := awards.amount_in(spells, "2026-06")):
            paid[str(award["_id"])] = amount
    line = pick(found["sums"], (), dimension="type")[()]
    assert (line["cases"], line["paid"]) == (len(paid), sum(paid.values())) and {row["group"] for row in rows} == {"paying"}
    assert {row["case"] for row in rows} <= set(paid)


def test_the_same_month_gives_the_same_answer_after_cases_have_changed(place):
    item = type_item(place, "dibao_rural", RURAL_CAP, CAR_RULE)
    first, rows = simulate(place, item, over="2026-06")
    registry = place.registry
    for row in rows[:3]:
        case = database.raw("cases").find_one({"number": row["number"]})
        contents.keep(case, registry.get(case["type"], case["schema_version"]).relief_type)
        database.raw("cases").update_one({"_id": case["_id"]}, {"$set": {"x_savings": 99_999_999, "x_vehicles": 3}})
    again, same = simulate(place, item, over="2026-06")
    assert again["digest"] == first["digest"] and [bare(row) for row in same] == [bare(row) for row in rows]
    now, _ = simulate(place, item)
    assert now["digest"] != first["digest"]


def bare(row):
    return {name: value for name, value in row.items() if name not in ("_id", "simulation")}


# After publishing


def test_figures_after_publishing_equal_the_simulation_to_the_fen(place):
    new_field = "      - {id: rigid_costs, label: 残疾、重病刚性支出扣减,"
    item = type_item(
        place, "dibao_rural", RURAL_CAP, CAR_RULE,
        (new_field, "      - {id: land_rent, label: 折算地租, kind: money, unit: 元/年}\n" + new_field),
        ("formula: 'max(0, income_total - rigid_costs - job_costs)'", "formula: 'max(0, income_total + land_rent - rigid_costs - job_costs)'"),
        recipe=[{"to": "land_rent", "formula": "yuan(120) * floor(land_own)"}],
    )  # fmt: skip
    table = standards_item(place, dibao__rural_year="6600.00")
    found, rows = simulate(place, item, table)
    expected = {row["case"]: (row["after"]["eligible"], row["after"]["amount"]) for row in rows}
    assert {row["outcome"] for row in rows} >= {"loses", "more"}

    from adminapp.standards import from_text

    place.standards_store.replace(from_text(table["text"]), "test")
    new = place.registry.publish(item["text"], "test", place.standards.types())
    order = recipes.order("dibao_rural", [1], new.version, recipes.read({"which": "all", "turns": item["recipe"]}), ADMIN)
    runner.run_job(place, recipes.start(order["_id"], ADMIN)["job"])
    assert jobs.get(recipes.get(order["_id"])["job"])["failed"] == 0

    checked = total = 0
    with system("test"):
        for row in live("dibao_rural") + live("tekun"):
            published = place.registry.get(row["type"], row["schema_version"])
            decision = Move(published.model._from_son(row), published, ADMIN, place.standards, {}, TODAY).compute()
            amount = decision["amount"] if decision["eligible"] else 0
            if str(row["_id"]) in expected:
                assert expected[str(row["_id"])] == (decision["eligible"], amount)
                checked += 1
            total += amount
    assert checked == sum(row["group"] != "refused" for row in rows) > 20
    after = sum(line["after"] for (group,), line in pick(found["sums"], ("group",), dimension="type").items() if group != "refused")
    assert total == after


# The job


def test_two_processes_give_what_one_gives(place, monkeypatch):
    item = standards_item(place, dibao__rural_year="6600.00", dibao__urban="700.00")
    alone, rows = simulate(place, item)
    monkeypatch.setattr(work, "ALONE", 0)
    monkeypatch.setattr(source, "CHUNK", 20)
    together, same = simulate(place, item)
    assert together["sums"] == alone["sums"] and [bare(row) for row in same] == [bare(row) for row in rows]


def test_a_killed_job_goes_on_and_counts_no_case_twice(place, monkeypatch):
    monkeypatch.setattr(source, "CHUNK", 10)
    item = standards_item(place, dibao__rural_year="6600.00")
    whole_run, rows = simulate(place, item)
    row = ordering.order(place, [item], "live", None, ADMIN)
    job_id = store.start(row, ADMIN)
    for point in (4, 3, 5):
        for after in (False, True):
            with pytest.raises(Killed), killed_at(point, after):
                runner.run_job(place, job_id)
            database.raw("jobs").update_one({"_id": job_id}, {"$set": {"state": jobs.QUEUED}})
    runner.run_job(place, job_id)
    found = store.get(row["_id"])
    same = database.raw(store.ROWS).find({"simulation": row["_id"]}, sort=[("_id", 1)])
    assert (found["digest"], found["sums"]) == (whole_run["digest"], whole_run["sums"])
    assert [bare(each) for each in same] == [bare(each) for each in rows]


def test_types_that_read_no_moved_standard_are_left_out(place):
    row = ordering.order(place, [standards_item(place, old_age__80="70.00")], "live", None, ADMIN)
    assert source.keys(read_plan(place, row), place.registry) == ["old_age"]
    row = ordering.order(place, [standards_item(place)], "live", None, ADMIN)
    assert source.keys(read_plan(place, row), place.registry) == []


def test_what_no_release_keeps_is_removed_after_a_while(place):
    gone, rows = simulate(place, standards_item(place, dibao__rural_year="6600.00"))
    kept, _ = simulate(place, standards_item(place, dibao__rural_year="6600.00"))
    store.keep(kept["_id"])
    assert store.sweep() == 0 and rows
    with dates.frozen(TODAY + store.KEPT + store.KEPT):
        assert store.sweep() == 1 and store.sweep() == 0
    left = set(database.raw(store.ROWS).distinct("simulation")), {row["_id"] for row in store.listed()}
    assert all(kept["_id"] in ids and gone["_id"] not in ids for ids in left)
