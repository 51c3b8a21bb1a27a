// The cells of a job: everything but the seed, with mean and s.e.m. over the seeds.

import { h } from "./dom.js";
import { accuracy, count, energy, meanSem } from "./format.js";
import { swatch } from "./palette.js";
import { paramName, paramValue, pointersOf } from "./params.js";
import { headRow, number, scrolling } from "./parts.js";

const METRICS = [
  ["samples", "samples", "training samples seen", count],
  ["m0", "M0", "number of synaptic changes", energy],
  ["m1", "M1", "amount of synaptic change, sum of |Δw|", energy],
  ["test_accuracy", "accuracy", "test accuracy at the end of the run", accuracy],
  ["inefficiency_m0", "M0 / direct", "inefficiency by M0", energy],
  ["inefficiency_m1", "M1 / direct", "inefficiency by M1", energy],
];

const CAPTION = "Mean ± s.e.m. over the runs of a cell that succeeded";
const AT_GOAL = "; costs are those of reaching the accuracy that the job stops at, and a "
  + "lower bound of the mean (≥) where some seeds did not";

/* `goals`: the cells where their runs reach the goal of the job, or null. */
export function cellTable(cells, goals) {
  const pointers = pointersOf(cells);
  const caption = CAPTION + (goals ? AT_GOAL : "");
  const heads = headRow("cell",
    ...pointers.map((pointer) => [paramName(pointer), pointer]),
    ["n", "runs that succeeded / all runs of the cell"],
    ...goals ? [["at goal", "runs that reached the accuracy / that have ended"]] : [],
    ...METRICS.map(([, name, title]) => [name, title]));
  const rows = cells.map((cell, i) => cellRow(cell, goals && (goals[i] ?? {}), pointers));
  return [
    h("p", { class: "muted" }, caption),
    scrolling(`Cells. ${caption}`,
      h("table", { class: "data" }, heads, h("tbody", null, rows))),
  ];
}

/* The accuracy is that of the end: it says how far those came that missed the goal. */
function cellRow(cell, goal, pointers) {
  const n = cell.metrics?.samples?.n ?? 0;
  const metric = (key) => (key === "test_accuracy" ? cell : goal ?? cell).metrics?.[key];
  return h("tr", { "data-key": cell.cell },
    h("th", { scope: "row" }, swatch(cell.cell), String(cell.cell)),
    pointers.map((pointer) => number(paramValue(cell.params?.[pointer]))),
    number(`${count(n)}/${count(cell.runs)}`),
    goal && number(`${count(goal.reached)}/${count(goal.reached + goal.missed)}`),
    METRICS.map(([key, , , plain]) => number(meanOrBound(metric(key), plain))));
}

function meanOrBound(metric, plain) {
  const known = typeof metric?.at_least === "number";
  return known ? `≥ ${plain(metric.at_least)}` : meanSem(metric, plain);
}
