// How to submit a job to this very server: lines to copy.

import { get } from "./api.js";
import { h, patch } from "./dom.js";
import { authorization } from "./login.js";

const SPEC = { dataset: "mnist", network: { hidden: [100] }, seeds: [1, 2, 3] };

/* With a data set that the server has; until it has said which, with MNIST. */
export function submitBox(signal) {
  const lines = h("div", null, commands(SPEC));
  get("/v1/datasets", signal).then(({ items }) => {
    const ready = items.filter(({ state }) => state === "ready").map(({ name }) => name);
    const dataset = ready.includes(SPEC.dataset) ? SPEC.dataset : ready[0] ?? SPEC.dataset;
    patch(lines, commands({ ...SPEC, dataset }));
  }).catch(() => {}); // the page says by other means when the server does not answer
  return h("section", { class: "submit", "aria-labelledby": "submit-title" },
    h("h2", { id: "submit-title" }, "From a shell"),
    h("p", null, "Three seeds of plain backpropagation with 100 hidden units, until 95 % of the " +
      "test set. Everything but the data set has a default."),
    lines);
}

function commands(spec) {
  const text = JSON.stringify(spec);
  const server = location.origin;
  const shown = authorization().Authorization ? '-H "Authorization: Bearer $FRUGAL_TOKEN" ' : "";
  return [
    command("With the client", `echo '${text}' | frugal submit --server ${server} -`),
    command("With curl", `curl -sS ${server}/v1/jobs ${shown}` +
      `-H 'Content-Type: application/json' -d '${text}'`),
  ];
}

/* Browsers offer the clipboard only on localhost and over https. */
function command(label, line) {
  return h("div", { class: "command" },
    h("p", { class: "command-label" }, label, navigator.clipboard &&
      h("button", { type: "button", class: "small", "data-copy": true,
        "aria-label": `Copy: ${label}` }, "Copy")),
    h("pre", { tabindex: 0 }, h("code", null, line)));
}
