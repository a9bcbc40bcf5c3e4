/* The side menu: a drawer on narrow screens (without script the #side target of the link opens it), icons only when folded. */
const side = document.getElementById("side");
let opener;

function set(open) {
  side.classList.toggle("open", open);
  if (open) side.querySelector(".drawer-shut").focus();
  else opener?.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-drawer]");
  if (!link) return;
  event.preventDefault();
  if (link.dataset.drawer === "open") opener = link;
  set(link.dataset.drawer === "open");
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && side.classList.contains("open")) set(false);
});

side.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });

const app = side.closest(".app");
const fold = side.querySelector("[data-mini]");

function title() {
  const mini = app.classList.contains("mini");
  fold?.setAttribute("aria-pressed", mini);
  for (const item of side.querySelectorAll(".menu a, summary, [data-mini]")) item.title = mini ? item.querySelector(".label").textContent : "";
}

fold?.addEventListener("click", () => {
  const mini = app.classList.toggle("mini");
  document.cookie = `side=${mini ? "mini" : ""};path=/;max-age=${mini ? 3e7 : 0};samesite=lax`;
  title();
});
/* In the folded menu a group opens the whole menu: its entries need room. */
side.addEventListener("click", (event) => app.classList.contains("mini") && event.target.closest("summary") && (event.preventDefault(), fold.click()));
title();
