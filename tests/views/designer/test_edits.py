"""The designer's pages and edits: what is typed is saved, mistakes stand at their inputs, nobody overwrites anybody silently."""

import pytest

from adminapp import drafts
from tests.views.designer.conftest import XIANG, Desk

# The way in


def test_the_index_leads_to_drafts_and_types(desk):
    page = desk.browser.get("/designer/").text
    assert "正在修改" in page and "继续修改" in page and "临时救助" in page and "农村低保" in page
    assert desk.browser.get("/designer/", headers={"Accept": "text/html"}).status_code == 200


def test_whoever_begins_a_type_second_gets_the_draft_that_is_there(desk):
    answer = desk.browser.post("/designer/types/temporary/begin")
    assert answer.status_code == 303 and desk.id in answer.location


def test_an_unknown_type_or_draft_or_tab_is_not_found(desk):
    assert desk.browser.post("/designer/types/nothing/begin").status_code == 404
    assert desk.browser.get("/designer/drafts/nothing/form").status_code == 404
    assert desk.browser.get(f"/designer/drafts/{desk.id}/nonsense").status_code == 404
    assert desk.browser.get(f"/designer/drafts/{desk.id}/standards").status_code == 404


@pytest.mark.parametrize("tab", ["head", "form", "rules", "flow", "papers", "pay"])
def test_every_part_of_the_declaration_has_inputs(desk, tab):
    page = desk.page(tab)
    assert ("data-item=" in page or "data-pick=" in page) and "添加" in page


def test_who_decides_and_checks_may_read_but_not_write(desk, login, browser):
    for username in ("reviewer", "approver", "auditor"):
        reader = login(username, browser())
        page = reader.get(f"/designer/drafts/{desk.id}/form").text
        assert "表单结构" in page and "data-grip" not in page and 'data-designer=""' in page
        assert reader.post(f"/designer/drafts/{desk.id}/form/edit", {"do": "set"}).status_code == 403
    assert login("clerk.tuojiang", browser()).get(f"/designer/drafts/{desk.id}/form").status_code == 403


# New types


def test_a_blank_type_gets_key_code_and_programme_from_its_name(blank):
    draft = blank.draft
    assert (draft.thing.key, draft.thing.code, draft.thing.programme, draft.thing.group) == (
        "jiaoyujiuzhu",
        "JYJZ",
        "jiaoyujiuzhu",
        "教育救助",
    )
    blank.tab = "head"
    blank.set("root", "name", "助学救助")
    assert (blank.draft.thing.key, blank.draft.thing.programme, blank.draft.title) == (
        "zhuxuejiuzhu",
        "zhuxuejiuzhu",
        "助学救助",
    )


def test_a_copy_has_everything_but_the_name(app, login):
    browser = login("policy")
    answer = browser.post("/designer/new", {"name": "教育救助", "copy": "temporary"})
    draft = Desk(browser, answer.location.split("/")[3]).draft
    assert draft.thing.key == "jiaoyujiuzhu" and len(draft.thing.fields) > 50 and draft.base == 0


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"name": ""}, "请写类型的名称"),
        ({"name": "长" * 31, "source": "template:blank"}, "最多 30 个字"),
        ({"name": "x", "source": "disk:/etc"}, "请选择从哪里开始"),
    ],
)
def test_a_new_type_without_name_or_source_is_refused_and_keeps_what_was_typed(app, login, form, sentence):
    page = login("policy").post("/designer/new", {"group": "教育", **form})
    assert sentence in page.text and 'value="教育"' in page.text
    assert drafts.listed() == []


# Edits


def test_a_change_is_saved_and_answered_with_the_parts_that_changed(desk):
    key = desk.key(id="event")
    answer = desk.set(key, "label", "事情经过")
    assert desk.field("event").label == "事情经过" and answer["rev"] == 1
    assert "事情经过" in answer["parts"]["outline"] and "panel" not in answer["parts"]
    assert answer["problems"] == [] and "已保存" in answer["parts"]["state"]


def test_a_dry_edit_tells_problems_and_stores_nothing(desk):
    answer = desk.set(desk.key(id="event"), "label", "<b>", dry="1")
    assert [(one["name"], one["text"]) for one in answer["problems"]] == [("label", "不能含有 < > { } 和控制字符")]
    assert answer["parts"] == {} and desk.draft.rev == 0


def test_a_problem_is_kept_and_told_at_its_input_and_in_the_list(desk):
    desk.set(desk.key(id="event"), "label", "")
    page = desk.page(at=desk.key(id="event"))
    assert page.count("必须填写") >= 2 and "1 处问题" in page and 'aria-invalid="true"' in page
    assert f"at={desk.key(id='event')}" in page


def test_a_formula_is_typed_with_labels_and_stored_with_ids(desk):
    key = desk.key(id="goods")
    answer = desk.set(key, "visible_when", "救助方式 包含 实物 且 救助人数>=2")
    assert desk.field("goods").visible_when == 'has(means, "goods") and persons >= 2'
    assert answer["values"][f"f-{key}-visible_when"] == "救助方式 包含 “实物” 并且 救助人数 ≥ 2"
    assert "救助方式 包含 “实物” 并且 救助人数 ≥ 2" in desk.page(at=key).replace("&#34;", '"')


def test_a_formula_that_is_not_understood_stays_as_typed_with_the_place_marked(desk):
    key = desk.key(id="goods")
    answer = desk.set(key, "visible_when", "救助方式 包含 实物 且 救助人")
    [problem] = answer["problems"]
    assert problem["text"].startswith("没有字段“救助人”，是否要写“救助人数”？")
    assert "救助方式 包含 实物 且 救助人"[problem["start"] : problem["end"]] == "救助人"
    assert "救助方式 包含 实物 且 救助人" in desk.page(at=key)


def test_the_same_formula_in_another_spelling_is_no_change(desk):
    key = desk.key(id="goods")
    assert desk.set(key, "visible_when", "救助方式包含“实物”")["rev"] == 0


def test_the_id_of_a_new_field_follows_its_label_with_all_that_names_it(desk):
    section = desk.key(id="expense")
    at = desk.send("add", item=section, name="fields", kind="money")["at"]
    desk.set(at, "label", "房租")
    assert desk.draft.places[at].node["id"] == "fangzu"
    desk.set(desk.key(id="self_paid"), "formula", "其他必需支出 ＋ 房租")
    desk.set(at, "label", "全年房租")
    assert desk.field("quannianfangzu").label == "全年房租"
    assert desk.field("self_paid").formula == "other_costs + quannianfangzu"
    desk.set(at, "id", "rent")
    desk.set(at, "label", "租金")
    assert desk.field("rent").label == "租金" and desk.field("self_paid").formula == "other_costs + rent"


def test_a_published_id_stays_whatever_the_label(desk):
    desk.set(desk.key(id="event"), "label", "事情经过")
    assert "event" in desk.draft.thing.fields
    assert "标识和代码不能再改" in desk.send("set", 422, item=desk.key(id="event"), name="id", value="story")["refused"]


def test_another_kind_drops_what_it_does_not_have(desk):
    at = desk.send("add", item=desk.key(id="expense"), name="fields", kind="choice")["at"]
    answer = desk.set(at, "kind", "money")
    assert desk.draft.places[at].node == {
        "_": at,
        "kind": "money",
        "id": desk.draft.places[at].node["id"],
        "label": "新的单选",
    }
    assert answer["problems"] == [] and "panel" in answer["parts"]
    desk.send("undo")
    assert len(desk.draft.thing.fields[desk.draft.places[at].node["id"]].options) == 2


def test_options_are_pasted_as_lines_and_get_codes(desk):
    at = desk.key(id="nation")
    desk.send("add", item=at, name="options", lines="回族\n白族\n\n 壮族 ")
    options = desk.field("nation").options
    assert [(one.code, one.label) for one in options[-3:]] == [
        ("huizu", "回族"),
        ("baizu", "白族"),
        ("zhuangzu", "壮族"),
    ]


def test_items_move_up_and_down_and_on_into_the_next_section(desk):
    first = desk.draft.thing.sections[0].fields[0].id
    key = desk.key(id=first)
    desk.send("down", item=key)
    assert desk.draft.thing.sections[0].fields[1].id == first
    desk.send("up", item=key)
    assert "已经到头了" in desk.send("up", 422, item=key)["refused"]
    last = desk.draft.thing.sections[0].fields[-1].id
    desk.send("down", item=desk.key(id=last))
    assert desk.draft.thing.sections[1].fields[0].id == last


def test_a_copy_stands_behind_with_an_id_of_its_own(desk):
    answer = desk.send("copy", item=desk.key(id="nation"))
    copy = desk.draft.places[answer["at"]].node
    assert copy["label"] == "民族（副本）" and copy["id"] == "minzu" and len(copy["options"]) == 4
    ids = [field.id for field in desk.draft.thing.sections[1].fields]
    assert ids.index("minzu") == ids.index("nation") + 1


def test_removing_says_retired_where_it_was_published(desk):
    key = desk.key(id="nation")
    desk.send("remove", item=key)
    assert desk.field("nation").retired and "恢复使用" in desk.page(at=key)
    desk.send("restore", item=key)
    assert not desk.field("nation").retired


def test_steps_are_switched_on_at_their_place(desk):
    desk.tab = "flow"
    desk.send("switch", step="consult")
    steps = [step.step for step in desk.draft.thing.steps]
    assert steps.index("consult") == steps.index("opinion") - 1
    desk.send("switch", step="consult")
    assert "consult" not in [step.step for step in desk.draft.thing.steps]


def test_undo_and_redo_are_one_key_away(desk):
    desk.set(desk.key(id="event"), "label", "事情经过")
    desk.send("undo")
    assert desk.field("event").label == "困难经过"
    desk.send("redo")
    assert desk.field("event").label == "事情经过"
    assert "没有可以重做" in desk.send("redo", 422)["refused"]


# Two people


def test_the_second_one_at_the_same_input_is_told_both_values(desk, login, browser):
    login("policy")
    other = Desk(desk.browser, desk.id)
    key = desk.key(id="event")
    drafts.apply(desk.id, 0, [{"do": "set", "item": key, "name": "label", "value": "事由"}], XIANG)
    answer = other.send("set", 409, rev=0, item=key, name="label", value="事情经过")
    assert answer["clash"]["by"] == "向晓禾" and answer["rev"] == 1
    assert "向晓禾刚刚把“事由”的名称改成了“事由”，您写的是“事情经过”" in answer["refused"]
    assert desk.field("event").label == "事由"


def test_people_see_who_else_is_there_and_what_they_changed(desk, engine):
    from adminapp.drafts import presence

    presence.here(desk.id, XIANG.__class__("policy2", "龙春生", frozenset()), "form", "i1")
    drafts.apply(desk.id, 0, [{"do": "set", "item": desk.key(id="event"), "name": "label", "value": "事由"}], XIANG)
    answer = desk.browser.post(
        f"/designer/drafts/{desk.id}/form/here", {"rev": "0", "at": ""}, headers={"Accept": "application/json"}
    ).json
    assert [one["name"] for one in answer["others"]] == ["龙春生"]
    assert answer["rev"] == 1 and "事由" in answer["parts"]["outline"]
    quiet = desk.browser.post(
        f"/designer/drafts/{desk.id}/form/here", {"rev": "1", "at": ""}, headers={"Accept": "application/json"}
    ).json
    assert "parts" not in quiet


# Without script


def test_without_script_a_form_hands_in_only_what_was_changed(desk):
    key = desk.key(id="event")
    drafts.apply(desk.id, 0, [{"do": "set", "item": key, "name": "help", "value": "写清楚"}], XIANG)
    form = {
        "do": "fill", "item": key, "rev": "0", "at": key, "p.label": "事情经过", "was.label": "困难经过",
        "p.help": "时间、地点、经过和当前困难", "was.help": "时间、地点、经过和当前困难", "p.required": "true", "was.required": "true",
    }  # fmt: skip
    answer = desk.browser.post(f"/designer/drafts/{desk.id}/form/edit", form)
    assert answer.status_code == 303 and f"at={key}" in answer.location
    assert (desk.field("event").label, desk.field("event").help) == ("事情经过", "写清楚")


def test_without_script_a_refusal_is_a_sentence_on_the_page(desk):
    answer = desk.browser.post(
        f"/designer/drafts/{desk.id}/form/edit",
        {"do": "up", "item": desk.draft.places[desk.key(id="request")].key, "rev": "0"},
    )
    assert answer.status_code == 303
    assert "已经到头了" in desk.browser.get(answer.location).text


@pytest.mark.parametrize(
    "form",
    [
        {"do": "explode"},
        {"do": "set", "item": "i1", "name": "constructor", "value": "x"},
        {"do": "set", "item": "nothing", "name": "label", "value": "x"},
        {"do": "add", "item": "root", "name": "name"},
        {"do": "move", "item": "root", "to": "root", "name": "sections"},
        {"do": "switch", "step": "fly"},
        {"do": "set", "item": "root", "name": "name", "value": "x\u202e"},
        {"do": "set", "item": "root", "name": "summary", "value": "长" * 24_001},
    ],
)
def test_what_cannot_be_meant_is_refused_in_words_and_changes_nothing(desk, form):
    assert desk.send(form.pop("do"), 422, **form)["refused"]
    assert desk.draft.rev == 0


def test_a_discarded_draft_is_closed_and_another_can_begin(desk):
    for rev in ("9", "1" + "0" * 30):
        assert desk.browser.post(f"/designer/drafts/{desk.id}/discard", {"rev": rev}).status_code == 409
    assert desk.browser.post(f"/designer/drafts/{desk.id}/discard", {"rev": "0"}).status_code == 303
    assert "已经送审或结束" in desk.send("set", 409, item="root", name="name", value="x")["refused"]
    assert desk.browser.post("/designer/types/temporary/begin").location.split("/")[3] != desk.id


def test_the_history_tells_every_step(desk):
    desk.set(desk.key(id="event"), "label", "事情经过")
    desk.send("undo")
    page = desk.browser.get(f"/designer/drafts/{desk.id}/history").text
    assert "由“困难经过”改为“事情经过”" in page and "撤销第 1 步" in page


# What follows by itself


def test_the_result_of_a_computed_field_follows_its_formula(desk):
    section = desk.key(id="account")
    item = desk.send("add", item=section, name="fields", kind="computed")["at"]
    assert desk.draft.places[item].node["result"] == "number"
    desk.set(item, "formula", "自付支出 ＋ 100元")
    assert desk.draft.places[item].node["result"] == "money"
    desk.set(item, "formula", "自付支出 ＞ 100元")
    assert desk.draft.places[item].node["result"] == "bool"


def test_a_published_computed_field_keeps_its_result_and_says_what_does_not_fit(desk):
    item = desk.key(id="self_paid")
    assert desk.draft.places[item].node["result"] == "money"
    answer = desk.set(item, "formula", "1 ＋ 1")
    assert desk.draft.places[item].node["result"] == "money"
    assert any("要金额" in one["text"] for one in answer["problems"])


def test_what_must_be_written_is_never_folded_away(blank):
    blank.tab = "rules"
    item = blank.send("add", item="root", name="eligibility")["at"]
    page = blank.page(at=item)
    assert page.index(f'id="f-{item}-clause"') < page.index(f'data-keep="more-{item}"')
