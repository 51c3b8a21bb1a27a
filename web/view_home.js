// The first page: what is at work, what waits and why, what has failed, and the jobs.

import { h, patch } from "./dom.js";
import { count } from "./format.js";
import { HomeData } from "./home_data.js";
import { attention, queue } from "./home_queue.js";
import { atWork } from "./home_work.js";
import { jobTable } from "./jobs_table.js";
import { problemBox } from "./parts.js";
import { link } from "./router.js";
import { submitBox } from "./submit_box.js";

export function openHome(main, route) {
  const life = new AbortController();
  const cursor = route.params.get("cursor");
  const page = layout(life.signal);
  page.element.classList.toggle("older", cursor !== null);
  main.replaceChildren(page.element);
  const data = new HomeData(cursor, life.signal, () => show(page, data, cursor));
  return { close: () => life.abort() };
}

function layout(signal) {
  const page = {
    problem: h("div"),
    pulse: h("p", { class: "pulse" }, "Loading…"),
    work: h("div"), queue: h("div"), failures: h("div"), list: h("div"),
    welcome: h("div"),
    pages: h("nav", { class: "pages", "aria-label": "Other jobs" }),
  };
  page.now = h("div", { class: "now", hidden: true },
    panel("At work", page.work, "wide"), panel("Waiting", page.queue),
    panel("Needs attention", page.failures));
  page.jobs = h("section", { hidden: true }, h("h2", null, "Jobs"), page.list);
  page.element = h("article", { class: "home" },
    h("div", { class: "home-head" }, h("h1", null, "Home"), page.pulse,
      h("a", { class: "button", href: "#/new" }, "New job")),
    page.problem, page.welcome, page.now, page.jobs, page.pages,
    submitBox(signal));
  return page;
}

function panel(title, content, kind) {
  return h("section", { class: kind ? `panel ${kind}` : "panel" }, h("h2", null, title), content);
}

function show(page, data, cursor) {
  patch(page.problem, problemBox(data.problem, data.list));
  if (!data.list) {
    page.pulse.textContent = data.problem ? "" : "Loading…";
    return;
  }
  const empty = data.list.items.length === 0 && !cursor;
  page.now.hidden = empty || cursor !== null;
  page.jobs.hidden = empty;
  patch(page.pulse, pulse(data));
  patch(page.welcome, empty && nothingYet());
  patch(page.work, atWork(data));
  patch(page.queue, queue(data));
  patch(page.failures, attention(data));
  patch(page.list, jobTable(data.list.items));
  patch(page.pages, cursor && h("a", { href: "#/" }, "Newest jobs"), data.list.next_cursor &&
    h("a", { href: link("", { cursor: data.list.next_cursor }) }, "Older jobs"),
  h("a", { href: "#/trash" }, "Trash"));
}

/* "1 of 2 workers at work, 14 runs wait" */
function pulse({ workers, waiting, waitingMore }) {
  const wait = waiting.reduce((sum, { job }) => sum + job.runs.queued + job.runs.held, 0);
  const lines = wait === 1 ? "1 run waits"
    : `${waitingMore ? "more than " : ""}${count(wait)} runs wait`;
  const of = `${count(workers.busy)} of ${count(workers.count)} workers at work`;
  return `${of}, ${wait === 0 ? "nothing waits" : lines}` +
    `${workers.draining ? "; draining" : ""}${workers.disk_full ? "; the disk is full" : ""}`;
}

function nothingYet() {
  return h("div", { class: "nothing" },
    h("p", { class: "lead" }, "No jobs yet."),
    h("p", null, "A job trains one network per seed and per cell of its sweep, and records " +
      "how much its synapses change on the way to the goal. ",
    h("a", { href: "#/new" }, "Fill in the form"), ", start from ",
    h("a", { href: link("new", { preset: "network-size", quick: 1 }) }, "a question of the paper"),
    ", or submit the first one with either line below; it appears here by itself."));
}
