// What waits and why, and what has failed of late.

import { h } from "./dom.js";
import { count } from "./format.js";
import { jobName, stateBadge } from "./parts.js";
import { link } from "./router.js";
import { ago, duration } from "./times.js";

const JOBS = 5;
const BAD = ["failed", "dead", "timed_out"];

export function queue({ waiting, waitingMore }) {
  if (waiting.length === 0) return h("p", { class: "quiet" }, "Nothing waits.");
  const rest = waiting.slice(JOBS);
  return [h("ul", { class: "entries" }, waiting.slice(0, JOBS).map(waitingEntry)),
    rest.length > 0 && h("p", { class: "quiet" }, waitingMore && "At least ",
      `${count(rest.length)} more `, rest.length === 1 ? "job waits, with " : "jobs wait, with ",
      runsText(rest.reduce((sum, { job }) => sum + toCome(job), 0)), ".")];
}

function waitingEntry({ job, why }) {
  return h("li", { "data-key": job.id },
    h("p", { class: "entry-head" }, h("a", { href: link(`jobs/${job.id}`) }, jobName(job)),
      h("span", { class: "muted" }, `${runsText(toCome(job))} to come`)),
    why && h("p", { class: "entry-text" }, `Run ${why.run}: ${why.why}`, startText(why)));
}

/* Less than a few seconds is not worth saying, and would be wrong by then. */
function startText({ expected_seconds: seconds }) {
  return seconds >= 5 ? `. It may begin in about ${duration(seconds)}` : null;
}

function toCome({ runs }) {
  return runs.queued + runs.held;
}

/* One entry for each job, the one with the newest failure first. */
export function attention({ failures, jobs }) {
  if (failures.length === 0) {
    return h("p", { class: "quiet" }, "No run has failed in the last seven days.");
  }
  const newest = new Map();
  for (const run of failures) if (!newest.has(run.job)) newest.set(run.job, run);
  return h("ul", { class: "entries" }, [...newest.values()].slice(0, JOBS).map((run) =>
    failureEntry(run, jobs.get(run.job), failures.filter(({ job }) => job === run.job).length)));
}

function failureEntry(run, job, listed) {
  const n = job ? BAD.reduce((sum, state) => sum + job.runs[state], 0) : listed;
  return h("li", { "data-key": run.job },
    h("p", { class: "entry-head" },
      h("a", { href: link(`jobs/${run.job}`) }, job ? jobName(job) : `job ${run.job}`),
      h("span", { class: "muted" }, n > 1 ? `${count(n)} runs failed, the last `
        : "1 run failed ", ago(run.finished))),
    h("p", { class: "entry-text" }, h("a", { href: link(`runs/${run.id}`) }, `Run ${run.id}`),
      " ", stateBadge(run.state), ` ${run.reason ?? run.outcome ?? ""}`),
    h("p", { class: "entry-text" }, h("a", { href: link("new", { job: run.job }) },
      "Submit again, changed")));
}

function runsText(n) {
  return n === 1 ? "1 run" : `${count(n)} runs`;
}
