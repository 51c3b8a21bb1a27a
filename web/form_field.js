// One field of a job spec: label, control, help and what is wrong with it.

import { h } from "./dom.js";
import { textOf, valueOf } from "./form_values.js";
import { same } from "./spec_tree.js";

const LONG = 100; // characters: a text that may be longer gets a line for itself,
const LINES = 1000; // or several
const VAGUE = ["evaluate", "record", "energy"]; // sections whose fields say little without them

/* change(value), undefined for the default; sweep() asks for an axis of the field. */
export class Field {
  #field;
  #change;

  constructor(field, { change, sweep, choices }) {
    this.pointer = field.pointer;
    this.#field = field;
    this.#change = change;
    this.id = `field${field.pointer.replaceAll("/", "-")}`;
    this.control = this.#control(choices ?? field.choices);
    this.error = h("p", { class: "field-error", id: `${this.id}-error` });
    this.swept = h("span", { class: "swept", hidden: true }, "swept");
    this.control.setAttribute("aria-describedby", `${this.id}-help ${this.id}-error`);
    this.element = h("div", { class: isWide(field) ? "field wide" : "field" },
      h("div", { class: "field-label" }, h("label", { for: this.id }, labelOf(field)), this.swept,
        sweep && h("button", { type: "button", class: "plain", onclick: sweep,
          "aria-label": `Sweep ${labelOf(field)}` }, "sweep")),
      this.control, h("p", { class: "help", id: `${this.id}-help` }, helpOf(field)), this.error);
  }

  #control(choices) {
    const { type, max } = this.#field;
    const id = { id: this.id, name: this.pointer };
    if (type === "flag" || (choices && type === "choice")) return this.#select(id, choices);
    const typed = { ...id, spellcheck: "false", autocomplete: "off", oninput: () => this.#typed() };
    if (type === "text" && max > LINES) return h("textarea", { ...typed, rows: 2 });
    const list = choices && h("datalist", { id: `${this.id}-choices` },
      choices.map((value) => h("option", { value })));
    if (list) this.list = list;
    return h("input", { type: "text", ...typed, list: list && list.id,
      placeholder: placeholderOf(this.#field) });
  }

  #select(id, choices) {
    const { type, default: standard } = this.#field;
    this.values = type === "flag" ? [true, false] : choices;
    const name = (value) => (type === "flag" ? (value ? "yes" : "no") : value.replaceAll("_", " "));
    return h("select", { ...id, onchange: () => this.#picked() }, this.values.map((value) =>
      h("option", { value: String(value) }, name(value), same(value, standard) && " (default)")));
  }

  #picked() {
    const value = this.values[this.control.selectedIndex];
    this.#change(same(value, this.#field.default) ? undefined : value);
  }

  #typed() {
    this.#change(valueOf(this.#field, this.control.value));
  }

  /* What is being typed here stays as it is. */
  show(value, isSwept) {
    this.swept.hidden = !isSwept;
    const text = this.values ? String(value ?? this.#field.default) : textOf(this.#field, value);
    const own = document.activeElement === this.control && !this.values &&
      same(valueOf(this.#field, this.control.value), value);
    if (!own && this.control.value !== text) this.control.value = text;
  }

  complain(text) {
    if (this.error.textContent !== text) this.error.textContent = text;
    if (text) this.control.setAttribute("aria-invalid", "true");
    else this.control.removeAttribute("aria-invalid");
  }
}

function isWide({ type, max }) {
  return type === "text" && max > LONG;
}

/* "/training/learning_rate" -> "learning rate" */
export function labelOf({ pointer, unit }) {
  const parts = pointer.split("/").slice(1);
  const name = (VAGUE.includes(parts[0]) ? parts.join(" ") : parts.at(-1))
    .replaceAll("_", " ").replace(/^m\d$/, (m) => m.toUpperCase());
  return unit && unit !== name ? `${name}, ${unit}` : name;
}

function placeholderOf(field) {
  const { default: standard, required } = field;
  if (required) return "";
  if (standard === null) return "none";
  if (field.type === "seeds") return String(standard.length);
  return textOf(field, standard);
}

function helpOf({ help, per, nullable, default: standard, type }) {
  const example = type === "integers" ? "20, 10" : "0.1, 1";
  const layers = per && type !== "units" ? ` One number, or one per ${per}: ${example}.` : "";
  const list = type === "tags" ? " With commas between them." : "";
  return help + layers + list + (nullable && standard !== null ? " “none” switches it off." : "");
}
