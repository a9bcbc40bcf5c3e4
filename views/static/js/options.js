/* A choice that depends on another, such as the village on the township: data-depends-on names the other field,
   the list comes from data-options (JSON {value: [[code, label]]}) or from data-options-url, asked with ?parent=. */
async function load(select, parent) {
  if (select.dataset.options) return JSON.parse(select.dataset.options)[parent] || [];
  const url = new URL(select.dataset.optionsUrl, location);
  url.searchParams.set("parent", parent);
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  return answer.ok ? answer.json() : [];
}

for (const select of document.querySelectorAll("[data-depends-on]")) {
  const other = select.form.elements[select.dataset.dependsOn];
  if (!other) continue;
  const refresh = async (keep) => {
    const list = other.value ? await load(select, other.value) : [];
    const wanted = keep ? select.value : "";
    select.replaceChildren(new Option("请选择", ""), ...list.map(([code, label]) => new Option(label, code)));
    select.value = list.some(([code]) => code === wanted) ? wanted : "";
  };
  other.addEventListener("change", () => refresh(false));
  if (other.value) refresh(true);
}
