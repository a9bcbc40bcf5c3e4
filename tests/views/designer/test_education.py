"""教育救助 from nothing to money, all in the browser and without a file.

A policy administrator builds the type and takes it through check, simulation and approval by another person; a township takes an
application under it up to the printed notice; the county builds and locks the list it is paid by.
"""

import re
from datetime import date

import pytest
from pypdf import PdfReader

from adminapp import dates, divisions, drafts
from adminapp.jobs import model, runner
from adminapp.payments import batches
from exports import case_notices
from tests.adminapp.postings.village import picture
from tests.browser import SURVEYORS, Dated, act, people_of, press, ready, served
from tests.conftest import HERE
from tests.exports.notices import faces
from tests.views.conftest import ID_NUMBER
from tests.views.designer.education import build
from tests.views.designer.maker import Maker

pytestmark = pytest.mark.browser
VILLAGE = divisions.villages(HERE)[0].code
DAY, OVER, PAID = date(2026, 9, 2), date(2026, 9, 11), date(2026, 9, 22)
"""When the type is made and applied for, when its posting of five working days is over, when it is paid."""
STUDENT, ACCOUNT = "龙虚构苗", "6217000000000000012"


@pytest.fixture
def engine(app):
    faces.lend(app.extensions["relief"].settings.home)
    case_notices.register()
    return app.extensions["relief"]


@pytest.fixture
def calendar(app):
    """Return the app with a day of its own: calendar.day moves it on."""
    return Dated(app, DAY)


@pytest.fixture
def sign_in(calendar, people, chromium):
    with served(calendar) as address, people_of(chromium, address) as enter:
        yield enter


@pytest.fixture
def work(engine, calendar):
    """Return a function that does the jobs that wait, as the consumer would."""

    def run():
        with dates.frozen(calendar.day):
            assert [runner.run_job(engine, job) for job in model.waiting()]

    return run


def test_a_type_is_built_from_nothing_published_and_paid(sign_in, engine, calendar, work):
    policy, second, clerk = (sign_in(name) for name in ("policy", "policy2", "clerk.tuojiang"))
    draft = drafts.get(build(Maker(policy)))
    whole(draft, engine)
    policy.wait_for_selector("#state >> text=没有问题")

    publish(policy, second, draft, work)
    assert engine.refresh().registry.get("jiaoyujiuzhu").version == 1

    case = apply(clerk)
    sheet = survey(clerk)
    calendar.day = OVER
    clerk_later, boss = sign_in("clerk.tuojiang"), sign_in("approver")  # nobody stays signed in for a week
    decide(clerk_later, boss, sheet, case)
    assert "请龙虚构明凭本通知书报到。" in print_notice(clerk_later, case)
    clerk_later.goto(case)
    act(clerk_later, "纳入发放", "享受中")

    calendar.day = PAID
    reviewer = sign_in("reviewer")
    batch = pay(reviewer, work)
    assert batch["state"] == batches.LOCKED and (batch["seal"]["count"], batch["seal"]["amount"]) == (1, 300000)
    assert [line for page in (policy, second, clerk, clerk_later, boss, reviewer) for line in page.troubles] == []


def whole(draft, engine):
    """Check that the draft has all that was built."""
    relief_type = draft.thing
    assert drafts.problems_of(draft, engine) == []
    assert (relief_type.key, relief_type.code) == ("jiaoyujiuzhu", "JYJZ")
    fields = [one.label for section in relief_type.sections for one in section.fields]
    assert len(fields) >= 12 and relief_type.fields["luquxuexiao"].visible_when
    assert [len(one.fields) for one in relief_type.fields.values() if one.kind == "table"] == [2, 4]
    assert len(relief_type.eligibility) == 2 and relief_type.amount.cap == "yuan(5000)"
    assert len(relief_type.steps) == 7 and len(relief_type.notices) == 2 and relief_type.payment.cycle == "once"
    assert "{{申请人}}" in relief_type.notices[1].paragraphs[0]


def publish(policy, second, draft, work):
    """Take the draft from its page to publication; another person approves."""
    policy.locator("#way").get_by_role("button", name="检查").click()
    policy.wait_for_selector(".flash.success >> text=检查通过")
    address = policy.url
    policy.get_by_role("button", name="试算", exact=True).click()
    policy.get_by_role("button", name="开始试算").click()
    policy.wait_for_selector(".flash.success")
    work()
    policy.goto(f"/designer/drafts/{draft.id}/form")
    policy.locator("#way").get_by_role("button", name="送审").click()
    policy.wait_for_selector(".flash.success")
    second.goto(address)
    second.get_by_role("button", name="批准", exact=True).click()
    second.locator("dialog[open]").get_by_role("button", name="批准", exact=True).click()
    second.wait_for_selector(".flash.success")
    policy.goto(f"/designer/drafts/{draft.id}/form")
    policy.locator("#way").get_by_role("button", name="立即发布").click()
    policy.locator("#confirm button[value=yes]").click()
    policy.wait_for_selector(".flash.success >> text=已发布")


def apply(clerk):
    """Hand in an application of the new type and return the address of the case."""
    clerk.goto("/")
    clerk.click("#side >> text=教育救助")
    clerk.click("text=登记申请")
    ready(clerk)
    clerk.select_option("#village", VILLAGE)
    entries = {
        "姓名": "龙虚构明", "公民身份号码": ID_NUMBER, "联系电话": "13900000000", "学生姓名": STUDENT, "学费和住宿费": "8000.00",
        "户名": "龙虚构明", "银行账号（一卡通）": ACCOUNT, "开户银行": "虚构农商行",
    }  # fmt: skip
    for label, text in entries.items():
        clerk.get_by_role("textbox", name=label).first.fill(text)
    clerk.get_by_role("combobox", name="就学阶段").select_option(label="高中或中职")
    school = clerk.get_by_label("录取学校")
    assert not school.is_visible()  # asked for college and university only
    clerk.get_by_role("combobox", name="就学阶段").select_option(label="本科以上")
    school.fill("虚构大学")
    add_row(clerk, "yihuozizhumingxi", name="虚构基金会", zizhujine="2000.00")
    add_row(clerk, "members", name="龙虚构明", relation="self", id_number=ID_NUMBER, income="3600.00")
    clerk.click("text=保存并提交")
    clerk.wait_for_selector(".flash.success")
    return clerk.url


def add_row(clerk, table, **entries):
    """Fill the first line of a table of the form, which is there or is added."""
    if not clerk.locator(f"[name=x_{table}-0-name]").count():
        clerk.locator(f"[data-rows='x_{table}'] [data-add-row], #x_{table} [data-add-row]").first.click()
    for name, text in entries.items():
        entry = clerk.locator(f"[name=x_{table}-0-{name}]")
        entry.select_option(text) if name == "relation" else entry.fill(text)


def survey(clerk):
    """Take the case up to its posting and return the address of the sheet."""
    day = DAY.isoformat()
    act(clerk, "受理", "已受理", relative="no")
    act(clerk, "启动调查", "调查核对中")
    seen = {"way": "visit", "date": day, "respondent": "本人", "findings": "与申报一致（虚构）", "conclusion": "eligible"}
    act(clerk, "登记入户调查", "调查核对中", **seen, **SURVEYORS)
    act(clerk, "调查核对完成", "初审")
    act(clerk, "提出初审意见", "初审", proposal="approve", comment="符合条件")
    clerk.click(".panel-actions >> text=发起公示")  # leads to the sheet of the village, with this case ticked
    clerk.click("button >> text=编制公示表")
    clerk.wait_for_selector("text=上传张贴照片")
    clerk.set_input_files("#photo", {"name": "张贴.jpg", "mimeType": "image/jpeg", "buffer": picture()})
    clerk.click("text=上传照片，开始公示")
    clerk.wait_for_selector(".case-head >> text=公示中")
    return clerk.url


def decide(clerk, boss, sheet, case):
    """Bring the case from its posting to its confirmation, with the amount that the rules of the new type give."""
    clerk.goto(sheet)
    clerk.click("button >> text=登记撤下")
    clerk.wait_for_selector(".flash.success")
    clerk.click("text=办结，报请确认")
    clerk.wait_for_selector("tr:has-text('无异议')")
    boss.goto(case)
    act(boss, "确认", "已确认", comment="同意")
    trace = boss.inner_text("#main")
    assert "教育救助办法（虚构）第三条" in trace and "学费补助" in trace and "3,000.00" in trace


def print_notice(clerk, case):
    """Issue the notice of confirmation and return what the paper says."""
    clerk.goto(case)
    with clerk.expect_download() as download:
        clerk.locator("#notices").locator("li, tr, div").filter(has_text="确认通知书").last.get_by_text("出具").click()
    return "".join(page.extract_text() for page in PdfReader(download.value.path()).pages).replace("\n", "")


def pay(reviewer, work):
    """Build the list that the case is paid by and lock it; return the list."""
    reviewer.goto("/payments/new")
    reviewer.select_option("[name=month]", f"{PAID:%Y-%m}")
    reviewer.select_option("[name=scope]", label="教育救助（随时可编）")
    reviewer.click("button >> text=开始编制")
    reviewer.wait_for_url("**/payments/jiaoyujiuzhu:*")
    address = reviewer.url
    work()
    reviewer.goto(address)
    with reviewer.expect_navigation():
        press(reviewer, "锁定名册")
    work()
    reviewer.goto(address)
    return batches.get(re.sub(r".*/payments/", "", address))
