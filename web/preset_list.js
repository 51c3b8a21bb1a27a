// Questions of the paper to start from.

import { h } from "./dom.js";
import { link } from "./router.js";
import { duration } from "./times.js";

export function presetList(presets, chosen, quick) {
  return h("details", { class: "presets" },
    h("summary", null, chosen ? `Started from “${chosen}”${quick ? ", quick" : ""}`
      : "Start from a question of the paper"),
    h("ul", { class: "preset-list" }, presets.map(presetEntry)));
}

function presetEntry({ name, look, seconds, spec }) {
  const to = (more) => link("new", { preset: name, ...more });
  return h("li", null,
    h("p", { class: "entry-head" }, h("b", null, spec.name),
      h("span", { class: "muted" },
        h("a", { href: to({ quick: 1 }), "aria-label": `${spec.name}, quick` }, "quick"),
        `, about ${duration(seconds.quick)}; `,
        h("a", { href: to({}), "aria-label": `${spec.name}, in full` }, "in full"),
        `, ${duration(seconds.full)}`)),
    h("p", { class: "entry-text" }, look));
}
