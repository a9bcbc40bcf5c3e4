/* Starts what a page uses. Every page works without script; these are niceties. A part is loaded when its mark is on the page. */
import { all, on, one } from "./dom.js";

const parts = {
  "#side": "./drawer.js",
  "[data-search-key]": "./search.js",
  "dialog, [data-confirm], [data-fill]": "./dialog.js",
  "[data-visible-when], [data-required-when], [data-compute]": "./conditions.js",
  "[data-idnumber]": "./idnumber.js",
  "[data-money]": "./money.js",
  "[data-rows]": "./rows.js",
  "[data-guard], [data-once], [data-progress], [form=post]": "./guard.js",
  "[data-bulk], [data-href]": "./list.js",
  "[data-job]": "./job.js",
  "[data-shrink], [data-ink]": "./evidence.js",
};

const roots = [document, ...all("template").map((item) => item.content)];
const wanted = Object.keys(parts).filter((mark) => roots.some((root) => one(mark, root)));
Promise.all(wanted.map((mark) => import(parts[mark]))).then(() => (document.documentElement.dataset.ready = ""));

one("[data-focus]")?.focus();

/* On a phone the tab one is on may stand beyond the edge. */
const tab = one(".tabs [aria-current]");
if (tab) tab.parentNode.scrollLeft = tab.offsetLeft - tab.parentNode.offsetLeft - 80;

/* What scrolls sideways must be reached by the keyboard, and only then. */
const reach = (box) => {
  if (box.scrollWidth <= box.clientWidth) return box.removeAttribute("tabindex");
  box.tabIndex = 0;
  box.role = "group";
  box.ariaLabel = one("caption", box)?.textContent ?? "";
};
const sizes = new ResizeObserver((entries) => entries.forEach((entry) => reach(entry.target)));
all(".table-wrap").forEach((box) => sizes.observe(box));

on("change", ({ target }) => {
  if (target.matches("[data-autosend]:not([data-shrink])") && target.files.length) target.form.requestSubmit();
  if (target.matches("[data-send-on-change]")) target.form.requestSubmit();
});

on("keydown", (event) => {
  const typing = event.target.matches("input, select, textarea, [contenteditable]");
  const box = one("[data-search-key]");
  if (event.key === "/" && box && !typing && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    box.focus();
  }
  if (event.key === "Escape") all("details[data-menu][open]").forEach((menu) => (menu.open = false));
});

on("click", ({ target }) => {
  if (target.closest("[data-print]")) print();
  for (const menu of all("details[data-menu][open]")) if (!menu.contains(target)) menu.open = false;
});

on("beforeprint", () => all("details").forEach((item) => (item.open = !item.matches(".me, .filters"))), window);
