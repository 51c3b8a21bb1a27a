// The first page: the jobs, newest first.

import { get } from "./api.js";
import { h, patch } from "./dom.js";
import { follow } from "./events.js";
import { count } from "./format.js";
import { jobName, problemBox, progressBar, stateBadge, tagList } from "./parts.js";
import { pump } from "./pump.js";
import { link } from "./router.js";
import { submitBox } from "./submit_box.js";
import { ago } from "./times.js";

const REFRESH_MS = 1000;
const COLUMNS = ["job", "name", "data set", "state", "progress", "created"];

export function openJobs(main, route) {
  const life = new AbortController();
  const { signal } = life;
  const page = layout();
  main.replaceChildren(page.element);
  const cursor = route.params.get("cursor");
  const query = cursor ? `&cursor=${encodeURIComponent(cursor)}` : "";

  const load = async () => {
    const list = await get(`/v1/jobs?limit=100${query}`, signal);
    patch(page.problem);
    show(page, list, cursor);
  };
  const poke = pump(load, REFRESH_MS, signal, (problem) => {
    patch(page.problem, problemBox(problem, page.list.hasChildNodes()));
    patch(page.waiting);
    return true;
  });
  follow("/v1/events", signal, { opened: poke, lost: poke, event: poke });
  return { close: () => life.abort() };
}

function layout() {
  const page = {
    problem: h("div"),
    waiting: h("div", null, h("p", { class: "muted" }, "Loading…")),
    list: h("div"),
    pages: h("nav", { class: "pages", "aria-label": "Older and newer jobs" }),
  };
  page.element = h("article", null, h("h1", null, "Jobs"), page.problem, page.waiting,
    page.list, page.pages, submitBox());
  return page;
}

function show(page, { items, next_cursor: next }, cursor) {
  patch(page.waiting);
  const empty = items.length === 0 && !cursor;
  patch(page.list, empty ? nothingYet() : jobTable(items));
  patch(page.pages, cursor && h("a", { href: "#/" }, "Newest jobs"),
    next && h("a", { href: link("", { cursor: next }) }, "Older jobs"));
}

function nothingYet() {
  return h("div", { class: "nothing" },
    h("p", { class: "lead" }, "No jobs yet."),
    h("p", null, "A job trains one network per seed and per cell of its sweep, and " +
      "records how much its synapses change on the way to the goal. Submit the first " +
      "one with either line below; it appears here by itself."));
}

/* The roles are spelt out because the narrow layout takes them from the elements. */
function jobTable(jobs) {
  return h("table", { class: "jobs", role: "table", "aria-label": "Jobs" },
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, COLUMNS.map((name) =>
      h("th", { scope: "col", role: "columnheader" }, name)))),
    h("tbody", { role: "rowgroup" }, jobs.map(jobRow)));
}

function jobRow(job) {
  const finished = job.runs.total - job.runs.queued - job.runs.running;
  const cell = (name, ...content) =>
    h("td", { class: `job-${name}`, role: "cell" }, content);
  return h("tr", { "data-key": job.id, role: "row" },
    cell("id", String(job.id)),
    cell("name", h("a", { href: link(`jobs/${job.id}`) }, jobName(job)),
      tagList(job.tags)),
    cell("dataset", job.dataset),
    cell("state", stateBadge(job.state)),
    cell("progress", progressBar(job.progress, `progress of job ${job.id}`),
      h("span", { class: "muted numbers" },
        `${count(finished)}/${count(job.runs.total)}`)),
    cell("created", ago(job.created)));
}
