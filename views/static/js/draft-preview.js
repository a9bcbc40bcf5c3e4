/* The frame with what the draft becomes: drawn anew behind the old one after each edit, at the width of a desk or of a phone. */
import { pick } from "./draft.js";

const screen = document.querySelector(".screen");
let frame = screen?.querySelector("iframe"), waiting;
const inside = (mark) => frame.contentDocument?.querySelector(mark);

function size(item = frame) {
  const width = Number(document.querySelector("[data-width][aria-pressed=true]")?.dataset.width) || screen.clientWidth;
  const scale = Math.min(1, screen.clientWidth / width);
  Object.assign(item.style, { width: `${width}px`, height: `${screen.clientHeight / scale}px`, transform: `scale(${scale})`, left: `${Math.max(0, (screen.clientWidth - width * scale) / 2)}px` });
}

/* A paper is another address when another notice is looked at. */
const paper = () => document.querySelector("[data-paper]")?.dataset.paper;

function wire() {
  const page = frame.contentDocument;
  if (!page || paper()) return;
  if (inside("[data-trial]")) return page.addEventListener("change", () => later(tryAgain, 0));
  page.addEventListener("click", (event) => {
    const field = event.target.closest("[data-field], [data-column]");
    const row = field && document.querySelector(`[data-row][data-id="${CSS.escape((field.dataset.field || field.dataset.column).replace(/^x_/, ""))}"]`);
    if (event.target.closest("a, button")) event.preventDefault();
    if (row) pick(row.querySelector("[data-pick]"));
  });
  page.addEventListener("submit", (event) => event.preventDefault());
}

function reveal(key) {
  const id = document.querySelector(`[data-row="${key}"]`)?.dataset.id;
  const field = id && inside(`[data-field="x_${CSS.escape(id)}"], #section-${CSS.escape(id)}, [data-column="${CSS.escape(id)}"]`);
  if (!field) return;
  field.scrollIntoView({ block: "center" });
  field.style.outline = "2px solid #2456c9";
  field.style.outlineOffset = "4px";
  setTimeout(() => (field.style.outline = ""), 1600);
}

function redraw() {
  if (inside("[data-trial]")) return tryAgain();
  const next = frame.cloneNode();
  if (paper()) next.src = `${paper()}#toolbar=0`;
  next.style.visibility = "hidden";
  next.addEventListener("load", () => {
    next.contentWindow.scrollTo(0, frame.contentWindow?.scrollY || 0);
    next.style.visibility = "";
    frame.remove();
    frame = next;
    wire();
  }, { once: true });
  size(next);
  screen.append(next);
}

/* Decide again: only the result is put in, unless other values are asked for now. */
async function tryAgain() {
  const form = inside("[data-trial]");
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const asks = (one) => one.elements.was.value + [...one.elements].map((item) => item.name);
  if (asks(page.querySelector("[data-trial]")) === asks(form)) inside("[data-result]").innerHTML = page.querySelector("[data-result]").innerHTML;
  else form.submit();
}

function later(what, time) {
  clearTimeout(waiting);
  waiting = setTimeout(what, time);
}

if (frame && paper() && !navigator.pdfViewerEnabled) {
  screen.querySelector("[data-no-pdf]").hidden = false;
} else if (frame) {
  size();
  if (paper()) frame.src = `${paper()}#toolbar=0`;
  new ResizeObserver(() => size()).observe(screen);
  if (frame.contentDocument?.readyState === "complete") wire();
  frame.addEventListener("load", wire);
  document.addEventListener("picked", ({ detail }) => reveal(detail));
  document.addEventListener("drawn", () => later(redraw, 350));
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-width], [data-look]");
    if (!button) return;
    if (button.dataset.look) frame.src = button.dataset.look;
    [...button.parentElement.children].forEach((one) => one.ariaPressed && (one.ariaPressed = String(one === button)));
    size();
  });
}
