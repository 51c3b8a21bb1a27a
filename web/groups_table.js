// A list of runs by cells, one row each: means over the seeds as the server computes them.

import { get } from "./api.js";
import { h, patch } from "./dom.js";
import { accuracy, count, energy, meanSem } from "./format.js";
import { Lazy } from "./lazy.js";
import { paramText } from "./params.js";
import { eachOf } from "./pump.js";
import { link } from "./router.js";
import { runNotes } from "./runs_notes.js";
import { VirtualTable } from "./virtual_table.js";

const TOGETHER = 4;
const METRICS = [["samples", "samples", count], ["test_accuracy", "accuracy", accuracy],
  ["m0", "M0", energy], ["m1", "M1", energy], ["inefficiency_m1", "M1 / direct", energy]];
const WIDTHS = ["w-s", "w-part", "w-part", "w-s", ...METRICS.map(() => "w-mean")];

export class GroupsTable {
  #groups = new Map(); // "JOB:CELL" -> {key, job, cell, params, runs}
  #counted = 0;
  #first = null;

  constructor(signal) {
    const again = () => this.show();
    this.jobs = new Lazy((jobs) => readEach(jobs, (job) => get(`/v1/jobs/${job}`, signal)),
      signal, again);
    this.summaries = new Lazy((jobs) => readEach(jobs, (job) =>
      get(`/v1/jobs/${job}/summary`, signal)), signal, again);
    this.table = new VirtualTable({ label: "Cells", heads,
      rowOf: (group) => this.#row(group), more: () => this.data.more() });
    this.notes = h("div", { class: "table-notes" });
    this.element = h("div", { class: "runs" }, this.table.element, this.notes);
    this.notes.addEventListener("click", (event) =>
      event.target.closest("[data-refresh]") && this.data.reload());
  }

  show() {
    const { data } = this;
    if (!data) return;
    this.#count(data.rows);
    this.table.show([...this.#groups.values()], WIDTHS, data.done);
    patch(this.notes, h("span", { class: "muted" }, `${count(this.#groups.size)} cells. Means ` +
      "± s.e.m. are over all runs of a cell that succeeded, whatever the filter; in brackets " +
      "succeeded / all."), runNotes(data));
  }

  /* A run has ended or begun: the means of its job are to be read again. */
  event(data) {
    this.summaries.forget(data.job);
  }

  close() {
    this.table.close();
  }

  #count(rows) {
    if (rows !== this.#first) {
      this.#groups.clear();
      this.#counted = 0;
      this.#first = rows;
    }
    for (const run of rows.slice(this.#counted)) {
      const key = `${run.job}:${run.cell}`;
      const group = this.#groups.get(key) ??
        { key, job: run.job, cell: run.cell, params: run.params, runs: 0 };
      group.runs += 1;
      this.#groups.set(key, group);
    }
    this.#counted = rows.length;
  }

  #row({ key, job, cell, params, runs }) {
    const facts = this.jobs.get(job);
    const found = this.summaries.get(job)?.cells[cell];
    const text = paramText(params);
    return h("tr", { "data-key": key },
      h("th", { scope: "row" }, h("a", { href: link("runs",
        { filter: `job = ${job} and cell = ${cell}` }) }, key)),
      h("td", null, facts && h("a", { href: link(`jobs/${job}`), title: facts.name },
        facts.name || `job ${job}`)),
      h("td", { title: text }, text),
      h("td", { class: "number" }, count(runs)),
      METRICS.map(([name, , plain]) => h("td", { class: "number" },
        found ? withCount(found, name, plain) : "")));
  }
}

function heads() {
  return h("tr", null, ["cell", "name", "what is swept"].map((name) =>
    h("th", { scope: "col" }, name)), [["runs", "runs of the cell in this list"],
    ...METRICS.map(([, name]) => [name, null])].map(([name, title]) =>
    h("th", { scope: "col", class: "number", title }, name)));
}

/* 0.951 ± 0.002 (10/10) */
function withCount(cell, name, plain) {
  const metric = cell.metrics[name];
  return `${meanSem(metric, plain)} (${count(metric.n)}/${count(cell.runs)})`;
}

async function readEach(jobs, read) {
  const found = new Map();
  await eachOf(jobs, TOGETHER, async (job) => {
    try {
      found.set(job, await read(job));
    } catch (problem) {
      if (problem.status !== 404) throw problem;
    }
  });
  return found;
}
