// The cells of a job: everything but the seed, with mean and s.e.m. over the seeds.

import { h } from "./dom.js";
import { accuracy, count, energy, meanSem } from "./format.js";
import { swatch } from "./palette.js";
import { paramName, paramValue, pointersOf } from "./params.js";
import { headRow, number, scrolling } from "./parts.js";

const METRICS = [
  ["samples", "samples", "samples seen until the end of the run", count],
  ["m0", "M0", "number of synaptic changes", energy],
  ["m1", "M1", "amount of synaptic change, sum of |Δw|", energy],
  ["test_accuracy", "accuracy", "test accuracy at the end of the run", accuracy],
  ["inefficiency_m0", "M0 / direct", "inefficiency by M0", energy],
  ["inefficiency_m1", "M1 / direct", "inefficiency by M1", energy],
];

const CAPTION = "Mean ± s.e.m. over the runs of a cell that succeeded";

export function cellTable(cells) {
  const pointers = pointersOf(cells);
  const heads = headRow("cell",
    ...pointers.map((pointer) => [paramName(pointer), pointer]),
    ["n", "runs that succeeded / all runs of the cell"],
    ...METRICS.map(([, name, title]) => [name, title]));
  const rows = cells.map((cell) => cellRow(cell, pointers));
  return [
    h("p", { class: "muted" }, CAPTION),
    scrolling(`Cells. ${CAPTION}`,
      h("table", { class: "data" }, heads, h("tbody", null, rows))),
  ];
}

function cellRow(cell, pointers) {
  const n = cell.metrics?.samples?.n ?? 0;
  return h("tr", { "data-key": cell.cell },
    h("th", { scope: "row" }, swatch(cell.cell), String(cell.cell)),
    pointers.map((pointer) => number(paramValue(cell.params?.[pointer]))),
    number(`${count(n)}/${count(cell.runs)}`),
    METRICS.map(([key, , , plain]) => number(meanSem(cell.metrics?.[key], plain))));
}
