// What stands below a table of runs: how many there are, and what is not in it yet.

import { h } from "./dom.js";
import { count } from "./format.js";

export function runNotes({ rows, done, loaded, news, problem }) {
  const n = count(rows.length);
  const text = !loaded ? "Loading…"
    : rows.length === 0 && !problem ? "No run fits."
      : done ? `${n} ${rows.length === 1 ? "run" : "runs"}`
        : `The first ${n} runs; more come as you scroll.`;
  return [h("span", { class: "muted" }, text),
    news && rows.length > 0 && h("button",
      { type: "button", class: "small", "data-refresh": true }, "The list has changed: show")];
}
