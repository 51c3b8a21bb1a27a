// From cells to figures: mean curves with their ends and the seeds as thin lines, what reaching a goal costs
// over what is swept, and what is saved against a baseline. A cell has its own `params`, which
// name it, and `values` of all in which the cells differ.

import { hasPlace, placesOf } from "./figure.js";
import { meanSem } from "./format.js";
import { axisOf, measure, SAVINGS } from "./measures.js";
import { paramName, paramText, paramValue } from "./params.js";

const LOG_FROM = 8; // a swept value that spans such a factor gets a logarithmic axis

/* "hidden.0 = 100"; several jobs are told apart by their numbers */
export function cellName(cell, withJob) {
  const params = paramText(cell.params);
  if (!withJob) return params || "all runs";
  return params ? `${cell.key} ${params}` : cell.key;
}

/* Mean curves of `cells`; seeds: a SeedsData or null. */
export function curvesFigure(cells, { x, y }, seeds, { withJob, goal, name }) {
  const axes = { x: axisOf(x), y: axisOf(y) };
  const means = cells.map((cell) => meanCurve(cell, axes, withJob));
  const thin = seeds ? seeds.runs.map((run) => seedLine(run, cells, axes, seeds.traces)) : [];
  const series = [...thin, ...means].filter((one) => one?.x.length > 0);
  const marks = cells.map((cell) => endMark(cell, axes, withJob)).filter(Boolean);
  return { name: `${name}-${y}-${x}`, kind: "curves", ...axes, series, marks,
    note: noteOf(means, marks),
    title: `${measure(y).name} against ${measure(x).name}`,
    goal: y === "test_accuracy" ? goal : null, tell: (one, i) => tellPoint(one, i, x, y) };
}

function meanCurve(cell, axes, withJob) {
  const curve = cell.curve ?? { x: [], mean: [], sem: [], n: [] };
  const kept = placesOf(curve.x, curve.mean, axes);
  const pick = (values) => kept.map((i) => values[i] ?? null);
  const most = Math.max(...curve.n);
  return { key: cell.key, name: cellName(cell, withJob), seed: null, index: cell.index,
    x: pick(curve.x), y: pick(curve.mean), sem: pick(curve.sem), n: pick(curve.n),
    weak: pick(curve.n).map((n) => n < most), bound: null, thin: false };
}

/* Where the runs that succeeded ended: the mean of what they cost and of what they reached. */
function endMark(cell, axes, withJob) {
  const [x, y] = [axes.x, axes.y].map(({ key }) => cell.ends?.metrics?.[key]);
  if (!hasPlace(x?.mean, axes.x) || !hasPlace(y?.mean, axes.y)) return null;
  return { key: `${cell.key} end`, name: `${cellName(cell, withJob)}, at the end`, seed: null,
    index: cell.index, x: [x.mean], xSem: [x.sem], y: [y.mean], sem: [y.sem], n: [y.n],
    bound: null, thin: false };
}

/* "Mean ± s.e.m. of n = 3 seeds; thin where fewer are left; ..." */
function noteOf(means, marks) {
  const known = means.filter((one) => one.n.length > 0);
  if (known.length === 0) return null;
  const most = known.map((one) => Math.max(...one.n));
  const [low, high] = [Math.min(...most), Math.max(...most)];
  const n = low === high ? `${high}` : `${low} to ${high}`;
  return [`Mean ± s.e.m. of n = ${n} ${high === 1 ? "seed" : "seeds"}`,
    known.some((one) => one.weak.includes(true)) && "thin where fewer are left",
    marks.length > 0 && "marks: mean of the runs that succeeded, at their ends",
  ].filter(Boolean).join("; ");
}

function seedLine(run, cells, axes, traces) {
  const cell = cells.find((one) => one.job === run.job && one.cell === run.cell);
  const columns = traces.columns(run.id);
  if (!cell || !columns) return null;
  const [xs, ys] = [columns[axes.x.key] ?? [], columns[axes.y.key] ?? []];
  const kept = placesOf(xs, ys, axes);
  return { key: `run ${run.id}`, name: cellName(cell, false), seed: run.seed,
    index: cell.index, x: kept.map((i) => xs[i]), y: kept.map((i) => ys[i]), sem: null,
    n: null, bound: null, thin: true };
}

function tellPoint(one, i, x, y) {
  const value = meanSem({ mean: one.y[i], sem: one.sem?.[i] }, measure(y).text);
  const who = one.thin ? `${one.key}, seed ${one.seed}, ${one.name}` : one.name;
  const n = one.n ? `, n = ${one.n[i]}` : "";
  const at = meanSem({ mean: one.x[i], sem: one.xSem?.[i] }, measure(x).text);
  return `${who}: ${measure(y).name} ${value} at ${measure(x).name} ${at}${n}`;
}

/* What is swept over in a figure: the pointer asked for, else the first with most values. */
export function sweptOver(cells, wanted) {
  const pointers = [...new Set(cells.flatMap((cell) => Object.keys(cell.values)))];
  const values = (pointer) => new Set(cells.map((cell) => paramValue(cell.values[pointer])));
  const varied = pointers.filter((pointer) => values(pointer).size > 1);
  const over = varied.find((pointer) => paramName(pointer) === wanted) ??
    varied.reduce((best, pointer) =>
      best && values(best).size >= values(pointer).size ? best : pointer, null);
  return { over, varied };
}

/* What it costs to reach the goal, or has cost at the end where there is none. */
export function costFigure(cells, { over, key, goal, name, withJob }) {
  const { name: what, log, text } = measure(key);
  const y = { key, label: `${what} ${goal ? `to ${goal}` : "at the end"}`, log, labels: null };
  const metric = (cell) => (cell.goal ?? cell.ends).metrics?.[key];
  return overSweep(cells, { over, y, metric, text, withJob, name: `${name}-${key}-cost`,
    title: y.label });
}

/* How many times less than the baseline. */
export function savingFigure(cells, { over, key, baseline, name, withJob }) {
  const what = measure(key).name;
  const y = { key: `saving_${key}`, label: `saving in ${what}, times`, log: false,
    labels: null };
  const metric = (cell) =>
    SAVINGS.includes(key) ? (cell.goal ?? cell.ends).saving?.[key] : null;
  return overSweep(cells, { over, y, metric, text: (value) => `${+value.toPrecision(3)}`,
    withJob, name: `${name}-${key}-saving`, title: `Saving in ${what} against ${baseline}` });
}

function overSweep(cells, { over, y, metric, text, withJob, name, title }) {
  const values = distinct(cells.map((cell) => cell.values[over]));
  const numeric = values.every((value) => typeof value === "number");
  const x = xAxisOf(over, values, numeric);
  const place = (cell) => numeric ? cell.values[over]
    : values.findIndex((value) => paramValue(value) === paramValue(cell.values[over]));
  const groups = groupsOf(cells, over, withJob);
  const series = [...groups.entries()].map(([group, members], index) =>
    pointSeries(members, { group, index, place, metric, x, y }));
  const figure = { name, title: over ? `${title}, against ${paramName(over)}` : title,
    kind: "points", x, y, series: series.filter((one) => one.x.length > 0), goal: null };
  figure.tell = (one, i) => {
    const at = x.labels ? x.labels[one.x[i]] : one.x[i];
    const bound = one.bound[i] ? "at least " : "";
    return `${one.name || paramName(over ?? "")} ${paramName(over ?? "")} = ${at}: ` +
      `${bound}${meanSem({ mean: one.y[i], sem: one.sem[i] }, text)}, n = ${one.n[i]}`;
  };
  return figure;
}

function xAxisOf(over, values, numeric) {
  const label = over ? paramName(over) : "all runs";
  if (!numeric) return { key: label, label, log: false, labels: values.map(paramValue) };
  const log = Math.min(...values) > 0 &&
    Math.max(...values) / Math.min(...values) >= LOG_FROM;
  return { key: label, label, log, labels: null };
}

function distinct(values) {
  return [...new Map(values.map((value) => [paramValue(value), value])).values()];
}

/* The cells of a job that differ in nothing but `over`, by what sets them apart. */
function groupsOf(cells, over, withJob) {
  const groups = new Map();
  for (const cell of cells) {
    const others = Object.entries(cell.params ?? {})
      .filter(([pointer]) => !`${pointer}/`.startsWith(`${over}/`));
    const words = [withJob && `job ${cell.job}`, paramText(Object.fromEntries(others))];
    const group = words.filter(Boolean).join(", ");
    groups.set(group, [...groups.get(group) ?? [], cell]);
  }
  return groups;
}

function pointSeries(members, { group, index, place, metric, x, y }) {
  const points = members.map((cell) => ({ x: place(cell), metric: metric(cell) }))
    .map((point) => ({ ...point, y: point.metric?.mean ?? point.metric?.at_least ?? null }))
    .filter((point) => hasPlace(point.x, x) && hasPlace(point.y, y))
    .sort((a, b) => a.x - b.x);
  return { key: group || "all", name: group || "all cells", seed: null, index, thin: false,
    x: points.map((point) => point.x), y: points.map((point) => point.y),
    sem: points.map((point) => typeof point.metric.mean === "number"
      ? point.metric.sem ?? null : null),
    n: points.map((point) => point.metric.n),
    bound: points.map((point) => typeof point.metric.mean !== "number") };
}
