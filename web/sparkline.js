// A curve of a few pixels: the shape of a trace so far, without axes.

import { svg } from "./dom.js";

const WIDTH = 120;
const HEIGHT = 28;
const EDGE = 2.5;
const MOST = 200; // points that are kept; what is longer loses every second one

/* The rows of a trace so far; grows by what came after its `last`. */
export class Spark {
  last = null;
  #points = []; // [samples, accuracy]

  path(run) {
    const from = this.last === null ? "points=100" : `after=${this.last}`;
    return `/v1/runs/${run}/trace?columns=samples,test_accuracy&${from}`;
  }

  append({ columns, last }) {
    if (last === null) return;
    const ys = columns.test_accuracy ?? columns.test_accuracy_max ?? [];
    (columns.samples ?? []).forEach((x, i) => this.#add(x, ys[i]));
    this.last = last;
  }

  #add(x, y) {
    if (typeof x !== "number" || typeof y !== "number") return;
    this.#points.push([x, y]);
    if (this.#points.length <= MOST) return;
    this.#points = this.#points.filter((_, i, all) => i % 2 === 0 || i === all.length - 1);
  }

  newest() {
    return this.#points.at(-1)?.[1] ?? null;
  }

  /* Accuracy from 0 to 1 upwards, samples so far to the right. */
  draw() {
    const widest = this.#points.at(-1)?.[0] || 1;
    const at = ([x, y]) => [EDGE + (x / widest) * (WIDTH - 2 * EDGE),
      HEIGHT - EDGE - y * (HEIGHT - 2 * EDGE)].map((v) => v.toFixed(1));
    const line = this.#points.map((point) => at(point).join(",")).join(" ");
    const end = this.#points.length > 0 && at(this.#points.at(-1));
    return svg("svg", { class: "spark", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: WIDTH,
      height: HEIGHT, "aria-hidden": "true" },
    svg("line", { x1: 0, x2: WIDTH, y1: HEIGHT - 0.5, y2: HEIGHT - 0.5 }),
    svg("polyline", { points: line }),
    end && svg("circle", { cx: end[0], cy: end[1], r: 2 }));
  }
}
