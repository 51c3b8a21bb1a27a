// The marks of a figure: lines with gaps, bands of the standard error, bars and markers.

import { svg } from "./dom.js";

const ARROW = 16;

const SHAPES = [
  (x, y) => `M${x - 4} ${y}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z`,
  (x, y) => `M${x - 3.6} ${y - 3.6}h7.2v7.2h-7.2z`,
  (x, y) => `M${x} ${y - 5}l5 8.6h-10z`,
  (x, y) => `M${x} ${y - 5.2}l5.2 5.2l-5.2 5.2l-5.2 -5.2z`,
];

/* A path through all points that there are; a gap where one is missing. */
export function linePath({ x, y }, scales) {
  let text = "";
  let pen = "M";
  y.forEach((value, i) => {
    if (value === null) {
      pen = "M";
      return;
    }
    text += `${pen}${round(scales.x(x[i]))} ${round(scales.y(value))}`;
    pen = "L";
  });
  return text;
}

/* Mean ± s.e.m. as closed paths, one for each stretch where there is an s.e.m.; `floor` is
   the least value that a logarithmic axis can show, else false. */
export function bandPaths(series, scales, floor) {
  return stretches(series.sem).map(([from, to]) => {
    const upper = [];
    const lower = [];
    for (let i = from; i < to; i += 1) {
      const [low, high] = errorEnds(series, i, floor);
      const x = round(scales.x(series.x[i]));
      upper.push(`${x} ${round(scales.y(high))}`);
      lower.unshift(`${x} ${round(scales.y(low))}`);
    }
    return `M${[...upper, ...lower].join("L")}z`;
  });
}

/* [from, to) of the stretches without a null that have two points or more */
export function stretches(values) {
  const found = [];
  let from = 0;
  for (let i = 0; i <= values.length; i += 1) {
    if (i < values.length && values[i] !== null) continue;
    if (i - from > 1) found.push([from, i]);
    from = i + 1;
  }
  return found;
}

export function errorEnds({ y, sem }, i, floor) {
  const low = y[i] - sem[i];
  return [floor ? Math.max(low, floor * 0.5) : low, y[i] + sem[i]];
}

export function errorBar(series, i, scales, floor) {
  if (!series.sem?.[i]) return null;
  const [low, high] = errorEnds(series, i, floor).map((value) => round(scales.y(value)));
  const x = round(scales.x(series.x[i]));
  return svg("path", { d: `M${x - 3} ${low}h6M${x} ${low}V${high}M${x - 3} ${high}h6`,
    fill: "none" });
}

/* The same along x. */
export function errorBarX({ x, y, xSem }, i, scales, floor) {
  if (!xSem?.[i]) return null;
  const [low, high] = errorEnds({ y: x, sem: xSem }, i, floor)
    .map((value) => round(scales.x(value)));
  const at = round(scales.y(y[i]));
  return svg("path", { d: `M${low} ${at - 3}v6M${low} ${at}H${high}M${high} ${at - 3}v6`,
    fill: "none" });
}

/* Filled; open and with an arrow upwards where the value is only a lower bound. */
export function marker(index, atX, atY, bound, paper, colour) {
  const [x, y] = [round(atX), round(atY)];
  if (!bound) return markerOf(index, x, y, colour);
  return [svg("path", { d: `M${x} ${y}v${-ARROW}m-3.5 5l3.5 -5l3.5 5`, fill: "none" }),
    markerOf(index, x, y, paper)];
}

export function markerOf(index, x, y, fill) {
  return svg("path", { d: shapeOf(index, x, y), fill });
}

export function shapeOf(index, x, y) {
  return SHAPES[index % SHAPES.length](x, y);
}

function round(value) {
  return Math.round(value * 100) / 100;
}
