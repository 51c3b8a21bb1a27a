// The names that service.md fixes, in one place.
export const JOB = ["id", "name", "tags", "note", "state", "priority", "owner", "parallel",
  "dataset", "cells", "runs", "progress", "created", "started", "finished", "trashed", "spec"];
export const JOB_RUNS = ["total", "queued", "held", "running", "succeeded", "failed", "cancelled",
  "timed_out", "dead"];
export const RUN = ["id", "job", "dataset", "cell", "seed", "params", "state", "outcome",
  "reason", "reused", "verified", "attempts", "place", "progress", "results", "weights",
  "provenance", "created", "started", "finished"];
export const RUN_IN_FULL = [...RUN, "changes"];
export const CHANGES = ["simpson", "simpson_layer1", "simpson_layer2", "histogram"];
export const PROGRESS = ["samples", "of", "per_second", "seconds_left"];
export const RESULTS = ["samples", "epochs", "test_accuracy", "m0", "m1", "m0_direct",
  "m1_direct", "inefficiency_m0", "inefficiency_m1", "maintenance", "seconds"];
export const PROVENANCE = ["spec_sha256", "dataset_sha256", "build", "core", "cpu", "host"];
export const FILES = ["train_images", "train_labels", "test_images", "test_labels"];
export const METRICS = RESULTS;
export const COSTS = ["samples", "epochs", "m0", "m1", "maintenance", "seconds"];
export const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

export const ENERGIES = ["m0", "m1", "m0_direct", "m1_direct"];

/* The columns that a trace has at least, in this order. */
export function traceColumns(layers) {
  const names = ["samples", "epoch", "train_accuracy", "test_accuracy", "test_loss",
    ...ENERGIES];
  for (let l = 1; l <= layers; l += 1) {
    names.push(...ENERGIES.map((name) => `${name}_layer${l}`));
  }
  return names;
}

export function sorted(names) {
  return [...names].sort();
}
