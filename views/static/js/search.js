/* Suggestions under the search box: typing asks the server, arrows choose, Enter opens what is chosen or searches. */
import { all, on, one } from "./dom.js";

const box = one("[data-search-key]"), list = one("#found");
let asked = 0, timer;
const chosen = () => one("[aria-selected]", list);

function choose(option) {
  chosen()?.removeAttribute("aria-selected");
  box.removeAttribute("aria-activedescendant");
  if (!option) return;
  option.setAttribute("aria-selected", true);
  option.scrollIntoView({ block: "nearest" });
  box.setAttribute("aria-activedescendant", option.id);
}

function show(html) {
  list.innerHTML = html;
  list.hidden = !html;
  box.ariaExpanded = Boolean(html);
  choose();
}

async function ask() {
  const mine = ++asked, text = box.value.trim();
  const answer = text && (await fetch(`${box.dataset.searchKey}?q=${encodeURIComponent(text)}`).catch(() => 0));
  const html = answer.ok && !answer.redirected ? await answer.text() : "";
  if (mine === asked && document.activeElement === box) show(html);
}

on("input", () => {
  clearTimeout(timer);
  timer = setTimeout(ask, 150);
}, box);
on("focus", ask, box);
on("blur", () => setTimeout(show, 200, ""), box);
on("keydown", (event) => {
  const options = all("[role=option]", list), step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.isComposing || !options.length) return;
  if (event.key === "Escape") show("");
  else if (step) choose(options[options.indexOf(chosen()) + step] ?? options.at(step > 0 ? 0 : -1));
  else if (event.key === "Enter" && chosen()) chosen().click();
  else return;
  event.preventDefault();
}, box);
