// The axes of a sweep: each a JSON pointer into the spec and the values that it takes.

import { h } from "./dom.js";
import { axisText, axisValues } from "./form_values.js";
import { escaped, same } from "./spec_tree.js";

/* change(sweep), undefined without axes */
export class SweepEditor {
  #rows = [];
  #change;
  #next = 0;

  constructor(pointers, change) {
    this.#change = change;
    this.pointers = h("datalist", { id: "sweep-pointers" },
      pointers.map((value) => h("option", { value })));
    this.list = h("div", { class: "axes" });
    this.error = h("p", { class: "field-error", id: "sweep-error" });
    this.add = h("button", { type: "button", class: "small", onclick: () => this.addAxis("", []) },
      "Add an axis");
    this.element = h("div", { class: "sweep" }, this.pointers, this.list, this.error,
      h("p", null, this.add, h("span", { class: "help" },
        " All choices of one value from each axis are cells, and each runs with every seed.")));
  }

  addAxis(pointer, values) {
    const row = this.#row(pointer, axisText(values));
    this.#rows.push(row);
    this.list.append(row.element);
    (pointer === "" ? row.pointer : row.values).focus();
    this.#changed();
  }

  /* Rows that say the same already are left alone. */
  show(sweep) {
    if (same(sweep ?? {}, this.#value() ?? {})) return;
    this.#rows = Object.entries(sweep ?? {}).map(([pointer, values]) =>
      this.#row(pointer, axisText(values)));
    this.list.replaceChildren(...this.#rows.map(({ element }) => element));
  }

  has(pointer) {
    return this.#rows.some((row) => row.pointer.value.startsWith(pointer));
  }

  /* The row that a pointer such as /sweep/~1network~1hidden~10/1 leads to, if any. */
  rowAt(pointer) {
    return this.#rows.find((row) => {
      const place = `/sweep/${escaped(row.pointer.value.trim())}`;
      return pointer === place || pointer.startsWith(`${place}/`);
    });
  }

  complain(errors) {
    const rest = [];
    const texts = new Map();
    for (const { pointer, text } of errors) {
      const row = this.rowAt(pointer);
      if (row) texts.set(row, [...texts.get(row) ?? [], text]);
      else rest.push(text);
    }
    for (const row of this.#rows) {
      const wrong = texts.get(row);
      row.error.textContent = (wrong ?? []).join(" ");
      for (const input of [row.pointer, row.values]) {
        if (wrong) input.setAttribute("aria-invalid", "true");
        else input.removeAttribute("aria-invalid");
      }
    }
    this.error.textContent = rest.join(" ");
  }

  #row(pointer, values) {
    this.#next += 1;
    const id = `axis-${this.#next}`;
    const input = (name, value, attributes) => h("input", { type: "text", value, spellcheck: "false",
      autocomplete: "off", "aria-label": `${name} of axis ${this.#next}`,
      "aria-describedby": `${id}-error`, oninput: () => this.#changed(), ...attributes });
    const row = {
      pointer: input("pointer", pointer, { list: "sweep-pointers",
        placeholder: "/network/hidden/0" }),
      values: input("values", values, { placeholder: "50, 100, 200" }),
      error: h("p", { class: "field-error", id: `${id}-error` }),
    };
    row.element = h("div", { class: "axis" }, row.pointer, row.values,
      h("button", { type: "button", class: "small", "aria-label": `Remove axis ${this.#next}`,
        onclick: () => this.#remove(row) }, "Remove"), row.error);
    return row;
  }

  #remove(row) {
    this.#rows.splice(this.#rows.indexOf(row), 1);
    row.element.remove();
    this.add.focus();
    this.#changed();
  }

  #changed() {
    this.#change(this.#value());
  }

  #value() {
    const axes = this.#rows.filter((row) => row.pointer.value.trim() !== "")
      .map((row) => [row.pointer.value.trim(), axisValues(row.values.value)]);
    return axes.length > 0 ? Object.fromEntries(axes) : undefined;
  }
}
