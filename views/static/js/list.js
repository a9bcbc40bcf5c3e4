/* Lists: count what is picked, pick all of the page (shift for a range), open a row by a click beside its link. */
const boxes = (id) => [...document.querySelectorAll(`input[name=ids][form="${CSS.escape(id)}"]`)];
let last;

function refresh(bar) {
  const all = boxes(bar.id);
  const picked = all.filter((box) => box.checked).length;
  const output = bar.querySelector("output");
  output.dataset.idle ??= output.textContent;
  bar.classList.toggle("idle", !picked);
  output.value = picked ? output.dataset.picked.replace("#", picked) : output.dataset.idle;
  for (const button of bar.querySelectorAll("button:not([data-unpick])")) button.disabled = !picked;
  bar.querySelector("[data-unpick]").hidden = !picked;
  const head = document.querySelector(`[data-pick-all="${CSS.escape(bar.id)}"]`);
  if (head) {
    head.checked = picked > 0 && picked === all.length;
    head.indeterminate = picked > 0 && picked < all.length;
  }
}

for (const bar of document.querySelectorAll("[data-bulk]")) {
  refresh(bar);
  bar.querySelector("[data-unpick]").addEventListener("click", () => {
    boxes(bar.id).forEach((box) => (box.checked = false));
    refresh(bar);
  });
}

document.addEventListener("click", (event) => {
  const target = event.target;
  if (target.matches("[data-pick-all]")) {
    boxes(target.dataset.pickAll).forEach((box) => (box.checked = target.checked));
    refresh(document.getElementById(target.dataset.pickAll));
  } else if (target.matches("input[name=ids]")) {
    const all = boxes(target.form.id);
    if (event.shiftKey && last) {
      const [from, to] = [all.indexOf(last), all.indexOf(target)].sort((a, b) => a - b);
      all.slice(from, to + 1).forEach((box) => (box.checked = target.checked));
    }
    last = target;
    refresh(target.form);
  } else {
    const row = target.closest("tr[data-href]");
    if (row && !target.closest("a, button, input, label, summary") && !String(getSelection())) location.href = row.dataset.href;
  }
});

addEventListener("pageshow", () => document.querySelectorAll("[data-bulk]").forEach(refresh));
