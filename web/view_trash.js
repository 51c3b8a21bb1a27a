// The jobs in the trash, and the way back out of it.

import { get } from "./api.js";
import { h, patch } from "./dom.js";
import { follow } from "./events.js";
import { count } from "./format.js";
import { headRow, jobName, number, problemBox, scrolling } from "./parts.js";
import { pump } from "./pump.js";
import { link } from "./router.js";
import { ago } from "./times.js";
import { restoreJobs } from "./verbs.js";

const LIST_MS = 1000;
const JOBS = 50; // on a page

export function openTrash(main, route) {
  const life = new AbortController();
  const { signal } = life;
  const query = new URLSearchParams({ trash: 1, limit: JOBS, ...Object.fromEntries(route.params) });
  const problem = h("div");
  const list = h("div", null, h("p", { class: "muted" }, "Loading…"));
  const poke = pump(async () => {
    const jobs = await get(`/v1/jobs?${query}`, signal);
    patch(problem);
    patch(list, trashList(jobs));
  }, LIST_MS, signal, (error) => {
    patch(problem, problemBox(error, true));
    return true;
  });
  list.addEventListener("click", async (event) => {
    const { restore } = event.target.dataset;
    if (restore && await restoreJobs([Number(restore)])) poke();
  });
  main.replaceChildren(h("article", null,
    h("p", { class: "crumbs" }, h("a", { href: "#/" }, "Jobs"), " / trash"),
    h("h1", null, "Trash"), problem, list));
  follow("/v1/events", signal, { opened: poke, lost: poke, event: poke });
  return { close: () => life.abort() };
}

function trashList({ items, next_cursor: cursor }) {
  if (items.length === 0) return h("p", { class: "muted" }, "Nothing is in the trash.");
  return [
    scrolling("Jobs in the trash", h("table", { class: "data" },
      headRow("job", "name", "data set", "owner", ["runs"], "deleted", ""),
      h("tbody", null, items.map(trashRow)))),
    cursor && h("p", null, h("a", { href: link("trash", { cursor }) }, "Older jobs")),
  ];
}

function trashRow(job) {
  return h("tr", { "data-key": job.id },
    h("th", { scope: "row" }, String(job.id)),
    h("td", { class: "cell-job" }, h("a", { href: link(`jobs/${job.id}`) }, jobName(job))),
    h("td", null, job.dataset), h("td", null, job.owner), number(count(job.runs.total)),
    h("td", null, ago(job.trashed)),
    h("td", null, h("button", { type: "button", class: "small", "data-restore": job.id,
      "aria-label": `restore job ${job.id}` }, "Restore")));
}
