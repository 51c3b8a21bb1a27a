// A job that is being written: its text, and what that says. It lives as long as the tab, one for
// each address of the form, so that Back and reloading lose nothing.

import { pretty } from "./spec_tree.js";

export class Draft {
  text = "";
  spec = {}; // what the text says; null: it is no JSON object
  problem = null; // why not
  #key;
  #changed;
  #order = null; // {text, key} of the last attempt to submit

  /* changed(by) is called after each change; by: "form" or "text". */
  constructor(key, changed) {
    this.#key = `draft ${key}`;
    this.#changed = changed;
  }

  /* False: there is none. */
  restore() {
    const text = sessionStorage.getItem(this.#key);
    if (text !== null) this.#take(text);
    return text !== null;
  }

  /* Nothing to be kept yet: it is what the address says. */
  begin(spec) {
    this.#take(pretty(spec));
  }

  write(text) {
    this.#take(text);
    this.#keep();
    this.#changed("text");
  }

  change(spec) {
    this.#take(pretty(spec));
    this.#keep();
    this.#changed("form");
  }

  forget() {
    sessionStorage.removeItem(this.#key);
  }

  /* The same for the same text, so that what was sent twice is one job. */
  orderKey() {
    if (this.#order?.text !== this.text) {
      const bytes = crypto.getRandomValues(new Uint8Array(16));
      const key = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      this.#order = { text: this.text, key };
    }
    return this.#order.key;
  }

  #take(text) {
    this.text = text;
    [this.spec, this.problem] = read(text);
  }

  /* Where there is no room for it, the draft lives only as long as the page. */
  #keep() {
    try {
      sessionStorage.setItem(this.#key, this.text);
    } catch {
      this.forget();
    }
  }
}

function read(text) {
  try {
    const spec = JSON.parse(text);
    if (spec !== null && typeof spec === "object" && !Array.isArray(spec)) return [spec, null];
    return [null, "A job spec is a JSON object, in braces."];
  } catch (error) {
    return [null, `This is no JSON yet: ${error.message}.`];
  }
}
