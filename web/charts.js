// A figure of curves, drawn by uPlot. It keeps no state of its own beyond what it shows: the
// zoom belongs to the page, which is told of new wishes.

import { nearest, paintBands, paintEnds, paintGoal, paintMarks, paintWeak }
  from "./chart_paint.js";
import { allOf, fullOf, limitsOf } from "./figure.js";
import { colourOf, css, dashOf } from "./palette.js";
import { tickLabels, tickValues } from "./scale.js";
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
  #figure = { series: [] };
  #limits = null;
  #signal = new AbortController();

  /* on.zoom(zoom or null), on.point({series, index} or null) */
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

  /* Everything may change at any time; what is the same costs nothing. */
  show(figure, zoom) {
    this.#figure = figure;
    this.zoom = zoom;
    this.#limits = limitsOf(figure, zoom);
    const { x, y, series } = figure;
    const shape = [x.key, x.log, y.key, y.log, ...series.map(shapeOf)].join();
    const data = [null, ...series.map((one) => [one.x, fullOf(one).y])];
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
    if (this.#figure.series.length > 0) {
      this.#plot = new window.uPlot(this.#options(), data, this.host);
    }
  }

  #size() {
    return { width: this.host.clientWidth, height: this.host.clientHeight };
  }

  #options() {
    const { x, y, series } = this.#figure;
    return {
      ...this.#size(),
      mode: 2,
      legend: { show: false },
      cursor: this.#cursor(),
      scales: {
        x: { time: false, distr: x.log ? 3 : 1, range: () => this.#limits.x },
        y: { distr: y.log ? 3 : 1, range: () => this.#limits.y },
      },
      axes: [
        { ...axisOptions(x, 84), size: 34 },
        { ...axisOptions(y, 34), size: y.log ? 56 : 48 },
      ],
      series: [null, ...series.map(seriesOptions)],
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
      setCursor: [(plot) => this.on.point(nearest(plot, allOf(this.#figure)))],
      drawAxes: [(plot) => {
        paintGoal(plot, this.#figure.goal);
        paintBands(plot, this.#figure);
        paintWeak(plot, this.#figure.series);
      }],
      draw: [(plot) => {
        paintEnds(plot, this.#figure);
        paintMarks(plot, this.#figure);
      }],
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
    this.on.zoom(change(zoom, this.#figure.x.log));
  }
}

function shapeOf({ key, thin, index }) {
  return `${key}:${index}${thin ? "t" : ""}`;
}

function seriesOptions({ index, thin }) {
  return {
    stroke: () => thin ? `${colourOf(index)}80` : colourOf(index),
    dash: thin ? [] : dashOf(index),
    width: thin ? 0.8 : 1.8,
    points: { show: false },
  };
}

/* space: pixels that a tick needs */
function axisOptions(axis, space) {
  return {
    label: axis.label,
    labelFont: FONT,
    font: FONT,
    labelSize: 22,
    stroke: () => css("--muted"),
    grid: { stroke: () => css("--grid"), width: 1 },
    ticks: { stroke: () => css("--grid"), width: 1, size: 5 },
    filter: (_, splits) => splits,
    splits: (plot, i, min, max) => {
      const side = i === 0 ? plot.width : plot.height;
      return tickValues(axis, [min, max], side / space);
    },
    values: (_, splits) => tickLabels(axis, splits),
  };
}
