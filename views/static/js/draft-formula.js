/* Inputs for formulas and notices: an error's place is marked in the text, words and placeholders are completed while typing. */
import { words } from "./words.js";
const known = new Map();
let list, box, picked;

const word = /[\p{L}\p{N}_·#「]*$/u;
const grow = (area) => {
  area.style.height = "";
  area.style.height = `${area.scrollHeight + 2}px`;
};

function paint(area, problems = []) {
  const back = area.previousElementSibling;
  const spot = problems.find((one) => one.start !== null && one.end !== null);
  const mark = document.createElement("mark");
  mark.textContent = spot ? area.value.slice(spot.start, Math.max(spot.end, spot.start + 1)) : "";
  back.replaceChildren(...(spot ? [area.value.slice(0, spot.start), mark] : []));
  grow(area);
}

async function wordsOf(area) {
  const url = `${document.querySelector("[data-words]").dataset.words}?item=${area.dataset.item}&name=${area.dataset.name}`;
  if (!known.has(url)) known.set(url, fetch(url, { headers: { Accept: "application/json" } }).then((answer) => answer.json()).catch(() => ({ words: [] })));
  return (await known.get(url)).words;
}

/* What may stand at the caret: the options of the choice before it, standards within 标准(…), else fields and functions. */
function fitting(words, before, typed) {
  const choice = /([^\s＝=≠()（）]+)\s*(?:＝|==?|≠|不?属于|不?包含)\s*[[“"]?(?:[^\s]*、)?[“"]?$/u.exec(before)?.[1];
  const options = choice && words.find((one) => one.text === choice)?.options;
  const within = /标准[（(][^）)]*$/.test(before + typed);
  const pool = options ? options.map((text) => ({ text: `“${text}”`, label: text, hint: "选项" })) : words.filter((one) => (one.sort === "standard") === within);
  const sought = (within ? /标准[（(]([^）)]*)$/.exec(before + typed)[1] : typed).replace(/[「“"]/g, "").toLowerCase();
  const fits = pool.filter((one) => !sought || (one.label || one.text).toLowerCase().includes(sought) || one.keys?.startsWith(sought));
  return { fits: fits.slice(0, 12), sought, whole: Boolean(options) || within };
}

/* The placeholders that may be written here, after two braces. */
function offerFills(area) {
  const typed = /\{\{([^{}]*)$/.exec(area.value.slice(0, area.selectionStart))?.[1];
  const fits = [...area.closest(".field").querySelectorAll("[data-insert]")].map((chip) => ({ text: `${chip.dataset.insert}}}`, label: chip.dataset.insert, hint: chip.title }));
  const mine = typed === undefined ? [] : fits.filter((one) => (one.label + one.hint).includes(typed.trim()));
  return mine.length ? draw(area, mine.slice(0, 12), typed) : shut();
}

async function offer(area, asked) {
  if (area.hasAttribute("data-fills")) return offerFills(area);
  const head = area.value.slice(0, area.selectionStart);
  const typed = word.exec(head)[0];
  if (/^\d+$/.test(typed) && !asked) return shut(); // a number: Tab after it must not take a word that holds its digits
  const words = await wordsOf(area);
  if (document.activeElement !== area) return;
  const { fits, sought, whole } = fitting(words, head.slice(0, head.length - typed.length), typed);
  if (!fits.length || (!sought && !whole && !asked) || (fits.length === 1 && (fits[0].label || fits[0].text) === sought)) return shut();
  draw(area, fits, whole ? sought : typed);
}

function draw(area, fits, typed) {
  shut();
  box = { area, fits, typed };
  list = document.createElement("ul");
  Object.assign(list, { className: "suggest", id: "suggest", role: "listbox", ariaLabel: words("可以写的内容") });
  list.append(...fits.map((one, index) => {
    const item = Object.assign(document.createElement("li"), { id: `suggest-${index}`, role: "option", textContent: one.label || one.text });
    const hint = Object.assign(document.createElement("small"), { textContent: one.hint || "" });
    item.append(hint);
    item.addEventListener("pointerdown", (event) => (event.preventDefault(), accept(index)));
    return item;
  }));
  area.parentElement.append(list);
  area.setAttribute("aria-controls", "suggest");
  choose(0);
}

function choose(index) {
  picked = (index + box.fits.length) % box.fits.length;
  [...list.children].forEach((item, at) => (item.ariaSelected = String(at === picked)));
  list.children[picked].scrollIntoView({ block: "nearest" });
  box.area.setAttribute("aria-activedescendant", `suggest-${picked}`);
}

function shut() {
  list?.remove();
  box?.area.removeAttribute("aria-activedescendant");
  list = box = null;
}

function accept(index) {
  const { area, fits, typed } = box;
  const one = fits[index];
  let start = area.selectionStart - typed.length;
  if (one.hint === "选项" && /[“"]/.test(area.value[start - 1] || "")) start -= 1;
  const text = one.insert || one.text;
  area.setRangeText(text, start, area.selectionStart, "end");
  if (text.endsWith("()")) area.setSelectionRange(area.selectionStart - 1, area.selectionStart - 1);
  shut();
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

const isFormula = (item) => item?.matches?.("[data-formula]");
const isHelped = (item) => item?.matches?.("[data-formula], [data-fills]");
document.addEventListener("input", ({ target }) => {
  if (isFormula(target)) paint(target);
  if (isHelped(target)) offer(target);
});
document.addEventListener("focusin", ({ target }) => isFormula(target) && (grow(target), wordsOf(target)));
document.addEventListener("focusout", ({ target }) => isHelped(target) && shut());
document.addEventListener("click", ({ target }) => {
  const chip = target.closest("[data-insert]");
  const area = chip?.closest(".field").querySelector("textarea");
  if (!area) return;
  area.setRangeText(`{{${chip.dataset.insert}}}`, area.selectionStart, area.selectionEnd, "end");
  area.focus();
  area.dispatchEvent(new Event("change", { bubbles: true }));
});
document.addEventListener("keydown", (event) => {
  if (!isHelped(event.target)) return;
  const { key } = event;
  if (!box) {
    if (!isFormula(event.target)) return;
    if (key === " " && event.ctrlKey) offer(event.target, true);
    if (key === "Enter" && !event.isComposing) (event.preventDefault(), event.target.dispatchEvent(new Event("change", { bubbles: true })));
    return;
  }
  const moves = { ArrowDown: () => choose(picked + 1), ArrowUp: () => choose(picked - 1), Enter: () => accept(picked), Tab: () => accept(picked), Escape: shut };
  if (!moves[key] || event.isComposing) return;
  event.preventDefault();
  event.stopPropagation();
  moves[key]();
}, true);

function prepare() {
  for (const area of document.querySelectorAll("[data-formula]:not([data-wired])")) {
    area.dataset.wired = "";
    area.addEventListener("marked", ({ detail }) => paint(area, detail));
    area.addEventListener("drawn", () => grow(area));
    grow(area);
  }
}
prepare();
document.addEventListener("drawn", () => (known.clear(), prepare()));
