// The head of a job's page: what it is, how far it is, and how many runs missed its goal.

import { h } from "./dom.js";
import { count, percent } from "./format.js";
import { jobName, jobState, progressBar, tagList } from "./parts.js";
import { ago, duration, secondsBetween } from "./times.js";

/* cells: those of its summary, as far as it is known */
export function jobHead(job, cells) {
  return [
    h("p", { class: "crumbs" }, h("a", { href: "#/" }, "Jobs"), ` / ${job.id}`),
    h("div", { class: "title" }, h("h1", null, jobName(job)), jobState(job)),
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
      h("span", { class: "muted" }, runsText(job.runs, missedBy(job, cells)))),
  ];
}

export function fact(name, value) {
  return h("div", null, h("dt", null, name), h("dd", null, value));
}

/* Runs that did all that they were allowed to, and did not reach the accuracy they stop at. */
function missedBy({ spec }, cells) {
  const goalOf = ({ params }) =>
    params["/stop/accuracy"] ?? params["/stop"]?.accuracy ?? spec?.stop?.accuracy;
  return cells.filter((cell) => typeof goalOf(cell) === "number")
    .reduce((sum, { ends: { outcomes } }) =>
      sum + (outcomes.epochs ?? 0) + (outcomes.samples ?? 0), 0);
}

/* "3 of 6 runs succeeded, 1 missed the goal, 2 running, 1 queued" */
function runsText(runs, missed) {
  const rest = Object.entries(runs)
    .filter(([state, n]) => n > 0 && !["total", "succeeded"].includes(state))
    .map(([state, n]) => `, ${count(n)} ${state.replace("_", " ")}`);
  const done = `${count(runs.succeeded)} of ${count(runs.total)} runs succeeded`;
  return [done, missed > 0 && `, ${count(missed)} missed the goal`, ...rest]
    .filter(Boolean).join("");
}
