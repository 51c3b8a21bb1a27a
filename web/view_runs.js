// All runs, or those of a filter: as a table, or by cells.

import { BulkBar } from "./bulk_bar.js";
import { ColumnPicker } from "./column_picker.js";
import { Switch } from "./controls.js";
import { h, patch } from "./dom.js";
import { follow } from "./events.js";
import { FilterBox } from "./filter_box.js";
import { GroupsTable } from "./groups_table.js";
import { problemBox } from "./parts.js";
import { go, here, link } from "./router.js";
import { USUAL } from "./runs_columns.js";
import { RunsData } from "./runs_data.js";
import { RunsTable } from "./runs_table.js";

const NEWEST = "-id";

export function openRuns(main, route) {
  const page = new RunsPage(route);
  main.replaceChildren(page.element);
  return page;
}

class RunsPage {
  #life = new AbortController();

  constructor({ params }) {
    const { signal } = this.#life;
    this.data = new RunsData(signal, { changed: () => this.#show(), fresh: () => this.#fresh() });
    this.#build(signal);
    this.update({ params });
    follow("/v1/events", signal, {
      opened: () => this.data.opened(),
      lost: () => this.data.lost(),
      event: (type, data) => {
        this.data.event(type, data);
        if (type === "run") this.groups.event(data);
      },
    });
  }

  #build(signal) {
    const set = (changes) => go("runs", { ...here(), ...changes });
    this.problem = h("div");
    this.filter = new FilterBox((filter) => set({ filter }));
    this.view = new Switch("One row for each");
    this.picker = new ColumnPicker((keys) => set({ cols: keys && keys.join(",") }));
    this.export = h("a", { class: "verb" });
    this.runs = new RunsTable(signal, { label: "Runs", sort: (sort) => set({ sort }),
      selected: () => this.bulk.show(this.runs.chosen) });
    this.groups = new GroupsTable(signal);
    this.runs.data = this.groups.data = this.data;
    this.bulk = new BulkBar({ changed: () => this.data.reload(),
      clear: () => this.runs.clear() });
    this.element = h("article", { class: "wide" }, h("h1", null, "Runs"), this.problem,
      this.filter.element,
      h("div", { class: "toolbar" }, this.view.element, this.picker.element, this.export),
      this.bulk.element, this.runs.element, this.groups.element);
  }

  update({ params }) {
    const filter = params.get("filter") ?? "";
    const keys = params.get("cols")?.split(",") ?? USUAL;
    this.isGrouped = params.get("by") === "cell";
    this.text = filter;
    this.data.ask({ filter, sort: params.get("sort") || NEWEST });
    this.runs.choose(keys, params.get("sort") || NEWEST);
    this.picker.show(keys);
    this.#offerFile(filter);
    const now = Object.fromEntries(params);
    this.view.show([[link("runs", { ...now, by: null }), "runs", !this.isGrouped],
      [link("runs", { ...now, by: "cell" }), "cells", this.isGrouped]]);
    this.runs.element.hidden = this.bulk.element.hidden = this.isGrouped;
    this.picker.element.hidden = this.isGrouped;
    this.groups.element.hidden = !this.isGrouped;
    this.bulk.show(this.runs.chosen);
    this.#show();
  }

  /* Of the runs of the filter alone, joined by their specs, are the statistics in the file. */
  #offerFile(filter) {
    const [at, name, label] = this.isGrouped
      ? ["summary", "frugal-cells.csv", "Statistics of these runs"]
      : ["export", "frugal-traces.csv", "Export traces"];
    this.export.href = `/v1/${at}?format=csv&filter=${encodeURIComponent(filter)}`;
    this.export.download = name;
    this.export.textContent = label;
  }

  close() {
    this.#life.abort();
    this.runs.close();
    this.groups.close();
  }

  #show() {
    const { problem } = this.data;
    this.filter.show(this.text, problem);
    const atFilter = problem?.errors?.some((error) => error.parameter === "filter");
    patch(this.problem, atFilter ? null : problemBox(problem, this.data.rows.length > 0));
    if (this.isGrouped) this.groups.show();
    else this.runs.show();
    if (this.runs.selected.size > 0) this.bulk.show(this.runs.chosen);
  }

  /* Nobody has scrolled or selected anything, so the newest may come in on top. */
  #fresh() {
    const table = this.isGrouped ? this.groups.table : this.runs.table;
    return table.atTop && this.runs.selected.size === 0;
  }
}
