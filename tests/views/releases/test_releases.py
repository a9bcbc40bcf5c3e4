"""The pages of a release: every step by the person it belongs to, what changes said in sentences, one click back."""

import re

import pytest

from adminapp import dates, drafts
from adminapp.releases import store
from adminapp.releases.model import APPROVED, CHECKED, DRAFT, PUBLISHED, SIMULATED, SUBMITTED, WITHDRAWN
from tests.views.conftest import DAY

VILLAGE = "433123109001"


def test_drafts_are_picked_and_put_into_a_release(office):
    desk, draft = office.as_("policy"), office.help_draft()
    page = desk.get("/releases/").text
    assert "未列入方案的草稿" in page and draft.id in page
    answer = desk.post("/releases/", {"ids": draft.id})
    assert answer.status_code == 303
    page = desk.get(answer.location).text
    assert "已拟定发布方案" in page and "演示救助" in page and "拟定中" in page
    assert "未列入方案的草稿" not in desk.get("/releases/").text
    assert "请选择要发布的草稿" in desk.get(desk.post("/releases/", {}).location).text


def test_a_release_goes_all_the_way_by_the_hands_it_needs(office, today):
    desk, boss, row = office.as_("policy"), office.as_("approver"), office.release(office.help_draft())
    assert "检查通过" in office.act(desk, row, "check") and office.now(row)["state"] == CHECKED
    assert "试算已开始" in office.act(desk, row, "simulate", over="live")
    office.simulated(row)
    assert "没有受影响的案件" not in desk.get(f"/releases/{row['_id']}").text and office.now(row)["state"] == SIMULATED
    assert "已送审" in office.act(desk, row, "submit") and office.now(row)["state"] == SUBMITTED
    assert "批准" in boss.get(f"/releases/{row['_id']}").text
    assert "已批准" in office.act(boss, row, "approve", note="同意") and office.now(row)["state"] == APPROVED
    assert "已发布" in office.act(desk, row, "publish") and office.now(row)["state"] == PUBLISHED
    page = desk.get(f"/releases/{row['_id']}").text
    assert "第 2 版" in page and "撤回发布" in page and "同意" in page
    assert office.engine.refresh().registry.get("demo").version == 2


def test_nobody_approves_their_own_work(office, today):
    desk, row = office.as_("policy"), office.release(office.help_draft())
    to_submitted(office, desk, row)
    assert 'id="ask-approve"' not in desk.get(f"/releases/{row['_id']}").text
    assert "不能批准" in office.act(desk, row, "approve") and office.now(row)["state"] == SUBMITTED
    second = office.as_("policy2")
    assert 'id="ask-approve"' in second.get(f"/releases/{row['_id']}").text
    assert "已批准" in office.act(second, row, "approve")


def to_submitted(office, desk, row):
    office.act(desk, row, "check")
    office.act(desk, row, "simulate", over="live")
    office.simulated(row)
    desk.get(f"/releases/{row['_id']}")
    office.act(desk, row, "submit")


@pytest.mark.parametrize("do", ["check", "publish", "withdraw", "cancel"])
def test_the_approver_cannot_do_the_writers_steps(office, do):
    row = office.release(office.help_draft())
    office.act(office.as_("approver"), row, do, status=403)
    assert office.now(row)["state"] == DRAFT


def test_others_read_but_take_no_step_and_townships_do_not_come_in(office):
    row = office.release(office.help_draft())
    for username in ("reviewer", "auditor"):
        person = office.as_(username)
        page = person.get(f"/releases/{row['_id']}").text
        assert "演示方案" in page and 'name="do"' not in page
        office.act(person, row, "check", status=403)
    assert office.as_("clerk.tuojiang").get("/releases/").status_code == 403


def test_unknown_releases_steps_and_stale_pages_are_refused(office):
    desk, row = office.as_("policy"), office.release(office.help_draft())
    assert desk.get("/releases/nothing").status_code == 404
    assert desk.post("/releases/nothing/act", {"do": "check"}).status_code == 404
    assert "没有这个步骤" in office.act(desk, row, "explode", status=400)
    answer = desk.post(f"/releases/{row['_id']}/act", {"do": "check", "rev": 0})
    assert "刚刚被他人办理" in desk.get(answer.location).text and office.now(row)["state"] == DRAFT
    assert "不能发布" in office.act(desk, row, "publish")


def test_problems_are_listed_where_they_are(office):
    draft = office.help_draft()
    root = [{"do": "set", "item": "root", "name": "name", "value": ""}]
    draft = drafts.apply(draft.id, draft.rev, root, office.writer)
    desk, row = office.as_("policy"), office.release(draft)
    assert "检查发现" in office.act(desk, row, "check")
    assert "bad-text" in desk.get(f"/releases/{row['_id']}").text and office.now(row)["state"] == DRAFT


def test_differences_are_said_with_what_reads_them(office):
    desk, row = office.as_("policy"), office.release(office.amount_draft())
    page = desk.get(f"/releases/{row['_id']}/changes").text
    assert "与第 1 版相比" in page and "补差" in page
    assert re.search(r"<del|<ins|good-text|bad-text", page)


def test_title_and_reason_are_kept_and_drafts_put_in_and_out(office):
    desk, row = office.as_("policy"), office.release(office.help_draft())
    assert "已保存" in office.act(desk, row, "rename", title="换个名字", reason="依演示文件")
    assert (office.now(row)["title"], office.now(row)["reason"]) == ("换个名字", "依演示文件")
    other = drafts.begin("standards", "standards", office.writer, office.engine)
    assert "已加入" in office.act(desk, row, "put_in", draft=other.id)
    assert len(office.now(row)["items"]) == 2
    assert "已移出" in office.act(desk, row, "take_out", draft=other.id)
    assert len(office.now(row)["items"]) == 1 and drafts.get(other.id).is_open
    assert "至少要有一份草稿" in office.act(desk, row, "take_out", draft=office.now(row)["items"][0]["draft"])


def test_a_publication_is_taken_back_with_one_step_until_something_was_decided(office, cases, today):
    desk, boss, row = office.as_("policy"), office.as_("approver"), office.release(office.help_draft())
    to_submitted(office, desk, row)
    office.act(boss, row, "approve")
    office.act(desk, row, "publish")
    assert "写明撤回的理由" in office.act(desk, row, "withdraw", reason=" ")
    assert "已撤回发布" in office.act(desk, row, "withdraw", reason="说明写错")
    assert office.now(row)["state"] == WITHDRAWN and office.engine.refresh().registry.get("demo").version == 1


@pytest.mark.parametrize("kind", ["type", "standards"])
def test_what_was_taken_back_is_drafted_again_and_goes_out_after_all(office, today, standards_again, kind):
    desk, boss = office.as_("policy"), office.as_("approver")
    row = office.release(office.help_draft("没有电话的写村电话") if kind == "type" else raised(office))
    key = office.now(row)["items"][0]["key"]
    to_submitted(office, desk, row)
    office.act(boss, row, "approve")
    office.act(desk, row, "publish")
    assert desk.post(f"/releases/{row['_id']}/earlier/nothing").status_code == 404
    office.act(desk, row, "withdraw", reason="文件还没有印发")
    assert "从撤回的内容接着起草" in desk.get(f"/releases/{row['_id']}").text
    answer = desk.post(f"/releases/{row['_id']}/earlier/{key}")
    assert answer.status_code == 303 and "/designer/drafts/" in answer.location
    assert "从撤回的内容接着起草" not in desk.get(f"/releases/{row['_id']}").text
    assert desk.post(f"/releases/{row['_id']}/earlier/{key}").status_code == 409
    again = office.release(drafts.open_for(kind, key))
    to_submitted(office, desk, again)
    office.act(boss, again, "approve")
    assert "已发布" in office.act(desk, again, "publish")
    engine = office.engine.refresh()
    if kind == "type":
        assert engine.registry.get("demo").relief_type.fields["income"].help == "没有电话的写村电话"
    else:
        assert [value.value for value in engine.standards.standard("dibao.rural").values][-1] == 630000


def raised(office):
    """Return a draft of the standards with a value for next year."""
    draft = drafts.begin("standards", "standards", office.writer, office.engine)
    key = next(place.key for place in draft.places.values() if place.node.get("key") == "dibao.rural")
    value = {"from": "2027-01-01", "value": "6300.00", "source": "演示提标文件"}
    return drafts.apply(draft.id, draft.rev, [{"do": "add", "item": key, "name": "values", "value": value}], office.writer)


def test_a_scheduled_release_names_its_day(office, today):
    desk, boss, row = office.as_("policy"), office.as_("approver"), office.release(office.help_draft())
    to_submitted(office, desk, row)
    office.act(boss, row, "approve")
    assert "请选择发布日期" in office.act(desk, row, "schedule", day="")
    assert "2026-10-01" in office.act(desk, row, "schedule", day="2026-10-01")
    assert "定于 2026-10-01 发布" in desk.get("/releases/").text
    assert "已取消" in office.act(desk, row, "unschedule") and office.now(row)["state"] == APPROVED


# Cases that are there


@pytest.fixture
def moving(office, cases, today):
    """Return (desk, release) of a draft with a new text field, over one submitted case."""
    cases.move(cases.open(VILLAGE, income=300_000), "submit")
    draft = office.help_draft()
    section = next(place.key for place in draft.places.values() if place.node.get("title") and place.node.get("fields"))
    new = {"id": "head", "label": "户主", "kind": "text"}
    draft = drafts.apply(draft.id, draft.rev, [{"do": "add", "item": section, "name": "fields", "value": new}], office.writer)
    return office.as_("policy"), office.release(draft)


def fill(office, desk, row, source="", formula=""):
    form = {"rev": office.now(row)["rev"], "which:demo": "open", "from:demo:head": source, "formula:demo:head": formula}
    return desk.post(f"/releases/{row['_id']}/cases", form)


def test_a_new_field_gets_its_value_from_an_old_one_and_is_previewed(office, moving):
    desk, row = moving
    page = desk.get(f"/releases/{row['_id']}/cases").text
    assert "户主" in page and "第 1 版" in page and "待受理" in page
    assert fill(office, desk, row, "applicant_name").status_code == 303
    assert office.now(row)["items"][0]["recipe"]["turns"][0] == {"to": "head", "from": ["applicant_name"], "formula": "applicant_name"}
    page = desk.get(f"/releases/{row['_id']}/cases?preview=demo").text
    assert "预览：1 件" in page and "龙䶮虚构" not in page  # a name is masked, also in a report


def test_a_recipe_that_cannot_work_says_at_which_field(office, moving):
    desk, row = moving
    assert fill(office, desk, row, "income").status_code == 303
    page = desk.get(f"/releases/{row['_id']}/cases?preview=demo").text
    assert "“户主”：" in page and "金额不能写成文字" in page and "预览：" not in page


def test_a_formula_that_cannot_be_read_stays_as_typed(office, moving):
    desk, row = moving
    answer = fill(office, desk, row, formula="没有这个字段 + 1")
    assert answer.status_code == 400 and "没有这个字段 + 1" in answer.text and "“户主”：" in answer.text
    assert "turns" not in office.now(row)["items"][0]["recipe"]


def test_the_day_is_today_until_a_drafted_standard_begins_later(office):
    with dates.frozen(DAY):
        desk, row = office.as_("policy"), office.release(raised(office))
        office.act(desk, row, "check")
        page = desk.get(f"/releases/{row['_id']}").text
        assert 'name="on" type="date" value="2027-01-01"' in page
        assert store.get(row["_id"])["state"] == CHECKED
        page = desk.get(f"/releases/{row['_id']}/changes").text
        assert "自 2027-01-01 起 6,300.00" in page and re.search(r"500\.00 元/月（自 2026-01-01 起）</td>", page), "beside what it follows"
