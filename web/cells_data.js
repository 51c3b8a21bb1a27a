// Cells of one job or several as the server knows them: statistics at the end and at a goal,
// savings, mean curves. Loaded once, then kept up to date by events. All numbers are the
// server's; nothing is computed here, nor known of how it is shown.

import { get } from "./api.js";
import { densityOf } from "./density.js";
import { measure } from "./measures.js";
import { now, pump } from "./pump.js";

const FACTS_MS = 1000;
const CURVES_MS = 1000;

export class CellsData {
  jobs = new Map(); // id -> job
  cells = []; // in the order of the picks
  at = null; // the goal that the costs are those of reaching; null: those at the end
  baseline = null; // "JOB:CELL" that savings are against
  problem = null; // of all
  refused = null; // what the server says to the goal or the baseline
  curvesRefused = null;
  #picks;
  #signal;
  #changed;
  #question = {};
  #curves = new Map(); // job -> answer
  #summaries = new Map();
  #newest = { facts: 0, curves: 0 };
  #loaded = false;
  #pokeFacts;
  #pokeCurves;

  /* picks: [{job, cells: null or numbers}]; changed("facts" | "curves") after each update. */
  constructor(picks, signal, changed) {
    this.#picks = picks;
    this.#signal = signal;
    this.#changed = changed;
    const failed = (error) => this.#failed(error);
    this.#pokeFacts = pump(() => this.#loadFacts(), FACTS_MS, signal, failed);
    this.#pokeCurves = pump(() => this.#loadCurves(), CURVES_MS, signal, failed);
  }

  /* {at, baseline, x, y, span}: at and baseline null for what goes without saying, at "" for
     the ends; span: [from, to] of x where only a part is visible, else null. */
  ask(question) {
    const before = this.#question;
    this.#question = question;
    const same = (...names) => names.every((name) => before[name] === question[name]);
    if (this.#loaded && !same("at", "baseline")) this.#now(() => this.#loadFacts());
    const sameSpan = String(before.span) === String(question.span);
    if (this.#loaded && !(sameSpan && same("x", "y"))) this.#now(() => this.#loadCurves());
  }

  get axes() {
    return { x: this.#question.x, y: this.#question.y };
  }

  opened() {
    this.#pokeFacts();
    this.#pokeCurves();
  }

  lost() {
    if (!this.#loaded) this.opened();
  }

  event(type, data) {
    if (type === "reset") return this.opened();
    if (!this.#picks.some((pick) => pick.job === data.job)) return;
    this.#pokeFacts();
    if (type !== "job") this.#pokeCurves();
  }

  #now(work) {
    now(work, this.#signal, (error) => this.#failed(error));
  }

  async #loadFacts() {
    const number = this.#newest.facts += 1;
    const jobs = await this.#each((job) => get(`/v1/jobs/${job}`, this.#signal));
    this.jobs = new Map(jobs.map((job) => [job.id, job]));
    const asked = this.#question;
    const at = asked.at ?? commonGoal(jobs);
    const baseline = asked.baseline ?? this.#firstCell();
    const [ends, goals] = await this.#summariesAt(at, baseline);
    if (number !== this.#newest.facts) return;
    this.at = goals ? at : null;
    this.baseline = baseline;
    this.#summaries = new Map(jobs.map(({ id }, i) =>
      [id, { ends: ends[i], goals: goals?.[i] ?? null }]));
    this.#done("facts");
  }

  /* A goal or baseline that the server refuses leaves the ends. */
  async #summariesAt(at, baseline) {
    const read = (query) => this.#each((job) =>
      get(`/v1/jobs/${job}/summary?${new URLSearchParams(query)}`, this.#signal));
    this.refused = null;
    try {
      return at ? await Promise.all([read({}), read({ at, baseline })])
        : [await read({ baseline }), null];
    } catch (error) {
      if (error.status !== 400 && error.status !== 404) throw error;
      this.refused = error;
      return [await read({}), null];
    }
  }

  async #loadCurves() {
    const number = this.#newest.curves += 1;
    this.curvesRefused = null;
    try {
      const answers = await this.#each((job) => this.#curvesOf(job));
      if (number !== this.#newest.curves) return;
      this.#curves = new Map(answers.map((answer) => [answer.job, answer]));
    } catch (error) {
      if (error.status !== 400) throw error;
      this.curvesRefused = error;
      this.#curves = new Map();
    }
    this.#done("curves");
  }

  /* Along samples the grid must fit the longest run. */
  async #curvesOf(id) {
    const { x, y, span } = this.#question;
    const { log } = measure(x);
    const density = densityOf({ log, span }, log ? {} : await this.#lengthOf(id));
    return get(`/v1/jobs/${id}/curves?${new URLSearchParams({ x, y, ...density })}`,
      this.#signal);
  }

  async #lengthOf(id) {
    const [job, runs] = await Promise.all([
      this.jobs.get(id) ?? get(`/v1/jobs/${id}`, this.#signal),
      get(`/v1/runs?job=${id}&sort=-samples&limit=1`, this.#signal)]);
    return { every: job.spec.evaluate?.every ?? 1,
      longest: runs.items[0]?.results?.samples ?? 0 };
  }

  #each(work) {
    return Promise.all(this.#picks.map((pick) => work(pick.job)));
  }

  #firstCell() {
    const { job, cells } = this.#picks[0];
    return `${job}:${cells?.[0] ?? 0}`;
  }

  #done(what) {
    this.#loaded ||= what === "facts";
    this.problem = null;
    this.cells = this.#picks.flatMap((pick) => this.#cellsOf(pick))
      .map((cell, index) => ({ ...cell, index }));
    this.#changed(what);
  }

  #cellsOf({ job, cells }) {
    const { ends, goals } = this.#summaries.get(job) ?? {};
    const curves = new Map(this.#curves.get(job)?.cells.map((curve) => [curve.cell, curve]));
    const places = cells ?? ends?.cells.map((_, i) => i) ?? [];
    return places.filter((i) => ends?.cells[i]).map((i) => ({
      key: `${job}:${i}`, job, cell: i, params: ends.cells[i].params,
      values: ends.cells[i].params, ends: ends.cells[i], goal: goals?.cells[i] ?? null,
      curve: curves.get(i) ?? null }));
  }

  /* A job that does not exist will not appear by itself; all else may pass. */
  #failed(error) {
    this.problem = error;
    this.#changed("facts");
    return error.status !== 404;
  }
}

/* What every run of all jobs stops at, as at= takes it; null: nothing, or not the same. */
function commonGoal(jobs) {
  const goals = jobs.map(({ spec }) => {
    const swept = Object.keys(spec?.sweep ?? {});
    return swept.some((p) => p === "/stop" || p === "/stop/accuracy") ? null
      : spec?.stop?.accuracy;
  });
  const same = typeof goals[0] === "number" && goals.every((goal) => goal === goals[0]);
  return same ? `test_accuracy>=${goals[0]}` : null;
}
