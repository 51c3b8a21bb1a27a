// A table of many rows, of which only the visible ones exist. Rows are all of one height, so
// nothing moves when more of them come.

import { h, patch } from "./dom.js";

const ROW = 34; // px, as in runs.css
const OVER = 12; // rows above and below what is visible
const NEAR_END = 60; // rows from the end at which more is asked for

export class VirtualTable {
  #rows = [];
  #frame = 0;

  /* rowOf(row, index) -> <tr>; heads() -> <tr>; more() when the end is near */
  constructor({ label, rowOf, heads, more }) {
    Object.assign(this, { rowOf, heads, more });
    this.columns = h("colgroup");
    this.head = h("thead");
    this.above = h("tr", { class: "spacer", "aria-hidden": "true" }, h("td"));
    this.body = h("tbody", { class: "rows" });
    this.below = h("tr", { class: "spacer", "aria-hidden": "true" }, h("td"));
    this.table = h("table", { class: "data virtual" }, this.columns, this.head,
      h("tbody", { "aria-hidden": "true" }, this.above), this.body,
      h("tbody", { "aria-hidden": "true" }, this.below));
    this.element = h("div", { class: "vscroll", tabindex: 0, role: "region",
      "aria-label": label, onscroll: () => this.#soon() }, this.table);
    this.resized = new ResizeObserver(() => this.#soon());
    this.resized.observe(this.element);
  }

  /* columns: classes of their widths; done: there are no more rows than these */
  show(rows, columns, done) {
    this.#rows = rows;
    patch(this.columns, columns.map((name) => h("col", { class: name })));
    patch(this.head, this.heads());
    this.table.setAttribute("aria-rowcount", done ? rows.length + 1 : -1);
    this.done = done;
    this.#draw();
  }

  get atTop() {
    return this.element.scrollTop < ROW;
  }

  toTop() {
    this.element.scrollTop = 0;
  }

  close() {
    this.resized.disconnect();
    cancelAnimationFrame(this.#frame);
  }

  #soon() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #draw() {
    const { scrollTop, clientHeight } = this.element;
    const rows = this.#rows;
    const from = Math.max(0, Math.min(Math.floor(scrollTop / ROW) - OVER, rows.length));
    const to = Math.min(rows.length, Math.ceil((scrollTop + clientHeight) / ROW) + OVER);
    this.above.style.height = `${from * ROW}px`;
    this.below.style.height = `${(rows.length - to) * ROW}px`;
    patch(this.body, rows.slice(from, to).map((row, i) => {
      const element = this.rowOf(row, from + i);
      element.setAttribute("aria-rowindex", from + i + 2);
      return element;
    }));
    const { scrollWidth, scrollLeft, clientWidth } = this.element;
    this.element.toggleAttribute("data-beyond", scrollWidth - scrollLeft - clientWidth > 1);
    if (!this.done && rows.length - to < NEAR_END) this.more();
  }
}
