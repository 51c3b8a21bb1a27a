// The visible part of a chart: {x: [from, to], y: [from, to] or null for "as the data
// need it"}. Null as a whole: everything. It lives in the URL.

export function parseZoom(text) {
  const numbers = (text ?? "").split("_").map(Number);
  if (![2, 4].includes(numbers.length) || !numbers.every(Number.isFinite)) return null;
  const [x0, x1, y0, y1] = numbers;
  if (x0 >= x1 || y0 >= y1) return null;
  return { x: [x0, x1], y: numbers.length === 4 ? [y0, y1] : null };
}

export function zoomText(zoom) {
  if (!zoom) return null;
  return [...zoom.x, ...(zoom.y ?? [])].map((v) => String(+v.toPrecision(5))).join("_");
}

/* Moves by a fraction of the width. */
export function moved({ x, y }, fraction, log) {
  return { x: onScale(x, log, ([a, b]) => {
    const by = (b - a) * fraction;
    return [a + by, b + by];
  }), y };
}

/* Factor 0.5 shows half of the width, around the middle. */
export function scaled({ x, y }, factor, log) {
  return { x: onScale(x, log, ([a, b]) => {
    const middle = (a + b) / 2;
    const half = ((b - a) / 2) * factor;
    return [middle - half, middle + half];
  }), y };
}

/* Limits with a margin around the data. */
export function padded(limits, fraction, log) {
  return onScale(limits, log, ([a, b]) => {
    const margin = (b - a) * fraction || (log ? 0.1 : Math.abs(a) * 0.1 || 1);
    return [a - margin, b + margin];
  });
}

function onScale(limits, log, change) {
  if (!log) return change(limits);
  return change(limits.map(Math.log10)).map((exponent) => 10 ** exponent);
}
