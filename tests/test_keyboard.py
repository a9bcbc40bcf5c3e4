"""Twenty everyday tasks of the office, done by keyboard alone. What cannot be reached, or reached unseen, fails here."""

import pytest

from adminapp import divisions
from adminapp.auth import users
from seed.accounts import DEMO_PASSWORD
from tests.browser import ready, watch
from tests.conftest import HERE
from tests.hands import Hands
from tests.views.conftest import ID_NUMBER, Cases

pytestmark = pytest.mark.browser
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
VILLAGE = divisions.villages(HERE)[0]


@pytest.fixture
def cases(app, people):
    found = Cases(app)
    found.publish()
    return found


@pytest.fixture
def at(sign_in):
    """Return a function that gives the hands of a person on a page."""

    def sit(path, username="clerk.tuojiang"):
        page = sign_in(username)
        page.goto(path)
        ready(page)
        return Hands(page)

    return sit


def heading(hands):
    return hands.page.inner_text("h1")


def test_sign_in_and_out(chromium, site, people):
    page = watch(chromium.new_context(base_url=site, locale="zh-CN").new_page())
    page.goto("/")
    ready(page)
    hands = Hands(page)
    hands.fill("用户名", "clerk.tuojiang").fill("密码", DEMO_PASSWORD).send()  # 1 sign in
    assert page.locator("#side").count() == 1
    hands.to("账户", "summary").press("Enter").open("退出")  # 2 sign out, through the menu under the own name
    assert page.locator("#password").count() == 1
    page.context.close()


def test_find_a_function_and_a_person(cases, at):
    cases.open(VILLAGE.code, "龙甲虚构")
    hands = at("/")
    hands.press("/").write("外出委托").send()  # 3 find a function from anywhere
    hands.top().open("外出委托")
    assert hands.page.url.endswith("/delegations/")
    hands.press("/").write("龙甲虚构").send()  # 4 find a person from anywhere
    assert "龙甲虚构" in heading(hands), "one alone is opened at once"


def test_work_with_a_list(cases, at, people):
    for number in range(23):
        cases.open(VILLAGE.code, f"龙虚构{'甲乙丙丁戊己庚辛壬癸'[number % 10]}")
    cases.move(cases.open(VILLAGE.code, "吴乙虚构"), "submit")
    hands = at("/cases/demo/")
    hands.top().to("筛选", "summary").press("Enter").choose("状态", "待受理").to("应用").send()  # 5 filter
    assert hands.page.locator("tbody tr").count() == 1
    hands.top().to("保存视图").press("Enter").fill("名称", "待受理的")  # 6 keep the filter as a view, in the menu
    hands.to("固定在左侧菜单").press("Space").to("保存").send()
    assert hands.page.locator(".tabs [aria-current]").inner_text().startswith("待受理的")
    hands.top().to("列", "button").press("Enter").to("金额").press("Space").to("应用").send()  # 7 leave out a column
    assert "金额" not in hands.page.inner_text("thead")
    hands.top().open("全部")  # 8 back to the whole list
    hands.top().open("申请日期")  # 9 sort
    assert hands.page.locator("th[aria-sort]").count() == 1
    hands.top().open("下一页")  # 10 turn the page
    assert 0 < hands.page.locator("tbody tr").count() < 20
    hands.open("待受理的")  # 11 open the kept view from the menu
    assert hands.page.locator("tbody tr").count() == 1
    hands.top().open("吴乙虚构")  # 12 open a case
    assert "吴乙虚构" in heading(hands)
    assert users.get("clerk.tuojiang").row["preferences"]["pins"]


def test_take_an_application_and_accept_it(cases, at):
    hands = at("/cases/demo/")
    hands.top().open("登记申请")
    hands.choose("村", VILLAGE.name)  # 13 fill in an application, with a member of the household
    hands.fill("姓名", "龙甲虚构").fill("公民身份号码", ID_NUMBER).fill("家庭年收入", "3600")
    hands.to("添加").press("Enter").page.wait_for_selector("[name=x_members-0-name]")
    assert hands.here()["name"] == "姓名", "a new row takes the focus"
    hands.write("龙甲虚构").choose("关系", "本人").fill("公民身份号码", ID_NUMBER)
    hands.to("保存并提交").send()  # 14 submit
    assert hands.page.inner_text(".case-head .pill") == "待受理"
    hands.top().open("受理")  # 15 accept
    hands.choose("申请人或共同生活成员", "否").to("受理", "button").send()
    assert hands.page.inner_text(".case-head .pill") == "已受理"


def test_hand_in_a_paper_and_take_a_case_over(cases, at, tmp_path):
    paper = tmp_path / "诊断书.pdf"
    paper.write_bytes(PDF)
    case = cases.open(VILLAGE.code, "龙甲虚构")
    hands = at(f"/cases/demo/{case.id}")
    # Told before the page is walked: the browser must know in time that the box for choosing is answered here.
    hands.page.on("filechooser", lambda chooser: chooser.set_files(paper))
    hands.top().to("上传 其他材料").press("Space")  # 16 hand in a paper
    hands.page.wait_for_selector("text=诊断书.pdf")
    ready(hands.page)
    hands.top().to("认领", "button").press("Enter").to("认领", "button").send()  # 17 take a case over
    assert hands.page.locator("button", has_text="认领").count() == 0
    assert "放回" in hands.page.inner_text("main") or "移交" in hands.page.inner_text("main")


def test_reveal_a_number_with_a_reason(cases, at):
    cases.open(VILLAGE.code, "龙甲虚构")
    hands = at("/cases/demo/")
    hands.top().open("龙甲虚构")
    assert ID_NUMBER not in hands.page.inner_text("main")
    hands.top().open("查看")  # 18 see a masked number, for a reason that is kept
    hands.fill("理由", "核对身份证原件").to("查看", "button").send()
    assert ID_NUMBER in hands.page.inner_text("main")


def test_settings_of_the_own_screen(cases, at):
    hands = at("/cases/demo/")
    hands.to("账户", "summary").press("Enter").to("紧凑").send()  # 19 density
    assert "dense" in hands.page.get_attribute("body", "class")
    hands.to("收起菜单").press("Enter")  # 20 fold the menu
    assert "mini" in hands.page.locator(".app").get_attribute("class")
