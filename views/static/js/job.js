/* A running job: asks for its state until it is finished. */
import { all, one } from "./dom.js";
import { words } from "./words.js";

async function poll(card, wait) {
  let job;
  try {
    const answer = await fetch(card.dataset.job, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.status);
    job = await answer.json();
  } catch {
    wait = Math.min(wait * 2, 30000);
    return setTimeout(poll, wait, card, wait);
  }
  const bar = one("progress", card), state = one("[data-job-state] .pill", card), result = one("[data-job-result]", card);
  bar.max = job.total || 1;
  bar.value = job.done;
  one("[data-job-text]", card).textContent = `${job.done} / ${job.total ?? "?"}` + (job.failed ? words("，失败 {0}", job.failed) : "");
  one("[data-job-message]", card).textContent = job.message || "";
  state.textContent = job.state_label;
  if (!job.finished) return setTimeout(poll, 2000, card, 2000);
  state.className = `pill ${job.tone || "good"}`;
  if (job.result_url) {
    result.href = job.result_url;
    result.hidden = false;
  }
  one("[form=post]", card)?.remove();
}

all("[data-job]").forEach((card) => setTimeout(poll, 500, card, 2000));
