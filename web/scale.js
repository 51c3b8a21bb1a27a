// From values to pixels, and the ticks of an axis.

import { linearLabels, linearTicks, logLabels, logTicks } from "./axes.js";

/* A function from values to places between `from` and `to`. */
export function scaleOf({ log }, [low, high], from, to) {
  const at = log ? Math.log10 : (value) => value;
  const [a, b] = [at(low), at(high)];
  return (value) => from + ((at(value) - a) / (b - a)) * (to - from);
}

/* The places of at most about `room` ticks, and the words at them. */
export function tickValues({ log, labels }, [low, high], room) {
  if (labels) return labels.map((_, place) => place);
  return (log ? logTicks : linearTicks)(low, high, Math.max(2, Math.floor(room)));
}

export function tickLabels({ log, labels }, values) {
  return labels ? values.map((place) => labels[place]) : (log ? logLabels : linearLabels)(values);
}

/* [{value, label}] */
export function ticksOf(axis, limits, room) {
  const values = tickValues(axis, limits, room);
  const labels = tickLabels(axis, values);
  return values.map((value, i) => ({ value, label: labels[i] }));
}
