"""The look in a real browser: no policy violation, no console error, axe clean, both widths; scripts work."""

import json
import re
from io import BytesIO

import pytest
from pypdf import PdfReader

from adminapp.assets import Assets
from tests.browser import CONTRAST, WIDTHS, overflow, ready, served, violations, watch
from tests.views.gallery import PAGES, VIEWS, create_gallery

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def gallery():
    with served(create_gallery()) as address:
        yield f"{address}/gallery/"


@pytest.fixture
def open_page(chromium, gallery):
    """Return a function that opens a gallery page; `page.troubles` collects errors of console, policy and script."""
    contexts = []

    def open_page(name, width=1280, **options):
        context = chromium.new_context(viewport={"width": width, "height": 800}, locale="zh-CN", **options)
        contexts.append(context)
        page = watch(context.new_page())
        page.goto(gallery + name)
        if options.get("java_script_enabled", True):
            ready(page)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_page_breaks_no_policy_fits_the_width_and_satisfies_axe(open_page, name, width):
    page = open_page(name, width)
    assert page.troubles == [text for text in page.troubles if name == "error" and "404" in text]
    assert overflow(page) <= 0
    assert violations(page) == []


@pytest.mark.parametrize("name", ["dashboard", "list-picked", "case", "form-errors", "batch", "worklist", "login"])
def test_dark_scheme_keeps_the_contrast(open_page, name):
    page = open_page(name, color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(13, 19, 31)"
    assert violations(page, CONTRAST) == []


@pytest.mark.parametrize("name", PAGES)
def test_html_has_no_inline_handler_or_style(name):
    html = create_gallery().test_client().get(f"/gallery/{name}").text
    assert not re.search(r"<[^>]+\s(on[a-z]+|style)=", html)
    assert "<style" not in html


@pytest.mark.parametrize("name", ["list", "case", "worklist", "form"])
def test_buttons_are_large_enough_for_a_thumb(open_page, name):
    page = open_page(name, 400)
    sizes = page.eval_on_selector_all(
        ".button:not(.small), .drawer-open, .me > summary, .pick label, td.do > *",
        "all => all.filter(e => e.checkVisibility()).map(e => [e.innerText, e.getBoundingClientRect().height])",
    )
    assert [item for item in sizes if item[1] < 43.5] == []


def test_own_css_and_script_stay_small():
    folder = VIEWS / "static"
    files = [str(file.relative_to(folder)) for ending in ("css", "js") for file in folder.rglob(f"*.{ending}")]
    designer = {name for name in files if re.match(r"(css|js)/(designer|draft)", name)}  # loaded on its own pages only
    public = {"css/public.css"}  # of the pages for anybody, which load nothing else
    assert sum(len(Assets(folder).get(name).content) for name in files if name not in designer | public) <= 60 * 1024
    assert sum(len(Assets(folder).get(name).content) for name in public) <= 6 * 1024
    assert sum(len(Assets(folder).get(name).content) for name in designer if name.endswith(".js")) <= 20 * 1024
    assert sum(len(Assets(folder).get(name).content) for name in designer if name.endswith(".css")) <= 12 * 1024


def test_every_icon_used_is_drawn():
    drawn = set(re.findall(r'id="([a-z]+)"', (VIEWS / "static/icons.svg").read_text()))
    client = create_gallery().test_client()
    used = {icon for name in PAGES for icon in re.findall(r"icons\.\w+\.svg#([a-z]+)", client.get(f"/gallery/{name}").text)}
    assert used - drawn == set()


def test_slash_goes_to_the_search_box(open_page):
    page = open_page("list")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    assert page.evaluate("document.activeElement.value") == ""


def test_menu_is_a_drawer_on_a_phone_and_closes_with_escape(open_page):
    page = open_page("list", 400)
    assert not page.is_visible(".menu a")
    page.click(".drawer-open")
    page.wait_for_selector(".menu a", state="visible")
    page.keyboard.press("Escape")
    page.wait_for_selector(".menu a", state="hidden")


def test_menu_folds_to_icons_and_stays_folded(open_page):
    page = open_page("list")
    page.click("[data-mini]")
    assert page.evaluate("document.querySelector('.side').offsetWidth") == 60
    assert page.get_attribute(".menu a >> nth=0", "title") == "我的待办"
    assert "side=mini" in page.evaluate("document.cookie")
    page.click("[data-mini]")
    assert page.evaluate("document.querySelector('.side').offsetWidth") > 200
    assert "side" not in page.evaluate("document.cookie")


def test_question_is_asked_before_a_post_and_no_means_no(open_page):
    page = open_page("list")
    page.click("text=撤回 >> nth=0")
    assert page.inner_text("#confirm [data-question]") == "撤回田小满的申请?"
    page.click("#confirm [value=no]")
    assert page.url.endswith("/list")
    page.click("text=撤回 >> nth=0")
    page.click("#confirm [value=yes]")
    page.wait_for_url("**/posted")


def test_picked_rows_are_counted_and_posted(open_page):
    page = open_page("list")
    assert page.is_disabled("text=批量受理")
    page.check("[name=ids] >> nth=1")
    page.check("[name=ids] >> nth=3")
    assert page.inner_text(".bulk output") == "已选 2 项"
    page.click("text=批量受理")
    page.click("#confirm [value=yes]")
    page.wait_for_url("**/posted")
    assert json.loads(page.inner_text("body"))["ids"] == ["c1", "c3"]


def test_pick_all_takes_the_page(open_page):
    page = open_page("list")
    page.check("[data-pick-all]")
    assert page.inner_text(".bulk output") == "已选 20 项"
    page.click("[data-unpick]")
    assert page.locator("[name=ids]:checked").count() == 0


def test_condition_shows_field_and_section_and_disables_what_is_hidden(open_page):
    page = open_page("form")
    assert not page.is_visible("#self_paid")
    assert page.is_disabled("#self_paid") and page.is_disabled("#consent")
    page.check("[name=kind][value=expense]")
    assert page.is_visible("#self_paid") and page.is_enabled("#self_paid")
    assert page.is_visible("#consent")


def test_id_number_is_checked_and_fills_birth_and_sex(open_page):
    page = open_page("form")
    page.fill("#number", "11010519491231002X")
    page.press("#number", "Tab")
    assert page.input_value("#birth") == "1949-12-31"
    assert page.input_value("#sex") == "female"
    page.fill("#number", "110105194912310021")
    page.press("#number", "Tab")
    assert "校验位不符" in page.inner_text("[data-field=number]")


def test_id_number_in_a_row_fills_the_same_row(open_page):
    page = open_page("form")
    page.fill("#members-1-number", "11010519491231002x")
    page.press("#members-1-number", "Tab")
    assert page.input_value("#members-1-birth") == "1949-12-31"
    assert page.input_value("#members-0-birth") == ""


def test_amounts_are_formatted_and_added_up(open_page):
    page = open_page("form")
    page.fill("#members-0-income", "1234.5")
    page.fill("#members-1-income", "600")
    page.press("#members-1-income", "Tab")
    assert page.input_value("#members-0-income") == "1,234.50"
    assert page.inner_text("#total") == "1,834.50 元"


def test_enter_adds_a_member_arrows_move_and_a_removed_row_leaves_a_gap(open_page):
    page = open_page("form")
    page.press("#members-2-name", "Enter")
    assert page.evaluate("document.activeElement.id") == "members-3-name"
    page.keyboard.type("田苗")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.id") == "members-2-name"
    page.keyboard.press("Control+Delete")
    page.click("#confirm [value=yes]")
    page.wait_for_selector("#members-2-name", state="detached")
    inputs = "[data-rows] tbody [data-column=name] input"
    names = page.eval_on_selector_all(inputs, "all => all.map(e => [e.name, e.value])")
    assert names == [["members-0-name", "田小满"], ["members-1-name", "龙春生"], ["members-3-name", "田苗"]]
    assert page.eval_on_selector_all("tbody [data-number]", "all => all.map(e => e.textContent)") == ["1", "2", "3"]


PASTE = """([input, text]) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  document.querySelector(input).dispatchEvent(event);
  return event.defaultPrevented;
}"""


def cells(page, column):
    return page.eval_on_selector_all(f"[data-rows] tbody [data-column={column}] :is(input, select)", "all => all.map(e => e.value)")


def test_rows_are_pasted_from_a_spreadsheet(open_page):
    page = open_page("form")
    before = cells(page, "name")
    columns = "e => [...e.closest('tr').querySelectorAll('td :is(input:not([type=hidden]), select)')].map(i => i.name.split('-')[2])"
    first = page.eval_on_selector("#members-2-name", columns)
    lines = [{"name": "田一虚构", "number": "11010519491231002X", "income": "1,200"}, {"name": "田二虚构", "number": "", "income": "30.5"}]
    text = "\r\n".join("\t".join(line.get(name, "") for name in first) for line in lines) + "\r\n"
    assert page.evaluate(PASTE, ["#members-2-name", text])
    assert cells(page, "name") == [*before[:2], "田一虚构", "田二虚构"]
    assert page.input_value("#members-2-birth") == "1949-12-31", "the number fills what follows from it"
    assert page.inner_text("#total").endswith("元") and "共 4 行 已粘贴 2 行" in page.inner_text("[data-row-count]")
    assert not page.evaluate(PASTE, ["#members-0-name", "一个词"]), "a word is pasted as ever"


@pytest.mark.parametrize("written", ["2026/1/5", "20260105", "2026年1月5日", "2026.01.05"])
def test_a_date_is_pasted_as_it_is_written(open_page, written):
    page = open_page("form")
    assert page.evaluate(PASTE, ["#members-0-birth", f"{written}\n"])
    assert page.input_value("#members-0-birth") == "2026-01-05"


def test_what_is_no_date_leaves_the_one_that_stood_there(open_page):
    page = open_page("form")
    page.fill("#members-0-birth", "1950-01-01")
    assert page.evaluate(PASTE, ["#members-0-birth", "不详\n"])
    assert page.input_value("#members-0-birth") == "1950-01-01" and "1 格不能填入" in page.inner_text("[data-row-count]")


def test_paragraphs_stay_in_the_box_they_are_pasted_into(open_page):
    page = open_page("form")
    page.evaluate("""() => { const box = document.createElement("textarea"); box.id = "told"; document.querySelector("#members-0-name").replaceWith(box) }""")
    assert not page.evaluate(PASTE, ["#told", "一段\n又一段"]), "the browser pastes it"


def test_what_no_choice_offers_is_told(open_page):
    page = open_page("form")
    assert page.evaluate(PASTE, ["#members-0-relation", "邻居的朋友\n"])
    assert "1 格不能填入" in page.inner_text("[data-row-count]")


def test_button_of_the_shared_form_sends_once_however_often_it_is_pressed(open_page):
    page = open_page("dashboard")
    assert not page.query_selector("[data-once], [data-guard], [data-progress]")
    sent = []
    page.route("**/posted", lambda route: (sent.append(route.request.method), route.fulfill(status=204)))  # the page stays
    page.click(".me summary")
    button = page.locator("[form=post]", has_text="退出")
    button.evaluate("e => { e.click(); e.click() }")
    assert button.is_disabled() and button.get_attribute("aria-busy") == "true"
    button.evaluate("e => { e.disabled = false; e.click() }")
    page.wait_for_timeout(200)
    assert sent == ["POST"]


def test_tab_one_is_on_is_in_sight_on_a_phone(open_page):
    page = open_page("worklist", 320)
    box = page.locator(".tabs").bounding_box()
    here = page.locator(".tabs [aria-current]").bounding_box()
    assert page.locator(".tabs").evaluate("e => e.scrollLeft") > 0
    assert box["x"] <= here["x"] and here["x"] + here["width"] < box["x"] + box["width"] + 1


def test_first_tab_stays_in_sight_when_the_others_do_not_fit_beside_the_menu(open_page):
    page = open_page("worklist", 1280)
    page.locator(".tabs").evaluate("""e => {
      e.style.width = "200px";
      for (const tab of e.children) tab.removeAttribute("aria-current");
      e.children[0].setAttribute("aria-current", "page");
    }""")
    page.evaluate("import('/static/js/app.js?again')")
    page.wait_for_timeout(200)
    assert page.locator(".tabs").evaluate("e => e.scrollWidth > e.clientWidth && e.scrollLeft === 0")


def test_leaving_a_changed_form_asks_first(open_page):
    page = open_page("form")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.fill("#address", "上坪村 3 组")
    assert "有未保存的修改" in page.inner_text(".form-foot")
    page.click("text=取消 >> nth=0")
    assert asked == ["beforeunload"]
    assert page.url.endswith("/form")


def test_error_summary_has_focus_and_leads_to_the_field(open_page):
    page = open_page("form-errors")
    assert page.evaluate("document.activeElement.id") == "errors"
    page.click("#errors a >> text=困难情况说明")
    assert page.evaluate("document.activeElement.id") == "story"
    assert page.get_attribute("#story", "aria-invalid") == "true"


def test_reason_is_asked_in_a_dialog_and_posted_with_the_revision(open_page):
    page = open_page("case")
    page.click("text=登记异议")
    page.click("#do-object .dialog-foot [type=submit]")
    assert page.is_visible("#do-object-reason")  # empty: the browser keeps the dialog open
    page.click("text=收入情况不实")
    page.click("#do-object .dialog-foot [type=submit]")
    page.wait_for_url("**/posted")
    assert json.loads(page.inner_text("body")) == {"reason": ["收入情况不实"], "rev": ["4"]}


def test_job_is_followed_to_its_end(open_page):
    page = open_page("job")
    page.wait_for_selector("[data-job-text]:has-text('200 / 200，失败 2')")
    assert page.inner_text("[data-job-state] >> nth=0") == "已完成"
    assert page.is_visible("[data-job-result] >> nth=0")


def test_pages_work_without_script(open_page):
    page = open_page("list", 400, java_script_enabled=False)
    page.click(".drawer-open")
    page.wait_for_selector(".menu a >> nth=0", state="visible")
    page.click(".side .drawer-shut")
    page.wait_for_selector(".menu a >> nth=0", state="hidden")
    page.check("[name=ids] >> nth=0")
    page.click("text=批量受理")
    page.wait_for_url("**/posted")


def test_frame_is_not_printed(open_page):
    page = open_page("list")
    page.emulate_media(media="print")
    for selector in (".side", ".bar", ".toolbar", ".bulk", ".pager", ".pick"):
        assert not page.is_visible(f"{selector} >> nth=0"), selector
    assert page.is_visible("table")


def test_list_lies_on_its_side_on_paper_and_a_case_stands(open_page):
    for name, lies in (("list", True), ("case", False)):
        sheet = PdfReader(BytesIO(open_page(name).pdf(prefer_css_page_size=True))).pages[0].mediabox
        assert (sheet.width > sheet.height) == lies, name


def test_work_is_read_on_paper(open_page):
    page = open_page("worklist", 690)
    page.emulate_media(media="print")
    assert page.locator(".work .what").first.bounding_box()["width"] > 400
    assert not page.is_visible(".work .button >> nth=0")


def test_the_head_of_a_wide_english_table_stays_while_its_card_scrolls(open_page):
    page = open_page("list", 1280)
    page.evaluate(
        """() => { document.documentElement.lang = "en"; const body = document.querySelector(".sticky tbody");
        for (let n = 0; n < 4; n++) for (const row of [...body.children].slice(0, 20)) body.append(row.cloneNode(true)) }"""
    )
    wrap = page.locator(".sticky .table-wrap")
    assert wrap.evaluate("e => e.scrollHeight > e.clientHeight && e.clientHeight < innerHeight")
    wrap.evaluate("e => e.scrollTop = 400")
    assert wrap.evaluate("e => Math.abs(e.querySelector('thead th:last-child').getBoundingClientRect().top - e.getBoundingClientRect().top) < 2")
