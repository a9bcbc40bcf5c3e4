/* A running job: asks for its state until it is finished. */
async function poll(card, wait) {
  let job;
  try {
    const answer = await fetch(card.dataset.job, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.status);
    job = await answer.json();
  } catch {
    return setTimeout(poll, Math.min(wait * 2, 30000), card, Math.min(wait * 2, 30000));
  }
  const bar = card.querySelector("progress");
  bar.max = job.total || 1;
  bar.value = job.done;
  card.querySelector("[data-job-text]").textContent = `${job.done} / ${job.total ?? "?"}${job.failed ? `,失败 ${job.failed}` : ""}`;
  card.querySelector("[data-job-message]").textContent = job.message || "";
  const state = card.querySelector("[data-job-state] .pill");
  state.textContent = job.state_label;
  if (!job.finished) return setTimeout(poll, 2000, card, 2000);
  state.className = `pill ${job.tone || "good"}`;
  const result = card.querySelector("[data-job-result]");
  if (job.result_url) {
    result.href = job.result_url;
    result.hidden = false;
  }
  card.querySelector("[form=post]")?.remove();
}

document.querySelectorAll("[data-job]").forEach((card) => setTimeout(poll, 500, card, 2000));
