// A disk that is full, and one that fails: nothing that was accepted is lost.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { sleep, until, within } from "../lib/cleanup.mjs";
import { fill, noMounts, smallDisk } from "../lib/disk.mjs";
import { numbers } from "../lib/idx.mjs";
import { startServer, workspace } from "../lib/server.mjs";
import { long, short, spec } from "../lib/specs.mjs";

const seed = Number(process.env.FRUGAL_SEED ?? 1);
const CYCLES = Number(process.env.FRUGAL_DISK_CYCLES ?? 3);
const FAULTS = Number(process.env.FRUGAL_FAULTS ?? 16);

const csv = async (server, run) =>
  (await server.request(`/v1/runs/${run}/trace?format=csv`)).text;

test("disk full: 507, reads go on, runs wait, and all goes on when there is space",
  { timeout: 2400000, skip: noMounts }, async (t) => {
    const work = spec(long, { seeds: 2, evaluate: { every: 200 },
      stop: { accuracy: null, epochs: null, samples: 150000 } });
    const whole = await startServer(t);
    await whole.submit(work);
    await whole.done(1);
    const wanted = [await csv(whole, 1), await csv(whole, 2)];

    const place = workspace(t);
    fs.mkdirSync(place.data);
    const server = await startServer(t, { place, wrap: smallDisk(place) });
    const disk = path.join("/proc", String(server.pid), "root", place.data);
    const accepted = [];
    for (let cycle = 0; cycle < CYCLES; cycle += 1) {
      const { id } = await server.submit(work);
      accepted.push(id);
      await until(async () => (await server.get(`/v1/runs?job=${id}`)).items
        .some((run) => run.results), "a run at work");
      const empty = fill(disk);
      await until(async () => {
        const r = await server.post(short);
        if (r.status === 201) accepted.push(r.json().id);
        return r.status === 507;
      }, "507");
      for (let i = 0; i < 10; i += 1) {
        const r = await server.post(short);
        assert.equal(r.status, 507, r.text);
        assert.match(r.json().detail, /disk of the server is full/);
        for (const at of ["/v1/jobs", "/v1/runs/1", "/v1/runs/1/trace", `/v1/jobs/${id}/summary`]) {
          assert.equal((await server.request(at)).status, 200, at);
        }
        await sleep(100);
      }
      await until(async () => (await server.get("/v1/workers")).disk_full, "workers that wait");
      empty();
      await until(async () => {
        const r = await server.post(short);
        if (r.status === 201) accepted.push(r.json().id);
        return r.status === 201;
      }, "space");
      for (const job of accepted) assert.equal((await server.done(job)).state, "succeeded");
      const runs = (await server.get(`/v1/runs?job=${id}`)).items;
      for (const run of runs) assert.equal(await csv(server, run.id), wanted[run.seed - 1]);
      const copy = await server.order("/v1/backups"); // which checks every page
      assert.equal(copy.status, 201, copy.text);
      fs.rmSync(path.join("/proc", String(server.pid), "root", copy.json().path));
    }
    assert.equal((await server.get("/v1/jobs?limit=500")).items.length, accepted.length);
  });

const faulty = (place, syscalls, error, when) => ["strace", "-D", "-f", "-qq", "-o",
  path.join(place.folder, "strace.log"), "-e", `trace=${syscalls}`,
  "-e", `inject=${syscalls}:error=${error}:when=${when}`];

/* Submits until the server ends or enough is done; returns the jobs that it has accepted. */
async function work(server, jobs) {
  const accepted = [];
  for (let i = 0; i < jobs && server.running(); i += 1) {
    const r = await server.post(spec(short, { name: `job ${i}` })).catch(() => null);
    if (r?.status === 201) accepted.push(r.json().id);
    else assert.ok(r === null || [500, 503, 507].includes(r.status), r?.text);
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
      const place = workspace(t);
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

test("any call that fails once: no hang, and what was accepted is kept",
  { timeout: 4600000 }, async (t) => {
    t.diagnostic(`FRUGAL_SEED=${seed}`);
    const next = numbers(seed);
    for (let i = 0; i < FAULTS; i += 1) {
      const call = ["pwrite64", "fdatasync", "ftruncate", "openat"][i % 4];
      const error = ["EIO", "ENOSPC"][(i >> 2) % 2];
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
