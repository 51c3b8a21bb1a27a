// make bench-service: how fast the service takes jobs and gets them done, while its workers
// train. Each figure is the median over the rounds, beside what it should reach.
//   ROUNDS=3     rounds
//   PARTS=work,swarm,submissions,places,reads,lists,throughput,restart,curves,idle,client,slow,others
//   QUEUED=100000 TRACE_ROWS=5000000   how much there is to get in the way
import fs from "node:fs";
import { performance } from "node:perf_hooks";
import { execFileSync, spawnSync } from "node:child_process";
import path from "node:path";

import { sleep, temporaryFolder, until } from "../lib/cleanup.mjs";
import { rest } from "../lib/contract.mjs";
import { frugal } from "../lib/paths.mjs";
import { startServer } from "../lib/server.mjs";
import { slowClients } from "../lib/slow.mjs";
import { hasSlurm, sbatch, startSlurm } from "../lib/slurm.mjs";
import { endless, short, spec } from "../lib/specs.mjs";
import { history, longTrace, pages, points, rate } from "./service_lists.mjs";
import { Client, crowd, percentile, readings, sequence, syncs } from "./service_load.mjs";
import { overhead, swarm as playSwarm } from "./service_workers.mjs";
import { line, median, short as digits } from "./table.mjs";

const ROUNDS = Number(process.env.ROUNDS || 3);
const QUEUED = Number(process.env.QUEUED || 100000);
const TRACE_ROWS = Number(process.env.TRACE_ROWS || 5e6);
const RUNS_OF_JOB = 10000;

rest(); // replies are not held against the contract here

const waits = spec(short, { priority: -10 });
const busy = spec(endless, { priority: 1000, seeds: 8 });
const trivial = spec(short, { network: { hidden: [1] }, seeds: 2000, priority: 5,
  stop: { accuracy: null, epochs: null, samples: 1 }, record: { weights: false } });

const figures = new Map(); // name -> {values, unit, aim}
function note(name, value, unit, aim) {
  if (!figures.has(name)) figures.set(name, { values: [], unit, aim });
  figures.get(name).values.push(value);
}

/* What the test library asks of a test. */
async function during(f) {
  let end = () => {};
  try {
    await f({ after: (g) => { end = g; } });
  } finally {
    await end();
  }
}

async function latencies(server, queued, sync) {
  const times = await sequence(server.url, waits, 400);
  const name = `submit, ${queued.toLocaleString("en")} queued`;
  note(`${name}: p50`, percentile(times, 0.5), "ms", `${digits(sync + 1)}`);
  note(`${name}: p99`, percentile(times, 0.99), "ms", "10");
}

async function fillQueue(client) {
  for (let n = 0; n < QUEUED; n += RUNS_OF_JOB) {
    await client.submit(spec(waits, { seeds: RUNS_OF_JOB }));
  }
}

async function submissions(t) {
  const server = await startServer(t);
  const sync = percentile(syncs(server.place.folder, 300), 0.5);
  note("fdatasync alone: p50", sync, "ms", "-");
  await server.submit(busy);
  const client = new Client(server.url);
  await client.submit(spec(waits, { seeds: 100 }));
  await latencies(server, 100, sync);
  const sweep = spec(waits, { seeds: 10, sweep: { "/network/hidden/0":
    Array.from({ length: 100 }, (_, i) => i + 1) } });
  for (let i = 0; i < 5; i += 1) note("a sweep of 1,000 runs", await client.submit(sweep), "ms", "60");
  note("submits from 8 clients", await crowd(server.url, waits, 8, 3), "/s", "1,500");
  await fillQueue(client);
  await latencies(server, QUEUED, sync);
  client.close();
}

/* A job of one run, again and again; the triggers of the schema count them. */
const JOBS = `
import sqlite3, sys
c = sqlite3.connect(sys.argv[1])
for i in range(int(sys.argv[2])):
    job = c.execute("INSERT INTO job (name, note, tags, dataset, spec, cells, priority, owner, "
                    "created) SELECT name, note, tags, dataset, spec, cells, priority, owner, "
                    "created FROM job WHERE id = 1").lastrowid
    c.execute("INSERT INTO run (job, cell, seed, params, state, created) "
              "SELECT ?, cell, seed, params, state, created FROM run WHERE job = 1", (job,))
c.commit()`;

/* The place of the last of many jobs of one owner, and the check of his quota. */
async function places(t) {
  for (const jobs of [100, QUEUED]) {
    const first = await startServer(t, { workers: 0 });
    await first.submit(waits);
    first.checkEnd(await first.stop());
    execFileSync("python3", ["-c", JOBS, path.join(first.place.data, "frugal.db"), String(jobs)]);
    const server = await startServer(t, { workers: 0, place: first.place,
      args: ["--waiting-per-owner", "1000000"] });
    const client = new Client(server.url);
    const queued = `${jobs.toLocaleString("en")} jobs queued`;
    for (const [name, at] of [["why", `/v1/runs/${jobs}/why`], ["GET run", `/v1/runs/${jobs}`]]) {
      const times = await readings(client, at, 100, (run) => run.place === jobs);
      note(`${name}, ${queued}: p50`, percentile(times, 0.5), "ms", "1");
    }
    client.close();
    const times = await sequence(server.url, waits, 100);
    note(`submit with a quota, ${queued}: p50`, percentile(times, 0.5), "ms", "-");
    server.checkEnd(await server.stop());
  }
}

/* Requests per second from 16 connections that stay open, while every processor trains; each
   reply must have that status. */
function load(url, status, headers = []) {
  const out = execFileSync("h2load", ["--h1", "-t1", "-c16", "-D3", ...headers, url],
    { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  const [, ...kinds] = /status codes: (\d+) 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx/.exec(out);
  const wrong = kinds.map(Number).filter((n, i) => i !== Math.floor(status / 100) - 2);
  if (wrong.some((n) => n > 0)) throw new Error(`${url}: ${out}`);
  return Number(/([\d.]+) req\/s/.exec(out)[1]);
}

async function reads(t) {
  const server = await startServer(t);
  await server.done((await server.submit(short)).id);
  await server.submit(busy);
  await sleep(500);
  for (const at of ["/v1/spec", "/v1/runs/1", "/v1/jobs/1"]) {
    const { headers: { etag } } = await server.request(at);
    note(`GET ${at}`, load(server.url + at, 200), "/s", "20,000");
    note(`GET ${at}, 304`, load(server.url + at, 304, ["-H", `If-None-Match: ${etag}`]), "/s",
      "20,000");
  }
}

async function finish(server, name, more = {}, aim = "500") {
  const began = performance.now();
  const { id } = await server.submit({ ...trivial, ...more });
  await server.done(id);
  note(name, trivial.seeds / ((performance.now() - began) / 1000), "/s", aim);
}

async function throughput(t) {
  const server = await startServer(t);
  await finish(server, "trivial runs");
  await finish(server, "trivial runs, each with its weights file", { record: {} }, "");
  await server.order("/v1/workers", { draining: true }, "PATCH");
  const client = new Client(server.url);
  await fillQueue(client);
  client.close();
  await server.order("/v1/workers", { draining: false }, "PATCH");
  await finish(server, `trivial runs, ${QUEUED.toLocaleString("en")} queued behind them`);
}

const ROWS = `
import sqlite3, sys
c = sqlite3.connect(sys.argv[1])
c.execute("PRAGMA journal_mode = WAL")
rows = int(sys.argv[2])
blob = bytes(8 * 24)
c.executemany("INSERT INTO trace (run, seq, value, seconds) VALUES (1, ?, ?, 0)",
              ((1000 + i, blob) for i in range(rows)))
c.commit()`;

async function restart(t) {
  const server = await startServer(t, { workers: 1 });
  await server.done((await server.submit(short)).id);
  server.checkEnd(await server.stop());
  execFileSync("python3", ["-c", ROWS, path.join(server.place.data, "frugal.db"),
    String(TRACE_ROWS)]);
  const full = await startServer(t, { place: server.place });
  await full.submit(busy);
  await full.submit(spec(waits, { seeds: 10000 }));
  await sleep(500);
  await full.kill();
  const began = performance.now();
  const again = await startServer(t, { place: server.place });
  const { status } = await again.request("/healthz");
  const rows = TRACE_ROWS.toLocaleString("en");
  note(`ready after kill -9, 10,000 queued, ${rows} rows`, performance.now() - began, "ms", "3,000");
  if (status !== 200) throw new Error(`healthz: ${status}`);
}

const LONG_TRACES = `
import sqlite3, struct, sys
c = sqlite3.connect(sys.argv[1])
for run, columns, last in c.execute("SELECT id, columns, last FROM run").fetchall():
    value, = c.execute("SELECT value FROM trace WHERE run = ? AND seq = ?", (run, last)).fetchone()
    top = struct.unpack(f"<{len(value) // 8}d", value)
    c.executemany("INSERT OR REPLACE INTO trace (run, seq, value, seconds) VALUES (?, ?, ?, 0)",
        ((run, seq, struct.pack(f"<{len(top)}d", *[x * (seq + 1) for x in top])) for seq in range(10000)))
    c.execute("UPDATE run SET last = 9999 WHERE id = ?", (run,))
c.commit()`;

/* Curves of 60 runs with 10,000 evaluations each. */
async function curves(t) {
  const server = await startServer(t);
  const { id } = await server.submit(spec(short, { seeds: 10,
    sweep: { "/network/hidden/0": [5, 6, 7, 8, 9, 10] } }));
  await server.done(id);
  server.checkEnd(await server.stop());
  execFileSync("python3", ["-c", LONG_TRACES, path.join(server.place.data, "frugal.db")]);
  const again = await startServer(t, { place: server.place });
  await again.submit(busy);
  const client = new Client(again.url);
  const time = async (name, query, aim) => {
    const began = performance.now();
    const r = await client.send("GET", `/v1/jobs/${id}/${query}`);
    note(name, performance.now() - began, "ms", aim);
    if (r.status !== 200) throw new Error(`${query}: ${r.status}`);
    return r.json();
  };
  for (let i = 0; i < 5; i += 1) {
    const { cells } = await time("curves of 60 x 10,000 evaluations, grid of 200", "curves?x=m0&per_decade=50", "50");
    if (cells[0].x.length < 190) throw new Error(`${cells[0].x.length} points`);
    await time("energy at a goal, 60 x 10,000 evaluations", "summary?at=samples%3E=1e9", "-");
  }
  client.close();
}

async function idle(t) {
  const server = await startServer(t);
  await sleep(500);
  const used = () => fs.readFileSync(`/proc/${server.pid}/stat`, "utf8").split(" ").slice(13, 15)
    .reduce((a, b) => a + Number(b), 0);
  const before = used();
  await sleep(4000);
  note("idle: processor", (used() - before) / 4, "%", "0");
  const status = fs.readFileSync(`/proc/${server.pid}/status`, "utf8");
  note("idle: memory", Number(/^VmRSS:\s+(\d+)/m.exec(status)[1]) / 1024, "MiB", "20");
}

/* A good client beside two hundred that drip headers or bodies, or never read. */
async function slow(t) {
  const server = await startServer(t);
  await server.done((await server.submit(short)).id);
  await server.submit(busy);
  const clients = slowClients(server.port, { header: 100, body: 50, deaf: 50 });
  const client = new Client(server.url);
  await until(() => clients.connected >= 200, "two hundred slow clients");
  for (const at of ["/v1/jobs", "/v1/runs/1/trace"]) {
    const times = await readings(client, at, 2000, () => true);
    note(`GET ${at} beside 200 slow clients: p99`, percentile(times, 0.99), "ms", "50");
  }
  const times = await sequence(server.url, waits, 500);
  note("submit beside 200 slow clients: p99", percentile(times, 0.99), "ms", "50");
  client.close();
  clients.close();
}

/* Milliseconds for each of fifty. */
function each(f) {
  const began = performance.now();
  for (let i = 0; i < 50; i += 1) f();
  return (performance.now() - began) / 50;
}

/* What Slurm's queue gets done, of tasks that do nothing. */
async function array(slurm, tasks) {
  const began = performance.now();
  const id = sbatch(slurm, "true", `--array=1-${tasks}`);
  const left = () => execFileSync("squeue", ["-h", "-t", "PD,R,CG", "-j", String(id)], { env: slurm }).length;
  await until(() => left() === 0, "the end of an array of tasks", 120000, 200);
  note(`sbatch --array, ${tasks} tasks of true`, tasks / ((performance.now() - began) / 1000), "/s", "-");
}

/* The client, each time a process of its own, while nothing is computed. */
async function client(t) {
  const server = await startServer(t, { workers: 0 });
  const file = path.join(server.place.folder, "spec.json");
  fs.writeFileSync(file, JSON.stringify(waits));
  const env = { ...process.env, FRUGAL_SERVER: server.url };
  const run = (...args) => execFileSync(frugal, args, { env, stdio: "pipe" });
  run("submit", "-q", "--seeds", "100", file);
  note("frugal --version", each(() => run("--version")), "ms", "-");
  note("frugal submit", each(() => run("submit", "-q", file)), "ms", "20");
  note("frugal ls of 100 runs", each(() => run("ls", "--runs", "-n", "100")), "ms", "30");
}

/* From a shell, beside what Debian has for such a purpose; not durable there. */
async function others(t) {
  const folder = temporaryFolder();
  const env = { ...process.env, TMPDIR: folder, TS_SOCKET: path.join(folder, "tsp") };
  const run = (command, ...args) => execFileSync(command, args, { env, stdio: "pipe" });
  if (!spawnSync("tsp", ["-h"]).error) {
    note("tsp true, from a shell", each(() => run("tsp", "-n", "true")), "ms", "-");
    run("tsp", "-K");
  }
  if (hasSlurm) {
    const slurm = await startSlurm(t);
    note("sbatch true, from a shell", each(() => sbatch(slurm, "true", "--hold")), "ms", "-");
    await array(slurm, 20);
  }
}

async function lists(t) {
  const rows = 100000;
  for (const [runs, aim] of [[10000, "10"], [100000, "15"]]) {
    const server = await history(t, runs, runs === 10000 && longTrace(rows));
    const name = `100 of ${runs.toLocaleString("en")} runs, filtered and sorted`;
    const times = await pages(server);
    note(`${name}: p50`, percentile(times, 0.5), "ms", "");
    note(`${name}: p99`, percentile(times, 0.99), "ms", aim);
    if (runs > 10000) continue;
    const chart = await points(server, runs + 1, 2000);
    note(`a trace of ${rows.toLocaleString("en")} rows as 2,000 points: p50`,
      percentile(chart, 0.5), "ms", "");
    note(`a trace of ${rows.toLocaleString("en")} rows as 2,000 points: p99`,
      percentile(chart, 0.99), "ms", "15");
    note("export of that trace", await rate(server, `/v1/export?filter=id%3D${runs + 1}`) / 2 ** 20,
      "MiB/s", "");
  }
}

/* A run through a worker elsewhere, beside one on a thread. */
async function work(t) {
  const [thread, remote] = await overhead(t);
  note("a run on a thread", thread, "ms", "-");
  note("what it takes longer through a worker elsewhere", remote - thread, "ms", "5");
}

/* A thousand workers, each with a row a second. */
async function swarm(t) {
  const { api, rows } = await playSwarm(t);
  note("1,000 workers: p50 of the API", percentile(api, 0.5), "ms", "-");
  note("1,000 workers: p99 of the API", percentile(api, 0.99), "ms", "50");
  note("1,000 workers: p99 of a row", percentile(rows, 0.99), "ms", "-");
}

const PARTS = { work, swarm, submissions, places, reads, lists, throughput, restart, curves, idle, client, slow,
  others };
const wanted = (process.env.PARTS || Object.keys(PARTS).join()).split(",");
for (let round = 1; round <= ROUNDS; round += 1) {
  for (const part of wanted) await during(PARTS[part]);
}
console.log(line("", ["median", "", "to reach"]).replace(/^ {26}/, " ".repeat(52)));
for (const [name, { values, unit, aim }] of figures) {
  console.log(name.padEnd(52) + line("", [digits(median(values)), unit.padEnd(4), aim]).slice(26));
}
process.exit(0);
