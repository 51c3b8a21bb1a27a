// What is at work: one row for each run, with the shape of its curve.

import { h } from "./dom.js";
import { accuracy, count, percent } from "./format.js";
import { paramText } from "./params.js";
import { jobName, progressBar } from "./parts.js";
import { link } from "./router.js";
import { duration } from "./times.js";

export function atWork({ running, more, jobs, sparks, workers }) {
  if (running.length === 0) return h("p", { class: "quiet" }, idleText(workers));
  return [h("ul", { class: "at-work" }, running.map((run) =>
    workRow(run, jobs.get(run.job), sparks.get(run.id)))),
  more && h("p", { class: "quiet" }, h("a", { href: link("runs", { filter: "state = running" }) },
    `All ${count(workers.busy)} runs at work`))];
}

function idleText({ draining, disk_full: full, count: n }) {
  if (full) return "Nothing is at work: the disk of the server is full.";
  if (draining) return "Nothing is at work: the server is draining, and begins no run.";
  return n === 0 ? "Nothing is at work: the server has no workers." : "Nothing is at work.";
}

function workRow(run, job, spark) {
  const { samples, of, seconds_left: left } = run.progress ?? {};
  const share = of ? samples / of : 0;
  const newest = spark?.newest();
  return h("li", { "data-key": run.id },
    spark?.draw(),
    h("div", { class: "work-name" },
      h("a", { href: link(`jobs/${run.job}`) }, job ? jobName(job) : `job ${run.job}`),
      h("span", { class: "muted" }, [paramText(run.params), `seed ${run.seed}`]
        .filter(Boolean).join(", "))),
    h("div", { class: "work-progress" }, progressBar(share, `progress of run ${run.id}`),
      h("span", { class: "muted numbers" }, `${percent(share)} of ${count(of)} samples`)),
    h("div", { class: "work-figure" },
      h("b", null, typeof newest === "number" ? accuracy(newest) : "–"),
      h("span", { class: "muted" }, "accuracy")),
    h("div", { class: "work-figure" },
      h("b", null, typeof left === "number" ? duration(left) : "–"),
      h("span", { class: "muted" }, "left, at most")));
}
