/* Forms: what was typed is kept on the server and not lost by leaving, nothing is sent twice, and one sees how far one is. */
import { all, on, one } from "./dom.js";
import { words } from "./words.js";

const dirty = new Map(); // {form: something else at each change}
const say = (form, text) => (one("[data-state]", form) ?? {}).textContent = text;

/* The form's own address keeps what was typed when asked with _keep; files stay out. */
async function keep(form) {
  const typed = new FormData(form), change = dirty.get(form);
  for (const input of all("[type=file]", form)) typed.delete(input.name);
  typed.append("_keep", "1");
  const answer = await fetch(form.getAttribute("action") || location.href, { method: "POST", body: typed }).catch(() => 0);
  if (answer.status !== 200 || answer.redirected || dirty.get(form) !== change) return;
  say(form, await answer.text());
  dirty.delete(form);
}

for (const form of all("form[data-guard]")) {
  let later;
  on("input", () => {
    dirty.set(form, {});
    say(form, words("有未保存的修改"));
    clearTimeout(later);
    if ("keep" in form.dataset) later = setTimeout(keep, 1500, form);
  }, form);
  on("submit", () => {
    clearTimeout(later);
    dirty.delete(form);
  }, form);
  if (one("[data-focus]", form)) dirty.set(form, {}); // sent back with errors: still unsaved
}

on("beforeunload", (event) => dirty.size && event.preventDefault(), window);

on("submit", (event) => {
  const form = event.target, button = event.submitter;
  if (!form.matches("[data-once], #post, [data-bulk]") || event.defaultPrevented) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
  if (button) {
    button.ariaBusy = "true";
    // after the browser has collected the values: a disabled button would not be sent
    setTimeout(() => (button.disabled = true));
  }
  // a download leaves the page standing, so the form must come back
  setTimeout(() => {
    delete form.dataset.sent;
    if (button) button.disabled = button.ariaBusy = null;
  }, 8000);
});

function filled(form, box) {
  const needed = all("[required], [aria-required=true]", box).filter((item) => !item.disabled && !item.closest("template"));
  const names = [...new Set(needed.map((item) => item.name))], typed = new FormData(form);
  const done = names.filter((name) => typed.getAll(name).some((value) => value.name !== "" && String(value).trim()));
  return [done.length, names.length];
}

for (const form of all("form[data-progress]")) {
  const nav = one(".section-nav", form.parentElement);
  if (!nav) continue;
  const links = all("a", nav);
  const refresh = () => {
    let [needed, ready] = [0, 0];
    for (const link of links) {
      const box = one(link.hash, form), note = one("span", link);
      const [done, wanted] = filled(form, box);
      const wrong = all("[aria-invalid=true]", box).length;
      link.parentElement.hidden = box.hidden;
      note.textContent = wrong ? words("{0} 处有误", wrong) : wanted ? `${done}/${wanted}` : "";
      note.className = wrong ? "error" : wanted && done === wanted ? "done" : "";
      needed += wanted;
      ready += done;
    }
    one("[data-progress-text]", nav).textContent = words("必填 {0} / {1}", ready, needed);
    one("progress", nav).value = needed ? ready / needed : 1;
  };
  let later;
  const soon = () => {
    clearTimeout(later);
    later = setTimeout(refresh, 60);
  };
  for (const type of ["input", "change", "rows", "conditions"]) on(type, soon, form);
  refresh();
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) links.forEach((link) => link.classList.toggle("here", link.hash === `#${entry.target.id}`));
  }, { rootMargin: "-15% 0px -70% 0px" });
  links.forEach((link) => seen.observe(one(link.hash, form)));
}
