// The traces of the runs of some cells, for their thin lines. Nothing is loaded until somebody
// asks for them.

import { get } from "./api.js";
import { eachOf, pump } from "./pump.js";
import { Traces } from "./traces.js";

const TRACES_MS = 250; // at most four redraws a second
const TOGETHER = 4;
export const LINES = 200; // more lines than this nobody can read

export class SeedsData {
  runs = []; // {id, job, cell, seed}
  more = false; // there are more runs than lines
  traces = new Traces([], "samples");
  problem = null;
  #cells = [];
  #asked = "";
  #stale = new Set();
  #signal;
  #changed;
  #poke;

  constructor(signal, changed) {
    this.#signal = signal;
    this.#changed = changed;
    this.#poke = pump(() => this.#load(), TRACES_MS, signal, (error) => {
      this.problem = error;
      changed();
      return error.status !== 404 && error.status !== 400;
    });
  }

  /* cells: none to be rid of the lines */
  ask(cells, columns, x) {
    const asked = `${cells.map((cell) => cell.key)} ${columns} ${x}`;
    if (asked === this.#asked) return;
    this.#asked = asked;
    this.#cells = cells;
    this.runs = [];
    this.traces = new Traces(columns, x);
    if (cells.length > 0) this.#poke();
  }

  opened() {
    if (this.#cells.length > 0) this.refresh();
  }

  refresh() {
    this.runs = [];
    this.#poke();
  }

  event(type, data) {
    if (this.#cells.length === 0) return;
    if (type === "reset") return this.refresh();
    if (type !== "trace" || data.last === this.traces.last(data.run)) return;
    if (!this.runs.some((run) => run.id === data.run)) {
      if (this.more || !this.#cells.some((cell) => cell.job === data.job)) return;
      this.runs = []; // there may be new ones
    }
    this.#stale.add(data.run);
    this.#poke();
  }

  async #load() {
    const { traces } = this;
    if (this.runs.length === 0) await this.#loadRuns();
    const wanted = this.runs.filter((run) => this.#stale.has(run.id));
    await eachOf(wanted, TOGETHER, (run) => this.#loadTrace(run.id, traces));
    this.problem = null;
    if (traces === this.traces) this.#changed();
    else this.#poke(); // asked for something else meanwhile
  }

  async #loadRuns() {
    const jobs = [...new Set(this.#cells.map((cell) => cell.job))];
    const pages = await Promise.all(jobs.map((job) => {
      const cells = this.#cells.filter((cell) => cell.job === job).map((cell) => cell.cell);
      const filter = encodeURIComponent(`job = ${job} and cell in (${cells.join(", ")})`);
      return get(`/v1/runs?limit=${LINES}&sort=id&filter=${filter}`, this.#signal);
    }));
    const all = pages.flatMap((page) => page.items);
    this.more = all.length > LINES || pages.some((page) => page.next_cursor);
    this.runs = all.slice(0, LINES).map(({ id, job, cell, seed }) => ({ id, job, cell, seed }));
    this.#stale = new Set(all.filter((run) => run.state !== "queued").map((run) => run.id));
  }

  /* Taken off the list before the request: an event meanwhile puts it back. */
  async #loadTrace(run, traces) {
    this.#stale.delete(run);
    const asked = traces.last(run);
    try {
      const body = await get(traces.path(run), this.#signal);
      if (!traces.append(run, asked, body)) this.#stale.add(run);
    } catch (error) {
      this.#stale.add(run);
      throw error;
    }
  }
}
