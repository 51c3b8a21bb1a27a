// The chart of a job: choice of the axis, legend, readout and the numbers behind it.

import { LineChart } from "./charts.js";
import { h, patch } from "./dom.js";
import { accuracy, count, energy } from "./format.js";
import { LINES } from "./job_data.js";
import { pointTable } from "./job_points.js";
import { AXES, linesOf } from "./lines.js";
import { swatch } from "./palette.js";
import { paramText } from "./params.js";
import { link, replace } from "./router.js";
import { parseZoom, zoomText } from "./zoom.js";

const HINT = "Drag to zoom, double-click to see everything; " +
  "or with the keyboard: + and −, arrows, Escape.";

export class JobChart {
  #lines = [];

  constructor(path) {
    this.path = path;
    this.switch = h("nav", { class: "switch", "aria-label": "Accuracy against" });
    this.reset = h("button", { type: "button", class: "small",
      onclick: () => this.#zoomTo(null) }, "Show everything");
    this.readout = h("p", { class: "readout" }, HINT);
    this.host = h("div", { class: "chart", tabindex: 0, role: "group" });
    this.empty = h("p", { class: "chart-empty" });
    this.legend = h("ul", { class: "legend", "aria-label": "Cells" });
    this.points = h("div");
    this.details = h("details", { ontoggle: () => this.#listPoints() },
      h("summary", null, "The numbers in the chart"), this.points);
    this.element = this.#layout();
    this.chart = new LineChart(this.host, {
      zoom: (zoom) => this.#zoomTo(zoom),
      point: (point) => this.#read(point),
    });
  }

  #layout() {
    return h("section", { "aria-labelledby": "chart-title" },
      h("div", { class: "section-head" },
        h("h2", { id: "chart-title" }, "Test accuracy against"), this.switch,
        h("button", { type: "button", class: "plain", "data-explain": true },
          "What are M0 and M1?"), this.reset),
      h("div", { class: "chart-frame" }, this.host, this.empty),
      this.readout, this.legend, this.details);
  }

  /* The axis and the zoom come from the URL. */
  route(params) {
    this.key = Object.hasOwn(AXES, params.get("x")) ? params.get("x") : "m0";
    this.axis = AXES[this.key];
    this.zoom = parseZoom(params.get("zoom"));
    if (this.axis.log && this.zoom?.x[0] <= 0) this.zoom = null;
    patch(this.switch, Object.keys(AXES).map((key) => this.#choice(key)));
  }

  #choice(key) {
    return h("a", { href: link(this.path, { x: key === "m0" ? null : key }),
      "aria-current": key === this.key && "true" }, AXES[key].name);
  }

  show(data) {
    this.data = data;
    this.#lines = linesOf(data.shown(), data.traces, this.axis);
    this.chart.show(this.#lines, this.axis, this.zoom, data.job?.spec?.stop?.accuracy);
    this.reset.disabled = this.zoom === null;
    this.host.setAttribute("aria-label", this.#summary());
    this.empty.textContent = this.#lines.length > 0 ? "" : waitingFor(data);
    this.#listPoints();
  }

  showLegend(data) {
    patch(this.legend, data.cells.map((cell) => h("li", { "data-key": cell.cell },
      swatch(cell.cell), paramText(cell.params) || "all runs",
      h("span", { class: "muted" }, ` ${runsText(cell.runs)}`))),
    data.runs.size > LINES && h("li", { class: "muted" },
      `Lines of the first ${LINES} of ${count(data.runs.size)} runs`));
  }

  close() {
    this.chart.close();
  }

  #summary() {
    const best = Math.max(...this.#lines.map((line) => line.y.at(-1)));
    const known = this.#lines.length > 0 ? `, the best stands at ${accuracy(best)}` : "";
    return `Chart of test accuracy against ${this.axis.label}, ` +
      `${runsText(this.#lines.length)}${known}. ${HINT} The numbers follow as a table.`;
  }

  #zoomTo(zoom) {
    this.zoom = zoom;
    const x = this.key === "m0" ? null : this.key;
    replace(this.path, { x, zoom: zoomText(zoom) });
    this.show(this.data);
  }

  #read(point) {
    if (!point) {
      this.readout.textContent = HINT;
      return;
    }
    const { run, rows } = point.line;
    const columns = this.data.traces.columns(run.id);
    const at = (name) => columns[name][rows[point.index]];
    const params = paramText(run.params);
    this.readout.textContent = `run ${run.id}, seed ${run.seed}` +
      `${params && `, ${params}`}: accuracy ${accuracy(at("test_accuracy"))} after ` +
      `${count(at("samples"))} samples, M0 ${energy(at("m0"))}, M1 ${energy(at("m1"))}`;
  }

  #listPoints() {
    if (!this.details.open || !this.data) return;
    patch(this.points, pointTable(this.#lines, this.data.traces));
  }
}

function waitingFor(data) {
  if (!data.job) return "";
  const { state } = data.job;
  if (state === "queued") return "The runs wait in the queue.";
  return state === "running" ? "No evaluation yet." : "The runs left nothing to show.";
}

function runsText(n) {
  return n === 1 ? "1 run" : `${count(n)} runs`;
}
