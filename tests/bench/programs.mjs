// The programs that race each other, and how each is started.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, "../..");
const build = path.resolve(root, process.env.B ?? "build");

const environment = { ...process.env, OPENBLAS_NUM_THREADS: "1", OMP_NUM_THREADS: "1",
  MKL_NUM_THREADS: "1", PYTHONDONTWRITEBYTECODE: "1" };

function works(command, ...args) {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}

/* All measurements on one processor, the last of those that we may use. */
const pinned = pin();

function pin() {
  const status = fs.readFileSync("/proc/self/status", "utf8");
  const last = status.match(/^Cpus_allowed_list:.*?(\d+)$/m)?.[1];
  return last && works("taskset", "-c", last, "true") ? ["taskset", "-c", last] : [];
}

export const cpu = pinned.length > 0 ? `pinned to processor ${pinned[2]}` : "not pinned";

function start(command, args, input) {
  const [program, ...rest] = [...pinned, command, ...args];
  const done = spawnSync(program, rest, { input, env: environment, encoding: "utf8" });
  if (done.status !== 0) {
    throw new Error(done.stderr.trim().split("\n").at(-1) || `${command} failed`);
  }
  return JSON.parse(done.stdout.trim().split("\n").at(-1));
}

/* The spec in the words of the other programs. */
export function words(spec) {
  const { network = {}, training = {}, plasticity = {} } = spec;
  const { compete, subnet, mask, gate, cache } = plasticity;
  const all = { hidden: network.hidden, rate: training.learning_rate, by: compete?.by,
    scope: compete?.scope, fraction: compete?.fraction, subnet: subnet?.units,
    mask: mask?.of, mask_fraction: mask?.fraction, gate, threshold: cache?.threshold,
    decay: cache?.decay, consolidate: cache && (cache.consolidate ?? "network") };
  return Object.entries(all).filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value}`);
}

function ours(row, data, samples, seconds) {
  const spec = { ...row.spec, dataset: data.name, stop: { accuracy: null, epochs: 1000 } };
  return start(path.join(build, "bench/core"), [data.folder, samples, seconds],
    JSON.stringify(spec));
}

function other(command, ...before) {
  return (row, data, samples, seconds) => start(command, [...before,
    `data=${path.join(data.folder, data.name)}`, `samples=${samples}`,
    `seconds=${seconds}`, ...words(row.spec)]);
}

const python = process.env.PYTHON ?? "/usr/bin/python3";
const script = (name) => path.join(here, name);

/* `share` of the time that a measurement may take; `rounds` at most: two programs are so far
 * away that one round says enough; `missing`: why a program cannot take part. */
export const programs = [
  { key: "ours", title: "frugal", share: 1, has: () => true, run: ours },
  { key: "dense", title: "OpenBLAS", share: 1, has: () => true,
    run: other(path.join(build, "bench/dense")) },
  { key: "numpy", title: "NumPy", share: 0.6, rounds: 1, has: () => true,
    run: other(python, script("numpy_program.py")),
    missing: works(python, "-c", "import numpy") ? null : "python3-numpy is not installed" },
  { key: "torch", title: "PyTorch", share: 0.6, rounds: 1, has: (row) => row.torch === true,
    run: other(python, script("torch_program.py")),
    missing: works(python, "-c", "import torch") ? null : "python3-torch is not installed" },
];
