// Runs go on from their checkpoints, with the bits of one that was never interrupted.
import assert from "node:assert/strict";
import path from "node:path";
import test from "node:test";
import { execFileSync } from "node:child_process";
import { sleep, until } from "../lib/cleanup.mjs";
import { request } from "../lib/http.mjs";
import { startServer } from "../lib/server.mjs";
import { endless, long, spec } from "../lib/specs.mjs";

const OFTEN = ["--checkpoint-seconds", "0"];
const SELDOM = ["--checkpoint-seconds", "300"]; // only when the server is told to stop

const ENDS = 50;

const RULES = [{}, { gate: "wrong" }, { compete: { fraction: 0.1 } },
  { compete: { by: "weight", count: 20 } }, { compete: { by: "error", fraction: 0.3 } },
  { subnet: { units: 10 } }, { mask: { fraction: 0.2, redraw: "sample" } },
  { mask: { fraction: 0.3, of: "synapses", redraw: "sample" } },
  { cache: { threshold: 0.01, decay: 0.001 } },
  { cache: { threshold: 0.05, consolidate: "network" } }];

const work = spec(long, { network: { hidden: [40] }, evaluate: { every: 5000 },
  energy: { exponents: [0.5] }, sweep: { "/plasticity": RULES },
  stop: { accuracy: null, epochs: null, samples: 60000 } });

async function left(server) {
  const found = {};
  for (const run of await server.all("/v1/runs")) {
    const full = await server.get(`/v1/runs/${run.id}`);
    const weights = await request(`${server.url}/v1/runs/${run.id}/weights`, { raw: true });
    assert.equal(weights.status, 200, `the weights of run ${run.id}`);
    found[run.id] = { state: run.state, params: run.params, changes: full.changes,
      csv: (await server.request(`/v1/runs/${run.id}/trace?format=csv`)).text,
      results: { ...run.results, seconds: 0 }, weights: weights.text.toString("base64") };
  }
  return found;
}

const attempts = async (server, run) =>
  (await server.get(`/v1/runs/${run}/attempts`)).items;

for (const [name, args, end] of [["stopped", SELDOM, "stop"], ["killed", OFTEN, "kill"]]) {
  test(`${name} again and again, each rule goes on where it was`, { timeout: 300000 },
    async (t) => {
      const whole = await startServer(t, { args: SELDOM });
      await whole.submit(work);
      await whole.done(1);
      const wanted = await left(whole);
      assert.ok(Object.values(wanted).every((run) => run.state === "succeeded"));

      let server = await startServer(t, { args });
      await server.submit(work);
      for (let i = 0; i < ENDS && !(await server.get("/v1/jobs/1")).finished; i += 1) {
        await sleep(150 + 37 * (i % 5) + 10 * i);
        const ended = await server[end]();
        if (end === "stop") server.checkEnd(ended);
        server = await startServer(t, { place: server.place, args });
      }
      await server.done(1, 120000); // on a slow machine, no run would get there in pieces
      assert.deepEqual(await left(server), wanted);
      let resumed = 0;
      for (const run of Object.keys(wanted)) {
        const items = await attempts(server, run);
        resumed += items.slice(1).filter((a) => a.resumed !== null).length;
        assert.equal(items[0].resumed, null);
        if (end === "stop")
          assert.ok(items.slice(1).every((a) => a.resumed !== null), `run ${run} began anew`);
      }
      assert.ok(resumed > RULES.length / 2, `${resumed} attempts went on`);
      t.diagnostic(`${resumed} attempts went on`);
    });
}

test("a run that has gone on says from where, and counts its seconds once", async (t) => {
  let server = await startServer(t, { workers: 1 });
  await server.submit(endless);
  await until(async () => (await server.get("/v1/runs/1")).results?.samples > 20000, "rows");
  server.checkEnd(await server.stop());
  server = await startServer(t, { place: server.place, workers: 1 });
  assert.ok((await server.get("/v1/runs/1")).results.samples > 20000);
  const before = (await attempts(server, 1))[0];
  await until(async () => (await server.get("/v1/runs/1")).progress?.samples >
    (await server.get("/v1/runs/1")).results.samples, "more");
  assert.match(server.log, /run 1 goes on behind row \d+ of its trace, after \d/);
  await server.order("/v1/jobs/1/cancel");
  await until(async () => (await server.get("/v1/runs/1")).finished, "its end");
  const [first, second] = await attempts(server, 1);
  assert.equal(first.state, "interrupted");
  assert.ok(second.resumed > 5);
  const { results, weights, changes } = await server.get("/v1/runs/1");
  assert.ok(results.seconds >= before.seconds);
  assert.ok(second.seconds <= results.seconds + 1 - first.seconds);
  assert.deepEqual([weights, changes], [null, null], "a partial trace");
  assert.equal((await server.request("/v1/runs/1/weights")).status, 404);
});

test("the clock of a run goes on, too", async (t) => {
  let server = await startServer(t, { workers: 1, args: OFTEN });
  await server.submit(spec(endless, { stop: { accuracy: null, epochs: null, seconds: 2 } }));
  for (let i = 0; i < 4; i += 1) {
    await sleep(600);
    await server[i % 2 ? "kill" : "stop"]();
    server = await startServer(t, { place: server.place, workers: 1, args: OFTEN });
  }
  const run = await until(async () => {
    const r = await server.get("/v1/runs/1");
    return r.finished && r;
  }, "its end");
  assert.deepEqual([run.state, run.outcome], ["timed_out", "seconds"]);
  assert.ok(run.results.seconds >= 2 && run.results.seconds < 2.5, run.results.seconds);
  const items = await attempts(server, 1);
  assert.ok(items.slice(1).every((a) => a.resumed >= 0));
  assert.ok(items.at(-1).seconds < run.results.seconds);
  const csv = (await server.request("/v1/runs/1/trace?format=csv&columns=samples")).text;
  const samples = csv.trim().split("\n").slice(1).map(Number);
  assert.ok(samples.slice(0, -1).every((n, i) => n === 2000 * i), "a row for each 2000");
  assert.equal(samples.at(-1), run.results.samples);
});

test("a checkpoint that cannot be used is no reason to fail", async (t) => {
  const server = await startServer(t, { workers: 1 });
  const job = spec(long, { evaluate: { every: 20000 },
    stop: { accuracy: null, epochs: null, samples: 1500000 } });
  await server.submit(job);
  await until(async () => (await server.get("/v1/runs/1")).results?.samples > 0, "rows");
  server.checkEnd(await server.stop());
  execFileSync("python3", ["-c", `import sqlite3, sys
c = sqlite3.connect(sys.argv[1])
state = bytearray(c.execute("SELECT state FROM checkpoint").fetchone()[0])
state[len(state) // 2] ^= 16
c.execute("UPDATE checkpoint SET state = ?", (state,))
c.commit()`, path.join(server.place.data, "frugal.db")]);
  const again = await startServer(t, { place: server.place, workers: 1 });
  assert.equal((await again.done(1)).state, "succeeded");
  assert.match(again.log, /run 1: its checkpoint cannot be used; it begins again/);
  const items = await attempts(again, 1);
  assert.deepEqual(items.map((a) => [a.state, a.resumed]),
    [["interrupted", null], ["succeeded", null]]);
  await again.submit(job);
  await again.done(2);
  const csv = async (run) => (await again.request(`/v1/runs/${run}/trace?format=csv`)).text;
  assert.equal(await csv(1), await csv(2));
});

test("cancelled or deleted while it waits, a run leaves no checkpoint", async (t) => {
  const checkpoints = (server) => Number(execFileSync("python3", ["-c", `import sqlite3, sys
print(sqlite3.connect(sys.argv[1]).execute("SELECT count(*) FROM checkpoint").fetchone()[0])`,
  path.join(server.place.data, "frugal.db")]));
  const server = await startServer(t, { workers: 2 });
  await server.submit(spec(endless, { seeds: 2 }));
  await until(async () => (await server.get("/v1/runs/2")).results, "rows");
  server.checkEnd(await server.stop());
  assert.equal(checkpoints(server), 2);
  const again = await startServer(t, { place: server.place, workers: 0 });
  await again.order("/v1/jobs/1/cancel", { runs: [1] });
  assert.equal(checkpoints(again), 1);
  await again.order("/v1/jobs/1/cancel");
  assert.equal(checkpoints(again), 0);
  for (const query of ["", "?purge=1"])
    assert.equal((await again.request(`/v1/jobs/1${query}`, { method: "DELETE" })).status, 200);
});
