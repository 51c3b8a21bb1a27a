// Any cells of any jobs side by side: curves over each other, costs, and where they differ.

import { CellsData } from "./cells_data.js";
import { differing, picksOf } from "./compare_cells.js";
import { CostsSection } from "./costs_section.js";
import { CurvesSection } from "./curves_section.js";
import { h, patch } from "./dom.js";
import { follow } from "./events.js";
import { cellTable } from "./job_cells.js";
import { problemBox } from "./parts.js";
import { go, here } from "./router.js";
import { SeedsData } from "./seeds_data.js";

const PATH = "compare";

export function openCompare(main, route) {
  const page = new ComparePage(route);
  main.replaceChildren(page.element);
  return page;
}

class ComparePage {
  #page = new AbortController();
  #life = null; // of the cells that are shown

  constructor({ params }) {
    this.#build();
    this.update({ params });
  }

  #build() {
    const set = (changes) => go(PATH, { ...here(), ...changes });
    this.problem = h("div");
    this.input = h("input", { type: "search", id: "cells", spellcheck: "false",
      autocomplete: "off", placeholder: "7, 8:0, 8:2", "aria-describedby": "cells-help" });
    this.form = h("form", { class: "filter", onsubmit: (event) => {
      event.preventDefault();
      set({ cells: this.input.value.trim().replace(/[\s,]+/g, ","), show: null, baseline: null,
        zoom: null });
    } }, h("label", { for: "cells" }, "Cells"), this.input,
    h("button", { class: "verb" }, "Compare"),
    h("p", { id: "cells-help", class: "muted small-note" }, "Numbers of jobs, for all of " +
      "their cells, or JOB:CELL; or select runs in the list of runs and press Compare there."));
    this.curves = new CurvesSection(PATH, this.#page.signal);
    this.curves.onZoom = (params) => this.update({ params });
    this.costs = new CostsSection(PATH);
    this.cells = h("div", { onchange: (event) => this.curves.tick(event.target) });
    this.body = h("div", { hidden: true }, this.curves.element, this.costs.element,
      h("section", null, h("h2", null, "Where they differ, and what came of it"), this.cells));
    this.element = h("article", null, h("h1", null, "Compare"), this.form, this.problem,
      this.body);
  }

  update({ params }) {
    const text = params.get("cells") ?? "";
    if (text !== this.text) this.#start(text);
    this.data?.ask({ ...this.curves.route(params), ...this.costs.route(params) });
    if (this.data?.jobs.size > 0) this.#show("all");
    this.started?.();
    this.started = null;
  }

  /* Other cells: everything anew. */
  #start(text) {
    this.#life?.abort();
    this.#life = new AbortController();
    const { signal } = this.#life;
    const { picks, wrong } = picksOf(text);
    this.text = this.input.value = text;
    this.body.hidden = true;
    patch(this.problem, problemBox(wrong.length > 0 && { message: "Not understood: " +
      `${wrong.join(", ")}. Cells are written JOB or JOB:CELL, with commas between.` }));
    this.data = null;
    if (picks.length === 0) return;
    this.data = new CellsData(picks, signal, (what) => this.#show(what));
    this.seeds = new SeedsData(signal, () => this.curves.draw());
    const { data, seeds } = this;
    const one = picks.length === 1 ? `?job=${picks[0].job}` : "";
    this.started = () => follow(`/v1/events${one}`, signal, {
      opened: () => { data.opened(); seeds.opened(); },
      lost: () => data.lost(),
      event: (type, what) => { data.event(type, what); seeds.event(type, what); },
    });
  }

  close() {
    this.#life.abort();
    this.#page.abort();
    this.curves.close();
    this.costs.close();
  }

  #show(what) {
    const { data } = this;
    const missing = data.problem?.status === 404;
    if (data.problem) {
      patch(this.problem, problemBox(missing ? { message: "One of these jobs is not there." }
        : data.problem, data.jobs.size > 0));
    } else if (data.jobs.size > 0) patch(this.problem, this.#unknown());
    if (data.cells.length === 0) return;
    this.body.hidden = false;
    this.shownData = Object.assign(Object.create(data),
      { cells: differing(data.cells, data.jobs) });
    const name = `compare-${data.cells[0].key.replace(":", "-")}`;
    this.curves.show(this.shownData, this.seeds, { withJob: true, name, goal: goalOf(data) });
    if (what === "curves") return;
    document.title = `Compare ${data.cells.length} cells – frugal`;
    this.costs.show(this.shownData, { withJob: true, name });
    patch(this.cells, cellTable(this.shownData, { withJob: true,
      shown: this.curves.shown(this.shownData.cells) }));
  }

  /* Cells that the jobs do not have. */
  #unknown() {
    const known = new Set(this.data.cells.map((cell) => cell.key));
    const gone = picksOf(this.text).picks.flatMap(({ job, cells }) =>
      (cells ?? []).map((cell) => `${job}:${cell}`)).filter((key) => !known.has(key));
    return problemBox(gone.length > 0 && { message: `There is no cell ${gone.join(", ")}.` });
  }
}

function goalOf({ at }) {
  return at ? Number(/[\d.]+$/.exec(at)?.[0]) : null;
}
