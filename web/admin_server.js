// Workers, draining, disk and backups.

import { workerTable } from "./admin_tables.js";
import { get, order } from "./api.js";
import { ask, say } from "./confirm.js";
import { h, patch } from "./dom.js";
import { bytes, count } from "./format.js";
import { tried } from "./verbs.js";

export class ServerPanel {
  #signal;
  #poke;
  #mayChange;
  #workers = null;

  constructor(signal, poke, mayChange) {
    this.#signal = signal;
    this.#poke = poke;
    this.#mayChange = mayChange;
    this.busy = h("div");
    this.workers = h("div");
    this.count = h("input", { type: "number", min: 1, max: 1024, required: true,
      "aria-label": "How many workers", onkeydown: (event) => {
        if (event.key === "Enter") this.#resize();
      } });
    this.set = h("button", { type: "button", class: "verb", onclick: () => this.#resize() }, "Set");
    this.drain = h("button", { type: "button", class: "verb", onclick: () => this.#drain() });
    this.disk = h("div");
    this.backup = h("button", { type: "button", class: "verb", onclick: () => this.#backUp() },
      "Make a backup");
    this.made = h("div", { class: "help", role: "status" },
      "A whole, verified copy of the database, made while everything goes on.");
    this.version = h("p", { class: "help" });
    this.element = h("div", null, h("div", { class: "now" },
      panel("Workers", this.busy, h("p", { class: "verbs" }, this.count, this.set, this.drain)),
      panel("Disk", this.disk), panel("Backup", h("p", { class: "verbs" }, this.backup), this.made),
      panel("Server", this.version)), this.workers);
  }

  async load() {
    const [workers, disk, health] = await Promise.all(["/v1/workers", "/v1/disk", "/healthz"]
      .map((path) => get(path, this.#signal)));
    this.#showWorkers(workers);
    patch(this.disk, diskText(disk));
    patch(this.version, h("span", null, `frugal ${health.version} at ${location.host}. `),
      h("a", { href: "/openapi.yaml" }, "The API"), " and ", h("a", { href: "/v1/spec/schema" },
        "the schema of job specs"), ".");
    for (const control of [this.count, this.set, this.drain, this.backup]) {
      control.disabled = !this.#mayChange();
    }
  }

  #showWorkers(workers) {
    const before = this.#workers;
    this.#workers = workers;
    if (before?.count !== workers.count) this.count.value = workers.count;
    this.drain.textContent = workers.draining ? "Begin runs again" : "Drain";
    patch(this.workers, workerTable(workers.items));
    patch(this.busy, h("p", { class: "plan-runs" }, h("b", null, count(workers.busy)),
      ` of ${count(workers.count)} at work`, workers.remote > 0 &&
        `, elsewhere ${count(workers.remote_busy)} of ${count(workers.remote)}`),
    h("p", { class: "help" }, workers.draining
      ? "Draining: no run begins; those at work go on to their end."
      : "Each runs one network at a time; about one per core is right."));
  }

  async #resize() {
    if (!this.count.reportValidity()) return;
    const n = this.count.valueAsNumber;
    const done = await tried(() => order("PATCH", "/v1/workers", { count: n }));
    if (done) say(n === 1 ? "1 run may be at work now." : `${count(n)} runs may be at work now.`);
    this.#poke();
  }

  async #drain() {
    const draining = !this.#workers.draining;
    const agreed = !draining || await ask({ title: "Drain the server?", action: "Drain",
      text: "No run begins until somebody lets them begin again; those at work go on to their " +
        "end." });
    if (!agreed) return;
    const done = await tried(() => order("PATCH", "/v1/workers", { draining }));
    if (done) say(draining ? "No run begins any more." : "Runs begin again.");
    this.#poke();
  }

  async #backUp() {
    this.backup.disabled = true;
    patch(this.made, h("p", null, "Copying…"));
    const done = await tried(async () => {
      const { path, bytes: size } = await order("POST", "/v1/backups", {});
      patch(this.made, h("p", null, `${bytes(size)} in `, h("code", null, path)),
        h("p", null, "Copy it, and the folder of the same name for the weights, to another disk."));
    });
    if (!done) patch(this.made, h("p", { class: "field-error" }, "There is no backup."));
    this.backup.disabled = !this.#mayChange();
  }
}

function diskText({ free, reserve, full }) {
  return [h("p", { class: "plan-runs" }, h("b", null, bytes(free)), " free"),
    h("p", { class: full ? "field-error" : "help" }, full
      ? "Full: no job is taken and no run begins until there is space."
      : `Beside it the server holds ${bytes(reserve)} back for the day on which there is none.`)];
}

function panel(title, ...content) {
  return h("section", { class: "panel" }, h("h2", null, title), content);
}
