// A curve of a few pixels: the shape of a trace so far, without axes.

import { svg } from "./dom.js";

const WIDTH = 120;
const HEIGHT = 28;
const EDGE = 2.5;
const POINTS = 50; // of one answer; what is more comes as the least and the greatest of stretches
const MOST = 200; // points that are kept; what is longer loses every second one

/* The rows of a trace so far; grows by what came after its `last`. */
export class Spark {
  last = null;
  #points = []; // [samples, accuracy]

  path(run) {
    const after = this.last === null ? "" : `&after=${this.last}`;
    return `/v1/runs/${run}/trace?columns=samples,test_accuracy&points=${POINTS}${after}`;
  }

  append({ columns, last }) {
    if (last === null) return;
    for (const end of "samples" in columns ? [""] : ["_min", "_max"]) {
      const ys = columns[`test_accuracy${end}`];
      columns[`samples${end}`].forEach((x, i) => this.#points.push([x, ys[i]]));
    }
    this.#points = this.#points.filter(([, y]) => typeof y === "number")
      .sort(([a], [b]) => a - b);
    while (this.#points.length > MOST) {
      this.#points = this.#points.filter((_, i, all) => i % 2 === 0 || i === all.length - 1);
    }
    this.last = last;
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
