/* Rows of a table in a form: add, remove, move by keyboard, paste from a spreadsheet. A row keeps its index for as long
   as the page lives; gaps do no harm. */
import { all, on, one, tell } from "./dom.js";
import { words } from "./words.js";

const rowsOf = (box) => all("tbody tr", box);
const inputs = (row) => all("td input:not([type=hidden]), td select, td textarea", row).filter((item) => !item.disabled);
const blank = (row) => inputs(row).every((item) => item.type === "checkbox" || item.tagName === "SELECT" || !item.value);

function say(box, text = "") {
  const rows = rowsOf(box);
  rows.forEach((row, index) => (one("[data-number]", row).textContent = index + 1));
  one("[data-row-count]", box).textContent = words("共 {0} 行 {1}", rows.length, text);
  one("[data-add-row]", box).disabled = box.dataset.max && rows.length >= Number(box.dataset.max);
  tell("rows", box);
}

function add(box) {
  if (one("[data-add-row]", box).disabled) return null;
  const row = one("template", box).content.firstElementChild.cloneNode(true);
  const index = box.dataset.next++;
  for (const item of all("*", row)) {
    for (const { name, value } of [...item.attributes]) if (value.includes("__row__")) item.setAttribute(name, value.replaceAll("__row__", index));
  }
  one("tbody", box).append(row);
  say(box);
  inputs(row)[0]?.focus();
  return row;
}

function drop(box, row) {
  const next = row.nextElementSibling || row.previousElementSibling;
  row.remove();
  tell("input", box);
  say(box);
  (next ? inputs(next)[0] : one("[data-add-row]", box)).focus();
}

/* Put a cell of a spreadsheet into an input; false when it does not take it, as a choice without such a word: what stood
   there stays. A blank cell leaves what is there. Dates come as 2026/1/5, 20260105 or 2026年1月5日. */
function put(input, text) {
  if (!text) return true;
  if (input.type === "checkbox") input.checked = /^(是|有|√|1|y)/i.test(text);
  else if (input.tagName === "SELECT") {
    const option = [...input.options].find(({ label, value }) => text === label.trim() || text === value);
    if (!option) return false;
    input.value = option.value;
  } else {
    const before = input.value;
    const parts = /date|month/.test(input.type) && text.replace(/^(\d{4})(\d\d)(\d\d)$/, "$1-$2-$3").match(/\d+/g);
    input.value = parts ? parts.map((part) => part.padStart(2, 0)).join("-") : text;
    if (!input.value) return (input.value = before), false;
  }
  tell("input", input);
  tell("change", input);
  return true;
}

function paste(box, row, column, text) {
  let [lines, missed] = [0, 0];
  for (const line of text.trimEnd().split(/\r?\n/)) {
    if (!(row ??= add(box))) break;
    const cells = inputs(row).slice(column);
    line.split("\t").forEach((cell, place) => cells[place] && !put(cells[place], cell.trim()) && missed++);
    row = row.nextElementSibling;
    lines++;
  }
  say(box, words("已粘贴 {0} 行", lines) + (missed ? words("，{0} 格不能填入", missed) : ""));
}

for (const box of all("[data-rows]")) {
  say(box);
  on("click", (event) => {
    const dropper = event.target.closest("[data-drop-row]");
    if (!dropper && !event.target.closest("[data-add-row]")) return;
    event.preventDefault();
    if (!dropper) return add(box);
    const row = dropper.closest("tr");
    if (blank(row)) return drop(box, row);
    const name = one("td:nth-child(2) input", row)?.value || "";
    import("./dialog.js").then(({ ask }) => ask(words("删除第 {0} 行 {1}？", one("[data-number]", row).textContent, name))).then((yes) => yes && drop(box, row));
  }, box);
  on("paste", (event) => {
    const text = event.clipboardData.getData("text"), row = event.target.closest("tbody tr");
    if (!row || !/[\t\n]/.test(text) || (event.target.matches("textarea") && !text.includes("\t"))) return;
    event.preventDefault();
    paste(box, row, inputs(row).indexOf(event.target), text);
  }, box);
  on("keydown", (event) => {
    const row = event.target.closest("tbody tr");
    if (!row || event.target.matches("button, textarea")) return;
    const column = inputs(row).indexOf(event.target);
    const go = (to) => to && (event.preventDefault(), inputs(to)[Math.min(column, inputs(to).length - 1)]?.focus());
    const free = event.ctrlKey || !event.target.matches("select, [type=number], [type=date], [type=month], [type=radio]");
    if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      if (row.nextElementSibling) go(row.nextElementSibling);
      else if (!blank(row)) add(box);
    } else if (event.key === "ArrowDown" && free) go(row.nextElementSibling);
    else if (event.key === "ArrowUp" && free) go(row.previousElementSibling);
    else if (event.key === "Delete" && event.ctrlKey) one("[data-drop-row]", row).click();
  }, box);
}
