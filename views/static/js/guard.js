/* Forms: nothing typed is lost by leaving, nothing is sent twice, and one sees how far one is. */
const dirty = new Set();

for (const form of document.querySelectorAll("form[data-guard]")) {
  const mark = (event) => {
    if (event.isTrusted === false && event.type === "rows") return;
    dirty.add(form);
    const state = form.querySelector("[data-state]");
    if (state) state.textContent = "有未保存的修改";
  };
  form.addEventListener("input", mark);
  form.addEventListener("submit", () => dirty.delete(form));
  if (form.querySelector("[data-focus]")) dirty.add(form); // sent back with errors: still unsaved
}

addEventListener("beforeunload", (event) => {
  if (dirty.size) event.preventDefault();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once], #post, [data-bulk]") || event.defaultPrevented) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
  if (event.submitter) {
    event.submitter.ariaBusy = "true";
    // after the browser has collected the values: a disabled button would not be sent
    setTimeout(() => (event.submitter.disabled = true));
  }
  // a download leaves the page standing, so the form must come back
  setTimeout(() => {
    delete form.dataset.sent;
    if (event.submitter) event.submitter.disabled = event.submitter.ariaBusy = null;
  }, 8000);
});

function filled(form, box) {
  const needed = [...box.querySelectorAll("[required], [aria-required=true]")].filter((item) => !item.disabled && !item.closest("template"));
  const names = new Map(needed.map((item) => [item.name, item]));
  const done = [...names.keys()].filter((name) => new FormData(form).getAll(name).some((value) => value.name !== "" && String(value).trim()));
  return [done.length, names.size];
}

for (const form of document.querySelectorAll("form[data-progress]")) {
  const nav = form.parentElement.querySelector(".section-nav");
  if (!nav) continue;
  const links = [...nav.querySelectorAll("a")];
  const refresh = () => {
    let [all, ready] = [0, 0];
    for (const link of links) {
      const box = form.querySelector(link.hash);
      const [done, needed] = filled(form, box);
      const wrong = box.querySelectorAll("[aria-invalid=true]").length;
      const note = link.querySelector("span");
      link.parentElement.hidden = box.hidden;
      note.textContent = wrong ? `${wrong} 处有误` : needed ? `${done}/${needed}` : "";
      note.className = wrong ? "error" : needed && done === needed ? "done" : "";
      all += needed;
      ready += done;
    }
    nav.querySelector("[data-progress-text]").textContent = `必填 ${ready} / ${all}`;
    nav.querySelector("progress").value = all ? ready / all : 1;
  };
  let later;
  const soon = () => {
    clearTimeout(later);
    later = setTimeout(refresh, 60);
  };
  for (const event of ["input", "change", "rows", "conditions"]) form.addEventListener(event, soon);
  refresh();
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) links.forEach((link) => link.classList.toggle("here", link.hash === `#${entry.target.id}`));
  }, { rootMargin: "-15% 0px -70% 0px" });
  links.forEach((link) => seen.observe(form.querySelector(link.hash)));
}
