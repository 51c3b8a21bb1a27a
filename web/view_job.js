// The page of one job: puts the parts in place and feeds them when the data change.

import { h, patch } from "./dom.js";
import { cellTable } from "./job_cells.js";
import { JobChart } from "./job_chart.js";
import { JobData } from "./job_data.js";
import { jobHead } from "./job_head.js";
import { runTable } from "./job_runs.js";
import { jobName, problemBox } from "./parts.js";

export function openJob(main, route) {
  const life = new AbortController();
  const page = layout(route.path);
  main.replaceChildren(page.element);
  let { params } = route;
  page.chart.route(params);

  const data = new JobData(route.path.split("/")[1], life.signal, (what) => {
    if (what === "traces") page.chart.show(data);
    else showFacts(page, data, route.path, params);
  });
  page.chart.show(data);

  return {
    update(next) {
      ({ params } = next);
      page.chart.route(params);
      page.chart.show(data);
      if (data.job) showFacts(page, data, route.path, params);
    },
    close() {
      life.abort();
      page.chart.close();
    },
  };
}

function layout(path) {
  const page = {
    problem: h("div"),
    head: h("div", { class: "job-head" }, h("p", { class: "muted" }, "Loading…")),
    chart: new JobChart(path),
    cells: h("div"),
    runs: h("div"),
    spec: h("code"),
  };
  page.body = h("div", { class: "job-body", hidden: true }, page.chart.element,
    section("Cells", page.cells), section("Runs", page.runs),
    h("details", null, h("summary", null, "The spec, with all defaults"),
      h("pre", { tabindex: 0 }, page.spec)));
  page.element = h("article", null, page.problem, page.head, page.body);
  return page;
}

function section(title, content) {
  return h("section", null, h("h2", null, title), content);
}

function showFacts(page, data, path, params) {
  patch(page.problem, problemOf(data));
  if (!data.job) {
    patch(page.head, data.problem && h("p", null, h("a", { href: "#/" }, "All jobs")));
    return;
  }
  document.title = `${jobName(data.job)} – frugal`;
  page.body.hidden = false;
  patch(page.head, jobHead(data.job));
  page.chart.showLegend(data);
  patch(page.cells, cellTable(data.cells, data.goals));
  patch(page.runs, runTable([...data.runs.values()], path, params));
  const spec = JSON.stringify(data.job.spec, null, 2) ?? "";
  if (page.spec.textContent !== spec) page.spec.textContent = spec;
}

function problemOf({ problem, job }) {
  if (!problem) return null;
  const missing = problem.status === 404 && !job;
  return problemBox(missing ? { message: "There is no such job." } : problem, job);
}
