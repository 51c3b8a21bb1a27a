// What uPlot does not draw by itself: the goal, the bands of the standard error, lines of which
// runs are missing, where each line ends, marks, and the search for the point under the mouse.

import { fullOf, weakOf } from "./figure.js";
import { errorEnds, shapeOf, stretches } from "./figure_marks.js";
import { colourOf, css, dashOf } from "./palette.js";

const NEAR_PX = 40;

/* A thin line at the accuracy the runs stop at. */
export function paintGoal(plot, goal) {
  const { min, max } = plot.scales.y;
  if (!goal || goal < min || goal > max) return;
  const { ctx, bbox } = plot;
  const y = Math.round(plot.valToPos(goal, "y", true));
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = css("--muted");
  ctx.lineWidth = ratio;
  ctx.setLineDash([2 * ratio, 4 * ratio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.font = `${11 * ratio}px system-ui, sans-serif`;
  ctx.textAlign = "left";
  ctx.textBaseline = "bottom";
  ctx.fillText(`goal ${goal}`, bbox.left + 6 * ratio, y - 3 * ratio);
  ctx.restore();
}

/* Mean ± s.e.m., where there is an s.e.m. */
export function paintBands(plot, { series, y }) {
  const { ctx } = plot;
  const floor = y.log && plot.scales.y.min;
  inPlot(plot, () => {
    for (const one of series.map(fullOf)) {
      if (!one.sem) continue;
      ctx.fillStyle = `${colourOf(one.index)}2b`;
      for (const [from, to] of stretches(one.sem)) {
        ctx.beginPath();
        trace(plot, one, from, to, (i) => errorEnds(one, i, floor)[1]);
        trace(plot, one, to - 1, from - 1, (i) => errorEnds(one, i, floor)[0]);
        ctx.fill();
      }
    }
  });
}

function trace(plot, { x }, from, to, valueAt) {
  const step = from < to ? 1 : -1;
  for (let i = from; i !== to; i += step) {
    plot.ctx.lineTo(plot.valToPos(x[i], "x", true), plot.valToPos(valueAt(i), "y", true));
  }
}

/* Means of which runs are missing: thin and light. */
export function paintWeak(plot, series) {
  const { ctx } = plot;
  const ratio = devicePixelRatio;
  inPlot(plot, () => {
    for (const one of series.filter(({ weak }) => weak?.includes(true))) {
      const { x, y } = weakOf(one);
      ctx.strokeStyle = `${colourOf(one.index)}80`;
      ctx.lineWidth = 0.8 * ratio;
      ctx.setLineDash(dashOf(one.index).map((length) => length * ratio));
      for (const [from, to] of stretches(y)) {
        ctx.beginPath();
        trace(plot, { x }, from, to, (i) => y[i]);
        ctx.stroke();
      }
    }
  });
}

/* A dot at the newest point: also the first one is seen, before there is a line. None where
   runs are missing, nor beside the mark of the ends. */
export function paintEnds(plot, { series, marks = [] }) {
  const { ctx } = plot;
  const marked = new Set(marks.map((mark) => mark.index));
  inPlot(plot, () => {
    for (const { x, y, index, thin, weak } of series) {
      const end = y.findLastIndex((value) => value !== null);
      if (thin || end < 0 || weak?.[end] || marked.has(index)) continue;
      ctx.fillStyle = colourOf(index);
      ctx.beginPath();
      ctx.arc(plot.valToPos(x[end], "x", true), plot.valToPos(y[end], "y", true),
        3 * devicePixelRatio, 0, 2 * Math.PI);
      ctx.fill();
    }
  });
}

/* Points with the standard errors of both coordinates. */
export function paintMarks(plot, figure) {
  const { ctx } = plot;
  const ratio = devicePixelRatio;
  inPlot(plot, () => {
    for (const one of figure.marks ?? []) {
      ctx.fillStyle = ctx.strokeStyle = colourOf(one.index);
      ctx.lineWidth = 1.4 * ratio;
      ctx.setLineDash([]);
      const [x, y] = [plot.valToPos(one.x[0], "x", true), plot.valToPos(one.y[0], "y", true)];
      ctx.beginPath();
      for (const end of endsOf(plot, one.y, one.sem, figure.y, "y")) {
        ctx.moveTo(x, y);
        ctx.lineTo(x, end);
        ctx.moveTo(x - 3 * ratio, end);
        ctx.lineTo(x + 3 * ratio, end);
      }
      for (const end of endsOf(plot, one.x, one.xSem, figure.x, "x")) {
        ctx.moveTo(x, y);
        ctx.lineTo(end, y);
        ctx.moveTo(end, y - 3 * ratio);
        ctx.lineTo(end, y + 3 * ratio);
      }
      ctx.stroke();
      ctx.save();
      ctx.translate(x, y);
      ctx.scale(ratio, ratio);
      ctx.fill(new Path2D(shapeOf(one.index, 0, 0)));
      ctx.restore();
    }
  });
}

/* Both ends of an error bar, in pixels; none without an error. */
function endsOf(plot, values, sem, { log }, scale) {
  if (!sem[0]) return [];
  return errorEnds({ y: values, sem }, 0, log && plot.scales[scale].min)
    .map((value) => plot.valToPos(value, scale, true));
}

function inPlot({ ctx, bbox }, paint) {
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  paint();
  ctx.restore();
}

/* The point closest to the cursor, {series, index}, or null when none is near. */
export function nearest(plot, series) {
  const { left, top } = plot.cursor;
  if (left < 0) return null;
  let best = NEAR_PX ** 2;
  let found = null;
  for (const one of series) {
    for (let index = 0; index < one.x.length; index += 1) {
      if (one.y[index] === null) continue;
      const dx = plot.valToPos(one.x[index], "x") - left;
      if (dx * dx >= best) continue;
      const dy = plot.valToPos(one.y[index], "y") - top;
      if (dx * dx + dy * dy >= best) continue;
      best = dx * dx + dy * dy;
      found = { series: one, index };
    }
  }
  return found;
}
