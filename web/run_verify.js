// "Run again and verify", and what came of it.

import { order } from "./api.js";
import { h } from "./dom.js";
import { ago } from "./times.js";
import { tried } from "./verbs.js";

const TEXTS = {
  queued: "A verification waits for its turn.",
  running: "The run is being computed again…",
  same: "The same, bit for bit.",
  different: "Different.",
  failed: "The verification failed.",
};

export class Verification {
  #run = null;

  /* changed() after it was asked for */
  constructor(changed) {
    this.button = h("button", { type: "button", class: "verb", onclick: async () => {
      const { id } = this.#run;
      if (await tried(() => order("POST", `/v1/runs/${id}/verify`, {}))) changed();
    } }, "Run again and verify");
  }

  /* The words about the last one, for patch(). */
  show(run) {
    this.#run = run;
    const { verified } = run;
    const busy = ["queued", "running"].includes(verified?.state);
    this.button.disabled = busy || run.state !== "succeeded";
    if (!verified) return h("p", { class: "muted" }, "Not verified yet.");
    return h("p", { class: "verified", "data-verified": verified.state },
      h("strong", null, TEXTS[verified.state] ?? verified.state),
      verified.row !== null && verified.state === "different" && ` From row ${verified.row} on.`,
      verified.reason && ` ${verified.reason}.`,
      verified.finished && [" ", ago(verified.finished),
        verified.build && `, build ${verified.build}`, verified.core && `, core ${verified.core}`]);
  }
}
