// Small pieces that several views show: states, progress, tags, problems.

import { h } from "./dom.js";
import { percent } from "./format.js";

export function stateBadge(state) {
  return h("span", { class: "state", "data-state": state },
    String(state ?? "unknown").replaceAll("_", " "));
}

/* Where a job stands; what its runs came to does not matter in the trash. */
export function jobState(job) {
  return stateBadge(job.trashed ? "in_the_trash" : job.state);
}

export function progressBar(fraction, label) {
  const value = Math.min(1, Math.max(0, fraction ?? 0));
  return h("progress", { max: 1, value, "aria-label": `${label}: ${percent(value)}` });
}

export function tagList(tags) {
  if (!tags?.length) return null;
  return h("ul", { class: "tags", "aria-label": "tags" },
    tags.map((tag) => h("li", null, tag)));
}

export function jobName(job) {
  return job.name || `job ${job.id}`;
}

/* What went wrong and, where the server says so, at which places. Over a page that has
   content it floats, so that nothing moves under the reader's eyes. */
export function problemBox(problem, overContent) {
  if (!problem) return null;
  const errors = problem.errors ?? [];
  return h("div", { class: overContent ? "notice floating" : "notice", role: "alert" },
    h("p", null, problem.message),
    errors.length > 0 && h("ul", null,
      errors.map((error) => h("li", null, `${error.pointer}: ${error.detail}`))));
}

/* A table too wide for the window scrolls by itself; the keyboard can reach it. */
export function scrolling(label, table) {
  return h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": label },
    table);
}

export function headRow(...columns) {
  return h("thead", null, h("tr", null, columns.map(headCell)));
}

/* "name" is text; ["name", "full name"] is a number column with an explanation */
function headCell(column) {
  const [text, title] = [column].flat();
  return h("th", { scope: "col", class: Array.isArray(column) && "number", title }, text);
}

export function number(text) {
  return h("td", { class: "number" }, text);
}
