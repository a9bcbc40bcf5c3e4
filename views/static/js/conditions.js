/* Shows and hides fields and sections, marks what became required, previews computed fields.
   A hidden field is disabled, so it is neither posted nor validated. The server decides again. */
import { all, on, one, tell } from "./dom.js";
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

const inputsOf = (box) => all("input, select, textarea", box);

function reader(scope, selector) {
  return (name) => {
    const box = one(`[${selector}="${CSS.escape(name)}"]`, scope);
    if (!box) return undefined;
    if (box.dataset.rows) return all("tbody tr", box).map((row) => reader(row, "data-column"));
    const output = one("output[data-compute]", box);
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
  const whole = reader(form, "data-field");
  const row = item.closest("[data-rows] tbody tr");
  return row ? known((name) => reader(row, "data-column")(name) ?? whole(name)) : known(whole);
};

function show(item, visible) {
  if (item.matches("td")) item.classList.toggle("off", !visible);
  else item.hidden = !visible;
  for (const input of inputsOf(item)) input.disabled = !visible || Boolean(input.parentElement.closest("[hidden], .off"));
}

function refresh(form) {
  for (const output of all("output[data-compute]", form)) {
    const result = attempt(output.dataset.compute, readerFor(form, output));
    if (typeof result === "string") output.value = result;
    if (typeof result !== "number" || !Number.isFinite(result)) continue;
    output.dataset.value = result;
    const text = "moneyText" in output.dataset ? yuan(result) : String(Math.round(result * 100) / 100);
    output.value = [text, output.dataset.unit].filter(Boolean).join(" ");
  }
  for (const item of all("[data-visible-when]", form)) show(item, attempt(item.dataset.visibleWhen, readerFor(form, item)) !== false);
  for (const item of all("[data-required-when]", form)) {
    const needed = attempt(item.dataset.requiredWhen, readerFor(form, item)) === true;
    item.classList.toggle("needed", needed);
    for (const input of inputsOf(item)) input.ariaRequired = String(needed);
  }
  tell("conditions", form);
}

for (const form of all("form")) {
  if (!one("[data-visible-when], [data-required-when], [data-compute], template", form)) continue;
  for (const type of ["input", "change", "rows"]) on(type, () => refresh(form), form);
  refresh(form);
}
