// One colour and one dash pattern per cell. The colours are those of Okabe and Ito, told
// apart with any colour vision; 7 colours and 4 patterns share no divisor, so the first
// 28 cells all differ and neighbours differ in both.

import { h, svg } from "./dom.js";

const COLOURS = 7;
const DASHES = [[], [8, 4], [2.5, 2.5], [9, 3, 2.5, 3]];

export function dashOf(cell) {
  return DASHES[cell % DASHES.length];
}

/* The CSS decides what the colour is, for light and dark. */
export function colourOf(cell) {
  return css(`--cell-${cell % COLOURS}`);
}

export function css(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/* A piece of the cell's line, for legends and tables. */
export function swatch(cell) {
  const line = svg("line", { x1: 1, x2: 31, y1: 5, y2: 5, "stroke-width": 2.4,
    "stroke-dasharray": dashOf(cell).join(" ") || null });
  return h("span", { class: `swatch cell-${cell % COLOURS}`, "aria-hidden": "true" },
    svg("svg", { viewBox: "0 0 32 10", width: 32, height: 10 }, line));
}
