/* The side menu as a drawer on narrow screens. Without script the #side target of the link opens it. */
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
