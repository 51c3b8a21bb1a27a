// make bench: microseconds per sample, evaluation included, ours against other programs.
//   ROWS=plain_100,update   these rows, or those whose names begin so (default: all)
//   ROUNDS=3 SECONDS=0.5    interleaved rounds (one for the Python programs); how long
//                           each program learns in one
//   PROGRAMS=ours,dense     (default: all that are installed)
import fs from "node:fs";
import path from "node:path";

import { cpu, programs } from "./programs.mjs";
import { line, median, short, times } from "./table.mjs";

const EVERY = 2000; // samples between two evaluations
const SAMPLES = 1e6; // no limit but time
const list = (text) => (text ? text.split(",") : null);
const rounds = Number(process.env.ROUNDS || 3);
const seconds = Number(process.env.SECONDS || 0.5);

function findData() {
  const folders = [process.env.FRUGAL_TEST_DATASETS, process.env.FRUGAL_DATASETS,
    "/usr/share/datasets"].filter(Boolean).flatMap((f) => f.split(":"));
  for (const name of ["mnist", "fashion-mnist"]) {
    const folder = folders.find((f) => fs.existsSync(path.join(f, name)));
    if (folder) return { folder: path.resolve(folder), name };
  }
  throw new Error("no data set: set FRUGAL_TEST_DATASETS, or install dataset-fashion-mnist");
}

function findRows() {
  const all = JSON.parse(fs.readFileSync(new URL("rows.json", import.meta.url), "utf8"));
  const wanted = list(process.env.ROWS);
  const names = new Set(all.map((row) => row.name));
  const fits = (name, text) => (names.has(text) ? name === text : name.startsWith(text));
  return all.filter((row) => !wanted || wanted.some((text) => fits(row.name, text)));
}

function findPrograms() {
  const wanted = list(process.env.PROGRAMS);
  const chosen = programs.filter((p) => !wanted || wanted.includes(p.key));
  for (const p of chosen.filter((q) => q.missing)) console.log(`skip ${p.title}: ${p.missing}`);
  return chosen.filter((p) => !p.missing);
}

/* Learning per sample, and one evaluation in every 2,000 samples. */
function microseconds(r) {
  return 1e6 * (r.learning / r.samples + r.evaluating / r.evaluations / EVERY);
}

/* Ours: what comes before the first sample, less the evaluation that belongs to it. */
function preparation(r) {
  return r.first_row === undefined ? NaN
    : Math.max(0, 1e3 * (r.first_row - r.evaluating / r.evaluations));
}

/* { ours: [result, ...], dense: [...] }, a round after the other. */
function measure(row, data, racing) {
  const results = Object.fromEntries(racing.map((p) => [p.key, []]));
  for (let round = 0; round < rounds; round += 1) {
    const here = racing.filter((p) => p.has(row) && round < (p.rounds ?? rounds) &&
      !p.broken?.has(row.name));
    for (const p of here) {
      const limit = row.samples ?? SAMPLES;
      try {
        results[p.key].push(p.run(row, data, limit, row.samples ? 10 : seconds * p.share));
      } catch (error) {
        console.log(`${row.name}: ${p.title}: ${error.message}`);
        (p.broken ??= new Set()).add(row.name);
        process.exitCode = 1;
      }
    }
  }
  return results;
}

/* The same work: both count the same number of changes per sample. Where that number
 * depends on how far learning has come, they need not. */
function compareWork(row, results) {
  const { gate, cache } = row.spec.plasticity ?? {};
  const [a, b] = ["ours", "dense"].map((key) => results[key]?.[0]);
  if (!a || !b || gate || cache) return;
  const share = (a.m0 / a.samples) / (b.m0 / b.samples);
  if (Math.abs(share - 1) > 0.02) {
    console.log(`${row.name}: the programs differ in their work: M0 ${share.toFixed(3)} : 1`);
    process.exitCode = 1;
  }
}

function compareLearning(data, racing) {
  const row = { name: "learns", spec: { network: { hidden: [100] } } };
  for (const p of racing.filter((q) => ["ours", "dense"].includes(q.key))) {
    const r = p.run(row, data, 40000, 60);
    console.log(`plain_100 after 40,000 samples, ${p.title}: accuracy ${r.accuracy}, ` +
      `M0 ${r.m0.toExponential(3)}, M1 ${r.m1.toExponential(3)}`);
  }
}

function main() {
  const data = findData(), rows = findRows(), racing = findPrograms();
  const medians = new Map();
  console.log(`${data.name}, ${rounds} rounds, ${cpu}, load ` +
    fs.readFileSync("/proc/loadavg", "utf8").split(" ")[0]);
  compareLearning(data, racing);
  console.log("us: microseconds per sample with one evaluation in 2,000 samples; begin: " +
    "milliseconds before the first sample; MB: peak memory\n");
  console.log(line("", [...racing.map((p) => p.title), ...racing.slice(1).map((p) => p.title),
    "own plain", "begin", ...racing.map((p) => p.title)]));
  console.log(line("", [...racing.map(() => "us"), ...racing.slice(1).map(() => "/ ours"),
    "/ ours", "ms", ...racing.map(() => "MB")]));
  for (const row of rows) {
    const results = measure(row, data, racing);
    const us = racing.map((p) => median(results[p.key].map(microseconds)));
    const mb = racing.map((p) => median(results[p.key].map((r) => r.peak_kb / 1024)));
    medians.set(row.name, us[0]);
    console.log(line(row.name, [...us.map(short),
      ...us.slice(1).map((t) => times(t / us[0])),
      times((medians.get(row.against) ?? NaN) / us[0]),
      short(median((results.ours ?? []).map(preparation))), ...mb.map(short)]));
    compareWork(row, results);
  }
}

main();
