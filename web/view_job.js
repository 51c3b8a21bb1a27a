// The page of one job: puts the parts in place and feeds them when the data change.

import { CellsData } from "./cells_data.js";
import { CostsSection } from "./costs_section.js";
import { CurvesSection } from "./curves_section.js";
import { h, patch } from "./dom.js";
import { follow } from "./events.js";
import { cellTable } from "./job_cells.js";
import { jobHead } from "./job_head.js";
import { JobVerbs } from "./job_verbs.js";
import { pointersOf } from "./params.js";
import { jobName, problemBox } from "./parts.js";
import { go, here } from "./router.js";
import { RunsData } from "./runs_data.js";
import { RunsTable } from "./runs_table.js";
import { SeedsData } from "./seeds_data.js";

export function openJob(main, route) {
  const page = new JobPage(route);
  main.replaceChildren(page.element);
  return page;
}

class JobPage {
  #life = new AbortController();

  constructor({ path, params }) {
    const { signal } = this.#life;
    this.path = path;
    this.id = Number(path.split("/")[1]);
    this.data = new CellsData([{ job: this.id, cells: null }], signal, (what) => this.#show(what));
    this.seeds = new SeedsData(signal, () => this.curves.draw());
    this.runs = new RunsData(signal, { changed: () => this.table.show(),
      fresh: () => this.table.table.atTop });
    this.#build(signal);
    this.curves.onZoom = (zoomed) => this.#route(zoomed);
    this.#route(params);
    follow(`/v1/events?job=${this.id}`, signal, this.#handlers());
  }

  /* The stream is open before the first read, so that nothing falls in between. */
  #handlers() {
    const parts = [this.data, this.seeds, this.runs];
    return {
      opened: () => parts.forEach((part) => part.opened()),
      lost: () => [this.data, this.runs].forEach((part) => part.lost()),
      event: (type, data) => parts.forEach((part) => part.event(type, data)),
    };
  }

  #build(signal) {
    this.problem = h("div");
    this.head = h("div", { class: "job-head" }, h("p", { class: "muted" }, "Loading…"));
    this.verbs = new JobVerbs(() => this.data.opened());
    this.curves = new CurvesSection(this.path, signal);
    this.costs = new CostsSection(this.path);
    this.cells = h("div", { onchange: (event) => this.curves.tick(event.target) });
    this.table = new RunsTable(signal, { label: "Runs", sort: (sort) =>
      go(this.path, { ...here(), sort }) });
    this.table.data = this.runs;
    this.spec = h("code");
    this.body = h("div", { class: "job-body", hidden: true }, this.verbs.element,
      this.curves.element, this.costs.element, section("Cells", this.cells),
      section("Runs", this.table.element),
      h("details", null, h("summary", null, "The spec, with all defaults"),
        h("pre", { tabindex: 0 }, this.spec)));
    this.element = h("article", null, this.problem, this.head, this.body);
  }

  update({ params }) {
    this.#route(params);
  }

  #route(params) {
    this.data.ask({ ...this.curves.route(params), ...this.costs.route(params) });
    this.sort = params.get("sort") ?? "";
    this.runs.ask({ filter: `job = ${this.id}`, sort: this.sort || "id" });
    if (this.data.jobs.size > 0) this.#show("all");
  }

  close() {
    this.#life.abort();
    for (const part of [this.curves, this.costs, this.table]) part.close();
  }

  #show(what) {
    const { data } = this;
    const job = data.jobs.get(this.id);
    patch(this.problem, problemOf(data.problem, job));
    if (!job) {
      if (data.problem) patch(this.head, h("p", null, h("a", { href: "#/" }, "All jobs")));
      return;
    }
    this.body.hidden = false;
    this.curves.show(data, this.seeds, { withJob: false, goal: job.spec?.stop?.accuracy,
      name: `job-${job.id}` });
    if (what !== "curves") this.#showFacts(job);
  }

  #showFacts(job) {
    document.title = `${jobName(job)} – frugal`;
    patch(this.head, jobHead(job, this.data.cells));
    this.verbs.show(job);
    this.costs.show(this.data, { withJob: false, name: `job-${job.id}` });
    patch(this.cells, cellTable(this.data, { shown: this.curves.shown(this.data.cells),
      withJob: false }));
    this.table.choose(columnsOf(this.data.cells), this.sort);
    this.table.show();
    const spec = JSON.stringify(job.spec, null, 2) ?? "";
    if (this.spec.textContent !== spec) this.spec.textContent = spec;
  }
}

function columnsOf(cells) {
  const swept = pointersOf(cells).map((pointer) => `spec${pointer.replaceAll("/", ".")}`);
  return ["id", "seed", ...swept, "state", "progress", "samples", "m0", "m1", "test_accuracy",
    "trace", "reason"];
}

function section(title, content) {
  return h("section", null, h("h2", null, title), content);
}

function problemOf(problem, job) {
  if (!problem) return null;
  const missing = problem.status === 404 && !job;
  return problemBox(missing ? { message: "There is no such job." } : problem, job);
}
