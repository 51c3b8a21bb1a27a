// The numbers behind a figure, as a table.

import { h } from "./dom.js";
import { rowsOf } from "./figure.js";
import { count, meanSem } from "./format.js";
import { measure } from "./measures.js";
import { headRow, number, scrolling } from "./parts.js";

const ROWS = 600;

export function numbersTable(figure) {
  const { x, y, series } = figure;
  const all = rowsOf(figure);
  const step = Math.max(1, Math.ceil(all.length / ROWS));
  const seeds = series.some((one) => one.thin);
  const rows = all.filter((row, i) => i % step === 0 || row.series !== all[i + 1]?.series);
  return [
    step > 1 && h("p", { class: "muted" },
      `Every ${step}th point and the last of each line; the CSV has them all.`),
    scrolling(`${figure.title}: the numbers`, h("table", { class: "data" },
      headRow("line", ...seeds ? [["seed"]] : [], [x.label], [y.label], ["n"]),
      h("tbody", null, rows.map((row) => h("tr", null,
        h("td", null, row.series.thin ? row.series.key : row.series.name),
        seeds && number(row.series.seed === null ? "" : String(row.series.seed)),
        number(typeof row.x === "number"
          ? meanSem({ mean: row.x, sem: row.xSem }, measure(x.key).text) : row.x),
        number(valueText(row, y)),
        number(row.n === null ? "" : count(row.n))))))),
  ];
}

function valueText(row, y) {
  return `${row.bound ? "≥ " : ""}${meanSem({ mean: row.y, sem: row.sem }, measure(y.key).text)}`;
}
