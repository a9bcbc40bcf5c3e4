/* Lists: count what is picked, pick all of the page (shift for a range), open a row by a click beside its link. */
import { all, on, one } from "./dom.js";

const boxes = (id) => all(`input[name=ids][form="${CSS.escape(id)}"]`);
let last;

function refresh(bar) {
  const here = boxes(bar.id), picked = here.filter((box) => box.checked).length;
  const output = one("output", bar), head = one(`[data-pick-all="${CSS.escape(bar.id)}"]`);
  output.dataset.idle ??= output.textContent;
  bar.classList.toggle("idle", !picked);
  output.value = picked ? output.dataset.picked.replace("#", picked) : output.dataset.idle;
  for (const button of all("button:not([data-unpick])", bar)) button.disabled = !picked;
  one("[data-unpick]", bar).hidden = !picked;
  if (head) {
    head.checked = picked > 0 && picked === here.length;
    head.indeterminate = picked > 0 && picked < here.length;
  }
}

function pick(bar, checked) {
  boxes(bar.id).forEach((box) => (box.checked = checked));
  refresh(bar);
}

for (const bar of all("[data-bulk]")) {
  refresh(bar);
  on("click", () => pick(bar, false), one("[data-unpick]", bar));
}

on("click", ({ target, shiftKey }) => {
  if (target.matches("[data-pick-all]")) pick(document.getElementById(target.dataset.pickAll), target.checked);
  else if (target.matches("input[name=ids]")) {
    const here = boxes(target.form.id);
    if (shiftKey && last) {
      const [from, to] = [here.indexOf(last), here.indexOf(target)].sort((a, b) => a - b);
      here.slice(from, to + 1).forEach((box) => (box.checked = target.checked));
    }
    last = target;
    refresh(target.form);
  } else {
    const row = target.closest("tr[data-href]");
    if (row && !target.closest("a, button, input, label, summary") && !String(getSelection())) location.href = row.dataset.href;
  }
});

on("pageshow", () => all("[data-bulk]").forEach(refresh), window);
