// What is measured: the columns of traces and the results of runs, with the words, the axis
// and the digits that each of them takes.

import { accuracy, count, energy } from "./format.js";
import { duration } from "./times.js";

const COSTS = {
  m0: { name: "M0", label: "M0, number of synaptic changes", log: true, text: energy },
  m1: { name: "M1", label: "M1, amount of change Σ|Δw|", log: true, text: energy },
  samples: { name: "samples", label: "training samples", log: false, text: count },
  epochs: { name: "epochs", label: "epochs", log: false, text: energy },
  maintenance: { name: "maintenance", label: "maintenance, Σ|transient weights|", log: true,
    text: energy },
  seconds: { name: "seconds", label: "computing time (s)", log: true, text: duration },
};

const OTHERS = {
  test_accuracy: { name: "test accuracy", label: "test accuracy", log: false, text: accuracy },
  train_accuracy: { name: "training accuracy", label: "training accuracy", log: false,
    text: accuracy },
  test_loss: { name: "test loss", label: "test loss", log: false, text: energy },
  m0_direct: { name: "M0 direct", label: "M0 of the direct way", log: true, text: energy },
  m1_direct: { name: "M1 direct", label: "M1 of the direct way Σ|w − w₀|", log: true,
    text: energy },
  inefficiency_m0: { name: "M0 / direct", label: "inefficiency, M0 / M0 direct", log: true,
    text: energy },
  inefficiency_m1: { name: "M1 / direct", label: "inefficiency, M1 / M1 direct", log: true,
    text: energy },
  changed: { name: "changing synapses", label: "share of synapses that change on a sample",
    log: false, text: accuracy },
  weight_norm: { name: "weight norm", label: "norm of the weights", log: false, text: energy },
};

const ALL = { ...COSTS, ...OTHERS };

/* Names of columns for the axes of curves, and of results for figures over a sweep. */
export const CURVE_X = ["m0", "m1", "samples"];
export const CURVE_Y = ["test_accuracy", "m0", "m1", "test_loss", "train_accuracy", "changed",
  "m0_direct", "m1_direct", "weight_norm", "maintenance"];
export const RESULTS = ["m0", "m1", "samples", "maintenance", "inefficiency_m0",
  "inefficiency_m1", "seconds"];
export const SAVINGS = ["m0", "m1", "samples", "maintenance", "seconds"];

/* {name, label, log, text}; a column of one layer, "m0_layer2", is like that of all of them.
   Further energies have names such as "m0.5". */
export function measure(key) {
  if (Object.hasOwn(ALL, key)) return ALL[key];
  const [, whole, layer] = /^(.*)_layer(\d+)$/.exec(key) ?? [];
  if (layer) {
    const { name, label, ...rest } = measure(whole);
    return { ...rest, name: `${name}, layer ${layer}`, label: `${label}, layer ${layer}` };
  }
  const name = key.replace(/^m/, "M").replaceAll("_", " ");
  return { name, label: name, log: true, text: energy };
}

/* An axis of a figure. */
export function axisOf(key) {
  const { label, log } = measure(key);
  return { key, label, log, labels: null };
}
