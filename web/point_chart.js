// A figure of few points, as SVG that fits its place and the colours of the page.

import { drawFigure, looks } from "./figure_svg.js";

export class PointChart {
  #figure = null;
  #signal = new AbortController();

  constructor(host) {
    this.host = host;
    const { signal } = this.#signal;
    const again = () => this.#draw();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again, { signal });
    const resized = new ResizeObserver(again);
    resized.observe(host);
    signal.addEventListener("abort", () => resized.disconnect());
  }

  show(figure) {
    this.#figure = figure;
    this.#draw();
  }

  close() {
    this.#signal.abort();
  }

  #draw() {
    const { clientWidth: width, clientHeight: height } = this.host;
    const nothing = !this.#figure?.series.length || width < 50;
    this.host.replaceChildren(...nothing ? []
      : [drawFigure(this.#figure, { width, height, zoom: null, look: looks(false) })]);
  }
}
