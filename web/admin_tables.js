// Workers, users and tokens as tables. What their buttons are for stands in their data attributes.

import { h } from "./dom.js";
import { NONE, count } from "./format.js";
import { headRow, number, scrolling } from "./parts.js";
import { ago, day } from "./times.js";

const ROLES = ["reader", "worker", "user", "admin"];

export function workerTable(workers) {
  if (workers.length === 0) return null;
  return scrolling("Workers", h("table", { class: "data", "aria-label": "Workers" },
    headRow("worker", "host", "Slurm job", "run", "samples/s", "heard"),
    h("tbody", null, workers.map((worker) => h("tr", { "data-key": worker.worker ?? worker.run },
      h("th", { scope: "row" }, worker.worker ?? "thread"), h("td", null, worker.host),
      h("td", null, worker.slurm ?? NONE),
      h("td", null, worker.run === null ? NONE : h("a", { href: `#/runs/${worker.run}` },
        `${worker.run}${worker.verifies ? ", verified" : ""}`)),
      number(worker.per_second === null ? NONE : count(Math.round(worker.per_second))),
      h("td", null, worker.worker === null ? NONE : ago(worker.heard)))))));
}

/* The options are morphed in place, so the view sets what is chosen. */
export function userTable(users, self) {
  if (users.length === 0) {
    return h("p", { class: "muted" }, "There are none yet: the first token makes its user.");
  }
  return scrolling("Users", h("table", { class: "data people", "aria-label": "Users" },
    headRow("name", "role", ["tokens", "that are not revoked"], "created", ""),
    h("tbody", null, users.map((user) => h("tr", { "data-key": user.name },
      h("th", { scope: "row" }, user.name, user.name === self && h("span", { class: "muted" }, " (you)")),
      h("td", null, h("select", { "data-user": user.name, "data-role": user.role,
        "aria-label": `role of ${user.name}` }, ROLES.map((role) => h("option", { value: role }, role)))),
      number(String(user.tokens)),
      h("td", null, ago(user.created)),
      h("td", { class: "number" }, user.name !== self && h("button", { type: "button", class: "small",
        "data-remove": user.name, "aria-label": `Delete ${user.name}` }, "Delete")))))));
}

export function tokenTable(tokens, own) {
  if (tokens.length === 0) return null;
  return scrolling("Tokens", h("table", { class: "data", "aria-label": "Tokens" },
    headRow("token", "user", "role", "for", "created", "expires", "last used", ""),
    h("tbody", null, tokens.map((token) => tokenRow(token, own)))));
}

function tokenRow(token, own) {
  return h("tr", { "data-key": token.id },
    h("th", { scope: "row" }, h("code", null, token.id),
      token.id === own && h("span", { class: "muted" }, " (yours)")),
    h("td", null, token.user), h("td", null, token.role),
    h("td", { class: "token-name" }, token.name || NONE),
    h("td", null, ago(token.created)),
    h("td", null, expiry(token)),
    h("td", null, token.last_used_day ?? "never"),
    h("td", { class: "number" }, token.revoked === null
      ? h("button", { type: "button", class: "small", "data-revoke": token.id,
        "data-owner": token.user, "aria-label": `Revoke ${token.id}` }, "Revoke")
      : h("span", { class: "muted" }, "revoked")));
}

function expiry({ expires }) {
  if (expires === null) return "never";
  const past = Date.parse(expires) < Date.now();
  return past ? h("span", { class: "state", "data-state": "failed" }, "expired") : day(expires);
}
