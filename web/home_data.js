// What the first page shows, as the server knows it, kept up to date by events. It knows nothing
// of how it is shown.

import { get } from "./api.js";
import { follow } from "./events.js";
import { eachOf, pump } from "./pump.js";
import { Spark } from "./sparkline.js";

const FACTS_MS = 1000;
const WORK_MS = 500; // new rows of what is at work
const JOBS = 20; // on a page of the list
const AT_WORK = 8; // runs that are shown one by one
const ACTIVE_JOBS = 100; // the oldest, which are nearest to their turn
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
  waitingMore = false; // more jobs wait than `waiting` has
  failures = []; // runs, the newest first
  workers = null;
  problem = null;
  #cursor;
  #signal;
  #changed;

  constructor(cursor, signal, changed) {
    this.#cursor = cursor;
    this.#signal = signal;
    this.#changed = changed;
    const failed = (problem) => {
      this.problem = problem;
      changed();
      return true;
    };
    const pokeWork = pump(() => this.#loadWork(), WORK_MS, signal, failed);
    const poke = pump(() => this.#load().then(pokeWork), FACTS_MS, signal, failed);
    const event = (type) => (type === "trace" ? pokeWork() : poke());
    follow("/v1/events", signal, { opened: poke, lost: poke, event });
  }

  #get(path) {
    return get(path, this.#signal);
  }

  async #load() {
    const [list, active, failures, workers] = await Promise.all([
      this.#get(path("/v1/jobs", { limit: JOBS, cursor: this.#cursor })),
      this.#get(path("/v1/jobs", { filter: ACTIVE, sort: "id", limit: ACTIVE_JOBS })),
      this.#get(path("/v1/runs", { filter: BAD, sort: "-finished", limit: 50 })),
      this.#get("/v1/workers"),
    ]);
    const jobs = active.items.filter(({ runs }) => runs.queued + runs.held > 0);
    const waiting = await Promise.all(jobs.map(async (job, i) =>
      ({ job, why: i < WAITING ? await this.#why(job) : null })));
    waiting.sort((a, b) => placeOf(a) - placeOf(b));
    Object.assign(this, { list, waiting, workers, failures: failures.items,
      waitingMore: active.next_cursor !== null });
    this.jobs = new Map([...list.items, ...active.items].map((job) => [job.id, job]));
    this.#done();
  }

  /* What the next run of a job waits for; null: it does not wait any more. */
  async #why({ id, runs }) {
    const state = runs.queued > 0 ? "queued" : "held";
    const { items } = await this.#get(path("/v1/runs", { job: id, state, limit: 1 }));
    return items.length === 0 ? null : this.#get(`/v1/runs/${items[0].id}/why`);
  }

  /* Of the curves only what is new; those of runs that are not at work any more are forgotten. */
  async #loadWork() {
    const running = await this.#get(path("/v1/runs", { state: "running", limit: AT_WORK }));
    const sparks = new Map(running.items.map(({ id }) => [id, this.sparks.get(id) ?? new Spark()]));
    await eachOf(sparks, TOGETHER, async ([run, spark]) =>
      spark.append(await this.#get(spark.path(run))));
    Object.assign(this, { running: running.items, sparks, more: running.next_cursor !== null });
    this.#done();
  }

  #done() {
    this.problem = null;
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
