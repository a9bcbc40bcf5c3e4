/* The side menu: a drawer on narrow screens (without script the #side target of the link opens it), icons only when folded. */
import { all, on, one } from "./dom.js";

const side = one("#side"), app = side.closest(".app"), fold = one("[data-mini]", side);
let opener;

function set(open) {
  side.classList.toggle("open", open);
  if (open) one(".drawer-shut", side).focus();
  else opener?.focus();
}

on("click", (event) => {
  const link = event.target.closest("[data-drawer]");
  if (!link) return;
  event.preventDefault();
  if (link.dataset.drawer === "open") opener = link;
  set(link.dataset.drawer === "open");
});

on("keydown", ({ key }) => key === "Escape" && side.classList.contains("open") && set(false));

one("[aria-current]", side)?.scrollIntoView({ block: "nearest" });

function title() {
  const mini = app.classList.contains("mini");
  fold?.setAttribute("aria-pressed", mini);
  for (const item of all(".menu a, summary, [data-mini]", side)) item.title = mini ? one(".label", item).textContent : "";
}

fold?.addEventListener("click", () => {
  const mini = app.classList.toggle("mini");
  document.cookie = `side=${mini ? "mini" : ""};path=/;max-age=${mini ? 3e7 : 0};samesite=lax`;
  title();
});
/* In the folded menu a group opens the whole menu: its entries need room. */
on("click", (event) => app.classList.contains("mini") && event.target.closest("summary") && (event.preventDefault(), fold.click()), side);
title();
