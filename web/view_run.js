// The page of one run: its trace, results, attempts, where they come from, and what can be done.

import { Choice, Switch } from "./controls.js";
import { h, patch } from "./dom.js";
import { follow } from "./events.js";
import { FigureBox } from "./figure_box.js";
import { CURVE_X, axisOf, measure } from "./measures.js";
import { withParams } from "./params.js";
import { problemBox } from "./parts.js";
import { calmly } from "./pump.js";
import { current, go, here, link, replace } from "./router.js";
import { RunData } from "./run_data.js";
import { attemptTable, changesTable, provenanceList, resultList, runHead } from "./run_facts.js";
import { traceFigure, viewsOf } from "./run_figure.js";
import { Verification } from "./run_verify.js";
import { actOnRuns, takenBy, VERBS } from "./verbs.js";
import { parseZoom, zoomText } from "./zoom.js";

const REDRAW_MS = 250;

export function openRun(main, route) {
  const page = new RunPage(route);
  main.replaceChildren(page.element);
  return page;
}

class RunPage {
  #life = new AbortController();

  constructor({ path, params }) {
    const { signal } = this.#life;
    this.path = path;
    this.id = Number(path.split("/")[1]);
    const redraw = calmly(() => this.#showTrace(), REDRAW_MS, signal);
    this.data = new RunData(this.id, signal, (what) => {
      this.#show(what);
      redraw();
    });
    this.#build();
    this.update({ params });
    follow("/v1/events", signal, {
      opened: () => this.data.opened(),
      lost: () => this.data.lost(),
      event: (type, data) => this.data.event(type, data),
    });
  }

  #build() {
    const again = () => this.data.opened();
    this.problem = h("div");
    this.head = h("div", { class: "job-head" }, h("p", { class: "muted" }, "Loading…"));
    this.verify = new Verification(again);
    this.verbs = Object.fromEntries(Object.keys(VERBS).map((verb) =>
      [verb, h("button", { type: "button", class: "verb", onclick: async () => {
        if (await actOnRuns(verb, [this.data.run])) again();
      } }, VERBS[verb].name)]));
    this.trace = h("a", { class: "verb", download: `frugal-run-${this.id}.csv`,
      href: `/v1/runs/${this.id}/trace?format=csv` }, "Trace as CSV");
    this.weights = h("a", { class: "verb", download: `run-${this.id}.npz` }, "Weights");
    this.#buildChart();
    this.parts = { results: h("div"), attempts: h("div"), changes: h("div"),
      provenance: h("div"), verified: h("div", { role: "status" }) };
    this.spec = h("code");
    this.changes = section("How the changes were spread", this.parts.changes);
    this.body = h("div", { class: "job-body", hidden: true },
      h("div", { class: "verbs" }, this.verify.button, Object.values(this.verbs), this.trace,
        this.weights), this.parts.verified,
      this.chart, section("Results", this.parts.results),
      section("Attempts", this.parts.attempts), this.changes,
      section("Where it comes from", this.parts.provenance),
      h("details", null, h("summary", null, "The spec of this run, with all defaults"),
        h("pre", { tabindex: 0 }, this.spec)));
    this.element = h("article", null, this.problem, this.head, this.body);
  }

  #buildChart() {
    const set = (changes) => go(this.path, { ...here(), zoom: null, ...changes });
    this.y = new Choice("", "What is shown", (y) => set({ y: y === "accuracy" ? null : y }));
    this.x = new Switch("Against");
    this.reset = h("button", { type: "button", class: "small",
      onclick: () => this.#zoomTo(null) }, "Show everything");
    this.box = new FigureBox("curves", { zoom: (zoom) => this.#zoomTo(zoom) });
    this.chart = h("section", { "aria-labelledby": "trace-title" },
      h("div", { class: "section-head" }, h("h2", { id: "trace-title" }, "Trace"),
        this.y.element, h("span", { class: "muted" }, "against"), this.x.element, this.reset),
      this.box.element);
  }

  update({ params }) {
    this.params = params;
    this.xKey = CURVE_X.includes(params.get("x")) ? params.get("x") : CURVE_X[0];
    this.zoom = parseZoom(params.get("zoom"));
    if (axisOf(this.xKey).log && this.zoom?.x[0] <= 0) this.zoom = null;
    this.x.show(CURVE_X.map((key) => [link(this.path, { ...here(), zoom: null,
      x: key === CURVE_X[0] ? null : key }), measure(key).name, key === this.xKey]));
    this.reset.disabled = this.zoom === null;
    this.#showTrace();
  }

  close() {
    this.#life.abort();
    this.box.close();
  }

  #show(what) {
    const { run, problem } = this.data;
    patch(this.problem, problem && problemBox(problem.status === 404 && !run
      ? { message: "There is no such run." } : problem, run));
    if (!run) {
      if (problem) patch(this.head, h("p", null, h("a", { href: "#/runs" }, "All runs")));
      return;
    }
    this.body.hidden = false;
    if (what === "facts") this.#showFacts();
  }

  #showFacts() {
    const { run, job, attempts, why } = this.data;
    document.title = `Run ${run.id} – frugal`;
    patch(this.head, runHead(run, job, why));
    patch(this.parts.verified, this.verify.show(run));
    for (const [verb, button] of Object.entries(this.verbs)) {
      button.disabled = takenBy(verb, [run]).length === 0;
    }
    if (run.weights) this.weights.href = `/v1/runs/${run.id}/weights`;
    else this.weights.removeAttribute("href");
    patch(this.parts.results, resultList(run.results));
    patch(this.parts.attempts, attemptTable(attempts));
    patch(this.parts.changes, changesTable(run.changes));
    this.changes.hidden = !run.changes;
    patch(this.parts.provenance, provenanceList(run.provenance, run.weights));
    this.#showSpec(run, job);
  }

  /* A job of it would be this run and no other. */
  #showSpec({ params, seed }, { spec: { sweep, ...spec } }) {
    const text = JSON.stringify({ ...withParams(spec, params), seeds: [seed] }, null, 2);
    if (this.spec.textContent !== text) this.spec.textContent = text;
  }

  #showTrace() {
    const { run, job, columns, traces } = this.data;
    if (!run) return;
    const views = viewsOf(columns ?? []);
    const wanted = this.params.get("y") ?? "accuracy";
    const [key, , names] = views.find(([name]) => name === wanted) ?? views[0] ??
      ["accuracy", "", ["test_accuracy"]];
    this.y.show(views.map(([name, text]) => [name, text]), key);
    if (columns) this.data.ask([...new Set([this.xKey, ...names])], this.xKey);
    const figure = traceFigure(run, names, traces, { x: this.xKey,
      goal: job.spec?.stop?.accuracy });
    this.box.show(figure, this.zoom, run.state === "queued" ? "The run waits in the queue."
      : run.state === "running" ? "No evaluation yet that has a place here."
        : "The run left nothing to show here.");
  }

  #zoomTo(zoom) {
    const params = { ...here(), zoom: zoomText(zoom) };
    replace(this.path, params);
    this.update({ params: current().params });
  }
}

function section(title, content) {
  return h("section", null, h("h2", null, title), content);
}
