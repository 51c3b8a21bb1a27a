// The runs of a job, one row each.

import { h } from "./dom.js";
import { accuracy, count, energy } from "./format.js";
import { swatch } from "./palette.js";
import { paramName, paramValue, pointersOf } from "./params.js";
import { headRow, number, progressBar, scrolling, stateBadge } from "./parts.js";
import { link } from "./router.js";
import { duration } from "./times.js";

const FIRST = 200; // more rows than this only when asked for

export function runTable(runs, path, params) {
  const shown = params.get("runs") === "all" ? runs : runs.slice(0, FIRST);
  const pointers = pointersOf(runs);
  return [
    scrolling("Runs", h("table", { class: "data" },
      headRow("run", ["seed"],
        ...pointers.map((pointer) => [paramName(pointer), pointer]), "state", "progress",
        ["samples"], ["M0"], ["M1"], ["accuracy"], "trace"),
      h("tbody", null, shown.map((run) => runRow(run, pointers))))),
    shown.length < runs.length && h("p", null, h("a", { href: link(path,
      { ...Object.fromEntries(params), runs: "all" }) },
    `Show all ${count(runs.length)} runs`)),
  ];
}

function runRow(run, pointers) {
  const results = run.results ?? {};
  return h("tr", { "data-key": run.id },
    h("th", { scope: "row" }, swatch(run.cell), String(run.id)),
    number(String(run.seed)),
    pointers.map((pointer) => number(paramValue(run.params?.[pointer]))),
    stateCell(run),
    h("td", { class: "progress" }, progressOf(run)),
    number(count(results.samples)),
    number(energy(results.m0)),
    number(energy(results.m1)),
    number(accuracy(results.test_accuracy)),
    h("td", null, run.results && traceLink(run)));
}

function stateCell(run) {
  return h("td", { class: "run-state" }, stateBadge(run.state),
    run.outcome && h("span", { class: "muted" }, ` ${run.outcome}`),
    run.reason && h("span", { class: "reason" }, run.reason));
}

function progressOf(run) {
  const { samples, of, per_second: rate, seconds_left: left } = run.progress ?? {};
  if (run.state === "queued") {
    return h("span", { class: "muted" }, run.place ? `place ${run.place}` : "");
  }
  if (run.state !== "running") {
    const { seconds } = run.results ?? {};
    return h("span", { class: "muted" }, seconds ? `in ${duration(seconds)}` : "");
  }
  const texts = [typeof rate === "number" && `${count(+rate.toPrecision(2))}/s`,
    typeof left === "number" && `${duration(left)} left`];
  return [progressBar(of ? samples / of : 0, `progress of run ${run.id}`),
    h("span", { class: "muted" }, texts.filter(Boolean).join(", "))];
}

function traceLink(run) {
  return h("a", { href: `/v1/runs/${run.id}/trace?format=csv`,
    download: `frugal-run-${run.id}.csv`,
    "aria-label": `trace of run ${run.id} as CSV` }, "CSV");
}
