"""A decision explains itself: conditions with both sides and clause, terms, standards with their date, rounding."""

from datetime import date
from pathlib import Path

import pytest

from adminapp.cases import CaseValues
from adminapp.decision import confirmer, decide
from adminapp.declaration import read_text
from adminapp.standards import Standards

GOOD = (Path(__file__).parent.parent / "declaration_samples" / "good.yaml").read_text("utf-8")
ON = date(2026, 9, 16)


def table(amount="740.00"):
    row = {"key": "dibao.urban", "label": "城市低保标准", "unit": "money/month", "from": "2026-01-01", "source": "虚构"}
    return Standards.from_rows([row | {"value": amount}])


def decided(raw, *replacements, standards=None, version=3):
    text = GOOD
    for old, new in replacements:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    relief_type = read_text(text)
    values = CaseValues(relief_type, raw, {}, standards=standards or table(), on=ON)
    return decide(relief_type, version, values)


FAMILY = {"income": 100_000, "persons": 3}


def test_decision_keeps_version_day_and_standards():
    decision = decided(FAMILY)
    assert (decision["version"], decision["on"], decision["eligible"]) == (3, "2026-09-16", True)
    assert decision["standards"] == [
        {"key": "dibao.urban", "label": "城市低保标准", "from": "2026-01-01", "value": "74000", "source": "虚构"}
    ]


def test_condition_shows_both_sides_in_yuan_and_what_they_are_made_of():
    (condition,) = decided(FAMILY)["conditions"]
    assert condition["passed"] and condition["reason"] == "" and condition["clause"] == "第一条"
    assert (condition["left"], condition["right"]) == ("约 333.33", "740.00")
    assert {"name": "per_capita", "label": "人均收入", "text": "约 333.33"} in condition["values"]
    assert {"name": "dibao.urban", "label": "城市低保标准", "text": "740.00"} in condition["values"]


def test_numbers_on_both_sides_stay_numbers():
    rule = ('rule: per_capita < standard("dibao.urban")', "rule: persons < 20")
    (condition,) = decided(FAMILY, rule)["conditions"]
    assert (condition["left"], condition["right"]) == ("3", "20")


def test_failed_condition_gives_reason_and_no_amount():
    decision = decided({"income": 300_000, "persons": 3})
    assert not decision["eligible"] and decision["amount"] == 0 and decision["terms"] == []
    assert decision["conditions"][0]["reason"] == "收入过高"


def test_missing_value_fails_the_condition_with_its_own_reason():
    (condition,) = decided({"income": 300_000})["conditions"]
    assert not condition["passed"] and "除数为 0 或未填写" in condition["reason"]


def test_terms_add_up_and_later_terms_use_earlier_ones():
    more = ("    - {id: base,", "    - {id: extra, label: 增发, value: yuan(10)}\n    - {id: base,")
    half = ('value: standard("dibao.urban") * persons}', "value: extra / 2, when: extra > 0}")
    decision = decided(FAMILY, more, half)
    assert [(term["id"], term["value"], term["text"]) for term in decision["terms"]] == [
        ("extra", 1000, "10.00"),
        ("base", 500, "5.00"),
    ]
    assert decision["terms"][1]["values"] == [{"name": "extra", "label": "增发", "text": "10.00"}]
    assert decision["amount"] == 1500


def test_term_whose_condition_fails_is_left_out_and_counts_nothing():
    decision = decided(FAMILY, ("* persons}", "* persons, when: persons > 5}"))
    assert decision["terms"] == [] and decision["amount"] == 0


@pytest.mark.parametrize(
    ("rounding", "amount"),
    [("up_yuan", 24_700), ("down_yuan", 24_600), ("half_up_yuan", 24_700), ("half_up_fen", 24_667)],
)
def test_amount_is_rounded_once_by_name(rounding, amount):
    share = ('value: standard("dibao.urban") * persons}', 'value: standard("dibao.urban") / persons}')
    decision = decided(FAMILY, share, ("confirm:\n", f"  rounding: {rounding}\nconfirm:\n"))
    assert (decision["amount"], decision["rounding"], decision["unrounded"]) == (amount, rounding, "约 246.67")


def test_cap_is_a_term_of_its_own():
    decision = decided(FAMILY, ("confirm:\n", "  cap: yuan(2000)\nconfirm:\n"))
    assert decision["amount"] == 200_000
    assert (decision["terms"][-1]["id"], decision["terms"][-1]["value"]) == ("cap", -22_000)
    assert sum(term["value"] for term in decision["terms"]) == decision["amount"]


def test_total_replaces_the_sum_and_never_falls_below_zero():
    decision = decided(FAMILY, ("confirm:\n", "  total: base - yuan(9999)\nconfirm:\n"))
    assert decision["amount"] == 0


def test_same_input_gives_the_same_decision_after_standards_rose():
    first = decided(FAMILY)
    risen = table().with_value("dibao.urban", date(2027, 1, 1), "900.00", "虚构")
    assert decided(FAMILY, standards=risen) == first


def test_id_number_is_masked_in_the_explanation():
    rule = ('rule: per_capita < standard("dibao.urban")', "rule: age(applicant_id) > 60")
    (condition,) = decided(FAMILY | {"applicant_id": "433123195603074216"}, rule)["conditions"]
    assert condition["passed"] and condition["values"][0]["text"] == "433123********4216"


@pytest.mark.parametrize(("fen", "by"), [(200_000, "township"), (200_001, "county")])
def test_first_confirmer_whose_condition_holds(fen, by):
    relief_type = read_text(GOOD)
    assert confirmer(relief_type, CaseValues(relief_type, FAMILY, {}, standards=table(), on=ON), fen) == by


def test_confirmer_holds_only_within_its_dates():
    text = GOOD.replace("{by: township, when: amount <= yuan(2000)}", "{by: township, from: 2026-09-17}")
    relief_type = read_text(text)
    for day, by in ((date(2026, 9, 16), "county"), (date(2026, 9, 17), "township")):
        assert confirmer(relief_type, CaseValues(relief_type, {}, {}, standards=table(), on=day), 1) == by


@pytest.mark.parametrize(("disclosure", "persons"), [("secret", 3), ("checker", 3), ("secret", 0)])
def test_value_that_nobody_reads_unasked_is_masked_in_the_explanation(disclosure, persons):
    declared = ("{id: persons, label: 人数, kind: integer, min: 1}", f"{{id: persons, label: 人数, kind: integer, min: 1, disclosure: {disclosure}}}")
    rule = ('rule: per_capita < standard("dibao.urban")', "rule: persons >= 0")
    (condition,) = decided(FAMILY | {"persons": persons}, declared, rule)["conditions"]
    assert (condition["values"][0]["text"], condition["left"], condition["right"]) == ("***", "***", "0")
