// A list of runs as far as somebody has scrolled: pages are fetched one after the other, and
// events bring only what they change. The order is the server's.

import { get } from "./api.js";
import { now, pump } from "./pump.js";

const FIRST = 100; // quick to be there
const PAGE = 500;
const TOGETHER = 100; // runs that one request asks for by number
const CHANGES_MS = 1000;
const NEWS_MS = 2000;
const RETRY_MS = 5000;

export class RunsData {
  rows = [];
  done = false; // there are no more
  loaded = false; // there was an answer
  problem = null; // the filter, or the server
  news = false; // runs have come or gone, which the list does not show yet
  #places = new Map(); // id -> index
  #question = null;
  #cursor = null;
  #loading = null;
  #stale = new Set();
  #wasOpen = false;
  #signal;
  #changed;
  #failed;
  #pokeChanges;
  #pokeNews;

  /* changed() after each update; fresh() says whether the list may be read anew by itself,
     because nobody would notice */
  constructor(signal, { changed, fresh }) {
    this.#signal = signal;
    this.#changed = changed;
    this.#failed = (problem) => {
      this.problem = problem;
      changed();
      return mayPass(problem);
    };
    this.#pokeChanges = pump(() => this.#loadChanges(), CHANGES_MS, signal, this.#failed);
    this.#pokeNews = pump(async () => { if (fresh()) await this.refresh(); }, NEWS_MS, signal,
      this.#failed);
  }

  /* {filter, sort} */
  ask({ filter, sort }) {
    const question = new URLSearchParams({ ...filter && { filter }, ...sort && { sort } });
    if (String(question) === String(this.#question)) return;
    this.#question = question;
    this.loaded = false;
    this.reload();
  }

  get path() {
    return `/v1/runs?${this.#question}`;
  }

  /* From the beginning; what was there stays until the answer comes. */
  refresh() {
    this.#loading = null;
    return this.#load(null);
  }

  /* The same, and again until it succeeds. */
  reload() {
    now(() => this.refresh(), this.#signal, this.#failed);
  }

  /* The next page, unless it is on its way. */
  more() {
    if (this.done || this.#loading || this.problem) return this.#loading ?? Promise.resolve();
    return this.#load(this.#cursor).catch((problem) => {
      if (mayPass(problem)) setTimeout(() => this.#afterTrouble(), RETRY_MS);
    });
  }

  /* Whoever needs more asks again. */
  #afterTrouble() {
    this.problem = null;
    if (!this.#signal.aborted) this.#changed();
  }

  /* All there are; stops at a trouble. */
  async all() {
    while (!this.done && !this.problem && !this.#signal.aborted) await this.more();
    return this.rows;
  }

  /* Something may have been missed, unless the first list is still on its way. */
  opened() {
    if (this.#wasOpen || this.loaded || this.problem) this.#hasNews();
    this.#wasOpen = true;
  }

  lost() {
    if (!this.loaded) this.#hasNews();
  }

  event(type, data) {
    if (type === "reset") return this.#hasNews();
    if (!data.run) return this.#hasNews();
    if (!this.#places.has(data.run)) return type === "run" && this.#hasNews();
    this.#stale.add(data.run);
    this.#pokeChanges();
  }

  #hasNews() {
    this.news = true;
    this.#pokeNews();
    this.#changed();
  }

  async #load(cursor) {
    const loading = this.#read(cursor);
    this.#loading = loading;
    try {
      const page = await loading;
      if (this.#loading !== loading) return;
      this.#take(page, cursor === null);
    } catch (problem) {
      if (this.#signal.aborted || this.#loading !== loading) return;
      this.problem = problem;
      if (problem.status === 400) this.#take({ items: [], next_cursor: null }, true, problem);
      throw problem;
    } finally {
      if (this.#loading === loading) {
        this.#loading = null;
        this.loaded = true;
        this.#changed();
      }
    }
  }

  #read(cursor) {
    const query = new URLSearchParams(this.#question);
    query.set("limit", cursor === null ? FIRST : PAGE);
    if (cursor !== null) query.set("cursor", cursor);
    return get(`/v1/runs?${query}`, this.#signal);
  }

  #take({ items, next_cursor: next }, first, problem = null) {
    if (first) {
      this.rows = [];
      this.#places.clear();
      this.news = false;
    }
    for (const run of items) {
      if (this.#places.has(run.id)) continue;
      this.#places.set(run.id, this.rows.length);
      this.rows.push(run);
    }
    this.#cursor = next;
    this.done = next === null;
    this.problem = problem;
  }

  /* Rows stay where they are, even where their new values would put them elsewhere. */
  async #loadChanges() {
    const ids = [...this.#stale].slice(0, TOGETHER);
    for (const id of ids) this.#stale.delete(id);
    if (ids.length === 0) return;
    const filter = encodeURIComponent(`id in (${ids.join(", ")})`);
    const { items } = await get(`/v1/runs?limit=${TOGETHER}&filter=${filter}`, this.#signal);
    for (const run of items) {
      const place = this.#places.get(run.id);
      if (place !== undefined) this.rows[place] = run;
    }
    if (this.#stale.size > 0) this.#pokeChanges();
    this.#changed();
  }
}

/* The filter stays wrong until it is changed; trouble of the server or of the way does not. */
function mayPass(problem) {
  return problem.status < 400 || problem.status >= 500;
}
