// One run as the server knows it, with its attempts, what it waits for, and its trace as far as
// a chart needs it.

import { get } from "./api.js";
import { pump } from "./pump.js";
import { Traces } from "./traces.js";

const FACTS_MS = 1000;
const TRACES_MS = 250;

export class RunData {
  run = null;
  job = null;
  attempts = [];
  why = null; // while it waits
  columns = null; // names of the columns of its trace
  traces = new Traces([], "samples");
  problem = null;
  #id;
  #signal;
  #changed;
  #asked = "";
  #pokeFacts;
  #pokeTrace;

  /* changed("facts" | "trace") */
  constructor(id, signal, changed) {
    this.#id = id;
    this.#signal = signal;
    this.#changed = changed;
    const failed = (error) => {
      this.problem = error;
      changed("facts");
      return error.status !== 404 && error.status !== 400;
    };
    this.#pokeFacts = pump(() => this.#loadFacts(), FACTS_MS, signal, failed);
    this.#pokeTrace = pump(() => this.#loadTrace(), TRACES_MS, signal, failed);
  }

  ask(columns, x) {
    const asked = `${columns} ${x}`;
    if (asked === this.#asked) return;
    this.#asked = asked;
    this.traces = new Traces(columns, x);
    this.#pokeTrace();
  }

  opened() {
    this.#pokeFacts();
    if (this.#asked) this.#pokeTrace();
  }

  lost() {
    if (!this.run) this.opened();
  }

  event(type, data) {
    if (type === "reset") return this.opened();
    if (data.run !== this.#id) return type === "job" && this.#pokeFacts();
    this.#pokeFacts();
    if (this.#asked && type !== "job") this.#pokeTrace();
  }

  async #loadFacts() {
    const at = `/v1/runs/${this.#id}`;
    const run = await get(at, this.#signal);
    const waits = run.state === "queued" || run.state === "held";
    const [attempts, why, job] = await Promise.all([
      get(`${at}/attempts?limit=100`, this.#signal),
      waits ? get(`${at}/why`, this.#signal) : null,
      this.job ?? get(`/v1/jobs/${run.job}`, this.#signal),
    ]);
    if (run.results) this.columns ??= await this.#columnNames();
    Object.assign(this, { run, why, job, attempts: attempts.items, problem: null });
    this.#changed("facts");
  }

  async #loadTrace() {
    const { traces } = this;
    const asked = traces.last(this.#id);
    const body = await get(traces.path(this.#id), this.#signal);
    if (!traces.append(this.#id, asked, body) || traces !== this.traces) this.#pokeTrace();
    this.problem = null;
    this.#changed("trace");
  }

  /* Which columns there are depends on the layers and the exponents. */
  async #columnNames() {
    const { columns } = await get(`/v1/runs/${this.#id}/trace?points=3`, this.#signal);
    const names = Object.keys(columns).map((name) => name.replace(/_(min|max)$/, ""));
    return names.length > 0 ? [...new Set(names)] : null;
  }
}
