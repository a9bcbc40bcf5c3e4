"""A policy administrator at the designer: what they click and type, each step waiting until the draft has taken it."""

from contextlib import contextmanager


class Maker:
    """`page` is signed in; everything is done as on the screen, nothing by address but the tabs."""

    def __init__(self, page):
        self.page = page
        page.set_default_timeout(90_000)

    def begin(self, name, group="教育救助"):
        page = self.page
        page.goto("/designer/")
        page.click("text=新建类型")
        page.fill("#name", name)
        page.fill("#group", group)
        page.check("input[value='template:blank']")
        page.click("text=建立草稿")
        page.wait_for_selector("[data-designer]")
        return page.url.split("/drafts/")[1].split("/")[0]

    def tab(self, label):
        self.page.click(f".tabs >> text={label}")
        self.page.wait_for_selector(f".tabs [aria-current]:has-text('{label}')")
        self.page.wait_for_selector("html[data-ready]", state="attached")

    @contextmanager
    def saved(self):
        """Do something and wait until the draft has taken it."""
        with self.page.expect_response(lambda answer: answer.url.endswith("/edit") and "dry=1" not in (answer.request.post_data or "")) as sent:
            yield
        assert sent.value.ok, sent.value.text()
        self.page.wait_for_selector(f"[data-designer][data-rev='{sent.value.json()['rev']}']")

    def type(self, mark, text):
        """Type into an input of the draft and go on."""
        field = self.page.locator(mark).first
        with self.saved():
            field.fill(text)
            field.press("Tab")

    def choose(self, mark, value):
        with self.saved():
            self.page.locator(mark).first.select_option(value)

    # The form

    def section(self, title):
        with self.saved():
            self.page.click("#outline >> text=添加分组")
        self.page.wait_for_selector("#panel [data-name=title]")
        self.type("#panel [data-name=title]", title)

    def part(self, title):
        with self.saved():
            self.page.click(f"#outline .palette button[name=part]:has-text('{title}')")
        self.page.wait_for_selector(f"#outline .node >> text={title}")

    def pick(self, title):
        """Look at a section, field or column of the form."""
        self.page.click(f"#outline [data-pick]:has(span:text-is('{title}'))")
        self.page.wait_for_selector(f"#panel h2:has-text('{title}')")

    def field(self, kind, label, inside="#outline .palette form:first-of-type", required=False, **texts):
        """Add a field behind what is looked at, by a click on its kind."""
        with self.saved():
            self.page.click(f"{inside} button[name=kind][value={kind}]")
        self.page.wait_for_selector("#panel [data-name=label][value^='新的']")
        self.type("#panel [data-name=label]", label)
        self.unfold()
        if required:
            with self.saved():
                self.page.locator("#panel [data-name=required]").check()
        for name, text in texts.items():
            self.type(f"#panel [data-name={name}]", text)

    def unfold(self):
        self.page.evaluate("document.querySelectorAll('#panel details').forEach((one) => (one.open = true))")

    def options(self, *labels):
        """Give the choice that is looked at these options in place of those it began with."""
        while self.page.locator(".options-list [aria-label='删除选项']").count():
            with self.saved():
                self.page.locator(".options-list [aria-label='删除选项']").first.click()
        with self.saved():
            self.page.fill("#more-options", "\n".join(labels))
            self.page.click(".add-lines button:has-text('添加')")

    def switch(self, step):
        """Turn a step of the procedure on."""
        with self.saved():
            self.page.click(f"[role=switch][aria-label='{step}']")

    # Lists of other parts

    def item(self, sheet, code=None):
        """Add an item to the list of a sheet by its title; return the mark of the item."""
        card = f".sheet:has(> .card-head h2:text-is('{sheet}'))"
        before = set(self.rows(card))
        with self.saved():
            if code:
                self.page.select_option(f"{card} select[name=code]", label=code)
            self.page.click(f"{card} .foot button:has-text('添加')")
        (new,) = set(self.rows(card)) - before
        return f"#item-{new}"

    def rows(self, card):
        return self.page.eval_on_selector_all(f"{card} > ol > li", "(rows) => rows.map((row) => row.dataset.row)")
