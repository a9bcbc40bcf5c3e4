/* Starts what a page uses. Every page works without script; these are niceties. A part is loaded when its mark is on the page. */
const parts = {
  "#side": "./drawer.js",
  "dialog, [data-confirm], [data-fill]": "./dialog.js",
  "[data-visible-when], [data-required-when], [data-compute]": "./conditions.js",
  "[data-idnumber]": "./idnumber.js",
  "[data-money]": "./money.js",
  "[data-rows]": "./rows.js",
  "[data-guard], [data-once], [data-progress]": "./guard.js",
  "[data-bulk], [data-href]": "./list.js",
  "[data-options-url], [data-options]": "./options.js",
  "[data-job]": "./job.js",
  "[data-shrink], [data-ink]": "./evidence.js",
};

const roots = [document, ...[...document.querySelectorAll("template")].map((item) => item.content)];
const wanted = Object.keys(parts).filter((mark) => roots.some((root) => root.querySelector(mark)));
Promise.all(wanted.map((mark) => import(parts[mark]))).then(() => (document.documentElement.dataset.ready = ""));

document.querySelector("[data-focus]")?.focus();

/* What scrolls sideways must be reached by the keyboard, and only then. */
const reach = (box) => {
  if (box.scrollWidth <= box.clientWidth) return box.removeAttribute("tabindex");
  box.tabIndex = 0;
  box.role = "group";
  box.ariaLabel = box.querySelector("caption")?.textContent ?? "";
};
const sizes = new ResizeObserver((entries) => entries.forEach((entry) => reach(entry.target)));
document.querySelectorAll(".table-wrap").forEach((box) => sizes.observe(box));

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-autosend]") && event.target.files.length) event.target.form.requestSubmit();
  if (event.target.matches("[data-send-on-change]")) event.target.form.requestSubmit();
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input, select, textarea, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
    const box = document.querySelector("[data-search-key]");
    if (box) {
      event.preventDefault();
      box.focus();
    }
  }
  if (event.key === "Escape") document.querySelector("details[data-menu][open]")?.removeAttribute("open");
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) if (!menu.contains(event.target)) menu.open = false;
});

addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((item) => (item.open = !item.matches(".me, .filters"))));
