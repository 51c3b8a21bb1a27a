// What a table of runs can show: names, widths, what the server sorts by, and the text.

import { h } from "./dom.js";
import { accuracy, count, energy } from "./format.js";
import { paramName, paramValue } from "./params.js";
import { progressBar, stateBadge } from "./parts.js";
import { link } from "./router.js";
import { isScalar } from "./spec_fields.js";
import { ago, duration } from "./times.js";

/* {head, title, width, number, sort, cell(run, facts)}; facts: {job, spec} of the run's job as
   far as they are known */
const FIXED = {
  id: { head: "run", width: "s", sort: "id",
    cell: (run) => h("a", { href: link(`runs/${run.id}`) }, String(run.id)) },
  job: { head: "job", width: "s", sort: "job",
    cell: (run) => h("a", { href: link(`jobs/${run.job}`) }, String(run.job)) },
  name: { head: "name", width: "l", sort: "name",
    cell: (run, { job }) => job && h("a", { href: link(`jobs/${run.job}`), title: job.name },
      job.name || `job ${run.job}`) },
  tags: { head: "tags", width: "m", cell: (run, { job }) => job?.tags.join(", ") },
  owner: { head: "owner", width: "m", sort: "owner", cell: (run, { job }) => job?.owner },
  dataset: { head: "data set", width: "m", cell: (run) => run.dataset },
  cell: { head: "cell", width: "s", number: true, sort: "cell", cell: (run) => String(run.cell) },
  params: { head: "what is swept", width: "l", cell: (run) => paramsText(run) },
  seed: { head: "seed", width: "s", number: true, sort: "seed", cell: (run) => String(run.seed) },
  state: { head: "state", width: "m", sort: "state", cell: (run) => stateBadge(run.state) },
  outcome: { head: "outcome", width: "m", sort: "outcome", cell: (run) => run.outcome },
  reason: { head: "reason", width: "l", cell: (run) =>
    run.reason && h("span", { class: "reason", title: run.reason }, run.reason) },
  progress: { head: "progress", width: "xl", cell: progressOf },
  attempts: { head: "attempts", width: "m", number: true, sort: "attempts",
    cell: (run) => String(run.attempts) },
  created: { head: "created", width: "m", sort: "created", cell: (run) => ago(run.created) },
  started: { head: "started", width: "m", sort: "started", cell: (run) => ago(run.started) },
  finished: { head: "finished", width: "m", sort: "finished", cell: (run) => ago(run.finished) },
  trace: { head: "trace", width: "s", cell: (run) => run.results && traceLink(run) },
};

const RESULTS = {
  samples: ["samples", count], epochs: ["epochs", energy],
  test_accuracy: ["accuracy", accuracy], m0: ["M0", energy], m1: ["M1", energy],
  m0_direct: ["M0 direct", energy], m1_direct: ["M1 direct", energy],
  inefficiency_m0: ["M0 / direct", energy], inefficiency_m1: ["M1 / direct", energy],
  maintenance: ["maintenance", energy], seconds: ["computed", duration],
};

export const COLUMNS = [...Object.keys(FIXED), ...Object.keys(RESULTS)];
export const USUAL = ["id", "name", "params", "seed", "state", "progress", "samples",
  "test_accuracy", "m0", "m1", "inefficiency_m1"];

/* Columns by name; "spec.network.hidden.0" is a field of the spec. Unknown ones are null. */
export function columnOf(key) {
  if (Object.hasOwn(FIXED, key)) return { key, ...FIXED[key] };
  if (Object.hasOwn(RESULTS, key)) {
    const [head, text] = RESULTS[key];
    return { key, head, width: "m", number: true, sort: key, result: text,
      cell: (run) => text(run.results?.[key]) };
  }
  return /^spec\.[\w.]+$/.test(key) ? specColumn(key) : null;
}

function specColumn(key) {
  const pointer = `/${key.split(".").slice(1).join("/")}`;
  return { key, head: paramName(pointer), title: pointer, width: "m", number: true,
    sort: isScalar(pointer) && key,
    needsSpec: (run) => valueAt(run.params ?? {}, pointer) === undefined,
    cell: (run, { spec }) => specText(pointer, run, spec) };
}

/* What is swept first; the spec of the job has the rest. */
function specText(pointer, run, spec) {
  const swept = valueAt(run.params ?? {}, pointer);
  const value = swept === undefined ? spec && at(spec, pointer) : swept;
  return value === undefined || value === null && !spec ? "" : paramValue(value);
}

function valueAt(params, pointer) {
  if (Object.hasOwn(params, pointer)) return params[pointer];
  const above = Object.keys(params).find((key) => pointer.startsWith(`${key}/`));
  return above && at(params[above], pointer.slice(above.length));
}

/* A number stands for a list of such numbers. */
function at(thing, pointer) {
  return pointer.split("/").slice(1).reduce((part, key) =>
    typeof part === "object" && part !== null ? part[key]
      : /^\d+$/.test(key) ? part : undefined, thing);
}

function paramsText(run) {
  const text = Object.entries(run.params ?? {})
    .map(([pointer, value]) => `${paramName(pointer)} ${paramValue(value)}`).join(", ");
  return text && h("span", { title: text }, text);
}

function progressOf(run) {
  const { samples, of, per_second: rate, seconds_left: left } = run.progress ?? {};
  if (run.state === "queued") {
    return h("span", { class: "muted" }, run.place ? `place ${count(run.place)}` : "");
  }
  if (run.state !== "running") {
    const { seconds } = run.results ?? {};
    return h("span", { class: "muted" }, run.outcome ?? "",
      seconds ? `${run.outcome ? " in " : "in "}${duration(seconds)}` : "");
  }
  const texts = [typeof left === "number" && `${duration(left)} left`,
    typeof left !== "number" && typeof rate === "number" && `${count(+rate.toPrecision(2))}/s`];
  return [progressBar(of ? samples / of : 0, `progress of run ${run.id}`),
    h("span", { class: "muted" }, texts.filter(Boolean).join(", "))];
}

function traceLink(run) {
  return h("a", { href: `/v1/runs/${run.id}/trace?format=csv`,
    download: `frugal-run-${run.id}.csv`,
    "aria-label": `trace of run ${run.id} as CSV` }, "CSV");
}
