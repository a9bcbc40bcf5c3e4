"""The ten declared relief types: their files are canonical and clean, and decide the worked examples of the rules."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from adminapp import standards
from adminapp.cases import CaseValues, check_values
from adminapp.decision import confirmer, decide
from adminapp.declaration import read_file, to_text
from adminapp.declaration.checks import check
from adminapp.identity import make_id
from adminapp.workflow.machine import STEPS

FOLDER = Path(__file__).parent.parent.parent / "schemas" / "relief_types"
FILES = sorted(FOLDER.glob("*.yaml"))
TYPES = {path.stem: read_file(path) for path in FILES}
STANDARDS = standards.read_file()
DAY = date(2024, 6, 3)
"""Standards of 2024: urban 700 a month, rural 5,400 a year, orphans 1,150."""


def born(year, month=1, day=1, sequence=1):
    return make_id("433123", date(year, month, day), sequence)


def member(name, relation, number, status="guaranteed", **more):
    return {
        "name": name,
        "relation": relation,
        "id_number": number,
        "status": status,
        "health": "good",
        "labour": "full",
        **more,
    }


class Held:
    """A register in which the people hold the given amounts in fen."""

    def __init__(self, **amounts):
        self.amounts = amounts

    def holds(self, programme):
        return programme in self.amounts

    household_holds = holds

    def monthly(self, programme):
        return self.amounts.get(programme, 0)


def decided(key, raw, on=DAY, awards=None, **envelope):
    relief_type = TYPES[key]
    names = {
        "applied_on": on,
        "accepted_on": on,
        "relative": False,
        "complaint": False,
        "objected": False,
        "urban": False,
    }
    values = CaseValues(relief_type, raw, names | envelope, standards=STANDARDS, on=on, awards=awards)
    return decide(relief_type, 1, values)


def failed(decision):
    return [item["id"] for item in decision["conditions"] if not item["passed"]]


# Files


def test_ten_types_are_declared():
    assert {item.code for item in TYPES.values()} == {
        "DB-C",
        "DB-R",
        "TK",
        "CJ-S",
        "CJ-H",
        "GE",
        "SS",
        "GL",
        "BS",
        "LS",
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_file_is_canonical(path):
    assert to_text(read_file(path)) == path.read_text("utf-8")
    assert read_file(path).key == path.stem


@pytest.mark.parametrize("key", TYPES)
def test_declaration_has_no_problem(key):
    assert [str(problem) for problem in check(TYPES[key], STANDARDS.types())] == []


@pytest.mark.parametrize("key", TYPES)
def test_every_condition_and_exclusion_cites_its_clause(key):
    relief_type = TYPES[key]
    cited = [
        *relief_type.eligibility,
        *relief_type.excludes,
        *relief_type.requires,
        *relief_type.clocks,
        *relief_type.amount.terms,
    ]
    assert all(item.clause for item in cited)
    assert all(basis.start or basis.end for basis in relief_type.legal_basis)
    assert any(basis.holds_on(date(2026, 7, 1)) for basis in relief_type.legal_basis)


@pytest.mark.parametrize("key", TYPES)
def test_programmes_named_in_rules_exist(key):
    programmes = {item.programme for item in TYPES.values()}
    assert {item.programme for item in (*TYPES[key].excludes, *TYPES[key].requires)} <= programmes


@pytest.mark.parametrize("key", TYPES)
def test_health_and_children_details_are_never_for_all_staff(key):
    guarded = {
        "health",
        "illness",
        "disease",
        "injury",
        "disability_kind",
        "disability_grade",
        "disability_card",
        "home_address",
        "hukou_address",
    }
    for field in TYPES[key].fields.values():
        for item in (field, *field.fields):
            if item.id in guarded:
                assert item.disclosure in ("personal", "secret"), item.id
                assert not item.filter, item.id


@pytest.mark.parametrize("key", TYPES)
def test_list_has_a_few_columns(key):
    assert 2 <= sum(field.list for field in TYPES[key].fields.values()) <= 6
    assert any(field.filter for field in TYPES[key].fields.values())


def test_children_are_never_posted():
    for key in ("orphan", "unattended_child"):
        assert TYPES[key].protected and "posting" not in TYPES[key].step_by_name and not TYPES[key].posted


def test_public_sheet_never_names_the_cause():
    assert not any({"reason"} & set(item.posted) for item in TYPES.values())


def test_payment_starts_as_the_rules_say():
    starts = {key: item.payment.start for key, item in TYPES.items()}
    assert starts.pop("temporary") == "decision_month"
    assert {key for key, start in starts.items() if start == "application_month"} == {
        "disability_living",
        "disability_nursing",
    }
    assert set(starts.values()) == {"application_month", "next_month"}


def test_delegated_dibao_is_decided_in_20_working_days_or_45():
    for key in ("dibao_urban", "dibao_rural"):
        clock = next(item for item in TYPES[key].clocks if item.id == "decision")
        assert (clock.start, clock.stop, clock.limit, clock.extended, clock.unit) == (
            "accepted",
            "decided",
            20,
            45,
            "workday",
        )


@pytest.mark.parametrize("key", TYPES)
def test_refusal_notice_is_due_in_three_working_days(key):
    clock = next(item for item in TYPES[key].clocks if item.start == "refused")
    assert (clock.stop, clock.limit, clock.unit) == ("notified", 3, "workday")


@pytest.mark.parametrize("key", TYPES)
def test_steps_are_in_the_order_of_the_procedure(key):
    order = [list(STEPS).index(step.step) for step in TYPES[key].steps]
    assert order == sorted(order)


# Minimum living allowance


def rural_household(**more):
    applicant = born(1970)
    rows = [
        member("石某甲", "self", applicant, business_income=600_000),
        member("石某乙", "spouse", born(1972, sequence=2), transfer_income=300_000),
        member("石某丙", "son", born(2000, sequence=3)),
    ]
    return {
        "applicant_name": "石某甲",
        "applicant_id": applicant,
        "hukou_place": "local",
        "members": rows,
        "savings": 0,
        "vehicles": 0,
        "houses": 1,
        "grade": "B",
    } | more


def test_rural_household_of_three_with_9000_a_year_gets_600_a_month():
    decision = decided("dibao_rural", rural_household())
    assert decision["eligible"] and decision["amount"] == 60_000
    income = next(item for item in decision["conditions"] if item["id"] == "income")
    assert (income["left"], income["right"]) == ("3,000.00", "5,400.00")
    assert decision["confirm_by"] == "township"


def test_income_equal_to_the_standard_is_refused_with_reason_and_clause():
    raw = rural_household()
    raw["members"][2]["wages"] = 5400 * 3 * 100 - 900_000
    decision = decided("dibao_rural", raw)
    assert not decision["eligible"] and decision["amount"] == 0
    (income,) = [item for item in decision["conditions"] if not item["passed"]]
    assert "不低于当地农村低保标准" in income["reason"] and "第十八条" in income["clause"]


def test_rigid_costs_are_deducted_before_the_gap():
    raw = rural_household(rigid_costs=300_000)
    assert decided("dibao_rural", raw)["amount"] == (540_000 - 200_000) * 3 // 12


def test_gap_is_rounded_up_to_the_yuan_per_household():
    raw = rural_household(job_costs=100)
    decision = decided("dibao_rural", raw)
    assert decision["unrounded"] == "约 600.08"
    assert decision["amount"] == 60_100


def test_members_that_do_not_count_neither_share_nor_receive():
    raw = rural_household()
    raw["members"][2]["status"] = "excluded"
    raw["members"][2]["wages"] = 9_000_000
    decision = decided("dibao_rural", raw)
    assert decision["amount"] == (540_000 - 450_000) * 2 // 12


def test_urban_supplements_count_a_person_once():
    applicant = born(1950)
    raw = rural_household(applicant_id=applicant)
    raw["members"] = [member("石某甲", "self", applicant, disability_grade="1", major_illness=True)]
    decision = decided("dibao_urban", raw)
    assert [term["id"] for term in decision["terms"]] == ["gap", "disabled"]
    assert decision["amount"] == 70_000 + 21_000


def test_single_person_of_a_marginal_household_is_measured_by_own_income():
    raw = rural_household(individual=True, individual_ground="severe_disability")
    raw["members"][0] |= {"business_income": 120_000, "disability_grade": "1"}
    raw["members"][1] |= {"status": "counted", "transfer_income": 1_700_000}
    raw["members"][2]["status"] = "counted"
    decision = decided("dibao_rural", raw)
    assert decision["eligible"], failed(decision)
    assert [term["value"] for term in decision["terms"]] == [35_000, 13_500]
    raw["members"][1]["transfer_income"] = 3 * 540_000 * 3 // 2
    assert failed(decided("dibao_rural", raw)) == ["marginal"]


def test_savings_above_the_limit_refuse_unless_exempt():
    raw = rural_household(savings=9_000_100)
    assert failed(decided("dibao_rural", raw)) == ["savings"]
    assert decided("dibao_rural", raw | {"exempt": True})["eligible"]


def test_form_refuses_a_partly_guaranteed_household():
    raw = rural_household()
    raw["members"][2]["status"] = "counted"
    values = CaseValues(TYPES["dibao_rural"], raw, standards=STANDARDS, on=DAY)
    assert "整户保障" in check_values(values, complete=False)["members"][0]


def test_form_refuses_another_id_number_in_the_row_of_the_applicant():
    raw = rural_household(applicant_id=born(1971))
    values = CaseValues(TYPES["dibao_rural"], raw, standards=STANDARDS, on=DAY)
    assert "不一致" in check_values(values, complete=False)["members"][0]


# Extreme-hardship support


def old_person(**more):
    able = dict.fromkeys(("can_eat", "can_dress", "can_bed", "can_toilet", "can_walk", "can_bathe"), True)
    return {
        "applicant_name": "龙某甲",
        "applicant_id": born(1950),
        "hukou_place": "local",
        "household_class": "rural",
        "support_form": "dispersed",
        "savings": 0,
        "vehicles": 0,
        "houses": 1,
        **able,
    } | more


@pytest.mark.parametrize(
    ("household_class", "support_form", "basic"),
    [("rural", "dispersed", 58_500), ("urban", "dispersed", 91_000), ("rural", "institution", 91_000)],
)
def test_basic_support_is_1_3_times_dibao(household_class, support_form, basic):
    decision = decided("tekun", old_person(household_class=household_class, support_form=support_form))
    assert [term["value"] for term in decision["terms"]] == [basic, 15_500]
    assert decision["amount"] == basic + 15_500


@pytest.mark.parametrize(
    ("unable", "term", "care"),
    [(0, "care_self", 155), (1, "care_half", 258), (3, "care_half", 258), (4, "care_full", 517), (6, "care_full", 517)],
)
def test_care_grade_follows_the_six_skills(unable, term, care):
    skills = ("can_eat", "can_dress", "can_bed", "can_toilet", "can_walk", "can_bathe")
    decision = decided("tekun", old_person(**dict.fromkeys(skills[:unable], False)))
    assert decision["terms"][1]["id"] == term and decision["terms"][1]["value"] == care * 100


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"applicant_id": born(1980)}, ["labour"]),
        ({"applicant_id": born(1980), "disability_kind": "5", "disability_grade": "3"}, []),
        ({"applicant_id": born(1980), "disability_kind": "4", "disability_grade": "3"}, ["labour"]),
        ({"applicant_id": born(1980), "disability_kind": "1", "disability_grade": "1"}, []),
        ({"applicant_id": born(2010)}, []),
        ({"transfer_income": 540_000}, ["income"]),
        ({"obligors": [{"inability": "old_dibao"}, {"inability": "able"}]}, ["supporters"]),
        ({"obligors": [{"inability": "prison"}]}, []),
    ],
)
def test_extreme_hardship_needs_all_three_conditions(facts, expected):
    assert failed(decided("tekun", old_person(**facts))) == expected


# Disability subsidies


def disabled(**more):
    return {
        "applicant_name": "麻某甲",
        "applicant_id": born(1980),
        "hukou_place": "local",
        "disability_kind": "4",
        "disability_grade": "2",
    } | more


def test_living_subsidy_requires_dibao():
    assert failed(decided("disability_living", disabled())) == ["dibao"]
    decision = decided("disability_living", disabled(), awards=Held(dibao=30_000))
    assert decision["eligible"] and decision["amount"] == 12_000


def test_nursing_subsidy_requires_grade_one_or_two():
    assert decided("disability_nursing", disabled())["amount"] == 12_000
    assert failed(decided("disability_nursing", disabled(disability_grade="3"))) == ["grade"]
    assert failed(decided("disability_nursing", disabled(work_injury_nursing=True))) == ["work_injury"]


def test_expired_card_is_refused():
    assert failed(decided("disability_nursing", disabled(card_until=date(2024, 6, 2)))) == ["card"]
    assert decided("disability_nursing", disabled(card_until=DAY))["eligible"]


# Children


def a_child(father, mother, **more):
    parents = [
        {"parent": who, "situation": situation, "verified": True, "months": 12}
        for who, situation in (("father", father), ("mother", mother))
    ]
    return {
        "applicant_name": "吴某甲",
        "applicant_id": born(2015),
        "hukou_place": "local",
        "support_form": "dispersed",
        "parents": parents,
    } | more


def test_orphan_with_350_of_dibao_is_topped_up_by_800():
    decision = decided("orphan", a_child("dead", "not_found"), awards=Held(dibao=35_000))
    assert decision["amount"] == 80_000
    assert [term["value"] for term in decision["terms"]] == [115_000, -35_000]


def test_institution_standard_is_higher():
    assert decided("orphan", a_child("dead", "dead", support_form="institution"))["amount"] == 150_000


@pytest.mark.parametrize(
    ("father", "mother", "expected"),
    [
        ("disabled", "lost", []),
        ("dead", "prison", []),
        ("dead", "missing", ["not_orphan"]),
        ("revoked", "deported", []),
    ],
)
def test_unattended_child_by_the_situation_of_both_parents(father, mother, expected):
    assert failed(decided("unattended_child", a_child(father, mother))) == expected


def test_prison_of_less_than_six_months_does_not_count():
    raw = a_child("prison", "lost")
    raw["parents"][0]["months"] = 5
    assert failed(decided("unattended_child", raw)) == ["duration"]


def test_adult_at_school_keeps_the_allowance():
    raw = a_child("dead", "dead", applicant_id=born(2006))
    assert failed(decided("orphan", raw)) == ["age"]
    assert decided("orphan", raw | {"in_school": True})["eligible"]


# Old age


@pytest.mark.parametrize(
    ("birth", "expected"),
    [
        ((1944, 6, 4), None),
        ((1944, 6, 3), 5_000),
        ((1934, 6, 4), 5_000),
        ((1934, 6, 3), 10_000),
        ((1924, 6, 4), 10_000),
        ((1924, 6, 3), None),
    ],
)
def test_old_age_allowance_by_band(birth, expected):
    decision = decided("old_age", {"applicant_id": born(*birth), "hukou_place": "local"})
    assert decision["eligible"] == (expected is not None)
    assert decision["amount"] == (expected or 0)


def test_centenarian_from_the_hundredth_birthday():
    assert decided("centenarian", {"applicant_id": born(1924, 6, 3), "hukou_place": "local"})["amount"] == 60_000
    assert failed(decided("centenarian", {"applicant_id": born(1924, 6, 4), "hukou_place": "local"})) == ["age"]


# Temporary relief


def expense(**more):
    applicant = born(1980)
    return {
        "kind": "expense",
        "category": "other",
        "difficulty": ["illness"],
        "event": "住院",
        "severity": "medium",
        "applicant_name": "田某甲",
        "applicant_id": applicant,
        "members": [member("田某甲", "self", applicant, wages=1_000_000)],
        "persons": 1,
        "months": 2,
        "property_within": True,
        "medical": [{"patient": "田某甲", "cost": 3_000_000, "reimbursed": 1_800_000, "other_aid": 200_000}],
    } | more


def test_temporary_relief_is_standard_times_persons_times_months():
    decision = decided("temporary", expense())
    assert decision["eligible"] and decision["amount"] == 140_000 and decision["confirm_by"] == "township"


def test_months_and_amount_are_capped():
    assert decided("temporary", expense(months=9))["amount"] == 70_000 * 6
    decision = decided("temporary", expense(persons=8, months=6))
    assert decision["amount"] == 2_000_000 and decision["terms"][-1]["label"] == "上限"
    assert decision["confirm_by"] == "county"


@pytest.mark.parametrize(("fen", "by"), [(200_000, "township"), (200_001, "county"), (1, "township")])
def test_township_confirms_up_to_2000_yuan_inclusive(fen, by):
    relief_type = TYPES["temporary"]
    values = CaseValues(relief_type, expense(), standards=STANDARDS, on=DAY)
    assert confirmer(relief_type, values, fen) == by


def test_before_the_delegation_the_county_confirms():
    relief_type = TYPES["dibao_urban"]
    values = CaseValues(relief_type, {}, standards=STANDARDS, on=date(2021, 7, 15))
    assert confirmer(relief_type, values, 100) == "county"


def test_dibao_households_skip_the_income_test():
    raw = expense(property_within=False)
    raw["members"][0]["wages"] = 9_000_000
    assert failed(decided("temporary", raw)) == ["income", "property"]
    assert decided("temporary", raw | {"category": "dibao_rural"})["eligible"]


def test_same_cause_again_needs_the_interval():
    again = {"repeated": True, "last_granted_on": date(2023, 6, 4)}
    assert failed(decided("temporary", expense(**again))) == ["repeat"]
    assert decided("temporary", expense(**again | {"last_granted_on": date(2023, 6, 3)}))["eligible"]
    assert decided("temporary", expense(**again, panel=True))["eligible"]


def steps_of(raw):
    relief_type = TYPES["temporary"]
    values = CaseValues(
        relief_type, raw, {"relative": False, "complaint": False, "objected": False}, standards=STANDARDS, on=DAY
    )
    return [
        step.step
        for step in relief_type.steps
        if values.holds(step.when) and not values.holds(step.unless, default=False)
    ]


def test_only_expense_relief_is_posted_and_immediate_relief_skips_the_survey():
    urgent = {"kind": "urgent", "difficulty": ["fire"], "event": "火灾"}
    assert {"posting", "survey", "verification"} <= set(steps_of(expense()))
    assert "survey" in steps_of(urgent) and "posting" not in steps_of(urgent)
    assert not {"survey", "verification", "posting"} & set(steps_of(urgent | {"immediate": True}))


def test_decision_is_exact_and_names_its_standards():
    decision = decided("dibao_rural", rural_household())
    assert [(item["key"], item["from"]) for item in decision["standards"]][:1] == [("dibao.rural_year", "2024-01-01")]
    later = decided("dibao_rural", rural_household(), on=date(2025, 3, 3))
    assert later["amount"] == Fraction(570_000 - 300_000, 12) * 3
