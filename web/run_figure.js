// The trace of one run as a figure: related columns together.

import { placesOf } from "./figure.js";
import { axisOf, measure } from "./measures.js";

const TOTAL = /^(m[\d.]+(e-\d+)?)$/;

/* What can be shown: [[key, name, columns]] of the columns that there are. */
export function viewsOf(columns) {
  const some = (names) => names.filter((name) => columns.includes(name));
  const energies = columns.filter((name) => TOTAL.test(name)).map((name) =>
    [name, measure(name).name, columns.filter((other) => other === name ||
      other === `${name}_direct` || new RegExp(`^${name}_layer\\d+$`).test(other))]);
  return [
    ["accuracy", "accuracy", some(["test_accuracy", "train_accuracy"])],
    ...energies,
    ["loss", "test loss", some(["test_loss"])],
    ["changed", "changing synapses", columns.filter((name) => /^changed/.test(name))],
    ["weights", "norm of the weights", columns.filter((name) => /^weight_norm/.test(name))],
    ["maintenance", "maintenance", columns.filter((name) => /^maintenance/.test(name))],
  ].filter(([, , names]) => names.length > 0);
}

export function traceFigure(run, columns, traces, { x, goal }) {
  const known = traces.columns(run.id);
  const [first] = columns;
  const axes = { x: axisOf(x), y: { ...axisOf(first), ...first === "test_accuracy" &&
    { label: "accuracy" } } };
  const series = known ? columns.map((name, index) => lineOf(name, index, known, axes)) : [];
  const title = `Run ${run.id}: ${measure(first).name} against ${measure(x).name}`;
  return { name: `run-${run.id}-${first}-${x}`, kind: "curves", title, ...axes,
    series: series.filter((one) => one.x.length > 0),
    goal: first === "test_accuracy" ? goal : null,
    tell: (one, i) => `${one.name} ${measure(one.key).text(one.y[i])} at ` +
      `${measure(x).name} ${measure(x).text(one.x[i])}` };
}

function lineOf(name, index, known, axes) {
  const [xs, ys] = [known[axes.x.key] ?? [], known[name] ?? []];
  const kept = placesOf(xs, ys, axes);
  return { key: name, name: measure(name).name, seed: null, index, thin: false,
    x: kept.map((i) => xs[i]), y: kept.map((i) => ys[i]), sem: null, n: null, bound: null };
}
