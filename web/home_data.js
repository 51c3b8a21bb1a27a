// What the first page shows, as the server knows it, kept up to date by events. It knows nothing
// of how it is shown.

import { get } from "./api.js";
import { follow } from "./events.js";
import { eachOf, pump } from "./pump.js";
import { Spark } from "./sparkline.js";

const FACTS_MS = 1000;
const SPARKS_MS = 500;
const JOBS = 20; // on a page of the list
const AT_WORK = 8; // runs that are shown one by one
const WAITING = 5; // jobs of which the reason is asked for
const TOGETHER = 4;

const ACTIVE = "state in (queued, held, running)";
const BAD = "state in (failed, dead, timed_out) and finished > -7d";

export class HomeData {
  list = null; // {items, next_cursor}: a page of jobs, newest first
  running = [];
  more = false; // more are at work than `running` has
  sparks = new Map(); // of runs at work
  waiting = []; // {job, why}: jobs that have runs to come; why: of the next one, or null
  failures = []; // runs, the newest first
  workers = null;
  problem = null;
  #cursor;
  #signal;
  #changed;
  #pokeSparks;

  constructor(cursor, signal, changed) {
    this.#cursor = cursor;
    this.#signal = signal;
    this.#changed = changed;
    const failed = (problem) => {
      this.problem = problem;
      changed();
      return true;
    };
    const poke = pump(() => this.#load(), FACTS_MS, signal, failed);
    this.#pokeSparks = pump(() => this.#loadSparks(), SPARKS_MS, signal, failed);
    const event = (type) => (type === "trace" ? this.#pokeSparks() : null, poke());
    follow("/v1/events", signal, { opened: poke, lost: poke, event });
  }

  #get(path) {
    return get(path, this.#signal);
  }

  async #load() {
    const [list, active, running, failures, workers] = await Promise.all([
      this.#get(path("/v1/jobs", { limit: JOBS, cursor: this.#cursor })),
      this.#get(path("/v1/jobs", { filter: ACTIVE, limit: 100 })),
      this.#get(path("/v1/runs", { state: "running", limit: AT_WORK })),
      this.#get(path("/v1/runs", { filter: BAD, sort: "-finished", limit: 50 })),
      this.#get("/v1/workers"),
    ]);
    const jobs = active.items.filter(({ runs }) => runs.queued + runs.held > 0);
    const waiting = await Promise.all(jobs.map(async (job, i) =>
      ({ job, why: i < WAITING ? await this.#why(job) : null })));
    waiting.sort((a, b) => placeOf(a) - placeOf(b));
    Object.assign(this, { list, waiting, workers, problem: null, running: running.items,
      more: running.next_cursor !== null, failures: failures.items });
    this.jobs = new Map([...list.items, ...active.items].map((job) => [job.id, job]));
    this.#changed();
    this.#pokeSparks();
  }

  /* What the next run of a job waits for; null: it does not wait any more. */
  async #why({ id, runs }) {
    const state = runs.queued > 0 ? "queued" : "held";
    const { items } = await this.#get(path("/v1/runs", { job: id, state, limit: 1 }));
    return items.length === 0 ? null : this.#get(`/v1/runs/${items[0].id}/why`);
  }

  /* Runs that are not at work any more are forgotten. */
  async #loadSparks() {
    const known = this.sparks;
    this.sparks = new Map(this.running.map(({ id }) => [id, known.get(id) ?? new Spark()]));
    await eachOf(this.sparks, TOGETHER, async ([run, spark]) =>
      spark.append(await this.#get(spark.path(run))));
    this.#changed();
  }
}

/* What has no place, since it is held or waits for its data, comes last. */
function placeOf({ why }) {
  return why?.place ?? Infinity;
}

function path(place, params) {
  const given = Object.entries(params).filter(([, value]) => value !== null);
  return `${place}?${new URLSearchParams(given)}`;
}
