// The reading side of the API: filtered and sorted lists over a long history, long traces as the
// points of a chart, an export; each while the workers train.
import assert from "node:assert/strict";
import http from "node:http";
import path from "node:path";
import { execFileSync } from "node:child_process";
import { performance } from "node:perf_hooks";

import { startServer } from "../lib/server.mjs";
import { endless, short, spec } from "../lib/specs.mjs";
import { Client, percentile } from "./service_load.mjs";

const TIMES = 300;
const busy = spec(endless, { priority: 1000, seeds: 8 });

/* Ends runs as if they had been computed. */
const HISTORY = `
import random, sqlite3, sys
c = sqlite3.connect(sys.argv[1])
random.seed(1)
def end(run):
    bad = random.random() < 0.02
    hidden, m0 = random.random(), 10 ** random.uniform(4, 9)
    return ("failed" if bad else "succeeded", "diverged" if bad else "goal", 2000 + run, 3000 + run,
            int(random.uniform(1e3, 1e6)), random.random(), random.uniform(0.5, 1), m0,
            m0 * random.uniform(1e-6, 1e-4), m0 / 50, m0 / 1e6, random.uniform(0.1, 100), run)
runs = [r for (r,) in c.execute("SELECT id FROM run WHERE state = 'queued'")]
c.executemany("UPDATE run SET state = ?, outcome = ?, started = ?, finished = ?, last = 4, samples = ?, "
              "epochs = ?, test_accuracy = ?, m0 = ?, m1 = ?, m0_direct = ?, m1_direct = ?, seconds = ?, "
              "attempts = 1 WHERE id = ?", map(end, runs))
c.commit()`;

/* Few and many rows, of every kind of column, in orders with and without an index. */
const QUESTIONS = [
  ["state = succeeded", "-m0"],
  ["spec.network.hidden.0 >= 40 and tag = t3", "m0"],
  ["spec.network.hidden.0 = 17 and state = succeeded", "-test_accuracy,seed"],
  ["state in (failed, dead)", "-finished"],
  ["m0 between 1e6 and 1e7 and not name ~ 'number 1'", "-test_accuracy,seed"],
  ["test_accuracy > 0.9 or m1 < 1e3", "inefficiency_m0"],
  ["name = 'number 2' and spec.training.learning_rate.0 = 0.01", "-spec.network.hidden.0,m1"],
  ["test_accuracy >= 0.999", "epochs"],
  ["", "-created"],
];

export async function history(t, runs, long) {
  const server = await startServer(t);
  await server.order("/v1/workers", { draining: true }, "PATCH");
  const jobs = 20;
  for (let i = 0; i < jobs; i += 1) {
    await server.submit(spec(short, { name: `number ${i}`, tags: [`t${i}`],
      seeds: runs / jobs / 50, sweep: { "/network/hidden/0":
        Array.from({ length: 50 }, (_, k) => k + 1) } }));
  }
  server.checkEnd(await server.stop());
  execFileSync("python3", ["-c", HISTORY, path.join(server.place.data, "frugal.db")]);
  const full = await startServer(t, { place: server.place });
  if (long) await full.done((await full.submit(long)).id);
  await full.submit(busy);
  return full;
}

async function timed(client, at, ret = []) {
  const began = performance.now();
  const r = await client.send("GET", at);
  ret.push(performance.now() - began);
  assert.equal(r.status, 200, at);
  return r;
}

/* Milliseconds of 100 runs, each question page by page. */
export async function pages(server) {
  const client = new Client(server.url);
  const all = QUESTIONS.map(([filter, sort]) => {
    const at = `/v1/runs?limit=100&sort=${sort}&filter=${encodeURIComponent(filter)}`;
    return { at, next: at, times: [] };
  });
  for (let i = 0; i < TIMES; i += 1) {
    const q = all[i % all.length];
    const { next_cursor: cursor } = (await timed(client, q.next, q.times)).json();
    q.next = cursor && i < TIMES * 0.8 ? `${q.at}&cursor=${cursor}` : q.at;
  }
  client.close();
  if (process.env.VERBOSE) {
    all.forEach(({ at, times }) => console.log(decodeURIComponent(at), percentile(times, 0.5),
      percentile(times, 0.99)));
  }
  return all.flatMap(({ times }) => times);
}

/* A run with so many rows. */
export function longTrace(rows) {
  return spec(short, { network: { hidden: [4] }, evaluate: { every: 1 }, priority: 999,
    stop: { accuracy: null, epochs: null, samples: rows - 1 }, record: { weights: false } });
}

/* Milliseconds of a long trace reduced to so many points. */
export async function points(server, run, n) {
  const client = new Client(server.url);
  const times = [];
  for (let i = 0; i < TIMES; i += 1) {
    const at = `/v1/runs/${run}/trace?points=${n}&columns=samples,m0,m1,test_accuracy&x=${
      i % 2 ? "m0" : "samples"}`;
    const { columns } = (await timed(client, at, times)).json();
    assert.ok(columns.m0_min.length > n / 2);
  }
  client.close();
  return times;
}

/* Bytes per second of an answer that is not kept. */
export function rate(server, at) {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    let bytes = 0;
    http.get(server.url + at, { agent: false }, (answer) => {
      answer.on("data", (part) => { bytes += part.length; });
      answer.on("error", reject);
      answer.on("end", () => resolve(bytes / ((performance.now() - began) / 1000)));
    }).on("error", reject);
  });
}
