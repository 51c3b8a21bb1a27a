// The frame of a figure on the page: what it is drawn in, what stands under the mouse, its
// legend, its files, and its numbers as a table for those who cannot or do not want to see it.

import { LineChart } from "./charts.js";
import { h, patch } from "./dom.js";
import { isJoined } from "./figure.js";
import { saveFigure } from "./figure_files.js";
import { markerOf } from "./figure_marks.js";
import { numbersTable } from "./figure_table.js";
import { swatch } from "./palette.js";
import { PointChart } from "./point_chart.js";

const HINT = "Drag to zoom, double-click to see everything; " +
  "or with the keyboard: + and −, arrows, Escape.";
const FILES = ["CSV", "SVG", "PNG"];

export class FigureBox {
  #figure = null;
  #zoom = null;

  /* kind: of the figures; zoom(zoom or null) is called when somebody wants another one */
  constructor(kind, { zoom } = {}) {
    this.host = h("div", { class: `chart ${kind}`, tabindex: zoom && 0, role: "group" });
    this.empty = h("p", { class: "chart-empty" });
    this.readout = h("p", { class: "readout" }, zoom && HINT);
    this.legend = h("ul", { class: "legend", "aria-label": "Lines" });
    this.note = h("p", { class: "muted small-note" });
    this.numbers = h("div");
    this.details = h("details", { ontoggle: () => this.#list() },
      h("summary", null, "The numbers"), this.numbers);
    this.files = h("div", { class: "files" }, FILES.map((kind) =>
      h("button", { type: "button", class: "small", onclick: () => this.#save(kind) }, kind)));
    this.element = h("div", { class: "figure" },
      h("div", { class: "chart-frame" }, this.host, this.empty),
      zoom && this.readout, this.legend, zoom && this.note,
      h("div", { class: "figure-foot" }, this.details, this.files));
    this.chart = zoom ? new LineChart(this.host, { zoom, point: (point) => this.#read(point) })
      : new PointChart(this.host);
  }

  /* `empty` says why there is nothing, where there is nothing. */
  show(figure, zoom, empty) {
    this.#figure = figure;
    this.#zoom = zoom;
    this.chart.show(figure, zoom);
    const nothing = figure.series.length === 0;
    this.empty.textContent = nothing ? empty : "";
    this.host.setAttribute("aria-label", `Chart: ${figure.title}, ` +
      `${count(figure)}. The numbers follow as a table.`);
    for (const button of this.files.children) {
      button.disabled = nothing;
      button.setAttribute("aria-label", `${figure.title} as ${button.textContent}`);
    }
    this.note.textContent = figure.note ?? "";
    this.#listLegend();
    this.#list();
  }

  close() {
    this.chart.close();
  }

  #listLegend() {
    const plain = this.#figure.series.filter((one) => !one.thin);
    const single = plain.length === 1 && plain[0].key === "all";
    patch(this.legend, single ? [] : plain.map((one) =>
      h("li", { "data-key": one.key }, swatchOf(one, this.#figure), one.name)));
  }

  #list() {
    if (this.details.open && this.#figure) patch(this.numbers, numbersTable(this.#figure));
  }

  #read(point) {
    const text = point ? this.#figure.tell(point.series, point.index) : HINT;
    if (this.readout.textContent !== text) this.readout.textContent = text;
  }

  #save(kind) {
    saveFigure(kind.toLowerCase(), this.#figure, this.#zoom)
      .catch((error) => window.alert(error.message));
  }
}

/* As the series is drawn. */
function swatchOf(one, figure) {
  return figure.kind === "curves" ? swatch(one.index) : swatch(one.index,
    { line: isJoined(one, figure), mark: markerOf(one.index, 16, 5) });
}

function count({ series }) {
  const thin = series.filter((one) => one.thin).length;
  const lines = series.length - thin;
  return `${lines} ${lines === 1 ? "line" : "lines"}${thin ? ` and ${thin} single runs` : ""}`;
}
