// The head of a job's page: what it is, how far it is.

import { h } from "./dom.js";
import { count, percent } from "./format.js";
import { jobName, progressBar, stateBadge, tagList } from "./parts.js";
import { ago, duration, secondsBetween } from "./times.js";

export function jobHead(job) {
  return [
    h("p", { class: "crumbs" }, h("a", { href: "#/" }, "Jobs"), ` / ${job.id}`),
    h("div", { class: "title" }, h("h1", null, jobName(job)), stateBadge(job.state)),
    h("dl", { class: "facts" },
      fact("data set", job.dataset),
      fact("cells", count(job.cells)),
      fact("runs", count(job.runs.total)),
      fact("owner", job.owner),
      job.priority !== 0 && fact("priority", String(job.priority)),
      fact("created", ago(job.created)),
      job.started && fact(job.finished ? "took" : "started", job.finished
        ? duration(secondsBetween(job.started, job.finished)) : ago(job.started))),
    tagList(job.tags),
    job.note && h("p", { class: "note" }, job.note),
    h("div", { class: "overall" }, progressBar(job.progress, "progress of the job"),
      h("span", { class: "numbers" }, percent(job.progress)),
      h("span", { class: "muted" }, runsText(job.runs))),
  ];
}

export function fact(name, value) {
  return h("div", null, h("dt", null, name), h("dd", null, value));
}

/* "3 of 6 runs succeeded, 2 running, 1 queued" */
function runsText(runs) {
  const rest = Object.entries(runs)
    .filter(([state, n]) => n > 0 && !["total", "succeeded"].includes(state))
    .map(([state, n]) => `, ${count(n)} ${state.replace("_", " ")}`);
  const done = `${count(runs.succeeded)} of ${count(runs.total)} runs succeeded`;
  return done + rest.join("");
}
