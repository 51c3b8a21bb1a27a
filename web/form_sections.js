// The sections of the form: which fields stand together, made from the server's table of fields.
// A field that no section knows stands under "More".

import { h } from "./dom.js";

/* `rule`: a section of the spec that is off until somebody wants it; its start is what it needs
   to make sense, for so many hidden layers. */
export const SECTIONS = [
  { title: "What it is", fields: ["/name", "/dataset", "/tags", "/note"] },
  { title: "Network", fields: ["/network/"] },
  { title: "Training", fields: ["/training/"] },
  { title: "Competition", word: "competition", rule: "/plasticity/compete",
    start: (layers) => ({ fraction: allButLast(0.1, layers) }) },
  { title: "Coordinated subnet", word: "subnet", rule: "/plasticity/subnet",
    start: () => ({ fraction: 0.5 }) },
  { title: "Random mask", word: "mask", rule: "/plasticity/mask",
    start: (layers) => ({ fraction: allButLast(0.1, layers) }) },
  { title: "Gating", word: "gate", rule: "/plasticity/gate", start: () => "wrong" },
  { title: "Synaptic caching", word: "caching", rule: "/plasticity/cache",
    start: () => ({ threshold: 0.05 }) },
  { title: "When it ends", word: "energy", fields: ["/stop/", "/evaluate/"] },
  { title: "Seeds and sweep", word: "cell", fields: ["/seeds"], sweep: true },
  { title: "More", fields: [""], folded: true },
];

/* The output layer stays free: its few units are all needed. */
function allButLast(value, layers) {
  return [...Array(layers).fill(value), 1];
}

/* The fields of each section, each field in the first that takes it. */
export function sectioned(fields) {
  const left = fields.filter(({ type }) => type !== "sweep");
  return SECTIONS.map((section) => {
    const own = (section.fields ?? [section.rule]).flatMap((prefix) =>
      left.filter(({ pointer }) => pointer.startsWith(prefix)));
    for (const field of own) left.splice(left.indexOf(field), 1);
    return { ...section, own };
  });
}

/* A section as elements: content in a group with a name, and a place for what is wrong. */
export function sectionFrame(section, content, toggle) {
  const id = `section-${section.title.toLowerCase().replaceAll(" ", "-")}`;
  const error = h("p", { class: "field-error", id: `${id}-error` });
  const head = h("div", { class: "form-head" }, toggle,
    h("h2", { id }, section.title),
    section.word && h("button", { type: "button", class: "word", "data-explain": section.word,
      "aria-label": `What is this: ${section.title}` }, "what is this?"));
  const attributes = { class: section.rule ? "form-section rule" : "form-section",
    role: "group", "aria-labelledby": id };
  if (!section.folded) return { error, element: h("div", attributes, head, error, content) };
  return { error, element: h("details", { class: "form-section folded" },
    h("summary", null, h("span", { id }, section.title)),
    h("div", { role: "group", "aria-labelledby": id }, error, content)) };
}
