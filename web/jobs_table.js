// A list of jobs as a table.

import { h } from "./dom.js";
import { count } from "./format.js";
import { jobName, jobState, progressBar, tagList } from "./parts.js";
import { link } from "./router.js";
import { ago } from "./times.js";

const COLUMNS = ["job", "name", "data set", "state", "progress", "created"];

/* The roles are spelt out because the narrow layout takes them from the elements. */
export function jobTable(jobs) {
  return h("table", { class: "jobs", role: "table", "aria-label": "Jobs" },
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, COLUMNS.map((name) =>
      h("th", { scope: "col", role: "columnheader" }, name)))),
    h("tbody", { role: "rowgroup" }, jobs.map(jobRow)));
}

function jobRow(job) {
  const finished = job.runs.total - job.runs.queued - job.runs.held - job.runs.running;
  const cell = (name, ...content) =>
    h("td", { class: `job-${name}`, role: "cell" }, content);
  return h("tr", { "data-key": job.id, role: "row" },
    cell("id", String(job.id)),
    cell("name", h("a", { href: link(`jobs/${job.id}`) }, jobName(job)),
      tagList(job.tags)),
    cell("dataset", job.dataset),
    cell("state", jobState(job)),
    cell("progress", progressBar(job.progress, `progress of job ${job.id}`),
      h("span", { class: "muted numbers" },
        `${count(finished)}/${count(job.runs.total)}`)),
    cell("created", ago(job.created)));
}
