/* Shows and hides fields and sections, marks what became required, previews computed fields.
   A hidden field is disabled, so it is neither posted nor validated. The server decides again. */
import { evaluate, fen, yuan } from "./formula.js";

function value(inputs) {
  const first = inputs[0];
  if (first.type === "radio") return inputs.find((input) => input.checked)?.value ?? "";
  if (first.type === "checkbox") return inputs.length > 1 || first.closest(".options") ? inputs.filter((i) => i.checked).map((i) => i.value) : first.checked;
  if (first.multiple) return [...first.selectedOptions].map((option) => option.value);
  if ("money" in first.dataset) return fen(first.value) ?? 0;
  if (first.type === "number" || "number" in first.dataset) return Number(first.value || 0);
  return first.value;
}

const inputsOf = (box) => [...box.querySelectorAll("input, select, textarea")];

function reader(scope, selector) {
  return (name) => {
    const box = scope.querySelector(`[${selector}="${CSS.escape(name)}"]`);
    if (!box) return undefined;
    if (box.dataset.rows) return [...box.querySelectorAll("tbody tr")].map((row) => reader(row, "data-column"));
    const output = box.querySelector("output[data-compute]");
    if (output) return Number(output.dataset.value ?? 0);
    const inputs = inputsOf(box);
    return inputs.length ? value(inputs) : undefined;
  };
}

function known(read) {
  return (name) => {
    const found = read(name);
    if (found === undefined) throw new Error(`no field ${name}`);
    return found;
  };
}

function attempt(text, read) {
  try {
    return evaluate(JSON.parse(text), read);
  } catch {
    return undefined; // leave the page as it is
  }
}

const readerFor = (form, item) => {
  const all = reader(form, "data-field");
  const row = item.closest("[data-rows] tbody tr");
  return row ? known((name) => reader(row, "data-column")(name) ?? all(name)) : known(all);
};

function show(item, visible) {
  if (item.matches("td")) item.classList.toggle("off", !visible);
  else item.hidden = !visible;
  for (const input of inputsOf(item)) input.disabled = !visible || Boolean(input.parentElement.closest("[hidden], .off"));
}

function refresh(form) {
  for (const output of form.querySelectorAll("output[data-compute]")) {
    const result = attempt(output.dataset.compute, readerFor(form, output));
    if (typeof result === "string") output.value = result;
    if (typeof result !== "number" || !Number.isFinite(result)) continue;
    output.dataset.value = result;
    const text = "moneyText" in output.dataset ? yuan(result) : String(Math.round(result * 100) / 100);
    output.value = [text, output.dataset.unit].filter(Boolean).join(" ");
  }
  for (const item of form.querySelectorAll("[data-visible-when]")) show(item, attempt(item.dataset.visibleWhen, readerFor(form, item)) !== false);
  for (const item of form.querySelectorAll("[data-required-when]")) {
    const needed = attempt(item.dataset.requiredWhen, readerFor(form, item)) === true;
    item.classList.toggle("needed", needed);
    for (const input of inputsOf(item)) input.ariaRequired = String(needed);
  }
  form.dispatchEvent(new CustomEvent("conditions"));
}

for (const form of document.querySelectorAll("form")) {
  if (!form.querySelector("[data-visible-when], [data-required-when], [data-compute], template")) continue;
  form.addEventListener("input", () => refresh(form));
  form.addEventListener("change", () => refresh(form));
  form.addEventListener("rows", () => refresh(form));
  refresh(form);
}
