// One job as the server knows it: loaded once, then kept up to date by its events.
// It knows nothing of how it is shown.

import { get, getAll } from "./api.js";
import { follow } from "./events.js";
import { eachOf, pump } from "./pump.js";
import { Traces } from "./traces.js";

const FACTS_MS = 1000;
const TRACES_MS = 250; // at most four redraws a second
const TOGETHER = 4;
const SINGLE_RUNS = 8; // more changed runs than this: read the whole list
export const LINES = 200; // more lines than this nobody can read

export class JobData {
  job = null;
  runs = new Map();
  cells = []; // at the ends of the runs
  goals = null; // the same cells where the runs reach the goal of the job, if it has one
  traces = new Traces();
  problem = null;
  #id;
  #signal;
  #changed;
  #loaded = false;
  #pokeAll;
  #pokeFacts;
  #pokeTraces;
  #stale = { runs: new Set(), traces: new Set(), summary: false };

  /* changed("facts" | "traces") is called after each update. */
  constructor(id, signal, changed) {
    this.#id = id;
    this.#signal = signal;
    this.#changed = changed;
    const failed = (error) => this.#failed(error);
    this.#pokeAll = pump(() => this.#loadAll(), FACTS_MS, signal, failed);
    this.#pokeFacts = pump(() => this.#loadFacts(), FACTS_MS, signal, failed);
    this.#pokeTraces = pump(() => this.#loadTraces(), TRACES_MS, signal, failed);
    follow(`/v1/events?job=${id}`, signal, this.#handlers());
  }

  /* The stream is open before the first read, so that nothing falls in between. */
  #handlers() {
    return {
      opened: (resumed) => resumed && this.#loaded ? this.#pokeFacts() : this.#pokeAll(),
      lost: () => this.#loaded || this.#pokeAll(),
      event: (type, data) => this.#event(type, data),
    };
  }

  #event(type, data) {
    if (type === "reset") return this.#pokeAll();
    if (data.run) this.#stale.runs.add(data.run);
    if (type === "run") this.#stale.summary = true;
    if (type === "trace" && data.last !== this.traces.last(data.run)) {
      this.#stale.traces.add(data.run);
      this.#pokeTraces();
    }
    this.#pokeFacts();
  }

  async #loadAll() {
    const [job, runs] = await Promise.all([
      get(`/v1/jobs/${this.#id}`, this.#signal),
      getAll(`/v1/runs?job=${this.#id}&limit=500`, this.#signal),
    ]);
    this.job = job;
    await this.#loadSummary();
    this.runs = new Map(runs.map((run) => [run.id, run]));
    this.#loaded = true;
    this.#done("facts");
    this.traces.clear();
    for (const run of this.shown()) {
      if (run.state !== "queued") this.#stale.traces.add(run.id);
    }
    this.#pokeTraces();
  }

  async #loadFacts() {
    if (!this.#loaded) return;
    const stale = this.#stale;
    const runs = [...stale.runs];
    const summary = stale.summary;
    stale.runs.clear();
    stale.summary = false;
    try {
      await Promise.all([this.#loadJob(), this.#loadRuns(runs),
        summary && this.#loadSummary()]);
    } catch (error) {
      for (const run of runs) stale.runs.add(run);
      stale.summary ||= summary;
      throw error;
    }
    this.#done("facts");
  }

  async #loadJob() {
    this.job = await get(`/v1/jobs/${this.#id}`, this.#signal);
  }

  async #loadSummary() {
    const path = `/v1/jobs/${this.#id}/summary`;
    const goal = goalOf(this.job.spec);
    const at = goal && `${path}?at=${encodeURIComponent(goal)}`;
    const [ends, goals] = await Promise.all([path, at].map((p) => p && get(p, this.#signal)));
    this.cells = ends.cells;
    this.goals = goals && goals.cells;
  }

  async #loadRuns(ids) {
    const runs = ids.length > SINGLE_RUNS
      ? await getAll(`/v1/runs?job=${this.#id}&limit=500`, this.#signal)
      : await Promise.all(ids.map((id) => get(`/v1/runs/${id}`, this.#signal)));
    for (const run of runs) this.runs.set(run.id, run);
  }

  async #loadTraces() {
    const visible = this.shown().map((run) => run.id);
    const wanted = visible.filter((run) => this.#stale.traces.has(run));
    await eachOf(wanted, TOGETHER, (run) => this.#loadTrace(run));
    this.#done("traces");
  }

  /* Taken off the list before the request: an event meanwhile puts it back. */
  async #loadTrace(run) {
    this.#stale.traces.delete(run);
    const asked = this.traces.last(run);
    try {
      this.traces.append(run, asked, await get(this.traces.path(run), this.#signal));
    } catch (error) {
      this.#stale.traces.add(run);
      throw error;
    }
  }

  /* The runs that get a line in the chart. */
  shown() {
    return [...this.runs.values()].slice(0, LINES);
  }

  #done(what) {
    this.problem = null;
    this.#changed(what);
  }

  /* A job that does not exist will not appear by itself; all else may pass. */
  #failed(error) {
    this.problem = error;
    this.#changed("facts");
    return error.status !== 404;
  }
}

/* What every run of a job stops at, as at= takes it; null: nothing, or not the same. */
function goalOf(spec) {
  const bound = spec?.stop?.accuracy;
  const swept = Object.keys(spec?.sweep ?? {});
  if (typeof bound !== "number" || swept.some((p) => p === "/stop" || p === "/stop/accuracy")) {
    return null;
  }
  return `test_accuracy>=${bound}`;
}
