// The buttons of a job. What cannot be done now is greyed, and stays where it is.

import { h } from "./dom.js";
import { go, link } from "./router.js";
import { actOnJob, addSeeds, deleteJobs, purgeJob, restoreJobs, VERBS } from "./verbs.js";

const FAILED = ["failed", "timed_out", "dead"];

export class JobVerbs {
  #job = null;

  /* changed() after something was done */
  constructor(changed) {
    this.changed = changed;
    this.buttons = {
      extend: this.#button("Add seeds…", () => addSeeds(this.#job)),
      retry: this.#button("Retry failed", () => actOnJob("retry", this.#job, { only: "failed" })),
      hold: this.#button("Hold", () => actOnJob("hold", this.#job)),
      release: this.#button("Release", () => actOnJob("release", this.#job)),
      cancel: this.#button("Cancel", () => actOnJob("cancel", this.#job)),
      delete: this.#button("Delete…", () => deleteJobs([this.#job.id], changed)),
      restore: this.#button("Restore", () => restoreJobs([this.#job.id])),
      purge: this.#button("Delete for good…", async () => {
        if (await purgeJob(this.#job.id)) go("");
      }),
    };
    this.again = h("a", { class: "verb" }, "Submit again, changed");
    this.element = h("div", { class: "verbs", role: "group", "aria-label": "What to do" },
      Object.values(this.buttons), this.again);
  }

  #button(name, act) {
    return h("button", { type: "button", class: "verb", onclick: async () => {
      if (await act()) this.changed();
    } }, name);
  }

  show(job) {
    this.#job = job;
    this.again.href = link("new", { job: job.id });
    const some = (states) => states.some((state) => job.runs[state] > 0);
    const trashed = job.trashed !== null;
    const can = { extend: true, retry: some(FAILED), hold: some(VERBS.hold.from),
      release: some(VERBS.release.from), cancel: some(VERBS.cancel.from), delete: true };
    for (const [name, button] of Object.entries(this.buttons)) {
      button.hidden = trashed === name in can;
      button.disabled = !trashed && !can[name];
    }
  }
}
