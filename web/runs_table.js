// A list of runs as a table: sorted by the server, with columns that can be chosen, and runs
// that can be selected for what is done to them.

import { get } from "./api.js";
import { h, patch } from "./dom.js";
import { eachOf } from "./pump.js";
import { Lazy } from "./lazy.js";
import { runNotes } from "./runs_notes.js";
import { columnOf } from "./runs_columns.js";
import { specFields } from "./spec_fields.js";
import { VirtualTable } from "./virtual_table.js";

const TOGETHER = 4;

export class RunsTable {
  columns = [];
  sort = "";
  selected = new Map(); // id -> run as it was when it was chosen

  /* on: {sort(text), selected(), label}; data: a RunsData, set before show() */
  constructor(signal, on) {
    this.on = on;
    const again = () => this.#soon();
    this.jobs = new Lazy((ids) => jobsOf(ids, signal), signal, again);
    this.specs = new Lazy((ids) => specsOf(ids, signal), signal, again);
    this.table = new VirtualTable({ label: on.label, heads: () => this.#heads(),
      rowOf: (run) => this.#row(run), more: () => this.data.more() });
    this.notes = h("div", { class: "table-notes" });
    this.element = h("div", { class: "runs" }, this.table.element, this.notes);
    this.#listen();
  }

  /* keys of columns; sort as the server takes it */
  choose(keys, sort) {
    specFields(() => {
      this.columns = keys.map(columnOf).filter(Boolean);
      this.show();
    });
    this.columns = keys.map(columnOf).filter(Boolean);
    this.sort = sort;
  }

  show() {
    const { data } = this;
    const widths = [...this.on.selected ? ["w-tick"] : [],
      ...this.columns.map((column) => `w-${column.width}`)];
    this.table.show(data.rows, widths, data.done);
    patch(this.notes, runNotes(data));
  }

  close() {
    this.table.close();
  }

  /* Chosen runs as they are now. */
  get chosen() {
    const now = new Map(this.data.rows.map((run) => [run.id, run]));
    return [...this.selected].map(([id, run]) => now.get(id) ?? run);
  }

  #soon() {
    this.waiting ||= requestAnimationFrame(() => {
      this.waiting = 0;
      this.show();
    });
  }

  #listen() {
    const { element } = this.table;
    element.addEventListener("click", (event) => {
      const head = event.target.closest("[data-sort]");
      if (head) this.on.sort(nextSort(this.sort, head.dataset.sort));
      const tick = event.target.closest("input[data-run]");
      if (tick) this.#tick(Number(tick.dataset.run), tick.checked, event.shiftKey);
    });
    element.addEventListener("change", (event) => {
      if (event.target.matches("[data-all]")) this.#tickAll(event.target);
    });
    this.notes.addEventListener("click", (event) => {
      if (!event.target.closest("[data-refresh]")) return;
      this.table.toTop();
      this.data.reload();
    });
  }

  /* With Shift all between this and the one before. */
  #tick(id, on, range) {
    const { rows } = this.data;
    const at = rows.findIndex((run) => run.id === id);
    const before = range ? rows.findIndex((run) => run.id === this.lastTick) : -1;
    const [from, to] = before < 0 ? [at, at] : [Math.min(at, before), Math.max(at, before)];
    for (const run of rows.slice(from, to + 1)) this.#select(run, on);
    this.lastTick = id;
    this.#selectionChanged();
  }

  /* All that the filter finds, also what nobody has scrolled to yet. */
  async #tickAll(tick) {
    this.selected.clear();
    if (tick.checked) {
      for (const run of await this.data.all()) this.#select(run, true);
    }
    tick.checked = this.#allSelected();
    this.#selectionChanged();
  }

  #allSelected() {
    const { rows, done } = this.data;
    return done && rows.length > 0 && this.selected.size >= rows.length;
  }

  clear() {
    this.selected.clear();
    this.#selectionChanged();
  }

  #select(run, on) {
    if (on) this.selected.set(run.id, run);
    else this.selected.delete(run.id);
  }

  #selectionChanged() {
    this.on.selected();
    this.show();
  }

  #heads() {
    return h("tr", null,
      this.on.selected && h("th", { scope: "col", class: "ticks" }, h("input", {
        type: "checkbox", "data-all": true, checked: this.#allSelected(),
        "aria-label": "select all runs of the list" })),
      this.columns.map((column) => this.#head(column)));
  }

  #head({ head, title, number, sort }) {
    const [first] = this.sort.split(",");
    const order = first === sort ? "ascending" : first === `-${sort}` ? "descending" : null;
    const arrow = { ascending: " ↑", descending: " ↓" }[order] ?? "";
    return h("th", { scope: "col", class: number && "number", title,
      "aria-sort": sort && (order ?? "none") },
    sort ? h("button", { type: "button", class: "sort", "data-sort": sort }, head,
      h("span", { "aria-hidden": "true" }, arrow)) : head);
  }

  #row(run) {
    const facts = this.#factsOf(run);
    return h("tr", { "data-key": run.id, "data-state": run.state,
      "aria-selected": this.on.selected && String(this.selected.has(run.id)) },
    this.on.selected && h("td", { class: "ticks" }, h("input", { type: "checkbox",
      "data-run": run.id, checked: this.selected.has(run.id),
      "aria-label": `select run ${run.id}` })),
    this.columns.map((column) => h(column.key === "id" ? "th" : "td",
      { scope: column.key === "id" && "row", class: column.number ? "number" : `c-${column.key}` },
      column.cell(run, facts))));
  }

  #factsOf(run) {
    const job = ["name", "tags", "owner"].some((key) =>
      this.columns.some((column) => column.key === key)) ? this.jobs.get(run.job) : null;
    const spec = this.columns.some((column) => column.needsSpec?.(run))
      ? this.specs.get(run.job) : null;
    return { job, spec };
  }
}

/* A click sorts the largest first, another one the smallest, a third one not at all. */
function nextSort(now, key) {
  if (now === `-${key}`) return key;
  return now === key ? "" : `-${key}`;
}

async function jobsOf(ids, signal) {
  const filter = encodeURIComponent(`id in (${ids.join(", ")})`);
  const lists = await Promise.all(["", "&trash=1"].map((where) =>
    get(`/v1/jobs?limit=500&filter=${filter}${where}`, signal)));
  return new Map(lists.flatMap((list) => list.items).map((job) => [job.id, job]));
}

async function specsOf(ids, signal) {
  const found = new Map();
  await eachOf(ids, TOGETHER, async (id) => {
    found.set(id, (await get(`/v1/jobs/${id}`, signal)).spec);
  });
  return found;
}
