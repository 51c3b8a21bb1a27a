// A disk that is full, and one that fails: nothing that was accepted is lost.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { sleep, until, within } from "../lib/cleanup.mjs";
import { clientOf } from "../lib/client.mjs";
import { idx, numbers } from "../lib/idx.mjs";
import { allow, startMirror, wanted } from "../lib/mirror.mjs";
import { runServer, serverArgs, startServer, workspace } from "../lib/server.mjs";
import { fill, noSmallDisks, smallDisk } from "../lib/small_disk.mjs";
import { endless, long, short, spec } from "../lib/specs.mjs";

const seed = Number(process.env.FRUGAL_SEED ?? 1);
const CYCLES = Number(process.env.FRUGAL_DISK_CYCLES ?? 3);
const FAULTS = Number(process.env.FRUGAL_FAULTS ?? 16);

const csv = async (server, run) =>
  (await server.request(`/v1/runs/${run}/trace?format=csv`)).text;

const runsOf = async (server, job) => (await server.get(`/v1/runs?job=${job}`)).items;

/* What must be so for as long as the disk is full. */
async function checkFull(server, job) {
  for (let i = 0; i < 5; i += 1) {
    const r = await server.post(short);
    assert.equal(r.status, 507, r.text);
    assert.match(r.json().detail, /disk of the server is full/);
    for (const at of ["/v1/jobs", `/v1/jobs/${job}`, `/v1/runs?job=${job}`, `/v1/jobs/${job}/summary`]) {
      assert.equal((await server.request(at)).status, 200, at);
    }
    assert.ok((await server.get("/v1/workers")).disk_full);
    for (const run of await runsOf(server, job)) {
      assert.equal((await server.request(`/v1/runs/${run.id}/trace`)).status, 200);
      const { state, why, disk_full: full } = await server.get(`/v1/runs/${run.id}/why`);
      assert.ok(full);
      if (state === "queued") assert.match(why, /disk of the server is full/);
    }
    await sleep(50);
  }
}

/* Submits until the answer is this one; jobs that are taken meanwhile count as accepted. */
function submitUntil(server, status, accepted) {
  return until(async () => {
    const r = await server.post(short);
    if (r.status === 201) accepted.add(r.json().id);
    return r.status === status;
  }, `${status} for a job`);
}

async function purge(server, job) {
  for (const query of ["", "?purge=1"]) {
    const r = await server.request(`/v1/jobs/${job}${query}`, { method: "DELETE" });
    assert.ok([200, 202].includes(r.status), `${r.status}: ${r.text}`);
  }
  assert.equal((await server.request(`/v1/jobs/${job}`)).status, 404);
}

test("disk full: 507, reads go on, runs wait, and all goes on when there is space",
  { timeout: 2400000, skip: noSmallDisks }, async (t) => {
    const work = spec(long, { seeds: 4, evaluate: { every: 200 },
      stop: { accuracy: null, epochs: null, samples: 150000 } });
    const whole = await startServer(t);
    await whole.submit(work);
    await whole.done(1);
    const wanted = await Promise.all([1, 2, 3, 4].map((run) => csv(whole, run)));

    const place = workspace(t);
    const disk = await smallDisk(t, place);
    const start = () => startServer(t, { place, wrap: disk.wrap });
    let server = await start();
    const accepted = new Set();
    let { id: old } = await server.submit(spec(work, { seeds: 1 }));
    await server.done(old);
    for (let cycle = 0; cycle < CYCLES; cycle += 1) {
      const { id } = await server.submit(work);
      accepted.add(id);
      await until(async () => (await runsOf(server, id)).some((run) => run.results),
        "a run at work");
      const filled = [fill(disk.path)];
      await submitUntil(server, 507, accepted);
      await until(async () => (await runsOf(server, id)).every((run) =>
        run.state !== "running" || run.progress.samples === work.stop.samples),
      "runs that give way, but for those at their end");
      await checkFull(server, id);

      const end = ["SIGTERM", "SIGKILL", null][cycle % 3];
      if (end) {
        const ended = await server.stop(end);
        if (end === "SIGTERM") server.checkEnd(ended);
        if (cycle % 2) filled.push(fill(disk.path, "more"));
        server = await start(); // which may have made space: it folds its log
        filled.push(fill(disk.path, "still more"));
        await submitUntil(server, 507, accepted);
        await checkFull(server, id);
      }
      await purge(server, old);
      for (const empty of filled) empty();
      await submitUntil(server, 201, accepted);
      for (const job of accepted) assert.equal((await server.done(job)).state, "succeeded");
      const runs = await runsOf(server, id);
      for (const run of runs) assert.equal(await csv(server, run.id), wanted[run.seed - 1]);
      const copy = await server.order("/v1/backups"); // which checks every page
      assert.equal(copy.status, 201, copy.text);
      fs.rmSync(path.join(disk.path, "backups"), { recursive: true });
      const jobs = await server.all("/v1/jobs?limit=500");
      assert.deepEqual(new Set(jobs.map((job) => job.id)), accepted);
      accepted.delete(id);
      old = id;
      for (const job of accepted) await purge(server, job);
      accepted.clear();
    }
  });

test("a full disk without any reserve left: the server starts, reads go on, runs wait",
  { skip: noSmallDisks }, async (t) => {
    const place = workspace(t);
    const disk = await smallDisk(t, place);
    const first = await startServer(t, { place, wrap: disk.wrap });
    const { id } = await first.submit(spec(long, { seeds: 3 }));
    await until(async () => (await runsOf(first, id)).some((run) => run.results),
      "a run at work");
    await first.kill();
    fs.rmSync(path.join(disk.path, "reserve"));
    const empty = fill(disk.path);
    const server = await startServer(t, { place, wrap: disk.wrap });
    await checkFull(server, id);
    for (const run of await runsOf(server, id)) {
      assert.match((await server.get(`/v1/runs/${run.id}/why`)).why, /disk of the server is full/);
    }
    empty();
    assert.equal((await server.done(id)).state, "succeeded");
    assert.ok(fs.statSync(path.join(disk.path, "reserve")).size > 0);
  });

test("a checkpoint that is larger than what is free: done without, nobody is kept waiting",
  { skip: noSmallDisks, timeout: 300000 }, async (t) => {
    const place = workspace(t);
    const disk = await smallDisk(t, place, "40m");
    const server = await startServer(t, { place, wrap: disk.wrap,
      args: ["--checkpoint-seconds", "1"] });
    await until(() => fs.statSync(path.join(disk.path, "reserve")).size > 0, "the reserve");
    fill(disk.path);
    const ballast = path.join(disk.path, "ballast");
    fs.truncateSync(ballast, fs.statSync(ballast).size - (6 << 20));
    const large = spec(short, { network: { hidden: [20000] }, record: { weights: false },
      evaluate: { every: 1000 }, stop: { accuracy: null, epochs: null, samples: 8000 } });
    const { id } = await server.submit(large);
    await until(() => server.log.includes("no room for its state"), "a checkpoint");
    const other = await server.submit(short);
    assert.equal((await server.done(other.id)).state, "succeeded");
    assert.equal((await server.done(id, 240000)).state, "succeeded");
    assert.equal((await server.get("/v1/workers")).disk_full, false);
  });

test("the client on a full disk: a sentence, and 9", { skip: noSmallDisks }, async (t) => {
  const place = workspace(t);
  const disk = await smallDisk(t, place);
  const server = await startServer(t, { place, wrap: disk.wrap });
  const client = clientOf(server);
  const { id } = await server.submit(spec(long, { seeds: 3 }));
  fill(disk.path);
  await submitUntil(server, 507, new Set());
  const { code, out, err } = await client("submit", "-", { input: JSON.stringify(short) });
  assert.deepEqual([code, out], [9, ""]);
  assert.match(err, /^frugal: the disk of the server is full/);
  const waits = (await runsOf(server, id)).at(-1).id;
  assert.match((await client("why", String(waits))).out, /the disk of the server is full/);
  assert.match((await client("admin", "workers")).out, /disk full/);
});

test("a disk on which nothing can be written at all: 73, and a sentence that names it",
  { skip: noSmallDisks }, async (t) => {
    const place = workspace(t);
    const disk = await smallDisk(t, place);
    const empty = fill(disk.path);
    const start = async (words) => {
      const { code, out, err } = await runServer(serverArgs(place), { wrap: disk.wrap });
      assert.deepEqual([code, out], [73, ""], err);
      assert.ok(err.includes(`frugald: data directory ${place.data}: `), err);
      assert.match(err, words);
    };
    await start(/its disk is full; make space and start again/);
    empty();
    const server = await startServer(t, { place, wrap: disk.wrap });
    server.checkEnd(await server.stop());
    disk.readOnly();
    await start(/Read-only file system/);
  });

test("disk full midway of a data set: 507, or no_space, nothing left, and jobs go on",
  { timeout: 120000, skip: noSmallDisks }, async (t) => {
    const place = workspace(t);
    const disk = await smallDisk(t, place);
    const large = idx([400000, 8, 8], Buffer.alloc(25600000, 7)); // more than the disk
    const mirror = await startMirror(t, "127.0.0.2", (_, response) => response.end(large));
    const server = await startServer(t, { place, wrap: disk.wrap, args: allow(mirror) });
    const folder = path.join(disk.path, "datasets", ".new");
    const isEmpty = () => fs.readdirSync(folder).length === 0;
    const put = await server.request("/v1/datasets/large/train_images", { method: "PUT",
      body: large, headers: { "Content-Type": "application/octet-stream" } });
    assert.equal(put.status, 507, put.text);
    assert.match(put.json().detail, /disk of the server is full/);
    await until(isEmpty, "an empty folder");
    assert.equal((await server.request("/v1/datasets/large")).status, 404);

    await until(async () => (await server.post(short)).status === 201, "a job that is taken");
    const r = await server.order("/v1/datasets", wanted(mirror, "large"));
    assert.equal(r.status, 202, r.text);
    const set = await until(async () => {
      const now = await server.get("/v1/datasets/large");
      return now.state === "failed" && now;
    }, "the failure");
    assert.equal(set.error, "fetch_failed: no_space");
    await until(isEmpty, "an empty folder");
    await until(async () => (await server.post(short)).status === 201, "a job that is taken");
    for (const job of (await server.get("/v1/jobs")).items) {
      assert.equal((await server.done(job.id)).state, "succeeded");
    }
  });

const faulty = (place, syscalls, error, when) => ["strace", "-D", "-f", "-qq", "-o",
  path.join(place.folder, "strace.log"), "-e", `trace=${syscalls}`,
  "-e", `inject=${syscalls}:error=${error}:when=${when}`];

/* With a store that is there, so that faults are counted from after its making. */
async function prepared(t) {
  const place = workspace(t);
  const server = await startServer(t, { place });
  server.checkEnd(await server.stop());
  return place;
}

/* Submits until the server ends or enough is done; returns the jobs that it has accepted. */
async function work(server, jobs) {
  const accepted = [];
  for (let i = 0; i < jobs && server.running(); i += 1) {
    const r = await server.post(spec(short, { name: `job ${i}` })).catch(() => null);
    if (r?.status === 201) accepted.push(r.json().id);
    else assert.ok(r === null || [422, 500, 503, 507].includes(r.status), r?.text); // 422: of the data set
  }
  return accepted;
}

/* On a healthy disk: everything accepted is there and comes to its end. */
async function checkKept(t, place, accepted, what) {
  const server = await startServer(t, { place });
  for (const id of accepted) assert.equal((await server.done(id)).state, "succeeded", what);
  server.checkEnd(await server.stop());
}

test("an fsync that fails: the server stops with 74 and has acknowledged nothing of it",
  { timeout: 120000 }, async (t) => {
    for (const when of [14, 21, 30]) {
      const place = await prepared(t);
      const server = await startServer(t, { place,
        wrap: faulty(place, "fdatasync,fsync", "EIO", when) });
      const accepted = await work(server, 100);
      const { code } = await server.ended(10000);
      assert.equal(code, 74, server.log);
      assert.match(server.log, /nothing that was acknowledged is lost/);
      assert.ok(accepted.length > 0 && accepted.length < 100, `${accepted.length} accepted`);
      await checkKept(t, place, accepted, `fsync ${when}`);
    }
  });

test("a disk that fails is no fault of the runs at work", async (t) => {
  const place = await prepared(t);
  const first = await startServer(t, { place,
    wrap: faulty(place, "fdatasync,fsync", "EIO", "20+") });
  await first.submit(spec(endless, { seeds: 1 }));
  assert.equal((await first.ended(30000)).code, 74, first.log);
  const server = await startServer(t, { place, workers: 0 });
  const [attempt] = (await server.get("/v1/runs/1/attempts")).items;
  assert.deepEqual([attempt.state, attempt.reason], ["interrupted", "the server stopped"]);
  assert.doesNotMatch(server.log, /without notice/);
});

test("any call that fails once: no hang, and what was accepted is kept",
  { timeout: 4600000 }, async (t) => {
    t.diagnostic(`FRUGAL_SEED=${seed}`);
    const next = numbers(seed);
    for (let i = 0; i < FAULTS; i += 1) {
      const call = ["pwrite64", "fdatasync", "ftruncate", "openat"][i % 4];
      const error = ["EIO", "ENOSPC", "EDQUOT"][(i >> 2) % 3];
      const when = 1 + next(call === "pwrite64" ? 300 : 40);
      const what = `${call} ${error} ${when}`;
      const place = workspace(t);
      const server = await startServer(t, { place, wrap: faulty(place, call, error, when) })
        .catch((reason) => assert.match(reason.message, /ended with \d+ before/) ?? null);
      let accepted = [];
      if (server) {
        accepted = await work(server, 10);
        for (const id of accepted) await server.done(id, 10000).catch(() => null);
        server.signal("SIGKILL");
        await within(10000, server.ended(), what);
      }
      await checkKept(t, place, accepted, what);
    }
  });
