// How to submit a job to this very server: lines to copy.

import { h } from "./dom.js";

const SPEC = { dataset: "fashion-mnist", network: { hidden: [100] }, seeds: [1, 2, 3] };

export function submitBox() {
  const spec = JSON.stringify(SPEC);
  const server = location.origin;
  return h("section", { class: "submit", "aria-labelledby": "submit-title" },
    h("h2", { id: "submit-title" }, "Submit a job"),
    h("p", null, "Three seeds of plain backpropagation with 100 hidden units, until " +
      "95 % of the test set. Everything but the data set has a default."),
    command("With the client", `echo '${spec}' | frugal submit --server ${server} -`),
    command("With curl", `curl -sS ${server}/v1/jobs ` +
      `-H 'Content-Type: application/json' -d '${spec}'`));
}

/* Browsers offer the clipboard only on localhost and over https. */
function command(label, line) {
  const copy = navigator.clipboard && h("button", { type: "button", class: "small",
    "aria-label": `Copy: ${label}`, onclick: (event) => copyLine(event.target, line) },
  "Copy");
  return h("div", { class: "command" },
    h("p", { class: "command-label" }, label, copy),
    h("pre", { tabindex: 0 }, h("code", null, line)));
}

async function copyLine(button, line) {
  try {
    await navigator.clipboard.writeText(line);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Not allowed";
  }
}
