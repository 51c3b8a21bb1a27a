// Choices around figures and tables: the page tells them what is chosen, they tell it of wishes.

import { h, patch } from "./dom.js";

/* A labelled <select>: show(options, chosen), options as [[value, text]]. `name` is for those
   who do not see where it stands. */
export class Choice {
  constructor(label, name, pick) {
    this.select = h("select", { "aria-label": name, onchange: () => pick(this.select.value) });
    this.element = h("label", { class: "choice" }, h("span", null, label), this.select);
  }

  show(options, chosen) {
    patch(this.select, options.map(([value, text]) => h("option", { value }, text)));
    if (this.select.value !== chosen) this.select.value = chosen;
  }
}

/* A row of which one is chosen, as links: show([[href, text, isChosen]]). */
export class Switch {
  constructor(label) {
    this.element = h("nav", { class: "switch", "aria-label": label });
  }

  show(links) {
    patch(this.element, links.map(([href, text, chosen]) =>
      h("a", { href, "aria-current": chosen && "true" }, text)));
  }
}

/* A labelled text field, which tells what was written when it is left or Enter is pressed. */
export class Field {
  constructor(label, pick, attributes) {
    this.input = h("input", { type: "text", onchange: () => pick(this.input.value.trim()),
      ...attributes });
    this.element = h("label", { class: "choice" }, h("span", null, label), this.input);
  }

  show(text) {
    if (document.activeElement !== this.input && this.input.value !== text) {
      this.input.value = text;
    }
  }
}

export class Tick {
  constructor(label, pick) {
    this.input = h("input", { type: "checkbox", onchange: () => pick(this.input.checked) });
    this.element = h("label", { class: "tick" }, this.input, h("span", null, label));
  }

  show(chosen) {
    this.input.checked = chosen;
  }
}
