// The cells of jobs: everything but the seed, with mean and s.e.m. over the seeds.

import { h } from "./dom.js";
import { accuracy, count, energy, meanSem } from "./format.js";
import { swatch } from "./palette.js";
import { paramName, paramValue } from "./params.js";
import { headRow, number, scrolling } from "./parts.js";
import { link } from "./router.js";

const METRICS = [
  ["samples", "samples", "training samples seen", count],
  ["m0", "M0", "number of synaptic changes", energy],
  ["m1", "M1", "amount of synaptic change, sum of |Δw|", energy],
  ["test_accuracy", "accuracy", "test accuracy at the end of the run", accuracy],
  ["inefficiency_m0", "M0 / direct", "inefficiency by M0", energy],
  ["inefficiency_m1", "M1 / direct", "inefficiency by M1", energy],
];

const SAVINGS = [
  ["m0", "saves M0 ×", "mean factor by which M0 is less than that of the baseline, paired by seed"],
  ["m1", "saves M1 ×", "mean factor by which M1 is less than that of the baseline, paired by seed"],
];

const factor = (value) => `${+value.toPrecision(3)}`;

/* data: a CellsData; shown: the cells that have a line in the chart; withJob: the jobs differ,
   and their names are in `jobs` */
export function cellTable({ cells, at, baseline, jobs }, { shown, withJob }) {
  const pointers = [...new Set(cells.flatMap((cell) => Object.keys(cell.values)))];
  const many = cells.length > 1;
  const caption = captionOf(at, baseline, many);
  const heads = headRow("cell", ...withJob ? ["job"] : [],
    ...pointers.map((pointer) => [paramName(pointer), pointer]),
    ["n", "runs that succeeded / all runs of the cell"],
    ...at ? [["at goal", "runs that reached the goal / that have ended"]] : [],
    ...METRICS.map(([, name, title]) => [name, title]),
    ...many ? SAVINGS.map(([, name, title]) => [name, title]) : []);
  const rows = cells.map((cell) => cellRow(cell, { at, many, pointers,
    isShown: shown.includes(cell), job: withJob && jobs.get(cell.job) }));
  return [
    h("p", { class: "muted" }, caption),
    scrolling(`Cells. ${caption}`,
      h("table", { class: "data" }, heads, h("tbody", null, rows))),
  ];
}

function captionOf(at, baseline, many) {
  const goal = at && `; costs are those of reaching ${goalText(at)}, and a lower bound of the ` +
    "mean (≥) where some seeds did not";
  const saving = many && baseline && `; savings are against cell ${baseline}`;
  return `Mean ± s.e.m. over the runs of a cell that succeeded${goal || ""}${saving || ""}.`;
}

function goalText(at) {
  return at.replace("test_accuracy>=", "an accuracy of ");
}

/* The accuracy is that of the end: it says how far those came that missed the goal. */
function cellRow(cell, { at, many, pointers, isShown, job }) {
  const { ends, goal } = cell;
  const n = ends.metrics?.samples?.n ?? 0;
  const metric = (key) => (key === "test_accuracy" ? ends : goal ?? ends).metrics?.[key];
  const saving = (goal ?? ends).saving;
  return h("tr", { "data-key": cell.key },
    h("th", { scope: "row" }, many && h("input", { type: "checkbox",
      "data-index": cell.index, checked: isShown, "aria-label": `draw cell ${cell.key}` }), " ",
    swatch(cell.index), job ? cell.key : String(cell.cell)),
    job && h("td", { class: "cell-job" }, h("a", { href: link(`jobs/${cell.job}`) },
      job.name || `job ${cell.job}`)),
    pointers.map((pointer) => sweptCell(cell.values[pointer])),
    h("td", { class: "number seeds-done" }, `${count(n)}/${count(ends.runs)}`,
      ends.finished < ends.runs && h("progress", { max: ends.runs, value: ends.finished,
        "aria-label": `${ends.finished} of ${ends.runs} runs have ended` })),
    at && number(goal ? `${count(goal.reached)}/${count(goal.reached + goal.missed)}` : ""),
    METRICS.map(([key, , , plain]) => number(meanOrBound(metric(key), plain))),
    many && SAVINGS.map(([key]) => number(meanOrBound(saving?.[key], factor))));
}

/* Words may wrap, numbers never. */
function sweptCell(value) {
  return typeof value === "number" ? number(String(value))
    : h("td", { class: "swept-value" }, paramValue(value));
}

function meanOrBound(metric, plain) {
  const known = typeof metric?.at_least === "number";
  return known ? `≥ ${plain(metric.at_least)}` : meanSem(metric, plain);
}
