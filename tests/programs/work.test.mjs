// Runs that are computed by processes elsewhere, with the bits that threads of the server give,
// whatever happens to the processes, the server and what is between them.
import assert from "node:assert/strict";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import test from "node:test";
import { token } from "../lib/accounts.mjs";
import { defer, plainEnvironment, sleep, spawnChild, until, within } from "../lib/cleanup.mjs";
import * as paths from "../lib/paths.mjs";
import { leftBy, startWorker, stopWorker } from "../lib/remote.mjs";
import { startServer, workspace } from "../lib/server.mjs";
import { endless, long, short, spec } from "../lib/specs.mjs";

const ROUNDS = Number(process.env.FRUGAL_WORKER_ENDS ?? 6);
const RULES = [{}, { gate: "wrong" }, { compete: { fraction: 0.1 } },
  { compete: { by: "weight", count: 20 } }, { subnet: { units: 10 } },
  { mask: { fraction: 0.2, redraw: "sample" } }, { cache: { threshold: 0.01 } }];
const WORK = spec(short, { seeds: 3, network: { hidden: [20] }, energy: { exponents: [0.5] },
  sweep: { "/plasticity": RULES } });
const SLOW = spec(long, { network: { hidden: [40] }, evaluate: { every: 5000 },
  sweep: { "/plasticity": RULES.slice(0, 5) },
  stop: { accuracy: null, epochs: null, samples: 60000 } });
/* One run of some seconds, of which there is always enough left to interrupt. */
const STEADY = spec(long, { network: { hidden: [300] }, evaluate: { every: 5000 },
  stop: { accuracy: null, epochs: null, samples: 400000 } });

/* What threads make of a job, computed once. */
const made = new Map();
async function byThreads(t, job) {
  if (made.has(job)) return made.get(job);
  const server = await startServer(t);
  await server.submit(job);
  await server.done(1);
  made.set(job, await leftBy(server));
  assert.ok(Object.values(made.get(job)).every((run) => run.state === "succeeded"));
  await server.stop();
  return made.get(job);
}

const row = (server, run, n = 1) => until(async () =>
  (await server.get(`/v1/runs/${run}`)).results?.samples >= n, `a row of run ${run}`);

test("many runs by three workers and a thread are those of threads", async (t) => {
  const wanted = await byThreads(t, WORK);
  const server = await startServer(t, { workers: 1 });
  const workers = [1, 2, 3].map(() => startWorker(t, server, { idle: "1s" }));
  await until(async () => (await server.get("/v1/workers")).remote === 3, "the workers");
  await server.submit(WORK);
  await server.done(1);
  assert.deepEqual(await leftBy(server), wanted);
  for (const worker of workers) assert.deepEqual(await worker.ended(), { code: 0, signal: null });
  const fetched = workers.filter((worker) => /was fetched from the server/.test(worker.log));
  assert.equal(fetched.length, 1, "the data set came once for all of them");
  assert.ok(workers.every((worker) => /: succeeded/.test(worker.log)));
  assert.equal((await server.get("/v1/workers")).remote, 0, "they have said farewell");
});

test("stopped again and again, workers give their runs back and lose nothing", async (t) => {
  const wanted = await byThreads(t, SLOW);
  const server = await startServer(t, { workers: 0 });
  await server.submit(SLOW);
  for (let i = 0; i < ROUNDS && !(await server.get("/v1/jobs/1")).finished; i += 1) {
    const workers = [startWorker(t, server), startWorker(t, server)];
    await sleep(300 + 50 * (i % 5));
    for (const worker of workers) await stopWorker(worker);
    assert.equal((await server.get("/v1/jobs/1")).runs.running, 0, "given back in time");
  }
  startWorker(t, server);
  await server.done(1);
  assert.deepEqual(await leftBy(server), wanted);
  let resumed = 0;
  for (const run of Object.keys(wanted)) {
    const { items } = await server.get(`/v1/runs/${run}/attempts`);
    resumed += items.filter((a) => a.resumed !== null).length;
    for (const [i, a] of items.entries()) { // one that had hardly begun has nothing to leave
      assert.ok(i === 0 || a.resumed !== null || items[i - 1].seconds < 0.1, `run ${run} began anew`);
    }
  }
  assert.ok(resumed > 0);
});

test("killed, a worker is missed, and its run goes on elsewhere", async (t) => {
  const wanted = await byThreads(t, STEADY);
  const server = await startServer(t, { workers: 0,
    args: ["--lease-seconds", "3", "--checkpoint-seconds", "0"] });
  await server.submit(STEADY);
  const first = startWorker(t, server);
  await row(server, 1, 10000);
  first.signal("SIGKILL");
  startWorker(t, server);
  await server.done(1);
  assert.deepEqual(await leftBy(server), wanted);
  const { items } = await server.get("/v1/runs/1/attempts");
  assert.match(items[0].reason, /its worker on \S+ was not heard of any more/);
  assert.match(server.log, /was silent for \d s: run 1 goes on elsewhere/);
  assert.ok(items[1].resumed >= 0);
});

test("frozen for longer than its lease, a worker finds that its run is not its own", async (t) => {
  const wanted = await byThreads(t, STEADY);
  const server = await startServer(t, { workers: 0,
    args: ["--lease-seconds", "3", "--checkpoint-seconds", "0"] });
  await server.submit(STEADY);
  const first = startWorker(t, server);
  await row(server, 1, 10000);
  first.signal("SIGSTOP");
  await until(async () => (await server.get("/v1/runs/1")).state === "queued", "the end of its lease");
  const second = startWorker(t, server);
  await row(server, 1, 10000);
  first.signal("SIGCONT");
  await until(() => /run 1: the run is no longer this worker's/.test(first.log), "what it says");
  assert.match(server.log, /was silent for \d s: run 1 goes on elsewhere/);
  await server.done(1);
  assert.deepEqual(await leftBy(server), wanted);
  for (const worker of [first, second]) await stopWorker(worker);
});

test("the server killed and stopped while workers are at work", async (t) => {
  const wanted = await byThreads(t, SLOW);
  let server = await startServer(t, { workers: 0 });
  const listen = `127.0.0.1:${server.port}`;
  await server.submit(SLOW);
  const worker = startWorker(t, server);
  for (const how of ["kill", "stop", "kill"]) {
    await until(async () => (await server.get("/v1/workers")).remote_busy === 1, "a run at work");
    await server[how]();
    await sleep(500);
    server = await startServer(t, { place: server.place, workers: 0, listen });
  }
  await server.done(1);
  assert.deepEqual(await leftBy(server), wanted);
  for (const run of Object.keys(wanted)) {
    assert.equal((await server.get(`/v1/runs/${run}`)).attempts, 1, "nothing was given back");
  }
  assert.match(worker.log, /trying again/);
  assert.match(worker.log, /the server answers again/);
  await stopWorker(worker);
});

/* Between workers and a server, until it is cut. */
async function proxy(t, port) {
  const sockets = new Set();
  let cut = false;
  const listening = net.createServer((socket) => {
    if (cut) return socket.destroy();
    const there = net.connect(port, "127.0.0.1");
    for (const [a, b] of [[socket, there], [there, socket]]) {
      sockets.add(a);
      a.pipe(b);
      a.on("error", () => b.destroy());
      a.on("close", () => { sockets.delete(a); b.destroy(); });
    }
    return null;
  });
  await new Promise((resolve) => { listening.listen(0, "127.0.0.1", resolve); });
  const end = () => sockets.forEach((socket) => socket.destroy());
  defer(t, () => { end(); listening.close(); });
  return { url: `http://127.0.0.1:${listening.address().port}`,
    cut: (yes) => { cut = yes; if (yes) end(); } };
}

test("the network cut for a while, at any moment", async (t) => {
  const wanted = await byThreads(t, SLOW);
  const server = await startServer(t, { workers: 0 });
  const between = await proxy(t, server.port);
  await server.submit(SLOW);
  const worker = startWorker(t, server, { url: between.url });
  for (let i = 0; i < ROUNDS && !(await server.get("/v1/jobs/1")).finished; i += 1) {
    await sleep(130 + 37 * i);
    between.cut(true);
    await sleep(i === 2 ? 3000 : 100);
    between.cut(false);
  }
  await server.done(1);
  assert.deepEqual(await leftBy(server), wanted);
  for (const run of Object.keys(wanted)) {
    assert.equal((await server.get(`/v1/runs/${run}`)).attempts, 1, "nothing was given back");
  }
  await stopWorker(worker);
});

test("cancelled at a worker, a run ends there", async (t) => {
  const server = await startServer(t, { workers: 0 });
  await server.submit(endless);
  const worker = startWorker(t, server);
  await row(server, 1);
  await server.order("/v1/jobs/1/cancel");
  await until(async () => (await server.get("/v1/runs/1")).state === "cancelled", "its end");
  await server.submit(short);
  await server.done(2);
  await stopWorker(worker);
});

test("a run that waits for its data set, one that fails, and a verification", async (t) => {
  const server = await startServer(t, { workers: 1 });
  await server.submit(short);
  await server.done(1);
  await server.stop();
  const { place } = server;
  const [tiny, later] = ["tiny", "later"].map((name) => path.join(place.datasets, name));
  fs.cpSync(tiny, later, { recursive: true });
  const again = await startServer(t, { place, workers: 0 });
  startWorker(t, again);
  await again.order("/v1/runs/1/verify");
  await until(async () => (await again.get("/v1/runs/1")).verified?.finished, "a verification");
  assert.equal((await again.get("/v1/runs/1")).verified.state, "same");
  await again.order("/v1/workers", { draining: true }, "PATCH");
  await again.submit(spec(short, { dataset: "later" }));
  await again.stop();
  fs.renameSync(later, `${place.folder}/aside`);
  const last = await startServer(t, { place, workers: 0, listen: `127.0.0.1:${again.port}` });
  await until(async () => /waits for data set "later"/.test((await last.get("/v1/runs/2/why")).why),
    "a run that waits");
  fs.renameSync(`${place.folder}/aside`, later);
  assert.equal((await last.done(2)).state, "succeeded");
  await last.submit(spec(short, { training: { learning_rate: 100 } }));
  await last.done(3);
  assert.equal((await last.get("/v1/runs/3")).outcome, "diverged");
});

test("a cache that was damaged is fetched anew", async (t) => {
  const server = await startServer(t, { workers: 0 });
  await server.submit(short);
  const first = startWorker(t, server, { args: ["--runs", "1"] });
  assert.deepEqual(await first.ended(), { code: 0, signal: null });
  const cache = path.join(server.place.folder, "cache");
  const [key] = fs.readdirSync(cache).filter((name) => !name.startsWith("."));
  const file = path.join(cache, key, fs.readdirSync(path.join(cache, key))
    .find((name) => name.startsWith("train-labels")));
  const bytes = fs.readFileSync(file);
  bytes[bytes.length >> 1] ^= 1;
  fs.writeFileSync(file, bytes);
  await server.submit(short);
  const second = startWorker(t, server, { args: ["--runs", "1"] });
  assert.deepEqual(await second.ended(), { code: 0, signal: null });
  assert.match(second.log, /tiny is damaged in .*; it is fetched again/);
  const csv = async (run) => (await server.request(`/v1/runs/${run}/trace?format=csv`)).text;
  assert.equal(await csv(2), await csv(1));
});

test("a worker that is refused says why", async (t) => {
  const place = workspace(t);
  const server = await startServer(t, { place, workers: 0, args: ["--require-tokens"] });
  const good = await token(place, "cluster", "--role", "worker");
  const file = path.join(place.folder, "token");
  const run = async (text, pattern, code, args = []) => {
    fs.writeFileSync(file, text);
    const worker = startWorker(t, server, { idle: "1s", args: ["--token-file", file, ...args] });
    assert.deepEqual(await worker.ended(), { code, signal: null }, worker.log);
    assert.match(worker.log, pattern);
  };
  await run(`${good}\n`, /worker \S+ of http/, 0);
  await run(`${good.slice(0, -1)}${good.endsWith("A") ? "B" : "A"}\n`, /a valid token is needed/, 77);
  await run("nonsense", /this is no token of frugal/, 66);
  await run("", /the file is empty/, 66);
  await run(await token(place, "rita", "--role", "reader"), /this needs the role worker/, 77);
  const child = spawnChild(paths.frugald, ["token", "revoke", good.slice(4, 12), "--data-dir",
    place.data], { env: plainEnvironment(), stdio: "ignore" });
  await within(10000, child.ended, "a token revoked");
  await run(good, /a valid token is needed/, 77);
  const nobody = startWorker(t, server, { url: "http://127.0.0.1:9", idle: "1s" });
  assert.equal((await nobody.ended()).code, 69);
  assert.match(nobody.log, /no answer from http:\/\/127.0.0.1:9/);
  const wrong = startWorker(t, server, { url: "nonsense" });
  assert.equal((await wrong.ended()).code, 64);
});

test("a token that is revoked while its worker is at work ends that, not the run", async (t) => {
  const place = workspace(t);
  const server = await startServer(t, { place, workers: 0,
    args: ["--lease-seconds", "3", "--checkpoint-seconds", "0"] });
  const file = path.join(place.folder, "token");
  const secret = await token(place, "cluster", "--role", "worker");
  fs.writeFileSync(file, secret);
  await server.submit(endless);
  const worker = startWorker(t, server, { args: ["--token-file", file] });
  await row(server, 1);
  const reply = await server.request(`/v1/tokens/${secret.slice(4, 12)}`, { method: "DELETE" });
  assert.equal(reply.status, 200);
  assert.equal((await worker.ended()).code, 77, worker.log);
  await until(async () => (await server.get("/v1/runs/1")).state === "queued", "given back");
  startWorker(t, server);
  await until(async () => (await server.get("/v1/runs/1/attempts")).items[1]?.resumed >= 0, "more");
  await server.order("/v1/jobs/1/cancel");
});
