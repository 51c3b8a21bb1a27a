// The glossary: every word on one page.

import { h } from "./dom.js";
import { link } from "./router.js";
import { sourceOf, WORDS } from "./words.js";

export function openWords(main, route) {
  const entries = new Map(WORDS.map((entry) => [entry.key, section(entry)]));
  main.replaceChildren(h("article", { class: "words" },
    h("h1", null, "Glossary"),
    h("p", { class: "lead" }, "What the words mean on this page, and where that is from."),
    h("nav", { class: "word-list", "aria-label": "Words" },
      WORDS.map(({ key, title }) => h("a", { href: link("words", { to: key }) }, title))),
    h("div", null, [...entries.values()]),
    references()));
  const show = ({ params }) => goTo(entries, params.get("to"));
  show(route);
  return { update: show, close() {} };
}

function section(entry) {
  return h("section", { tabindex: -1, "aria-labelledby": `word-${entry.key}` },
    h("h2", { id: `word-${entry.key}` }, entry.title), entry.body(), sourceOf(entry));
}

function goTo(entries, key) {
  for (const [name, element] of entries) element.classList.toggle("here", name === key);
  const place = entries.get(key);
  if (!place) return;
  place.focus({ preventScroll: true });
  requestAnimationFrame(() => place.scrollIntoView({ block: "start" }));
}

function references() {
  return h("section", { "aria-labelledby": "references" },
    h("h2", { id: "references" }, "References"),
    h("ol", { class: "references" },
      reference("M. C. W. van Rossum and A. Pache. Competitive plasticity to reduce the " +
        "energetic costs of learning. ", "PLoS Computational Biology", " 20(10): e1012553, 2024. ",
      "https://doi.org/10.1371/journal.pcbi.1012553", "doi:10.1371/journal.pcbi.1012553"),
      reference("A. Pache and M. C. W. van Rossum. Energetically efficient learning in neuronal " +
        "networks. ", "arXiv", ":2303.16067, 2023. ", "https://arxiv.org/abs/2303.16067",
      "arxiv.org/abs/2303.16067"),
      reference("H. L. Li and M. C. W. van Rossum. Energy efficient synaptic plasticity. ", "eLife",
        " 9: e50804, 2020. ", "https://doi.org/10.7554/eLife.50804", "doi:10.7554/eLife.50804")));
}

function reference(before, journal, after, href, name) {
  return h("li", null, before, h("cite", null, journal), after,
    h("a", { href, rel: "noreferrer" }, name));
}
