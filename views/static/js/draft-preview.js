/* The frame with the form as it becomes: drawn anew behind the old one after each edit, at the width of a desk or of a phone. */
import { pick } from "./draft.js";

const screen = document.querySelector(".screen");
let frame = screen?.querySelector("iframe"), waiting;

function size(item = frame) {
  const width = Number(document.querySelector("[data-width][aria-pressed=true]").dataset.width);
  const scale = Math.min(1, screen.clientWidth / width);
  Object.assign(item.style, { width: `${width}px`, height: `${screen.clientHeight / scale}px`, transform: `scale(${scale})`, left: `${Math.max(0, (screen.clientWidth - width * scale) / 2)}px` });
}

function wire(item) {
  item.contentDocument.addEventListener("click", (event) => {
    const field = event.target.closest("[data-field], [data-column]");
    const row = field && document.querySelector(`[data-row][data-id="${CSS.escape((field.dataset.field || field.dataset.column).replace(/^x_/, ""))}"]`);
    if (event.target.closest("a, button")) event.preventDefault();
    if (row) pick(row.querySelector("[data-pick]"));
  });
  item.contentDocument.addEventListener("submit", (event) => event.preventDefault());
}

function reveal(key) {
  const id = document.querySelector(`[data-row="${key}"]`)?.dataset.id;
  const field = id && frame.contentDocument?.querySelector(`[data-field="x_${CSS.escape(id)}"], #section-${CSS.escape(id)}, [data-column="${CSS.escape(id)}"]`);
  if (!field) return;
  field.scrollIntoView({ block: "center" });
  field.style.outline = "2px solid #2456c9";
  field.style.outlineOffset = "4px";
  setTimeout(() => (field.style.outline = ""), 1600);
}

function redraw() {
  const next = frame.cloneNode();
  next.style.visibility = "hidden";
  next.addEventListener("load", () => {
    next.contentWindow.scrollTo(0, frame.contentWindow?.scrollY || 0);
    next.style.visibility = "";
    frame.remove();
    frame = next;
    wire(frame);
  }, { once: true });
  size(next);
  screen.append(next);
}

if (frame) {
  size();
  new ResizeObserver(() => size()).observe(screen);
  if (frame.contentDocument?.readyState === "complete") wire(frame);
  frame.addEventListener("load", () => wire(frame));
  document.addEventListener("picked", ({ detail }) => reveal(detail));
  document.addEventListener("drawn", () => {
    clearTimeout(waiting);
    waiting = setTimeout(redraw, 350);
  });
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-width]");
    if (!button) return;
    document.querySelectorAll("[data-width]").forEach((one) => (one.ariaPressed = String(one === button)));
    size();
  });
}
