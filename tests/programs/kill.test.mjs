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

/* Everything that the runs of a job leave, in their order. */
async function traces(server, job) {
  const found = [];
  for (const run of await server.all(`/v1/runs?job=${job}`)) {
    const r = await server.request(`/v1/runs/${run.id}/trace?format=csv`);
    found.push({ csv: r.text, state: run.state, outcome: run.outcome,
      results: { ...run.results, seconds: 0 }, provenance: run.provenance });
  }
  return found;
}

test("killed again and again", { timeout: 3000000 }, async (t) => {
  t.diagnostic(`FRUGAL_SEED=${seed}`);
  const next = numbers(seed);
  const whole = await startServer(t);
  const wanted = [];
  for (const work of WORK) {
    const { id } = await whole.submit(work);
    await whole.done(id);
    wanted.push(await traces(whole, id));
  }
  assert.deepEqual(wanted.map((runs) => runs.length), [3, 4, 4, 64]);
  assert.ok(wanted.flat().every((run) => run.state === "succeeded"));

  const place = workspace(t);
  let taken = 0;
  for (let cycle = 0; cycle < CYCLES; cycle += 1) {
    const args = ["--checkpoint-seconds", cycle % 4 ? "0" : "10"];
    const server = await startServer(t, { place, args, workers: 1 + cycle % 3 });
    const { busy } = await server.get("/v1/workers");
    if (busy === 0 || taken < WORK.length) { // there is always something to kill
      assert.equal((await server.post(WORK[taken % WORK.length])).status, 201);
      taken += 1;
    }
    await sleep(cycle % 5 ? next(150) : 400); // now and then, all can get further
    await server.kill();
  }
  const last = await startServer(t, { place });
  const jobs = (await last.all("/v1/jobs?limit=50")).sort((a, b) => a.id - b.id);
  assert.equal(jobs.length, taken, "no job is lost, none is there twice");
  for (const job of jobs) assert.equal((await last.done(job.id)).state, "succeeded");
  let hits = 0;
  for (const [i, { id }] of jobs.entries()) {
    assert.deepEqual(await traces(last, id), wanted[i % WORK.length], `job ${id}`);
    const { runs, progress, finished } = await last.get(`/v1/jobs/${id}`);
    assert.deepEqual([runs.succeeded, progress], [runs.total, 1]);
    assert.ok(finished);
    for (const run of await last.all(`/v1/runs?job=${id}`)) hits += run.attempts - 1;
  }
  t.diagnostic(`${hits} attempts were killed, in ${jobs.length} jobs`);
  assert.ok(hits > CYCLES / 4, "the kills have hit nothing");
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
