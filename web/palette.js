// One colour and one dash pattern per cell. The colours are those of Okabe and Ito, told
// apart with any colour vision; 7 colours and 4 patterns share no divisor, so the first
// 28 cells all differ and neighbours differ in both.

import { h, svg } from "./dom.js";

const COLOURS = 7;
const DASHES = [[], [8, 4], [2.5, 2.5], [9, 3, 2.5, 3]];

export const STYLES = COLOURS * DASHES.length; // more lines than this look alike

export function dashOf(index) {
  return DASHES[index % DASHES.length];
}

/* The CSS decides what the colour is, for light and dark; `print` is that of files. */
export function colourOf(index, print = false) {
  return css(`--${print ? "print" : "cell"}-${index % COLOURS}`);
}

export function css(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/* A piece of the line, for legends and tables; with `mark` on it, or alone, for points. */
export function swatch(index, { line: hasLine = true, mark = null } = {}) {
  const line = hasLine && svg("line", { x1: 1, x2: 31, y1: 5, y2: 5, "stroke-width": 2.4,
    "stroke-dasharray": dashOf(index).join(" ") || null });
  return h("span", { class: `swatch cell-${index % COLOURS}`, "aria-hidden": "true" },
    svg("svg", { viewBox: "0 0 32 10", width: 32, height: 10 }, line, mark));
}
