// The rows behind the chart as a table, for those who cannot or do not want to see it.

import { h } from "./dom.js";
import { accuracy, count, energy } from "./format.js";
import { headRow, number, scrolling } from "./parts.js";

const ROWS = 600;

export function pointTable(lines, traces) {
  const total = lines.reduce((sum, line) => sum + line.x.length, 0);
  const step = Math.max(1, Math.ceil(total / ROWS));
  const rows = lines.flatMap((line) => rowsOf(line, traces.columns(line.run.id), step));
  return [
    step > 1 && h("p", { class: "muted" }, `Every ${step}th evaluation and the last of ` +
      "each run; the traces below have them all."),
    scrolling("The numbers in the chart", h("table", { class: "data" },
      headRow("run", "seed", ["samples"], ["M0"], ["M1"], ["test accuracy"]),
      h("tbody", null, rows))),
  ];
}

function rowsOf(line, columns, step) {
  return line.rows
    .filter((_, i) => i % step === 0 || i === line.rows.length - 1)
    .map((row) => h("tr", null,
      h("td", null, String(line.run.id)), h("td", null, String(line.run.seed)),
      number(count(columns.samples[row])), number(energy(columns.m0[row])),
      number(energy(columns.m1[row])), number(accuracy(columns.test_accuracy[row]))));
}
