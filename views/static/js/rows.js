/* Rows of a table in a form: add, remove, move by keyboard. A row keeps its index for as long as the page lives; gaps do no harm. */
const say = (box) => {
  const rows = box.querySelectorAll("tbody tr");
  rows.forEach((row, index) => (row.querySelector("[data-number]").textContent = index + 1));
  box.querySelector("[data-row-count]").textContent = `共 ${rows.length} 行`;
  box.querySelector("[data-add-row]").disabled = box.dataset.max && rows.length >= Number(box.dataset.max);
  box.dispatchEvent(new CustomEvent("rows", { bubbles: true }));
};

const inputs = (row) => [...row.querySelectorAll("td input:not([type=hidden]), td select, td textarea")].filter((item) => !item.disabled);

function add(box) {
  if (box.querySelector("[data-add-row]").disabled) return null;
  const row = box.querySelector("template").content.firstElementChild.cloneNode(true);
  const index = box.dataset.next++;
  for (const item of row.querySelectorAll("*")) {
    for (const { name, value } of [...item.attributes]) if (value.includes("__row__")) item.setAttribute(name, value.replaceAll("__row__", index));
  }
  box.querySelector("tbody").append(row);
  say(box);
  inputs(row)[0]?.focus();
  return row;
}

function drop(box, row) {
  const next = row.nextElementSibling || row.previousElementSibling;
  row.remove();
  box.closest("form").dispatchEvent(new Event("input", { bubbles: true }));
  say(box);
  (next ? inputs(next)[0] : box.querySelector("[data-add-row]")).focus();
}

function blank(row) {
  return inputs(row).every((item) => item.type === "checkbox" || item.tagName === "SELECT" || !item.value);
}

for (const box of document.querySelectorAll("[data-rows]")) {
  say(box);
  box.addEventListener("click", (event) => {
    const dropper = event.target.closest("[data-drop-row]");
    if (!dropper && !event.target.closest("[data-add-row]")) return;
    event.preventDefault();
    if (!dropper) return add(box);
    const row = dropper.closest("tr");
    if (blank(row)) return drop(box, row);
    const name = row.querySelector("td:nth-child(2) input")?.value || "";
    import("./dialog.js").then(({ ask }) => ask(`删除第 ${row.querySelector("[data-number]").textContent} 行 ${name}?`)).then((yes) => yes && drop(box, row));
  });
  box.addEventListener("keydown", (event) => {
    const row = event.target.closest("tbody tr");
    if (!row || event.target.matches("button, textarea")) return;
    const column = inputs(row).indexOf(event.target);
    const go = (to) => to && (event.preventDefault(), inputs(to)[Math.min(column, inputs(to).length - 1)]?.focus());
    const free = !event.target.matches("select, [type=number], [type=date], [type=month], [type=radio]");
    if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      if (row.nextElementSibling) go(row.nextElementSibling);
      else if (!blank(row)) add(box);
    } else if (event.key === "ArrowDown" && (free || event.ctrlKey)) go(row.nextElementSibling);
    else if (event.key === "ArrowUp" && (free || event.ctrlKey)) go(row.previousElementSibling);
    else if (event.key === "Delete" && event.ctrlKey) row.querySelector("[data-drop-row]").click();
  });
}
