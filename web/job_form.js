// The form of a job spec: shows a spec, tells of changes, and puts errors at their fields.

import { h } from "./dom.js";
import { Field } from "./form_field.js";
import { sectioned, sectionFrame } from "./form_sections.js";
import { at, put } from "./spec_tree.js";
import { SweepEditor } from "./sweep_editor.js";

const FIXED = ["/name", "/tags", "/note", "/seeds", "/priority", "/parallel", "/reuse"];

export class JobForm {
  #fields = []; // of the form, in order
  #sections = []; // {prefix, error, toggle, body}
  #spec = {};
  #change;

  /* fields: the server's table; datasets: names; change(spec) after each edit. */
  constructor(fields, datasets, change) {
    this.#change = change;
    const axes = fields.filter(({ pointer, type }) => !FIXED.includes(pointer) && type !== "sweep");
    this.sweep = new SweepEditor(["/network/hidden/0", ...axes.map(({ pointer }) => pointer)],
      (sweep) => this.#edit("/sweep", sweep));
    this.element = h("form", { class: "job-form", autocomplete: "off",
      onsubmit: (event) => event.preventDefault() },
    sectioned(fields).map((section) => this.#section(section, axes, datasets)));
  }

  #section(section, axes, datasets) {
    const own = section.own.map((field) => this.#field(field, axes, datasets));
    const body = h("div", { class: "fields" }, own.map(({ element }) => element),
      section.sweep && this.sweep.element);
    const toggle = section.rule && h("input", { type: "checkbox",
      "aria-label": section.title, onchange: () => this.#toggle(section, toggle.checked) });
    const { element, error } = sectionFrame(section, body, toggle);
    const prefix = section.rule ?? section.fields.at(0).replace(/\/$/, "");
    this.#sections.push({ prefix, error, toggle, body, element });
    return element;
  }

  #field(field, axes, datasets) {
    const control = new Field(field, {
      change: (value) => this.#edit(field.pointer, value),
      sweep: axes.includes(field) && (() => this.#sweep(field)),
      choices: field.pointer === "/dataset" ? datasets : null,
    });
    if (control.list) control.element.append(control.list);
    this.#fields.push(control);
    return control;
  }

  #edit(pointer, value) {
    const rule = this.#sections.find(({ toggle, prefix }) => toggle && pointer.startsWith(`${prefix}/`));
    let spec = put(this.#spec, pointer, value);
    if (rule && at(spec, rule.prefix) === undefined) spec = put(spec, rule.prefix, {});
    this.#change(spec);
  }

  /* An axis of the field, with the value that it has now to begin with. */
  #sweep({ pointer, default: standard }) {
    const one = pointer === "/network/hidden" ? "/network/hidden/0" : pointer;
    if (this.sweep.has(one)) return;
    const value = at(this.#spec, one) ?? (one === pointer ? standard : standard[0]);
    this.sweep.addAxis(one, value === null ? [] : [value]);
  }

  #toggle({ rule, start }, on) {
    const layers = at(this.#spec, "/network/hidden")?.length ?? 1;
    this.#change(put(this.#spec, rule, on ? start(layers) : undefined));
  }

  /* null: what is written is no spec, so there is nothing to edit here. */
  show(spec) {
    this.element.inert = spec === null;
    if (spec === null) return;
    this.#spec = spec;
    const swept = Object.keys(spec.sweep ?? {});
    for (const field of this.#fields) {
      field.show(at(spec, field.pointer), swept.some((axis) => covers(axis, field.pointer)));
    }
    for (const { toggle, prefix, body } of this.#sections) {
      if (!toggle) continue;
      const axis = swept.some((pointer) => pointer.startsWith(prefix));
      toggle.checked = at(spec, prefix) !== undefined && at(spec, prefix) !== null;
      body.hidden = !toggle.checked && !axis;
    }
    this.sweep.show(spec.sweep);
  }

  /* errors: [{pointer, text}]; those that have no place here are returned. */
  complain(errors) {
    const left = [];
    const texts = new Map();
    const axes = errors.filter(({ pointer }) => /^\/sweep(\/|$)/.test(pointer));
    for (const { pointer, text } of errors) {
      const place = this.place(pointer);
      if (place) texts.set(place, [...texts.get(place) ?? [], text]);
      else if (!/^\/sweep(\/|$)/.test(pointer)) left.push({ pointer, text });
    }
    this.sweep.complain(axes);
    for (const field of this.#fields) field.complain((texts.get(field) ?? []).join(" "));
    for (const section of this.#sections) {
      section.error.textContent = (texts.get(section) ?? []).join(" ");
      const wrong = texts.has(section) || this.#fields.some((field) =>
        texts.has(field) && section.element.contains(field.element));
      if (wrong && section.element.tagName === "DETAILS") section.element.open = true;
    }
    return left;
  }

  /* The field or section that a pointer belongs to. */
  place(pointer) {
    return this.#fields.find((field) => covers(field.pointer, pointer)) ??
      this.#sections.find(({ prefix }) => prefix !== "" && prefix === pointer);
  }

  focus(pointer) {
    const row = this.sweep.rowAt(pointer);
    const place = this.place(pointer);
    const control = row?.values ?? place?.control ?? place?.toggle ??
      place?.element.querySelector("input, select") ?? (pointer === "/sweep" ? this.sweep.add : null);
    control?.scrollIntoView({ block: "center" });
    control?.focus({ preventScroll: true });
  }
}

/* Whether a pointer is that one, or leads into it. */
function covers(outer, pointer) {
  return pointer === outer || pointer.startsWith(`${outer}/`);
}
