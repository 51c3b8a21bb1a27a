// A chart of lines with their own x values, drawn by uPlot. It keeps no state of its
// own beyond what it shows: the zoom belongs to the page, which is told of new wishes.

import { linearLabels, linearTicks, logLabels, logTicks } from "./axes.js";
import { limitsOf } from "./lines.js";
import { nearest, paintEnds, paintGoal } from "./chart_paint.js";
import { colourOf, css, dashOf } from "./palette.js";
import { moved, scaled } from "./zoom.js";

const FONT = "12px system-ui, sans-serif";
const MIN_DRAG = 8;
const KEYS = {
  ArrowLeft: (zoom, log) => moved(zoom, -0.1, log),
  ArrowRight: (zoom, log) => moved(zoom, 0.1, log),
  "+": (zoom, log) => scaled(zoom, 0.7, log),
  "-": (zoom, log) => scaled(zoom, 1 / 0.7, log),
  Escape: () => null,
};

export class LineChart {
  #plot = null;
  #shape = "";
  #lines = [];
  #limits = null;
  #signal = new AbortController();

  /* on.zoom(zoom or null), on.point({line, index} or null) */
  constructor(host, on) {
    this.host = host;
    this.on = on;
    const { signal } = this.#signal;
    host.addEventListener("keydown", (event) => this.#key(event), { signal });
    matchMedia("(prefers-color-scheme: dark)")
      .addEventListener("change", () => this.#plot?.redraw(false), { signal });
    const resized = new ResizeObserver(() => this.#plot?.setSize(this.#size()));
    resized.observe(host);
    signal.addEventListener("abort", () => resized.disconnect());
  }

  /* Data, zoom and axis may change at any time; what is the same costs nothing. */
  show(lines, axis, zoom, goal) {
    this.#lines = lines;
    this.axis = axis;
    this.zoom = zoom;
    this.goal = goal;
    this.#limits = limitsOf(lines, zoom, axis, goal);
    const shape = [axis.column, ...lines.map((line) => line.run.id)].join();
    const data = [null, ...lines.map((line) => [line.x, line.y])];
    if (shape === this.#shape) this.#plot?.setData(data);
    else this.#build(data);
    this.#shape = shape;
  }

  close() {
    this.#signal.abort();
    this.#plot?.destroy();
  }

  #build(data) {
    this.#plot?.destroy();
    this.#plot = null;
    if (this.#lines.length > 0) {
      this.#plot = new window.uPlot(this.#options(), data, this.host);
    }
  }

  #size() {
    return { width: this.host.clientWidth, height: this.host.clientHeight };
  }

  #options() {
    const { log, label } = this.axis;
    return {
      ...this.#size(),
      mode: 2,
      legend: { show: false },
      cursor: this.#cursor(),
      scales: {
        x: { time: false, distr: log ? 3 : 1, range: () => this.#limits.x },
        y: { range: () => this.#limits.y },
      },
      axes: [
        { ...axisOptions(label, 84, log ? logTicks : linearTicks,
          log ? logLabels : linearLabels), size: 34 },
        { ...axisOptions("test accuracy", 34, linearTicks, linearLabels), size: 46 },
      ],
      series: [null, ...this.#lines.map(seriesOptions)],
      hooks: this.#hooks(),
    };
  }

  /* Selecting a rectangle only asks for a zoom; the page answers with show(). */
  #cursor() {
    return {
      points: { show: false },
      dataIdx: () => null,
      drag: { x: true, y: true, uni: 30, dist: MIN_DRAG, setScale: false },
      bind: { dblclick: () => () => this.on.zoom(null) },
    };
  }

  #hooks() {
    return {
      setSelect: [(plot) => this.#select(plot)],
      setCursor: [(plot) => this.on.point(nearest(plot, this.#lines))],
      drawAxes: [(plot) => paintGoal(plot, this.goal)],
      draw: [(plot) => paintEnds(plot, this.#lines)],
    };
  }

  #select(plot) {
    const { left, top, width, height } = plot.select;
    if (width < MIN_DRAG && height < MIN_DRAG) return;
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    const x = [plot.posToVal(left, "x"), plot.posToVal(left + width, "x")];
    const y = [plot.posToVal(top + height, "y"), plot.posToVal(top, "y")];
    const whole = height >= plot.over.clientHeight - 1;
    this.on.zoom({ x, y: whole ? null : y });
  }

  #key(event) {
    const change = KEYS[event.key];
    if (!change || !this.#plot || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const zoom = { x: this.#limits.x, y: this.zoom?.y ?? null };
    this.on.zoom(change(zoom, this.axis.log));
  }
}

function seriesOptions({ cell }) {
  return {
    stroke: () => colourOf(cell),
    dash: dashOf(cell),
    width: 1.6,
    points: { show: false },
  };
}

/* space: pixels that a tick needs */
function axisOptions(label, space, ticks, labels) {
  return {
    label,
    labelFont: FONT,
    font: FONT,
    labelSize: 22,
    stroke: () => css("--muted"),
    grid: { stroke: () => css("--grid"), width: 1 },
    ticks: { stroke: () => css("--grid"), width: 1, size: 5 },
    filter: (_, splits) => splits,
    splits: (plot, i, min, max) => {
      const side = i === 0 ? plot.width : plot.height;
      return ticks(min, max, Math.max(2, Math.floor(side / space)));
    },
    values: (_, splits) => labels(splits),
  };
}
