// kill -9 at any moment: what was accepted is done, and done exactly as without the kill.
import assert from "node:assert/strict";
import test from "node:test";
import { sleep } from "../lib/cleanup.mjs";
import { numbers } from "../lib/idx.mjs";
import { startServer, workspace } from "../lib/server.mjs";
import { short, spec } from "../lib/specs.mjs";

const seed = Number(process.env.FRUGAL_SEED ?? 1);
const CYCLES = Number(process.env.FRUGAL_KILLS ?? 60);

const WORK = [
  spec(short, { seeds: 3, network: { hidden: [80] }, evaluate: { every: 1000 },
    stop: { accuracy: null, epochs: null, samples: 120000 } }),
  spec(short, { seeds: 2, sweep: { "/network/hidden/0": [10, 30] },
    stop: { accuracy: null, epochs: 20 } }),
  spec(short, { seeds: 4, training: { order: "shuffled" } }),
  spec(short, { seeds: 8, network: { hidden: [20] }, sweep: { "/plasticity": [{},
    { gate: "wrong" }, { compete: { fraction: 0.1 } }, { compete: { by: "weight", count: 20 } },
    { subnet: { units: 10 } }, { mask: { fraction: 0.2, redraw: "sample" } },
    { mask: { fraction: 0.3, of: "synapses" } }, { cache: { threshold: 0.01 } }] } }),
];
const RUNS = 11 + 64;

async function traces(server) {
  const found = {};
  for (const run of await server.all("/v1/runs")) {
    const r = await server.request(`/v1/runs/${run.id}/trace?format=csv`);
    found[run.id] = { csv: r.text, state: run.state, outcome: run.outcome,
      results: { ...run.results, seconds: 0 }, provenance: run.provenance };
  }
  return found;
}

test("killed again and again", { timeout: 3000000 }, async (t) => {
  t.diagnostic(`FRUGAL_SEED=${seed}`);
  const next = numbers(seed);
  const whole = await startServer(t);
  for (const work of WORK) await whole.submit(work);
  for (let job = 1; job <= WORK.length; job += 1) await whole.done(job);
  const wanted = await traces(whole);
  assert.equal(Object.keys(wanted).length, RUNS);
  assert.ok(Object.values(wanted).every((run) => run.state === "succeeded"));

  const place = workspace(t);
  let taken = 0;
  for (let cycle = 0; cycle < CYCLES; cycle += 1) {
    const args = ["--checkpoint-seconds", cycle % 4 ? "0" : "10"];
    const server = await startServer(t, { place, args, workers: 1 + cycle % 3 });
    if (taken < WORK.length) {
      const r = await server.post(WORK[taken]);
      assert.equal(r.status, 201);
      taken += 1;
    }
    await sleep(next(150));
    await server.kill();
  }
  const last = await startServer(t, { place });
  const jobs = (await last.get("/v1/jobs")).items;
  assert.equal(jobs.length, WORK.length, "no job is lost, none is there twice");
  for (const job of jobs) assert.equal((await last.done(job.id)).state, "succeeded");
  assert.deepEqual(await traces(last), wanted);
  const attempts = (await last.get("/v1/runs")).items.map((run) => run.attempts);
  assert.ok(Math.max(...attempts) > 1, "no kill has hit a run at work");
  for (const job of jobs) {
    const { runs, progress, finished } = await last.get(`/v1/jobs/${job.id}`);
    assert.deepEqual([runs.succeeded, progress], [runs.total, 1]);
    assert.ok(finished);
  }
});

test("killed at the moment of a submission: taken or not, but never half", async (t) => {
  const next = numbers(seed + 1);
  const place = workspace(t);
  const accepted = [];
  for (let cycle = 0; cycle < 15; cycle += 1) {
    const server = await startServer(t, { place });
    const posts = Array.from({ length: 6 }, (_, i) =>
      server.post(spec(short, { seeds: 5, name: `${cycle}-${i}` })));
    await sleep(next(12));
    server.signal("SIGKILL");
    for (const { value } of await Promise.allSettled(posts)) {
      if (value?.status === 201) accepted.push(value.json());
    }
    await server.ended();
  }
  const server = await startServer(t, { place });
  const jobs = await server.all("/v1/jobs?limit=50");
  t.diagnostic(`${accepted.length} of 90 accepted, ${jobs.length} stored`);
  assert.equal(new Set(jobs.map((job) => job.name)).size, jobs.length, "none is there twice");
  for (const job of accepted) {
    assert.ok(jobs.some(({ id, name }) => id === job.id && name === job.name), job.name);
  }
  for (const job of jobs) {
    assert.equal(job.runs.total, 5, "a job with some of its runs");
    assert.equal((await server.done(job.id)).state, "succeeded");
  }
});
