// The filter of a list of runs: the grammar of the API, with the server's errors at their place.

import { h, patch } from "./dom.js";

const EXAMPLES = [
  ["everything", ""],
  ["at work", "state = running"],
  ["failed", "state in (failed, dead, timed_out)"],
  ["of today", "created > -24h"],
];

const HELP = [
  ["state in (failed, dead)", "the states: queued, held, running, succeeded, failed, cancelled, timed_out, dead"],
  ["tag = fig3 and owner = anna", "also name, job, cell, seed, dataset by spec.dataset, outcome, attempts, priority"],
  ["spec.network.hidden.0 >= 100", "any field of the spec, swept values included"],
  ["m0 between 1e6 and 1e7", "samples, epochs, test_accuracy, m0, m1, m0_direct, m1_direct, inefficiency_m0, inefficiency_m1, maintenance, seconds"],
  ["finished > -2d and not name ~ \"test\"", "ages in s, m, h, d, w; ~ means: contains; = null finds what has none"],
];

export class FilterBox {
  /* pick(text) */
  constructor(pick) {
    this.input = h("input", { type: "search", id: "filter", spellcheck: "false",
      autocomplete: "off", placeholder: "state = succeeded and m0 < 1e8",
      "aria-describedby": "filter-error" });
    this.error = h("div", { id: "filter-error", role: "alert" });
    this.examples = h("p", { class: "examples" }, EXAMPLES.map(([name, text]) =>
      h("button", { type: "button", class: "plain", onclick: () => pick(text) }, name)));
    const go = (event) => {
      event.preventDefault();
      pick(this.input.value.trim());
    };
    this.element = h("form", { class: "filter", role: "search", onsubmit: go },
      h("label", { for: "filter" }, "Filter"), this.input,
      h("button", { class: "verb" }, "Apply"), this.examples, this.error, helpBox());
  }

  /* problem: of the list, or null */
  show(text, problem) {
    if (text !== this.shown) this.input.value = text;
    this.shown = text;
    const error = problem?.errors?.find((one) => one.parameter === "filter");
    this.input.setAttribute("aria-invalid", String(Boolean(error)));
    patch(this.error, error && placeOf(text, error));
  }
}

/* The filter again, with a mark below the place and the sentence of the server. */
function placeOf(text, { column, detail, suggestion }) {
  const marked = [...text];
  const at = Math.min((column ?? 1) - 1, marked.length);
  return [h("pre", { class: "place", "aria-hidden": "true" }, marked.slice(0, at).join(""),
    h("mark", null, marked[at] ?? " "), marked.slice(at + 1).join("")),
  h("p", null, `At character ${at + 1}: ${detail}.`, suggestion && ` Was ${suggestion} meant?`)];
}

function helpBox() {
  return h("details", null, h("summary", null, "How to filter"),
    h("dl", { class: "grammar" }, HELP.map(([example, text]) =>
      [h("dt", null, h("code", null, example)), h("dd", null, text)])),
    h("p", { class: "muted" }, "Operators: =, !=, <, <=, >, >=, ~, in (…), not in (…), " +
      "between … and …; joined by and, or, not and parentheses."));
}
