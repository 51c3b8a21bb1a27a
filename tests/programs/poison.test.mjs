// A run that crashes the process, or has it killed: found out, set aside after three times or
// five, no harm to others.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { sleep, until } from "../lib/cleanup.mjs";
import * as paths from "../lib/paths.mjs";
import { exchange } from "../lib/raw.mjs";
import { runServer, serverArgs, startServer } from "../lib/server.mjs";
import { endless, short, spec } from "../lib/specs.mjs";

const CRASH = path.join(paths.build, "tests", "crash_run.so");
const poison = (run) => ({ LD_PRELOAD: CRASH, FRUGAL_TEST_CRASH: `run ${run}` });
/* As the kernel does it to a run that takes too much memory: before its first row. */
const killer = (run, looks = 3) => ({ ...poison(run), FRUGAL_TEST_SIGNAL: "9",
  FRUGAL_TEST_LOOKS: String(looks) });
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
      const run = await server.get("/v1/runs/3").catch((error) => {
        if (crash === 3) throw error;
        return { state: "crashing" }; // again
      });
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

test("the run for which the server is killed is dead after five times, its neighbours finish",
  { timeout: 180000 }, async (t) => {
    const whole = await startServer(t);
    await whole.submit(work);
    await whole.done(1);
    const wanted = await traces(whole);

    let server = await startServer(t, { env: killer(3) });
    await server.submit(work);
    for (let kill = 1; kill <= 5; kill += 1) {
      const { code, signal } = await server.ended(60000);
      assert.equal(signal ?? code, "SIGKILL", `kill ${kill}`);
      server = await startServer(t, { place: server.place, env: killer(3) });
      if (kill < 5) assert.match(server.log, /without notice; runs that were at work go on one/);
    }
    assert.match(server.log, /run 3 is dead: the server ended too often/);
    await until(async () => (await server.get("/v1/jobs/1")).finished, "the others");
    const job = await server.get("/v1/jobs/1");
    assert.deepEqual([job.state, job.runs.succeeded, job.runs.dead], ["failed", 15, 1]);
    const run = await server.get("/v1/runs/3");
    assert.deepEqual([run.state, run.outcome, run.attempts], ["dead", "killed", 5]);
    assert.match(run.reason, /killed 5 times while it was at work, and it got no further/);
    const { items } = await server.get("/v1/runs/3/attempts");
    assert.deepEqual(items.map((a) => a.state), [...Array(4).fill("interrupted"), "dead"]);
    for (const { started, finished } of items) assert.equal(finished, started, "its last sign");
    const now = await traces(server);
    for (const id of Object.keys(wanted).filter((n) => n !== "3")) {
      assert.equal(now[id], wanted[id], `run ${id}`);
    }
    server.checkEnd(await server.stop());

    // On a machine with more memory, somebody gives it another chance.
    const larger = await startServer(t, { place: server.place });
    assert.equal((await larger.get("/v1/runs/3")).state, "dead");
    await larger.order("/v1/jobs/1/retry", { runs: [3] });
    assert.equal((await larger.done(1)).state, "succeeded");
    assert.deepEqual(await traces(larger), wanted);
  });

for (const [end, fault, most, samples] of [["SIGSEGV", { ...poison(1), FRUGAL_TEST_LOOKS: "25" }, 3, 400000],
  ["SIGKILL", killer(1, 25), 5, 1000000]]) {
  test(`a run that gets further between its ends by ${end} is never set aside`,
    { timeout: 120000 }, async (t) => {
      const one = spec(work, { seeds: 1, network: { hidden: [100] }, evaluate: { every: 20000 },
        stop: { accuracy: null, epochs: null, samples } });
      const whole = await startServer(t);
      await whole.submit(one);
      await whole.done(1);
      const options = { env: fault, args: ["--checkpoint-seconds", "0"] };
      let server = await startServer(t, options), crashes = 0;
      await server.submit(one);
      while (await server.done(1).catch(() => null) === null) {
        assert.equal((await server.ended()).signal, end);
        crashes += 1;
        server = await startServer(t, { place: server.place, ...options });
      }
      t.diagnostic(`${crashes} crashes`);
      assert.ok(crashes > most, `${crashes} crashes`);
      assert.equal((await server.get("/v1/runs/1")).state, "succeeded");
      assert.deepEqual(await traces(server), await traces(whole));
    });
}

test("after a stop, what was at work goes on at once; after a kill, one at a time",
  async (t) => {
    const running = (server, runs) => until(async () =>
      (await server.get("/v1/runs?state=running")).items.filter((run) => run.results).length
        === runs, `${runs} runs at work`);
    const slow = spec(endless, { seeds: 3, evaluate: { every: 500000000 } });
    const options = { args: ["--checkpoint-seconds", "300"] };
    let server = await startServer(t, options);
    options.place = server.place;
    await server.submit(slow);
    await running(server, 2);
    const post = `POST /v1/jobs HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n`
      + "Content-Type: application/json\r\nContent-Length: 99\r\n\r\n{";
    const halfway = exchange(server.port, post, { quiet: 15000 }); // which it waits for
    await sleep(100);
    server.signal("SIGTERM");
    await until(() => server.log.includes("stopping on signal"), "the end to begin");
    await server.kill(); // it was about to stop: that is nobody's fault
    await halfway;
    server = await startServer(t, options);
    await running(server, 2);
    assert.doesNotMatch(server.log, /without notice/);
    await server.kill();
    server = await startServer(t, options);
    await running(server, 1);
    for (const [run, place] of [[2, 1], [3, 2]]) {
      const why = await server.get(`/v1/runs/${run}/why`);
      assert.equal(why.place, place);
      assert.match(why.why, /the server was killed: .* run 1 has to get further first/);
    }
    await server.order("/v1/jobs/1/cancel", { runs: [1] });
    await until(async () => (await server.get("/v1/runs/2")).state === "running", "run 2");
    assert.match((await server.get("/v1/runs/3/why")).why, /run 2 has to get further/);
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

test("a crash is not held against the run of the same number in a backup that is put back",
  { timeout: 60000 }, async (t) => {
    let server = await startServer(t, { workers: 0, env: poison(1) });
    await server.submit(short);
    const { path: copy } = (await server.order("/v1/backups")).json();
    await server.order("/v1/workers", { count: 1 }, "PATCH");
    assert.equal((await server.ended(30000)).signal, "SIGSEGV");
    const { code, err } = await runServer(["restore", copy, ...serverArgs(server.place)],
      { cwd: server.place.folder });
    assert.equal(code, 0, err);
    server = await startServer(t, { place: server.place });
    assert.equal((await server.done(1)).state, "succeeded");
    assert.doesNotMatch(server.log, /crashed the server/);
    assert.equal((await server.get("/v1/runs/1")).attempts, 1);
  });
