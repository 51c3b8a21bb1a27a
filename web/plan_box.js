// What a spec would make, as the server says while it is being written; and its submission.

import { order } from "./api.js";
import { h, patch } from "./dom.js";
import { count } from "./format.js";

const REST_MS = 350; // after the last key
const UNITS = [["days", 86400], ["h", 3600], ["min", 60], ["s", 1]];

/* errors([{pointer, text}]) is told what is wrong, and returns what it has no place for;
   focus(pointer) leads to a field; submitted(job). */
export class PlanBox {
  #draft;
  #signal;
  #tell;
  #timer = null;
  #asked = null; // an AbortController
  #busy = false;

  constructor(draft, workers, signal, tell) {
    this.#draft = draft;
    this.#signal = signal;
    this.#tell = tell;
    this.workers = workers;
    this.figures = h("div", { class: "plan-figures", role: "status" });
    this.wrong = h("div", { class: "plan-wrong", onclick: (event) => this.#follow(event) });
    this.button = h("button", { type: "button", class: "button", onclick: () => this.submit() },
      "Submit the job");
    this.element = h("section", { class: "panel plan", "aria-labelledby": "plan-title" },
      h("h2", { id: "plan-title" }, "What this makes"), this.figures, this.wrong, this.button);
    signal.addEventListener("abort", () => clearTimeout(this.#timer));
  }

  /* The draft has changed, or begins. */
  check() {
    clearTimeout(this.#timer);
    this.#asked?.abort();
    if (this.#draft.spec === null) {
      this.#show(null, { errors: [{ pointer: "", detail: this.#draft.problem }] });
      return;
    }
    this.#timer = setTimeout(() => this.#ask(), REST_MS);
  }

  async #ask() {
    const asked = new AbortController();
    this.#asked = asked;
    const signal = AbortSignal.any([asked.signal, this.#signal]);
    try {
      const plan = await order("POST", "/v1/jobs?dry_run=1", this.#draft.text, { signal });
      this.#show(plan, null);
    } catch (problem) {
      if (!signal.aborted) this.#show(null, problem);
    }
  }

  #show(plan, problem) {
    const errors = (problem?.errors ?? []).map(({ pointer, detail, suggestion }) =>
      ({ pointer, text: `${sentence(detail)}${suggestion ? ` Did you mean “${suggestion}”?` : ""}` }));
    this.#tell.errors(errors);
    this.button.disabled = plan === null || this.#busy;
    patch(this.figures, plan && figures(plan, this.workers));
    patch(this.wrong, problem && (errors.length > 0 ? errorList(errors)
      : h("p", { class: "field-error" }, problem.message)));
  }

  #follow(event) {
    const { pointer } = event.target.closest("[data-pointer]")?.dataset ?? {};
    if (pointer !== undefined) this.#tell.focus(pointer);
  }

  /* Once for each text: a second try with the same is the same job. */
  async submit() {
    if (this.button.disabled) return;
    this.#busy = this.button.disabled = true;
    try {
      const job = await order("POST", "/v1/jobs", this.#draft.text, { signal: this.#signal,
        headers: { "Idempotency-Key": this.#draft.orderKey() } });
      this.#draft.forget();
      this.#tell.submitted(job);
    } catch (problem) {
      if (this.#signal.aborted) return;
      this.#busy = false;
      this.#show(null, problem);
      this.button.disabled = false;
    }
  }
}

function figures({ cells, runs, seconds, spec }, workers) {
  const seeds = spec.seeds.length;
  const shared = seconds === null ? null : seconds / Math.max(1, Math.min(workers, runs));
  return [
    h("p", { class: "plan-runs" }, h("b", null, count(runs)), runs === 1 ? " run" : " runs"),
    h("p", { class: "muted" }, `${count(cells)} ${cells === 1 ? "cell" : "cells"} × ` +
      `${count(seeds)} ${seeds === 1 ? "seed" : "seeds"}`),
    h("p", null, shared === null ? "How long it takes is known once the data set is there."
      : ["at most about ", h("b", null, rough(shared)),
        ` of computing ${workers > 1 ? `on ${count(workers)} workers` : "on one worker"}`]),
    h("p", { class: "help" }, "At the pace of the newest runs; less where runs reach their goal " +
      "early, more where others compute, too."),
  ];
}

/* An estimate deserves no more than two digits. */
function rough(seconds) {
  const unit = UNITS.find(([, size]) => seconds >= size) ?? UNITS.at(-1);
  const n = Math.max(1, seconds / unit[1]);
  return `${n < 10 && unit[1] > 60 ? +n.toFixed(1) : Math.round(n)} ${unit[0]}`;
}

function errorList(errors) {
  return [h("p", null, errors.length === 1 ? "One thing is not right yet:"
    : `${count(errors.length)} things are not right yet:`),
  h("ul", null, errors.map(({ pointer, text }) => h("li", null,
    pointer !== "" && h("button", { type: "button", class: "word", "data-pointer": pointer },
      pointer), pointer !== "" && " ", text)))];
}

function sentence(text) {
  const plain = text.trim();
  return /[.!?]$/.test(plain) ? plain : `${plain}.`;
}
