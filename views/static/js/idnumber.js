/* ID numbers: check digit at once, birth date and sex filled in where the input says so. */
import { all, on, one, tell } from "./dom.js";
import { words } from "./words.js";

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const birth = (number) => `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`;

export function problem(number) {
  if (!/^\d{17}[\dX]$/.test(number)) return words("应为 18 位");
  const born = new Date(`${birth(number)}T00:00:00Z`);
  if (Number.isNaN(born.getTime()) || born.getUTCDate() !== Number(number.slice(12, 14)) || born > new Date()) return words("出生日期部分有误");
  const sum = weights.reduce((total, weight, index) => total + weight * Number(number[index]), 0);
  return "10X98765432"[sum % 11] === number[17] ? "" : words("校验位不符，请核对");
}

function target(input, name) {
  const row = input.closest("[data-rows] tbody tr");
  const box = one(`[data-${row ? "column" : "field"}="${CSS.escape(name)}"]`, row || input.form);
  return box ? all("input, select", box) : [];
}

function fill(inputs, wanted) {
  const first = inputs[0];
  if (!first) return;
  if (first.type === "radio") inputs.forEach((input) => (input.checked = wanted.includes(input.value)));
  else if (first.tagName === "SELECT") first.value = [...first.options].find((option) => wanted.includes(option.value))?.value ?? first.value;
  else first.value = wanted.at(-1);
  tell("input", first);
}

function say(input, text) {
  let note = one(".field-error[data-live]", input.parentElement);
  if (!text) return note?.remove(), input.removeAttribute("aria-invalid");
  if (!note) {
    note = document.createElement("p");
    note.className = "field-error";
    note.dataset.live = "";
    note.role = "status";
    input.after(note);
  }
  note.textContent = text;
  input.setAttribute("aria-invalid", true);
}

on("change", ({ target: input }) => {
  if (!input.matches("[data-idnumber]")) return;
  const number = (input.value = input.value.replace(/[\s-]/g, "").replaceAll("\uff38", "X").toUpperCase());
  if (!number || number.includes("*")) return say(input, "");
  const wrong = problem(number);
  say(input, wrong);
  if (wrong) return;
  const { fillsBirth, fillsSex } = input.dataset;
  if (fillsBirth) fill(target(input, fillsBirth), [birth(number)]);
  if (fillsSex) fill(target(input, fillsSex), number[16] % 2 ? ["male", "男"] : ["female", "女"]);
});
