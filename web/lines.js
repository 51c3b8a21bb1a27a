// From traces to the lines of a chart, and the limits that show them.

import { padded } from "./zoom.js";

const MARGIN = 0.04;

/* What a chart of accuracy can stand against. A logarithmic axis has no place for the
   untrained network, which has spent nothing: `log` leaves such points out. */
export const AXES = {
  m0: { column: "m0", name: "M0", label: "M0, number of synaptic changes", log: true },
  m1: { column: "m1", name: "M1", label: "M1, amount of change Σ|Δw|", log: true },
  samples: { column: "samples", name: "samples", label: "training samples", log: false },
};

/* Lines {run, cell, x, y, rows} of the runs that have anything to show; rows[i] is the
   row of the trace that point i stands for. */
export function linesOf(runs, traces, axis) {
  return runs
    .map((run) => lineOf(run, traces.columns(run.id), axis))
    .filter((line) => line.x.length > 0);
}

function lineOf(run, columns, axis) {
  const line = { run, cell: run.cell, x: [], y: [], rows: [] };
  const xs = columns?.[axis.column] ?? [];
  xs.forEach((x, row) => {
    const y = columns.test_accuracy[row];
    if (typeof x !== "number" || typeof y !== "number" || (axis.log && x <= 0)) return;
    line.x.push(x);
    line.y.push(y);
    line.rows.push(row);
  });
  return line;
}

/* {x, y} limits: the zoom where there is one, else what shows all lines. */
export function limitsOf(lines, zoom, axis, goal) {
  const x = zoom?.x ?? padded(extent(lines, (line) => line.x), MARGIN, axis.log);
  if (zoom?.y) return { x, y: zoom.y };
  const seen = extent(lines, (line) => line.y.filter((_, i) =>
    !zoom || (line.x[i] >= x[0] && line.x[i] <= x[1])));
  const y = goal && !zoom ? [Math.min(seen[0], goal), Math.max(seen[1], goal)] : seen;
  return { x, y: padded(y, MARGIN, false) };
}

function extent(lines, valuesOf) {
  let [low, high] = [Infinity, -Infinity];
  for (const line of lines) {
    for (const value of valuesOf(line)) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  return low <= high ? [low, high] : [0, 1];
}
