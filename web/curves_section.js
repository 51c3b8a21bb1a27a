// Mean curves of cells, with the choice of both axes, the zoom and the seeds as thin lines.
// All that is chosen stands in the URL.

import { curvesFigure } from "./cells_figures.js";
import { Choice, Switch, Tick } from "./controls.js";
import { h } from "./dom.js";
import { FigureBox } from "./figure_box.js";
import { count } from "./format.js";
import { axisOf, CURVE_X, CURVE_Y, measure } from "./measures.js";
import { STYLES } from "./palette.js";
import { calmly } from "./pump.js";
import { go, here, link, replace } from "./router.js";
import { LINES } from "./seeds_data.js";
import { parseZoom, zoomText } from "./zoom.js";

const REDRAW_MS = 250;

export class CurvesSection {
  #data = null;
  #seeds = null;

  constructor(path, signal) {
    this.path = path;
    this.draw = calmly(() => this.#draw(), REDRAW_MS, signal);
    this.y = new Choice("", "What is shown", (y) => go(path, { ...here(), zoom: null,
      y: y === CURVE_Y[0] ? null : y }));
    this.x = new Switch("Against");
    this.thin = new Tick("single seeds", (on) =>
      go(path, { ...here(), seeds: on ? 1 : null }));
    this.reset = h("button", { type: "button", class: "small",
      onclick: () => this.#zoomTo(null) }, "Show everything");
    this.box = new FigureBox("curves", { zoom: (zoom) => this.#zoomTo(zoom) });
    this.more = h("p", { class: "muted small-note" });
    this.element = h("section", { class: "curves", "aria-labelledby": "curves-title" },
      h("div", { class: "section-head" },
        h("h2", { id: "curves-title" }, "Learning curves"), this.y.element,
        h("span", { class: "muted" }, "against"), this.x.element, this.thin.element,
        h("button", { type: "button", class: "plain", "data-explain": true },
          "What are M0 and M1?"), this.reset),
      this.box.element, this.more);
  }

  /* What the URL says; returns what to ask the data for. */
  route(params) {
    this.params = params;
    const chosen = (name, from) =>
      from.includes(params.get(name)) ? params.get(name) : from[0];
    this.axes = { x: chosen("x", CURVE_X), y: chosen("y", CURVE_Y) };
    this.wantsSeeds = params.get("seeds") === "1";
    this.zoom = parseZoom(params.get("zoom"));
    if (axisOf(this.axes.x).log && this.zoom?.x[0] <= 0) this.zoom = null;
    if (axisOf(this.axes.y).log && this.zoom?.y?.[0] <= 0) this.zoom = null;
    this.#showControls();
    this.#draw();
    return { ...this.axes, span: this.zoom?.x ?? null };
  }

  #showControls() {
    this.y.show(CURVE_Y.map((key) => [key, measure(key).name]), this.axes.y);
    this.x.show(CURVE_X.map((key) => [link(this.path, { ...here(), zoom: null,
      x: key === CURVE_X[0] ? null : key }), measure(key).name, key === this.axes.x]));
    this.thin.show(this.wantsSeeds);
    this.reset.disabled = this.zoom === null;
  }

  /* Which cells have a line: those that the URL names, else the first ones. */
  shown(cells) {
    const named = (this.params.get("show") ?? "").split(".").filter(Boolean);
    const chosen = cells.filter((cell) => named.includes(String(cell.index)));
    return chosen.length > 0 ? chosen : cells.slice(0, STYLES);
  }

  /* The tick of a cell was clicked: the URL says which cells have a line. */
  tick({ checked, dataset: { index } }) {
    const chosen = new Set(this.shown(this.#data.cells).map((cell) => cell.index));
    if (checked) chosen.add(Number(index));
    else chosen.delete(Number(index));
    go(this.path, { ...here(), show: [...chosen].sort((a, b) => a - b).join(".") });
  }

  show(data, seeds, options) {
    this.#data = data;
    this.#seeds = seeds;
    this.options = options;
    const cells = this.shown(data.cells);
    seeds.ask(this.wantsSeeds ? cells : [], [this.axes.x, this.axes.y], this.axes.x);
    this.draw();
  }

  #draw() {
    if (!this.#data) return;
    const cells = this.shown(this.#data.cells);
    const { x, y } = this.axes;
    const figure = curvesFigure(cells, { x, y }, this.wantsSeeds ? this.#seeds : null,
      this.options);
    this.box.show(figure, this.zoom, this.#emptyText());
    this.more.textContent = this.#moreText(cells);
  }

  close() {
    this.box.close();
  }

  #emptyText() {
    const { curvesRefused, jobs } = this.#data;
    if (curvesRefused) return curvesRefused.message;
    if (jobs.size === 0) return "";
    const states = [...jobs.values()].map((job) => job.state);
    if (states.includes("running")) return "No evaluation yet that has a place here.";
    return states.includes("queued") ? "The runs wait in the queue."
      : "The runs left nothing to show.";
  }

  #moreText(cells) {
    const all = this.#data.cells.length;
    const few = cells.length < all && `${count(cells.length)} of ${count(all)} cells are ` +
      "drawn; choose others in the table of cells.";
    const seeds = this.wantsSeeds && this.#seeds.more &&
      `Thin lines of the first ${LINES} runs.`;
    return [few, seeds].filter(Boolean).join(" ");
  }

  #zoomTo(zoom) {
    const params = { ...here(), zoom: zoomText(zoom) };
    replace(this.path, params);
    this.onZoom(new URLSearchParams(Object.entries(params).filter(([, value]) => value)));
  }
}
