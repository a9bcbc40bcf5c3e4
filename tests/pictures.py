"""Takes the pictures of the README that show the designer, from a demo that runs: `python -m tests.pictures http://127.0.0.1:8000`.

Nothing is changed there. Look at what came out before you commit it.
"""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import launched, people_of, ready

FOLDER = Path(__file__).parent.parent / "docs" / "images"
DRAFT, RURAL = "td.main a[href*='/drafts/']:has-text('教育救助')", "td.main a[href*='/drafts/']:has-text('农村低保')"


def main(address):
    with sync_playwright() as playwright, launched(playwright) as browser, people_of(browser, address) as sign_in:
        page = sign_in("policy")
        for name, show in PICTURES.items():
            page.goto("/designer/")
            show(page)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=FOLDER / f"designer-{name}.png")
            print(f"designer-{name}.png")


def form(page):
    """The form builder with a field that is looked at, and the form as it becomes."""
    page.click(DRAFT)
    tab(page, "表单")
    page.click("#outline [data-pick]:has(span:text-is('学费和住宿费'))")
    page.wait_for_selector("#panel h2:has-text('学费和住宿费')")
    page.evaluate("window.scrollTo(0, 0)")


def rules(page):
    """A rule in words, and an example decided by all of them beside it."""
    page.click(RURAL)
    tab(page, "资格与金额")
    page.click("text=人均年收入低于农村低保标准")
    page.wait_for_selector("[data-name=rule]")
    page.evaluate("window.scrollTo(0, 0)")
    page.wait_for_timeout(1500)  # the frame beside it


def flow(page):
    page.click(DRAFT)
    tab(page, "流程与时限")


def release(page):
    """The raise of the standards on its way: what was checked, and what the simulation found."""
    page.goto("/releases/")
    page.click("td.main a:has-text('提标')")
    page.wait_for_selector(".case-head")


def tab(page, label):
    page.click(f".tabs >> text={label}")
    page.wait_for_selector(f".tabs [aria-current]:has-text('{label}')")
    ready(page)


PICTURES = {"form": form, "rules": rules, "flow": flow, "release": release}

if __name__ == "__main__":
    main(sys.argv[1])
