// What uPlot does not draw by itself: the goal, where each run stands, and the search
// for the point under the mouse.

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

/* A dot at the newest evaluation: also the first one is seen, before there is a line. */
export function paintEnds(plot, lines) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const line of lines) {
    const end = line.x.length - 1;
    ctx.fillStyle = colourOf(line.cell);
    ctx.beginPath();
    ctx.arc(plot.valToPos(line.x[end], "x", true), plot.valToPos(line.y[end], "y", true),
      3 * devicePixelRatio, 0, 2 * Math.PI);
    ctx.fill();
  }
  ctx.restore();
}

/* The point closest to the cursor, {line, index}, or null when none is near. */
export function nearest(plot, lines) {
  const { left, top } = plot.cursor;
  if (left < 0) return null;
  let best = NEAR_PX ** 2;
  let found = null;
  for (const line of lines) {
    for (let index = 0; index < line.x.length; index += 1) {
      const dx = plot.valToPos(line.x[index], "x") - left;
      const dy = plot.valToPos(line.y[index], "y") - top;
      if (dx * dx + dy * dy >= best) continue;
      best = dx * dx + dy * dy;
      found = { line, index };
    }
  }
  return found;
}
