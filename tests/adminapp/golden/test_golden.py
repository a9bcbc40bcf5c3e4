"""Golden cases: read with every problem named, run through the evaluator, made from real cases without the person."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adminapp import golden, standards
from adminapp.cases import CaseValues
from adminapp.declaration import DeclarationError, read_file, to_text
from adminapp.errors import Conflict
from adminapp.golden import store
from adminapp.golden.made import example_from
from adminapp.golden.model import GoldenFile
from adminapp.golden.reader import FOLDER, check, read_values
from adminapp.golden.runner import StatedAwards, values_of
from adminapp.identity import make_id

TYPES = {path.stem: read_file(path) for path in (Path(__file__).parents[3] / "schemas" / "relief_types").glob("*.yaml")}
STANDARDS = standards.read_file()
RURAL = golden.read_file(FOLDER / "dibao_rural.yaml")
TEXT = """\
key: old_age
cases:
  - id: eighty
    name: 八十岁
    on: 2024-06-03
    values: {applicant_id: 1944-06-03 女 2, hukou_place: 本县户籍}
    expect: {eligible: true, amount: 50.00}
"""


def problems(*replacements, key="old_age"):
    text = TEXT
    for old, new in replacements:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return [f"{problem.path}: {problem.text}" for problem in check(golden.read_text(text), TYPES[key])]


def test_an_example_reads_labels_and_birth_dates_and_holds():
    examples = golden.read_text(TEXT)
    values, found = read_values(examples.cases[0], TYPES["old_age"])
    assert found == [] and values == {"applicant_id": make_id("433123", date(1944, 6, 3), 4), "hukou_place": "local"}
    assert [one.passed for one in golden.run_all(examples, TYPES["old_age"], STANDARDS)] == [True]


@pytest.mark.parametrize(
    ("old", "new", "path", "sentence"),
    [
        ("key: old_age", "key: orphan", "key", "样例属于“orphan”"),
        ("id: eighty", "id: 八十", "cases[0].id", "要以小写字母开头"),
        ("name: 八十岁", 'name: " "', "cases[0].name", "1 到 80 个字"),
        ("hukou_place: 本县户籍", "hukou_plase: local", "cases[0].values.hukou_plase", "是否要写“hukou_place”"),
        ("hukou_place: 本县户籍", "hukou_place: moon", "cases[0].values.hukou_place", "不在选项中"),
        ("hukou_place: 本县户籍", "applicant_age: 80", "cases[0].values.applicant_age", "不用填写"),
        ("hukou_place: 本县户籍", "hukou_place: [a]", "cases[0].values.hukou_place", "要写一个值"),
        ("1944-06-03 女 2", "'1944-06-31'", "cases[0].values.applicant_id", "公民身份号码"),
        ("eligible: true, amount: 50.00", "eligible: true", "cases[0].expect.amount", "要写明金额"),
        ("eligible: true, amount: 50.00", "eligible: false", "cases[0].expect.fails", "哪几项条件"),
        ("eligible: true", "eligible: true, fails: [age]", "cases[0].expect.fails", "不能有不符合的条件"),
        ("eligible: true, amount: 50.00", "eligible: false, fails: [ages]", "cases[0].expect.fails", "是否要写“age”"),
        ("amount: 50.00", "amount: 50.00, terms: {age_8: 50.00}", "cases[0].expect.terms.age_8", "没有金额项"),
        ("amount: 50.00", "amount: fifty", "cases[0].expect.amount", ""),
        ("amount: 50.00", "amount: 50.00, form: [nothing]", "cases[0].expect.form", "没有字段"),
        ("    expect:", "    facts: {urbane: true}\n    expect:", "cases[0].facts.urbane", "是否要写“urban”"),
        ("    expect:", "    facts: {urban: 1}\n    expect:", "cases[0].facts.urban", "true 或 false"),
        ("    expect:", "    awards: {dibao: much}\n    expect:", "cases[0].awards.dibao", ""),
        ("    expect:", "    adjusted: much\n    expect:", "cases[0].adjusted", ""),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_named_with_its_place(old, new, path, sentence):
    found = problems((old, new))
    assert any(line.startswith(f"{path}: ") and sentence in line for line in found), found


def test_problems_of_shape_are_named_together():
    with pytest.raises(DeclarationError) as error:
        golden.read_text(TEXT.replace("eligible: true", "eligible: maybe").replace("on: 2024-06-03", "on: today"))
    assert {problem.path for problem in error.value.problems} == {"cases[0].on", "cases[0].expect.eligible"}


def test_an_id_is_used_once():
    twice = TEXT + TEXT.partition("cases:\n")[2]
    assert any("写了两次" in problem.text for problem in check(golden.read_text(twice), TYPES["old_age"]))


@pytest.mark.parametrize(
    ("old", "new", "difference"),
    [
        ("amount: 50.00", "amount: 60.00", "金额应为 60.00 元，算得 50.00 元"),
        ("amount: 50.00", "amount: 50.00, terms: {age_80: 40.00}", "“80 至 89 周岁”应为 40.00 元，算得 50.00 元"),
        ("amount: 50.00", "amount: 50.00, confirm_by: county", "应由县民政局确认，算得由乡镇人民政府确认"),
        ("eligible: true, amount: 50.00", "eligible: false, fails: [place]", "条件“本县户籍”应不符合，实际符合或不适用"),
        ("1944-06-03", "1954-06-03", "条件“年满八十周岁”应符合，实际不符合（70 ≥ 80）"),
        ("amount: 50.00", "amount: 50.00, form: [applicant_id]", "填写校验：“公民身份号码”应有提示，实际没有"),
    ],
)
def test_differences_are_said_in_sentences(old, new, difference):
    [outcome] = golden.run_all(golden.read_text(TEXT.replace(old, new, 1)), TYPES["old_age"], STANDARDS)
    assert difference in outcome.differences


def test_what_cannot_be_computed_fails_with_its_reason():
    early = TEXT.replace("on: 2024-06-03", "on: 2023-12-31").replace("1944-06-03", "1940-06-03")
    [outcome] = golden.run_all(golden.read_text(early), TYPES["old_age"], STANDARDS)
    assert not outcome.passed and "没有数值" in outcome.differences[0]


# From real cases


def real_household(birth):
    number, child = make_id("433123", birth, 7), make_id("433127", date(2010, 5, 17), 8)
    rows = [
        {"name": "石大山", "relation": "self", "id_number": number, "status": "guaranteed", "transfer_income": 240_000},
        {"name": "石小花", "relation": "daughter", "id_number": child, "status": "guaranteed", "illness": "哮喘"},
    ]
    raw = {
        "applicant_name": "石大山", "applicant_id": number, "phone": "13907430001", "hukou_place": "local", "savings": 0, "vehicles": 0,
        "houses": 1, "home_address": "某镇某村三组", "apply_reason": "石大山丧偶，女儿年幼", "account_number": "6222020000000000000",
        "account_name": "石大山", "members": rows, "land_own": "1.5", "promised_on": date(2024, 6, 1),
    }  # fmt: skip
    return CaseValues(TYPES["dibao_rural"], raw, {"urban": True}, standards=STANDARDS, on=date(2024, 6, 3), awards=StatedAwards({"old_age": 5000}))


def test_a_real_case_becomes_an_example_without_the_person():
    made = example_from(real_household(date(1964, 3, 9)), TYPES["dibao_rural"], "made", "来自案件")
    text = to_text(GoldenFile(key="dibao_rural", cases=(made,)))
    for word in ("石大山", "石小花", "13907430001", "三组", "丧偶", "哮喘", "6222", "19640309", "1964-03-09", "20100517"):
        assert word not in text, word
    assert made.values["applicant_id"] == date(1964, 1, 1) == made.values["members"][0]["id_number"]
    assert made.values["members"][1]["id_number"] == "2010-01-01 女"
    assert made.facts == {"urban": "true"} and made.expect.amount == "880.00"
    examples = golden.read_text(text)
    assert check(examples, TYPES["dibao_rural"]) == []
    [outcome] = golden.run_all(examples, TYPES["dibao_rural"], STANDARDS)
    assert outcome.passed, outcome.differences


def test_a_birth_date_stays_as_exact_as_the_outcome_needs():
    day = date(1964, 6, 4)  # sixty on the next day
    made = example_from(real_household(day), TYPES["dibao_rural"], "made", "来自案件")
    assert made.values["applicant_id"] == day and made.expect.terms == {"gap": "700.00", "minor": "90.00"}


def test_awards_that_were_asked_for_are_stated():
    values = CaseValues(
        TYPES["orphan"],
        {"applicant_id": make_id("433123", date(2015, 4, 2), 3), "hukou_place": "local", "support_form": "dispersed",
         "parents": [{"parent": "father", "situation": "dead", "verified": True}, {"parent": "mother", "situation": "dead", "verified": True}]},
        {}, standards=STANDARDS, on=date(2024, 6, 3), awards=StatedAwards({"dibao": 35000, "old_age": 1}, ["tekun"]),
    )  # fmt: skip
    made = example_from(values, TYPES["orphan"], "made", "补差")
    assert made.awards == {"dibao": "350.00"} and made.expect.amount == "800.00" and made.household == ()
    living = CaseValues(TYPES["disability_living"], {"hukou_place": "local"}, {}, standards=STANDARDS, on=date(2024, 6, 3), awards=StatedAwards({}, ["dibao"]))
    assert example_from(living, TYPES["disability_living"], "made", "随家庭").household == ("dibao",)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_example_made_again_holds_and_is_stable(data):
    example = data.draw(st.sampled_from(RURAL.cases))
    relief_type = TYPES["dibao_rural"]
    made = example_from(values_of(example, relief_type, STANDARDS), relief_type, "made", "再做一次")
    written = to_text(GoldenFile(key="dibao_rural", cases=(made,)))
    again = golden.read_text(written)
    assert again.cases == (made,) and check(again, relief_type) == []
    expected = set(example.expect.form)
    [outcome] = golden.run_all(again, relief_type, STANDARDS)
    assert [line for line in outcome.differences if not (expected and "填写校验" in line)] == []


# Where they lie


def test_two_editors_of_the_same_examples_do_not_overwrite_each_other(database):
    holder = store.of_draft("d1")
    first = store.save(holder, RURAL, "a", rev=0)
    assert store.read(holder, "dibao_rural") == RURAL and store.get(holder)["rev"] == 1
    store.save(holder, GoldenFile(key="dibao_rural", cases=RURAL.cases[:3]), "b", rev=first["rev"])
    with pytest.raises(Conflict):
        store.save(holder, RURAL, "a", rev=first["rev"])
    assert store.save(holder, store.get(holder)["text"], "c")["rev"] == 2  # the same again is no change
    store.save(holder, GoldenFile(key="dibao_rural", cases=()), "c")
    assert store.read(holder, "dibao_rural").cases == () and store.get(holder)["text"] == ""
    store.drop(holder)
    assert store.get(holder)["rev"] == 0


def test_one_of_many_first_savers_wins(database):
    def save(number):
        try:
            store.save(store.of_type("old_age"), TEXT.replace("八十岁", f"八十岁{number}"), str(number), rev=0)
            return number
        except Conflict:
            return None

    with ThreadPoolExecutor(8) as pool:
        [winner] = [number for number in pool.map(save, range(16)) if number is not None]
    assert store.get(store.of_type("old_age"))["by"] == str(winner)
