// Which columns a table of runs has.

import { h, patch } from "./dom.js";
import { COLUMNS, columnOf } from "./runs_columns.js";
import { specFields } from "./spec_fields.js";

export class ColumnPicker {
  #chosen = [];

  /* pick(keys) */
  constructor(pick) {
    this.pick = pick;
    this.list = h("div", { class: "picks", onchange: (event) => this.#toggle(event.target) });
    this.spec = h("select", { "aria-label": "a field of the spec as a column", onchange: () => {
      if (this.spec.value) pick([...this.#chosen, this.spec.value]);
    } });
    this.usual = h("button", { type: "button", class: "small", onclick: () => pick(null) },
      "As usual");
    this.element = h("details", { class: "picker" }, h("summary", null, "Columns"),
      h("div", { class: "popped" }, this.list,
        h("p", null, this.spec, " ", this.usual)));
  }

  show(keys) {
    this.#chosen = keys;
    const others = keys.filter((key) => !COLUMNS.includes(key) && columnOf(key));
    patch(this.list, [...COLUMNS, ...others].map((key) => h("label", { class: "tick",
      "data-key": key }, h("input", { type: "checkbox", "data-column": key,
      checked: keys.includes(key) }), h("span", null, columnOf(key).head))));
    const fields = specFields(() => this.show(this.#chosen));
    const names = [...fields?.keys() ?? []].map((pointer) => `spec${pointer.replaceAll("/", ".")}`);
    patch(this.spec, h("option", { value: "" }, "add a field of the spec…"),
      names.filter((name) => !keys.includes(name)).map((name) =>
        h("option", { value: name }, name.slice(5))));
    this.spec.value = "";
  }

  #toggle({ dataset: { column }, checked }) {
    const rest = this.#chosen.filter((key) => key !== column);
    this.pick(checked ? inOrder([...rest, column]) : rest);
  }
}

/* Columns stand as in the list, whatever the order in which they were chosen; the fields of
   the spec come behind. */
function inOrder(keys) {
  const place = (key) => COLUMNS.includes(key) ? COLUMNS.indexOf(key) : COLUMNS.length;
  return [...keys].sort((a, b) => place(a) - place(b));
}
