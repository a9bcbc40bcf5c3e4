/* Moves items by pointer, mouse or finger: from a grip to another place, or a kind of field from the palette into the form. */
import { edit } from "./draft.js";

let drag;
const rows = (list) => [...list.children].filter((item) => item.dataset.row);

document.addEventListener("pointerdown", (event) => {
  const handle = event.target.closest("[data-grip], [data-new]");
  if (!handle || event.button) return;
  const row = handle.closest("[data-row]");
  drag = { handle, row, x: event.clientX, y: event.clientY, kind: handle.dataset.new, takes: row?.dataset.cls || "Field", fits: (row || handle).hasAttribute("data-fits") };
});

function lift() {
  const text = drag.kind ? drag.handle.textContent : drag.row.querySelector("a span, input")?.textContent || drag.row.querySelector("input")?.value || "…";
  drag.ghost = Object.assign(document.createElement("div"), { className: "ghost", textContent: text });
  drag.mark = Object.assign(document.createElement("li"), { className: "drop" });
  document.body.append(drag.ghost);
  drag.row?.classList.add("lifted");
}

function aim(x, y) {
  const under = document.elementFromPoint(x, y);
  let list = under?.closest("[data-list]");
  const inside = under?.closest("[data-row]");
  if (inside && drag.takes === "Field" && inside.dataset.cls === "Section") list = inside.querySelector("[data-list]");
  while (list && !(list.dataset.takes === drag.takes && !drag.row?.contains(list) && (!("columns" in list.dataset) || drag.fits))) list = list.parentElement.closest("[data-list]");
  if (!list || (drag.row && drag.takes !== "Field" && list !== drag.row.parentElement)) return drag.mark.remove();
  const next = rows(list).find((row) => row !== drag.row && y < row.getBoundingClientRect().top + row.getBoundingClientRect().height / 2);
  list.insertBefore(drag.mark, next || null);
}

document.addEventListener("pointermove", (event) => {
  if (!drag) return;
  if (!drag.ghost) {
    if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < 5) return;
    lift();
    drag.handle.setPointerCapture(event.pointerId);
  }
  Object.assign(drag.ghost.style, { left: `${event.clientX + 12}px`, top: `${event.clientY + 8}px` });
  const pane = (drag.row || document.querySelector(".tree"))?.closest(".pane");
  const box = pane?.getBoundingClientRect();
  if (box) pane.scrollBy(0, event.clientY < box.top + 60 ? -14 : event.clientY > box.bottom - 40 ? 14 : 0);
  aim(event.clientX, event.clientY);
});

function drop() {
  const { mark, row, kind, ghost } = drag;
  const list = mark?.parentElement;
  if (list) {
    let before = mark.previousElementSibling;
    if (before === row) before = before?.previousElementSibling;
    const place = [["name", list.dataset.list], ["after", before?.dataset.row || ""]];
    if (kind) edit([["do", "add"], ["item", list.dataset.owner], ["kind", kind], ...place], ({ body }) => document.querySelector(`#f-${body.at}-label`)?.select());
    else edit([["do", "move"], ["item", row.dataset.row], ["to", list.dataset.owner], ...place]);
  }
  if (ghost) addEventListener("click", (event) => event.preventDefault(), { capture: true, once: true });
  end();
}

function end() {
  drag?.ghost?.remove();
  drag?.mark?.remove();
  drag?.row?.classList.remove("lifted");
  drag = null;
}

document.addEventListener("pointerup", () => drag && drop());
document.addEventListener("pointercancel", end);
document.addEventListener("keydown", (event) => event.key === "Escape" && end());
