// A figure: what all that draws, lists or saves it agrees on.
//
// {name, title, kind: "curves" | "points", x, y, series, marks, note, goal}
//   name    of files, without an extension
//   x, y    axes: {key, label, log, labels}; labels are those of the places 0, 1, 2, ... of an
//           axis that has words instead of numbers
//   series  {key, name, seed, index, x, y, sem, n, bound, thin, weak}; the arrays run in parallel
//           sem     standard errors, null where there is none; or null for the series
//           n       how many runs stand behind a point; or null
//           bound   true where y is only a lower bound; or null
//           weak    true where fewer runs stand behind a mean than elsewhere, so that it may
//                   move only because runs are missing; or absent
//           index   decides colour and dashes, and never changes for the same thing
//           seed    of a thin line, which is one run
//   marks   series of one point each with `xSem`, the standard error of x; or absent
//   note    what is to be known to read it, below the legend; or absent

import { padded } from "./zoom.js";

const MARGIN = 0.04;

/* {x, y} limits: the zoom where there is one, else what shows everything. */
export function limitsOf(figure, zoom) {
  const { x: xAxis, y: yAxis, goal } = figure;
  const series = allOf(figure);
  const x = zoom?.x ?? xLimits(series, xAxis);
  if (zoom?.y) return { x, y: zoom.y };
  const seen = extent(series.map((one) => ends(one, zoom && x, yAxis.log)));
  const y = goal && !zoom ? [Math.min(seen[0], goal), Math.max(seen[1], goal)] : seen;
  return { x, y: padded(y, MARGIN, yAxis.log) };
}

function xLimits(series, { log, labels }) {
  if (labels) return [-0.5, labels.length - 0.5];
  return padded(extent(series.map((one) => one.x)), MARGIN, log);
}

/* Both ends of the error bars of all points, of those within `x` where it is given. */
function ends({ x: xs, y: ys, sem }, x, log) {
  const found = [];
  ys.forEach((y, i) => {
    if (y === null || (x && (xs[i] < x[0] || xs[i] > x[1]))) return;
    const error = sem?.[i] ?? 0;
    found.push(log && y - error <= 0 ? y : y - error, y + error);
  });
  return found;
}

function extent(lists) {
  let [low, high] = [Infinity, -Infinity];
  for (const list of lists) {
    for (const value of list) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? [low, high] : [1, 10];
}

/* The lines, and the marks where there are some. */
export function allOf({ series, marks }) {
  return [...series, ...marks ?? []];
}

/* A series without the points of which runs are missing. */
export function fullOf(one) {
  if (!one.weak) return one;
  const full = (values) => values && values.map((value, i) => one.weak[i] ? null : value);
  return { ...one, y: full(one.y), sem: full(one.sem) };
}

/* Only those points, with their neighbours, to which a line leads. */
export function weakOf({ x, y, weak }) {
  return { x, y: y.map((value, i) =>
    weak[i - 1] || weak[i] || weak[i + 1] ? value : null) };
}

/* Whether a line joins the points of a series in a figure of points. */
export function isJoined(one, { x: { labels } }) {
  return !labels && one.x.length > 1;
}

/* What is a number, and has a place on the axis. */
export function hasPlace(value, { log }) {
  return typeof value === "number" && Number.isFinite(value) && (!log || value > 0);
}

/* Which of parallel values are points that have a place on both axes. */
export function placesOf(xs, ys, { x, y }) {
  return xs.map((_, i) => i).filter((i) => hasPlace(xs[i], x) && hasPlace(ys[i], y));
}

/* The points as rows, for tables and files: {series, x, xSem, y, sem, n, bound}, x as people
   read it where the axis has words. */
export function rowsOf(figure) {
  const { labels } = figure.x;
  return allOf(figure).flatMap((one) => one.y.map((y, i) => ({
    series: one,
    x: labels ? labels[one.x[i]] : one.x[i],
    xSem: one.xSem?.[i] ?? null,
    y,
    sem: one.sem?.[i] ?? null,
    n: one.n?.[i] ?? null,
    bound: one.bound?.[i] ?? false,
  })).filter((row) => row.y !== null));
}
