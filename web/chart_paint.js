// What uPlot does not draw by itself: the goal, the bands of the standard error, where each
// line ends, and the search for the point under the mouse.

import { errorEnds, stretches } from "./figure_marks.js";
import { colourOf, css } from "./palette.js";

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
    for (const one of series) {
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

/* A dot at the newest point: also the first one is seen, before there is a line. */
export function paintEnds(plot, series) {
  const { ctx } = plot;
  inPlot(plot, () => {
    for (const { x, y, index, thin } of series) {
      const end = y.findLastIndex((value) => value !== null);
      if (thin || end < 0) continue;
      ctx.fillStyle = colourOf(index);
      ctx.beginPath();
      ctx.arc(plot.valToPos(x[end], "x", true), plot.valToPos(y[end], "y", true),
        3 * devicePixelRatio, 0, 2 * Math.PI);
      ctx.fill();
    }
  });
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
