// A figure as SVG: on the screen where it has few points, and in files, where all of its
// looks are in its attributes, so that any program shows the same.

import { svg } from "./dom.js";
import { fullOf, isJoined, limitsOf, weakOf } from "./figure.js";
import { bandPaths, errorBar, errorBarX, linePath, marker, markerOf }
  from "./figure_marks.js";
import { colourOf, css, dashOf } from "./palette.js";
import { scaleOf, ticksOf } from "./scale.js";

const FONT = "Helvetica, Arial, 'Liberation Sans', sans-serif";
const SIZE = 12;
const LETTER = 6.1; // a letter is about so wide
const LEGEND_ROW = 17;
const LEGEND_GAP = 14;
const DODGE = 5;
const WORD_ROW = 13; // of labels of several lines
const WORD_ROWS = 6;

/* The colours of the page, or those of print. */
export function looks(print) {
  const names = { ink: "ink", muted: "muted", grid: "grid", paper: "surface" };
  const colours = Object.entries(names).map(([key, name]) =>
    [key, css(print ? `--print-${key}` : `--${name}`)]);
  return { ...Object.fromEntries(colours), colourOf: (index) => colourOf(index, print), print };
}

/* options: width, height without the legend, zoom, look; a legend and a background in print
   only */
export function drawFigure(figure, { width, height: plain, zoom, look }) {
  const limits = limitsOf(figure, zoom);
  const left = leftMargin(figure, limits);
  const legend = look.print ? legendOf(figure, left, width) : [];
  const note = look.print && figure.note;
  const rows = legend.length + (note ? 1 : 0);
  const height = plain + (rows > 0 ? LEGEND_GAP + rows * LEGEND_ROW : 0);
  const words = wordsBelow(figure.x, width - 14 - left);
  const below = 33 + WORD_ROW * Math.max(1, ...words.map((lines) => lines.length));
  const area = { left, right: width - 14, top: look.print ? 16 : 10, bottom: plain - below };
  const scales = {
    x: scaleOf(figure.x, limits.x, area.left, area.right),
    y: scaleOf(figure.y, limits.y, area.bottom, area.top),
  };
  const drawing = { figure, look, limits, area, scales, words };
  const clip = `clip-${figure.name}`;
  return svg("svg", { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${width} ${height}`,
    width, height, "font-family": FONT, "font-size": SIZE, role: "img",
    "aria-label": figure.title },
  svg("title", null, figure.title),
  look.print && svg("rect", { width, height, fill: look.paper }),
  svg("clipPath", { id: clip }, svg("rect", { x: area.left, y: area.top - 6,
    width: area.right - area.left, height: area.bottom - area.top + 12 })),
  axesOf(drawing),
  svg("g", { "clip-path": `url(#${clip})` }, goalOf(drawing), seriesOf(drawing),
    marksOf(drawing)),
  legendRows(legend, drawing, plain + LEGEND_GAP),
  note && text(note, left, height - LEGEND_ROW + 4, "start", look.muted, 11));
}

function leftMargin(figure, limits) {
  const labels = ticksOf(figure.y, limits.y, 8).map((tick) => tick.label.length);
  return 36 + Math.max(...labels, 2) * LETTER;
}

/* The lines of each label of an axis that has words, as wide as its place. */
function wordsBelow({ labels }, width) {
  const room = Math.max(4, Math.floor(width / (labels?.length ?? 1) / LETTER) - 1);
  return (labels ?? []).map((label) => wrapped(label, room));
}

function wrapped(label, room) {
  const lines = [""];
  for (const word of label.split(/ (?![^(]*\))/)) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (longer.length <= room) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  const full = lines.filter(Boolean);
  const shown = full.slice(0, WORD_ROWS);
  if (full.length > WORD_ROWS) shown[WORD_ROWS - 1] += "…";
  return shown.map((line) => shortened(line, room));
}

function axesOf({ figure, look, limits, area, scales, words }) {
  const xTicks = ticksOf(figure.x, limits.x, (area.right - area.left) / 80);
  const yTicks = ticksOf(figure.y, limits.y, (area.bottom - area.top) / 36);
  const middle = (area.top + area.bottom) / 2;
  const bottom = area.bottom + 24 + WORD_ROW * Math.max(1, ...words.map((lines) => lines.length));
  return svg("g", { fill: look.muted, stroke: "none" },
    yTicks.map(({ value, label }) => [
      rule(area.left, scales.y(value), area.right, scales.y(value), look.grid),
      text(label, area.left - 7, scales.y(value) + 4, "end")]),
    xTicks.map(({ value, label }) => [
      rule(scales.x(value), area.top, scales.x(value), area.bottom, look.grid),
      (words[value] ?? [label]).map((line, i) => text(line, scales.x(value),
        area.bottom + 17 + i * WORD_ROW, "middle"))]),
    rule(area.left, area.bottom, area.right, area.bottom, look.muted),
    rule(area.left, area.top, area.left, area.bottom, look.muted),
    text(figure.x.label, (area.left + area.right) / 2, bottom, "middle", look.ink),
    svg("text", { transform: `translate(14 ${middle}) rotate(-90)`, "text-anchor": "middle",
      fill: look.ink }, figure.y.label));
}

function rule(x1, y1, x2, y2, stroke) {
  return svg("line", { x1, y1, x2, y2, stroke, "stroke-width": 1 });
}

function text(content, x, y, anchor, fill, size) {
  return svg("text", { x: round(x), y: round(y), "text-anchor": anchor, fill,
    "font-size": size }, content);
}

function shortened(label, letters) {
  return label.length <= letters ? label : `${label.slice(0, Math.max(2, letters - 1))}…`;
}

function round(value) {
  return Math.round(value * 100) / 100;
}

/* The accuracy that the runs stop at. */
function goalOf({ figure, look, area, limits, scales }) {
  const { goal } = figure;
  if (!goal || goal < limits.y[0] || goal > limits.y[1]) return null;
  const y = scales.y(goal);
  return [svg("line", { x1: area.left, x2: area.right, y1: y, y2: y, stroke: look.muted,
    "stroke-dasharray": "2 4" }),
  svg("text", { x: area.left + 6, y: y - 4, fill: look.muted, "font-size": 11 },
    `goal ${goal}`)];
}

function seriesOf(drawing) {
  const { figure: { kind, series } } = drawing;
  const thin = series.filter((one) => one.thin);
  const plain = series.filter((one) => !one.thin);
  return [...plain.map((one) => bandOf(one, drawing)), ...thin.map((one) => line(one, drawing)),
    ...plain.map((one, i) => kind === "points"
      ? pointsOf(one, dodge(i, plain.length, drawing.figure), drawing) : line(one, drawing))];
}

/* Series with words below them would hide each other. */
function dodge(i, of, figure) {
  return figure.x.labels ? (i - (of - 1) / 2) * DODGE : 0;
}

function bandOf(one, { figure, look, scales, limits }) {
  if (!one.sem || figure.kind === "points") return null;
  return bandPaths(fullOf(one), scales, figure.y.log && limits.y[0])
    .map((d) => svg("path", { d, fill: look.colourOf(one.index), "fill-opacity": 0.16 }));
}

function line(one, { look, scales }) {
  const path = (points, width, opacity) => svg("path", { d: linePath(points, scales),
    fill: "none", stroke: look.colourOf(one.index), "stroke-width": width,
    "stroke-opacity": opacity, "stroke-linejoin": "round",
    "stroke-dasharray": one.thin ? null : dashOf(one.index).join(" ") || null });
  if (one.thin) return path(one, 0.7, 0.5);
  return [one.weak?.includes(true) && path(weakOf(one), 0.8, 0.5), path(fullOf(one), 1.7, 1)];
}

function marksOf({ figure, look, scales, limits }) {
  return figure.marks?.map((one) => {
    const colour = look.colourOf(one.index);
    return svg("g", { stroke: colour, "stroke-width": 1.4 },
      errorBar(one, 0, scales, figure.y.log && limits.y[0]),
      errorBarX(one, 0, scales, figure.x.log && limits.x[0]),
      markerOf(one.index, round(scales.x(one.x[0])), round(scales.y(one.y[0])), colour));
  });
}

function pointsOf(one, shift, { figure, look, scales, limits }) {
  const colour = look.colourOf(one.index);
  return svg("g", { transform: shift ? `translate(${shift} 0)` : null, stroke: colour,
    "stroke-width": 1.4 },
  isJoined(one, figure) && svg("path", { d: linePath(one, scales), fill: "none",
    "stroke-dasharray": dashOf(one.index).join(" ") || null }),
  one.y.map((y, i) => y === null ? null : svg("g", null,
    figure.tell && svg("title", null, figure.tell(one, i)),
    errorBar(one, i, scales, figure.y.log && limits.y[0]),
    marker(one.index, scales.x(one.x[i]), scales.y(y), one.bound?.[i], look.paper, colour))));
}

/* Rows of the legend: as many names side by side as fit, in columns. */
function legendOf({ series }, from, width) {
  const plain = series.filter((one) => !one.thin);
  const longest = Math.max(0, ...plain.map((one) => one.name.length));
  const column = 46 + longest * LETTER + 10;
  const across = Math.max(1, Math.floor((width - from) / column));
  return Array.from({ length: Math.ceil(plain.length / across) }, (_, row) =>
    plain.slice(row * across, (row + 1) * across)
      .map((one, i) => ({ one, left: from + i * column })));
}

function legendRows(rows, { figure, look }, top) {
  return rows.map((row, i) => row.map(({ one, left }) => {
    const y = top + i * LEGEND_ROW;
    const colour = look.colourOf(one.index);
    const points = figure.kind === "points";
    return [(!points || isJoined(one, figure)) && svg("line", { x1: left, x2: left + 32, y1: y, y2: y, stroke: colour,
      "stroke-width": 1.7, "stroke-dasharray": dashOf(one.index).join(" ") || null }),
    points && svg("g", { stroke: colour, "stroke-width": 1.4 },
      markerOf(one.index, left + 16, y, colour)),
    text(one.name, left + 40, y + 4, "start", look.ink)];
  }));
}
