// What can be done to the runs that are selected. It always stands there, so that nothing moves
// when something is selected.

import { h } from "./dom.js";
import { count } from "./format.js";
import { link } from "./router.js";
import { actOnRuns, deleteJobs, runsText, takenBy, VERBS } from "./verbs.js";

const COMPARED = 60; // cells in a link

export class BulkBar {
  #runs = [];

  /* changed() after something was done; clear() to select nothing */
  constructor({ changed, clear }) {
    this.text = h("span", { class: "selected", role: "status" });
    this.verbs = Object.fromEntries(Object.keys(VERBS).map((verb) =>
      [verb, button(VERBS[verb].name, async () => {
        if (await actOnRuns(verb, this.#runs)) changed();
      })]));
    this.delete = button("Delete jobs…", async () => {
      if (await deleteJobs(jobsOf(this.#runs), changed)) {
        clear();
        changed();
      }
    });
    this.compare = h("a", { class: "verb" }, "Compare");
    this.clear = button("Select nothing", clear);
    this.element = h("div", { class: "bulk", role: "group", "aria-label": "Selected runs" },
      this.text, Object.values(this.verbs), this.delete, this.compare, this.clear);
  }

  show(runs) {
    this.#runs = runs;
    const n = runs.length;
    this.text.textContent = n === 0 ? "Nothing selected" : `${runsText(n)} selected`;
    for (const [verb, element] of Object.entries(this.verbs)) {
      const taken = takenBy(verb, runs).length;
      element.disabled = taken === 0;
      element.textContent = VERBS[verb].name + (taken > 0 ? ` ${count(taken)}` : "");
    }
    this.delete.disabled = n === 0;
    this.clear.disabled = n === 0;
    const cells = [...new Set(runs.map((run) => `${run.job}:${run.cell}`))].slice(0, COMPARED);
    this.compare.setAttribute("aria-disabled", n === 0);
    if (n > 0) this.compare.href = link("compare", { cells: cells.join(",") });
    else this.compare.removeAttribute("href");
  }
}

function jobsOf(runs) {
  return [...new Set(runs.map((run) => run.job))];
}

function button(name, onclick) {
  return h("button", { type: "button", class: "verb", onclick }, name);
}
