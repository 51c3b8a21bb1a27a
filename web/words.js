// The words of the field: what they mean here, and where that is from.

import { h } from "./dom.js";

const w = () => h("var", null, "w");
const sub = (text) => h("sub", null, text);
const sup = (text) => h("sup", null, text);
const formula = (...parts) => h("p", { class: "formula" }, parts);
const text = (...parts) => h("p", null, parts);
const dw = () => ["Δ", w(), sub("ij"), "(", h("var", null, "t"), ")"];
const sum = () => ["Σ", sub("t"), " Σ", sub("ij"), " "];

const PAPER = { text: "van Rossum & Pache 2024", doi: "10.1371/journal.pcbi.1012553" };
const CACHING = { text: "Li & van Rossum 2020", doi: "10.7554/eLife.50804" };
const GATING = { text: "Pache & van Rossum 2023", arxiv: "2303.16067" };

/* Each has a `key` for links, a `title`, and `body()`, which makes fresh elements. */
export const WORDS = [
  {
    key: "energy", title: "Energy of learning", source: PAPER,
    body: () => [text("A synapse that changes costs energy, and in animals that cost is large " +
      "enough to matter. The question here is how little energy learning can take, and which " +
      "rules of plasticity get there. A network learns one sample at a time until it reaches " +
      "its goal, say 95 % of the test set; what its synapses pay on the way is summed over all " +
      "samples ", h("var", null, "t"), " and all synapses ", h("var", null, "ij"), ", biases " +
      "included.")],
  },
  {
    key: "m0", title: "M0, the number of synaptic changes", source: PAPER,
    body: () => [formula("M0 = ", sum(), "[ ", dw(), " ≠ 0 ]"),
      text("Every change counts the same, however small: the cost of starting the machinery " +
        "of plasticity at all.")],
  },
  {
    key: "m1", title: "M1, the amount of change", source: PAPER,
    body: () => [formula("M1 = ", sum(), "| ", dw(), " |"),
      text("A change costs in proportion to its size, up or down: a synapse that grows and " +
        "shrinks again pays twice.")],
  },
  {
    key: "exponents", title: "Further energies, Mα", source: PAPER,
    body: () => [formula("Mα = ", sum(), "| ", dw(), " |", sup("α")),
      text("M0 and M1 are its cases α = 0 and α = 1. A job may ask for up to four further " +
        "exponents, to see whether a finding hangs on the measure.")],
  },
  {
    key: "direct", title: "Direct energy", source: PAPER,
    body: () => [formula("M1 direct = Σ", sub("ij"), " | ", w(), sub("ij"), "(end) − ", w(),
      sub("ij"), "(0) |"),
    text("The same measure for going straight from the first weights to the last. Nothing " +
      "that ends at these weights can cost less: it is the lower bound. For M0 it is the number " +
      "of synapses that differ in the end.")],
  },
  {
    key: "inefficiency", title: "Inefficiency", source: PAPER,
    body: () => [formula("inefficiency = M / M direct"),
      text("How much more a run has paid than its lower bound, so never below 1 (but with a ",
        "cache, whose transient part is free in M). Plain backpropagation changes every synapse " +
        "on every sample and takes much of it back later: its M0 is tens of thousands of times " +
        "the direct energy, its M1 some seventy times.")],
  },
  {
    key: "saving", title: "Saving factor", source: PAPER,
    body: () => [formula("saving = M of the baseline / M of the rule"),
      text("How many times less energy a rule needs than its baseline for the same accuracy, " +
        "paired by seed: each pair starts from the same weights and sees the same samples.")],
  },
  {
    key: "competition", title: "Competitive plasticity", source: PAPER,
    body: () => [text("On each sample only the synapses with the largest proposed change may " +
      "change, a fixed fraction of each layer or of the inputs of each unit; all others stay as " +
      "they are. The network still learns, from somewhat more samples but with far fewer " +
      "changes. The controls compete by weight, or let the smallest win; whole units can compete " +
      "by their error or activity."),
    text("Like every rule here, competition never alters the activities or the error signal. It " +
      "only decides which synapses may change.")],
  },
  {
    key: "subnet", title: "Coordinated subnet", source: PAPER,
    body: () => [text("Only some hidden units are plastic, and those on their input and their " +
      "output side alike, so that plastic synapses form whole paths through the network. A large " +
      "network then learns with the energy of a small one, and there is a best size: too few " +
      "plastic units learn too slowly, too many cost too much.")],
  },
  {
    key: "mask", title: "Random mask", source: PAPER,
    body: () => [text("The control for competition and subnets: the plastic units or synapses are " +
      "drawn at random, once for all, or anew for each sample or class. What it saves shows how " +
      "much is due to there being fewer plastic synapses, rather than to which ones they are.")],
  },
  {
    key: "gate", title: "Gating", source: GATING,
    body: () => [text("The network learns only from samples that it gets wrong, or whose error " +
      "exceeds a bound. What is known already costs nothing.")],
  },
  {
    key: "caching", title: "Synaptic caching", source: CACHING,
    body: () => [text("A change first goes into a transient part of the weight, which decays but " +
      "is cheap. When it has grown beyond a threshold it is consolidated into the persistent " +
      "part, and only that counts in M0 and M1: changes that cancel each other are never paid " +
      "for. What is transient has to be kept up, see maintenance.")],
  },
  {
    key: "maintenance", title: "Maintenance", source: CACHING,
    body: () => [formula("maintenance = ", sum(), "| transient part of ", w(), sub("ij"), " |"),
      text("With a cache only. How dear it is beside consolidation is not known, so it is told " +
        "apart and left for you to weigh.")],
  },
  {
    key: "plastic", title: "Effective number of plastic synapses",
    body: () => [formula("1 / Σ", sub("ij"), " ", h("var", null, "p"), sub("ij"), sup("2"),
      ",  ", h("var", null, "p"), sub("ij"), " = changes of the synapse / all changes"),
    text("The inverse Simpson index: all synapses under plain backpropagation, those of the subnet " +
      "under a subnet, and less the more unevenly a rule spreads the changes.")],
  },
  {
    key: "cell", title: "Job, cell, run, seed",
    body: () => [text("A job is what somebody submits: one spec, perhaps with a sweep of some " +
      "values and several seeds. Each choice of swept values is a cell, and each cell with each " +
      "seed is a run: one training, with one row of its trace for each evaluation. A seed " +
      "decides the first weights, the order of the samples and the random masks; the same spec " +
      "and seed give the same trace, bit for bit.")],
  },
  {
    key: "sem", title: "Mean ± s.e.m.",
    body: () => [formula("s.e.m. = s.d. / √", h("var", null, "n")),
      text("Over the ", h("var", null, "n"), " seeds of a cell. Where some seed never reached the " +
        "goal its cost is not known, so there is no mean but a lower bound, as in ≥ 5.1×10⁹.")],
  },
];

const FIRST = ["energy", "m0", "m1", "direct", "inefficiency"];

/* The words that explain the measures, or the one of that key. */
export function wordsOf(key) {
  const keys = WORDS.some((entry) => entry.key === key) ? [key] : FIRST;
  return keys.map((name) => WORDS.find((entry) => entry.key === name));
}

/* A word in a text, which explains itself when it is pressed. */
export function word(key, label) {
  return h("button", { type: "button", class: "word", "data-explain": key }, label);
}

export function sourceOf({ source }) {
  if (!source) return null;
  const place = source.doi ? `https://doi.org/${source.doi}` : `https://arxiv.org/abs/${source.arxiv}`;
  return h("p", { class: "source" }, h("a", { href: place, rel: "noreferrer" }, source.text));
}
