/* Edits a draft: each change is sent at once, only the parts of the page that changed come back, and nothing typed is lost. */
import { words } from "./words.js";
const root = document.querySelector("[data-designer]");
const token = document.querySelector("meta[name=csrf-token]").content;
const clash = document.querySelector("[data-clash]");
const $ = (mark, within = document) => within.querySelector(mark);
const all = (mark, within = document) => [...within.querySelectorAll(mark)];
let rev = Number(root.dataset.rev), at = root.dataset.at, queue = Promise.resolve(), checking, drawing;

async function ask(url, fields) {
  const options = { headers: { Accept: "application/json", "X-CSRFToken": token } };
  if (fields) Object.assign(options, { method: "POST", body: new URLSearchParams(fields) });
  const answer = await fetch(url, options);
  const body = await answer.json().catch(() => ({ error: answer.status }));
  return { ok: answer.ok, body };
}

export const say = (text) => text && ($("[data-say]").textContent = text);

/* Send one edit after those before it. `fields` are pairs; the rev is the one of the moment of sending. */
export function edit(fields, after) {
  const once = Math.random().toString(36).slice(2);
  const send = async () => {
    const pairs = [...fields, ["rev", rev], ["token", once], ["at", at], ["form", root.dataset.form]];
    let answer;
    try {
      answer = await ask(root.dataset.designer, pairs);
    } catch {
      $("[data-saved]").textContent = words("连接不上，还没有保存，正在重试…");
      await new Promise((wait) => setTimeout(wait, 3000));
      return send();
    }
    if (answer.ok) put(answer.body);
    else refuse(answer.body, fields);
    after?.(answer);
  };
  queue = queue.then(send);
  return queue;
}

function refuse(body, fields) {
  const text = body.refused || body.error || words("没有保存，请刷新再试");
  $("[data-clash-text]").textContent = text;
  all("button", clash).forEach((button) => (button.hidden = !body.clash));
  clash.hidden = false;
  $("[data-mine]", clash).onclick = () => {
    rev = body.rev;
    clash.hidden = true;
    edit(fields);
  };
  $("[data-theirs]", clash).onclick = () => {
    clash.hidden = true;
    show(location.href, true);
  };
  if (!body.clash) {
    show(location.href, true);
    setTimeout(() => (clash.hidden = true), 8000);
  }
}

/* Put an answer on the page. What somebody is typing in stays unless `force`. */
export function put(answer, force) {
  root.dataset.rev = rev = answer.rev ?? rev;
  if (answer.at !== undefined) at = answer.at;
  for (const [id, html] of Object.entries(answer.parts || {})) replace(document.getElementById(id), html, force);
  for (const [id, value] of Object.entries(answer.values || {})) write(document.getElementById(id), value);
  if (answer.title) all(`[data-title="${answer.title.key}"]`).forEach((item) => (item.textContent = answer.title.text || words("未命名")));
  if (answer.problems) mark(answer.problems);
  if (answer.others) $("[data-others]").replaceChildren(...answer.others.map(face));
  say(answer.said);
  if (answer.parts) document.dispatchEvent(new CustomEvent("drawn", { detail: answer }));
}

/* What the server made of it, unless somebody has gone on typing: a formula in its usual spelling, an id that follows a label. */
function write(item, value) {
  if (!item || item.value === value || dirty(item) || item.type === "checkbox") return;
  item.value = value;
  first.set(item, value);
  item.dispatchEvent(new Event("drawn"));
}

function face(other) {
  const item = document.createElement("span");
  item.className = "face";
  item.title = words("{0} 也在修改", other.name);
  item.textContent = other.name.slice(0, 1);
  return item;
}

const where = (item) => (item.id ? `#${CSS.escape(item.id)}` : item.matches("[data-grip]") ? `[data-row="${item.closest("[data-row]").dataset.row}"]>.node>[data-grip], [data-row="${item.closest("[data-row]").dataset.row}"]>:not(.node) [data-grip], [data-row="${item.closest("[data-row]").dataset.row}"]>[data-grip]` : null);

function replace(box, html, force) {
  if (!box) return;
  const active = box.contains(document.activeElement) ? document.activeElement : null;
  const kept = active && { mark: where(active), value: active.value, dirty: dirty(active), range: [active.selectionStart, active.selectionEnd] };
  const open = all("details[data-keep]", box).filter((item) => item.open).map((item) => item.dataset.keep);
  const top = box.scrollTop;
  drawing = true;
  box.innerHTML = html;
  drawing = false;
  for (const item of all("details[data-keep]", box)) item.open ||= open.includes(item.dataset.keep);
  box.scrollTop = top;
  const again = kept?.mark && $(kept.mark, box);
  if (!again) return;
  again.focus({ preventScroll: true });
  if (kept.dirty && !force) again.value = kept.value;
  if (again.matches("input[type=text], textarea")) again.setSelectionRange(...kept.range);
}

/* Problems at their inputs. */
function mark(problems) {
  const found = Map.groupBy ? Map.groupBy(problems, (one) => `${one.item}.${one.name}`) : group(problems);
  for (const slot of all("[data-problems]")) {
    const mine = found.get(slot.dataset.problems) || [];
    slot.replaceChildren(...mine.map((one) => Object.assign(document.createElement("p"), { className: "field-error", textContent: one.text })));
    const control = document.getElementById(slot.id.replace(/-error$/, ""));
    if (!control) continue;
    if (mine.length) control.ariaInvalid = "true";
    else control.removeAttribute("aria-invalid");
    control.dispatchEvent(new CustomEvent("marked", { detail: mine }));
  }
}

function group(problems) {
  const found = new Map();
  for (const one of problems) found.set(`${one.item}.${one.name}`, [...(found.get(`${one.item}.${one.name}`) || []), one]);
  return found;
}

/* What an input holds, as it is sent. */
const first = new WeakMap();
const read = (item) => (item.type === "checkbox" ? String(item.checked) : item.value);
const dirty = (item) => first.has(item) && first.get(item) !== read(item);
document.addEventListener("focusin", ({ target }) => target.matches("[data-name]") && !first.has(target) && first.set(target, read(target)));

function pairs(item) {
  const { item: key, name } = item.dataset;
  const values = "many" in item.dataset ? all(`[data-item="${key}"][data-name="${name}"]:checked`).map((one) => one.value) : [item.type === "checkbox" ? (item.checked ? "true" : "") : item.value];
  return [["do", "set"], ["item", key], ["name", name], ...values.map((value) => ["value", value])];
}

document.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-item][data-name]")) return;
  clearTimeout(checking);
  first.set(target, read(target));
  edit(pairs(target));
});

/* Text that was put back after the page was drawn anew under it: leaving it fires no change of its own. */
document.addEventListener("focusout", ({ target }) => {
  if (!drawing && target.matches("[data-item][data-name]") && dirty(target)) target.dispatchEvent(new Event("change", { bubbles: true }));
});

document.addEventListener("input", ({ target }) => {
  if (!target.matches("[data-item][data-name]:is(textarea, [type=text])")) return;
  clearTimeout(checking);
  checking = setTimeout(async () => {
    const answer = await ask(root.dataset.designer, [...pairs(target), ["rev", rev], ["dry", "1"], ["form", root.dataset.form]]).catch(() => null);
    if (answer?.ok && dirty(target)) mark(answer.body.problems);
  }, 450);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.closest(".designer, #state") || !form.elements.do) return;
  event.preventDefault();
  if (form.dataset.itemForm) return document.activeElement?.blur();
  const fields = [...new FormData(form, event.submitter)].filter(([name]) => !["csrf_token", "rev", "form", "at"].includes(name));
  edit(fields, ({ ok, body }) => {
    if (!ok || form.elements.do.value !== "add") return;
    const label = $(`#f-${body.at}-label, #f-${body.at}-title, #f-${body.at}-name`) || $(`[data-row="${body.at}"] [data-name]`);
    showPane("panel");
    label?.focus();
    label?.select?.();
  });
});

/* Enter adds the line that was typed; an empty line or Shift+Enter makes a new one. */
document.addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (target.matches("[data-enter]") && key === "Enter" && !event.shiftKey && !event.isComposing && target.value.trim() && !target.value.includes("\n")) {
    event.preventDefault();
    target.form.requestSubmit();
  }
  if ((event.ctrlKey || event.metaKey) && "zy".includes(key.toLowerCase()) && !target.matches("input, textarea, select")) {
    event.preventDefault();
    edit([["do", key === "y" || event.shiftKey ? "redo" : "undo"]]);
  }
  if (target.matches("[data-grip]") && ["ArrowUp", "ArrowDown"].includes(key)) {
    event.preventDefault();
    edit([["do", key === "ArrowUp" ? "up" : "down"], ["item", target.closest("[data-row]").dataset.row]]);
  }
});

/* Looking at another item. */
async function show(url, force) {
  await queue;
  const { ok, body } = await ask(url);
  if (ok) put(body, force);
}

const showPane = (name) => {
  const box = $("[data-panes]");
  if (!box) return;
  box.dataset.show = name;
  all("[data-pane]").forEach((button) => (button.ariaPressed = String(button.dataset.pane === name)));
};

/* Look at an item: by its link, which says where. */
export function pick(link) {
  if (!link) return;
  history.replaceState(null, "", link.href);
  showPane("panel");
  const key = link.dataset.pick;
  return show(link.href).then(() => document.dispatchEvent(new CustomEvent("picked", { detail: key })));
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-pick]");
  const pane = event.target.closest("[data-pane]");
  if (link && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    pick(link);
  } else if (pane) showPane(pane.dataset.pane);
});

/* Who is here, and what others changed. An answer that comes after an edit of mine is old: the next one will do. */
async function greet() {
  if (document.visibilityState === "visible" && root.dataset.here) {
    const asked = `${rev} ${at}`;
    const answer = await ask(root.dataset.here, [["rev", rev], ["at", at], ["form", root.dataset.form]]).catch(() => null);
    if (answer?.ok && asked === `${rev} ${at}` && answer.body.rev >= rev) put(answer.body);
  }
  setTimeout(greet, 8000);
}
setTimeout(greet, 1000);

if (location.hash.startsWith("#f-")) document.getElementById(location.hash.slice(1))?.focus();
