// A run that crashes the process: found out, set aside after three times, no harm to others.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { sleep, until } from "../lib/cleanup.mjs";
import * as paths from "../lib/paths.mjs";
import { startServer } from "../lib/server.mjs";
import { short, spec } from "../lib/specs.mjs";

const CRASH = path.join(paths.build, "tests", "crash_run.so");
const poison = (run) => ({ LD_PRELOAD: CRASH, FRUGAL_TEST_CRASH: `run ${run}` });
const work = spec(short, { seeds: 16, evaluate: { every: 1000 },
  stop: { accuracy: null, epochs: null, samples: 40000 } });

async function traces(server) {
  const found = {};
  for (const run of (await server.get("/v1/runs")).items) {
    found[run.id] = (await server.request(`/v1/runs/${run.id}/trace?format=csv`)).text;
  }
  return found;
}

test("the run that crashes the server is dead after three times, its neighbours finish",
  { timeout: 120000 }, async (t) => {
    const whole = await startServer(t);
    await whole.submit(work);
    await whole.done(1);
    const wanted = await traces(whole);

    let server = await startServer(t, { env: poison(3) });
    await server.submit(work);
    for (let crash = 1; crash <= 3; crash += 1) {
      const { code, signal } = await server.ended(60000);
      assert.equal(signal ?? code, "SIGSEGV", `crash ${crash}`);
      server = await startServer(t, { place: server.place, env: poison(3) });
      assert.match(server.log, /run 3 crashed the server: SEGV/);
      const run = await server.get("/v1/runs/3");
      assert.equal(run.state === "dead", crash === 3, `${run.state} after ${crash}`);
    }
    await until(async () => (await server.get("/v1/jobs/1")).finished, "the others");
    const job = await server.get("/v1/jobs/1");
    assert.deepEqual([job.state, job.runs.succeeded, job.runs.dead], ["failed", 15, 1]);
    const run = await server.get("/v1/runs/3");
    assert.deepEqual([run.outcome, run.attempts], ["crashed", 3]);
    assert.match(run.reason, /it crashed the server \(SEGV\): 3 of 3 times/);
    const { items } = await server.get("/v1/runs/3/attempts");
    assert.deepEqual(items.map((a) => a.state), ["interrupted", "interrupted", "dead"]);
    const now = await traces(server);
    for (const id of Object.keys(wanted).filter((n) => n !== "3")) {
      assert.equal(now[id], wanted[id], `run ${id}`);
    }
    server.checkEnd(await server.stop());

    // On a build without the fault, somebody gives it another chance.
    const cured = await startServer(t, { place: server.place });
    assert.equal((await cured.get("/v1/runs/3")).state, "dead");
    await cured.order("/v1/jobs/1/retry", { runs: [3] });
    assert.equal((await cured.done(1)).state, "succeeded");
    assert.deepEqual(await traces(cured), wanted);
  });

test("a run that gets further between its crashes is never set aside", { timeout: 120000 },
  async (t) => {
    const one = spec(work, { seeds: 1, network: { hidden: [100] }, evaluate: { every: 20000 },
      stop: { accuracy: null, epochs: null, samples: 400000 } });
    const whole = await startServer(t);
    await whole.submit(one);
    await whole.done(1);
    const options = { env: { ...poison(1), FRUGAL_TEST_LOOKS: "25" },
      args: ["--checkpoint-seconds", "0"] };
    let server = await startServer(t, options), crashes = 0;
    await server.submit(one);
    while (await server.done(1).catch(() => null) === null) {
      assert.equal((await server.ended()).signal, "SIGSEGV");
      crashes += 1;
      server = await startServer(t, { place: server.place, ...options });
    }
    t.diagnostic(`${crashes} crashes`);
    assert.ok(crashes > 3, `${crashes} crashes`);
    assert.equal((await server.get("/v1/runs/1")).state, "succeeded");
    assert.deepEqual(await traces(server), await traces(whole));
  });

test("nobody is blamed for a kill, nor twice for one crash", async (t) => {
  let server = await startServer(t, { env: poison(1), workers: 1 });
  await server.submit(work);
  await server.ended(60000);
  for (let i = 0; i < 5; i += 1) { // without the fault: the record is dealt with once
    server = await startServer(t, { place: server.place, workers: 1 });
    await sleep(30);
    await server.kill();
  }
  server = await startServer(t, { place: server.place });
  assert.equal((await server.done(1)).state, "succeeded");
  assert.equal(fs.statSync(path.join(server.place.data, "crash")).size, 0);
});
