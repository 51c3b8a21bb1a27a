// Tick marks. uPlot's logarithmic ticks are whole decades, too coarse once zoomed in.

import { count, scientific, superscript } from "./format.js";

const LONG = 1e7;

/* Ticks of a logarithmic axis, at most `room` of them where that is possible. */
export function logTicks(min, max, room) {
  const decades = Math.log10(max / min);
  if (decades < 0.9) return linearTicks(min, max, room);
  const mantissas = [[1, 2, 5], [1, 3]].find((m) => decades * m.length <= room) ?? [1];
  const step = Math.max(1, Math.ceil(decades / room));
  const ticks = [];
  for (let e = Math.floor(Math.log10(min)); e <= Math.log10(max); e += 1) {
    if (e % step !== 0) continue;
    for (const mantissa of mantissas) ticks.push(mantissa * 10 ** e);
  }
  return ticks.filter((tick) => tick >= min && tick <= max);
}

/* Ticks at multiples of 1, 2 or 5 times a power of ten. */
export function linearTicks(min, max, room) {
  const rough = (max - min) / Math.max(1, room);
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = unit * [1, 2, 5, 10].find((factor) => factor * unit >= rough * 0.999);
  const ticks = [];
  for (let i = Math.ceil(min / step); i * step <= max; i += 1) ticks.push(i * step);
  return ticks;
}

/* 10⁸, 2×10⁸, or 3.21×10⁹ when neighbours need more digits */
export function logLabels(ticks) {
  return ticks.map((tick) => {
    if (tick >= 1 && tick < 1e4) return count(tick);
    const exponent = Math.floor(Math.log10(tick) + 1e-9);
    const mantissa = tick / 10 ** exponent;
    if (Math.abs(mantissa - 1) < 1e-9) return `10${superscript(exponent)}`;
    return scientific(tick, digitsFor(ticks));
  });
}

/* 500 000, and 5×10⁶ where numbers become long */
export function linearLabels(ticks) {
  if (ticks.at(-1) >= LONG) {
    const digits = digitsFor(ticks.filter((tick) => tick !== 0));
    return ticks.map((tick) => tick === 0 ? "0" : scientific(tick, digits));
  }
  const step = ticks.length > 1 ? ticks[1] - ticks[0] : 1;
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return ticks.map((tick) => decimals === 0 ? count(tick) : tick.toFixed(decimals));
}

/* Digits that tell neighbouring ticks apart. */
function digitsFor(ticks) {
  for (let digits = 1; digits < 8; digits += 1) {
    const labels = new Set(ticks.map((tick) => tick.toExponential(digits - 1)));
    const exact = ticks.every((tick) =>
      Math.abs(Number(tick.toExponential(digits - 1)) / tick - 1) < 1e-6);
    if (labels.size === ticks.length && exact) return digits;
  }
  return 8;
}
