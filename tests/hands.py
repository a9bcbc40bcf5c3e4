"""A person without a mouse: Tab to a thing by the name a screen reader says, and press keys. Each stop must be seen.

`Hands(page).to("名称")` presses Tab until the thing of that name has the focus; it fails when it is not reached, or when
nothing on the screen shows where the focus is (WCAG 2.2, 2.4.7).
"""

from tests.browser import ready

MOST = 140
"""Stops that one may have to pass: the menu, with every group open, and a long form."""

NAME = """() => {
  const it = document.activeElement;
  if (!it || it === document.body) return null;
  const labels = it.labels ? [...it.labels].map((label) => label.innerText).join(" ") : "";
  const named = (it.getAttribute("aria-labelledby") || "").split(" ").map((id) => document.getElementById(id)?.innerText || "").join(" ");
  const name = it.getAttribute("aria-label") || named.trim() || labels || it.innerText || it.placeholder || it.value || it.title || "";
  const style = getComputedStyle(it);
  const box = it.getBoundingClientRect();
  return {
    name: name.replace(/\\s+/g, " ").trim(), tag: it.localName, type: it.type || "",
    seen: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none",
    inside: box.bottom > 0 && box.top < innerHeight && box.width > 0,
  };
}"""


TOP = """() => {
  scrollTo(0, 0);
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute("tabindex");
}"""
"""Puts the focus before everything, where it is when a page has just been opened."""


class Hands:
    def __init__(self, page):
        self.page = page

    def here(self) -> dict:
        """Return {name, tag, type, seen, inside} of what has the focus."""
        return self.page.evaluate(NAME) or {"name": "", "tag": "", "type": "", "seen": False, "inside": False}

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def write(self, text):
        self.page.keyboard.type(text)
        return self

    def to(self, name, tag=None, back=False):
        """Go on, or back, to the next thing whose name begins with these words."""
        passed = []
        for _step in range(MOST):
            self.press("Shift+Tab" if back else "Tab")
            found = self.here()
            passed.append(found["name"])
            if found["name"].startswith(name) and tag in (None, found["tag"]):
                assert found["seen"] and found["inside"], f"{name}: nobody sees where the focus is: {found}"
                return self
        raise AssertionError(f"{name} is not reached by Tab; passed {passed[-45:]}")

    def open(self, name, tag=None):
        """Go to a link or button that leads to another page, and follow it."""
        self.to(name, tag)
        with self.page.expect_navigation():
            self.press("Enter")
        ready(self.page)
        return self

    def send(self):
        """Press Enter where that sends a form."""
        with self.page.expect_navigation():
            self.press("Enter")
        ready(self.page)
        return self

    def fill(self, name, text):
        """Go to an input and write into it instead of what stands there."""
        return self.to(name).press("Control+A").write(text)

    def choose(self, name, option):
        """Go to a list of choices and step to the option."""
        self.to(name, "select")
        chosen = "() => document.activeElement.selectedOptions[0].innerText.trim()"
        self.press("Home")
        for _step in range(80):
            if self.page.evaluate(chosen) == option:
                return self
            self.press("ArrowDown")
        raise AssertionError(f"{name} has no {option}")

    def top(self):
        """Begin again at the top of the page, past the menu: by the first link there is."""
        self.page.evaluate(TOP)
        return self.to("跳到正文").press("Enter")
