"""What is wrong with a draft is said at the item and the property where it is mended, each thing once."""

from adminapp import drafts
from tests.adminapp.drafts.conftest import MAPPING, XIANG, change, key


def found(app, draft):
    engine = app.extensions["relief"]
    return {(problem.item, problem.name): problem.text for problem in drafts.problems_of(drafts.get(draft.id), engine)}


def test_a_right_draft_has_no_problems(app, draft):
    assert found(app, draft) == {}


def test_problems_stand_at_their_place(app, draft):
    option, income = key(draft, code="urgent"), key(draft, id="income")
    parts = [
        change(draft, "code", "a b", code="urgent"),
        change(draft, "label", "", id="income"),
        change(draft, "formula", "income * income", id="per_capita"),
        {"do": "set", "item": "root", "name": "amount.cap", "value": "yuan(1) > 3"},
        {"do": "set", "item": "root", "name": "posted", "value": ["name", "id_number"]},
        {"do": "set", "item": key(draft, id="decision"), "name": "limit", "value": "zwanzig"},
    ]
    drafts.apply(draft.id, 0, parts, XIANG)
    problems = found(app, draft)
    assert "代码“a b”" in problems[option, "code"]
    assert problems[income, "label"] == "必须填写"
    assert "金额乘金额" in problems[key(draft, id="per_capita"), "formula"]
    assert ("root", "amount.cap") in problems and "不能公示" in problems["root", "posted"]
    assert "整数" in problems[key(draft, id="decision"), "limit"]


def test_what_is_missing_is_said_once(app):
    draft = drafts.create("type", {**MAPPING, "name": "", "sections": [{"fields": [{}]}]}, XIANG)
    places = [(problem.item, problem.name) for problem in drafts.problems_of(draft, app.extensions["relief"])]
    field = next(place.key for place in draft.places.values() if place.list_name == "fields")
    assert {("root", "name"), (field, "id"), (field, "kind"), (field, "label")} <= set(places)
    assert {place for place in places if places.count(place) > 1} <= {
        ("root", "sections")
    }  # two fields every type has are missing


def test_a_code_of_another_type_is_found(app, draft):
    drafts.apply(draft.id, 0, [{"do": "set", "item": "root", "name": "code", "value": "LS"}], XIANG)
    assert "已用于“临时救助”" in found(app, draft)["root", "code"]


def test_a_wrong_formula_is_marked_as_people_see_it(app, draft):
    drafts.apply(draft.id, 0, [change(draft, "rule", "per_capita * income < income", id="income", label="收入")], XIANG)
    [problem] = drafts.problems_of(drafts.get(draft.id), app.extensions["relief"])
    assert problem.text == "金额乘金额没有意义"
    assert "人均收入 × 年收入 ＜ 年收入"[problem.start : problem.end] == "人均收入 × 年收入"
    drafts.apply(draft.id, 1, [change(draft, "rule", "人均收 ＜ 3", id="income", label="收入")], XIANG)
    [problem] = drafts.problems_of(drafts.get(draft.id), app.extensions["relief"])
    assert problem.text == "没有字段“人均收”，是否要写“人均收入”？" and (problem.start, problem.end) == (0, 3)
