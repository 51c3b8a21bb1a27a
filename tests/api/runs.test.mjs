// Runs: what a run says of itself, filters, pages, and what does not exist.
import assert from "node:assert/strict";
import test from "node:test";
import * as fields from "../lib/fields.mjs";
import { until } from "../lib/cleanup.mjs";
import { startServer } from "../lib/server.mjs";
import { endless, short, spec } from "../lib/specs.mjs";

const { sorted } = fields;

test("a run has exactly the fields of the design", async (t) => {
  const server = await startServer(t);
  const job = await server.submit(spec(short, { seeds: [42],
    sweep: { "/network/hidden/0": [7] } }));
  await server.done(job.id);
  const [run] = (await server.get(`/v1/runs?job=${job.id}`)).items;
  const { changes, ...others } = await server.get(`/v1/runs/${run.id}`);
  assert.deepEqual(run, others);
  assert.deepEqual(sorted(Object.keys(changes)), sorted(fields.CHANGES));
  assert.deepEqual(sorted(Object.keys(run)), sorted(fields.RUN));
  assert.deepEqual(sorted(Object.keys(run.progress)), sorted(fields.PROGRESS));
  assert.deepEqual(sorted(Object.keys(run.results)), sorted(fields.RESULTS));
  assert.deepEqual(sorted(Object.keys(run.provenance)), sorted(fields.PROVENANCE));
  assert.deepEqual(sorted(Object.keys(run.provenance.dataset_sha256)), sorted(fields.FILES));
  const { state, outcome, reason, attempts, place, seed, cell, dataset } = run;
  assert.deepEqual({ state, outcome, reason, attempts, place, seed, cell, dataset },
    { state: "succeeded", outcome: "epochs", reason: null, attempts: 1, place: null,
      seed: 42, cell: 0, dataset: "tiny" });
  assert.deepEqual(run.params, { "/network/hidden/0": 7 });
  const { samples, of, seconds_left: left } = run.progress;
  assert.deepEqual({ samples, of, left }, { samples: 3000, of: 3000, left: 0 });
  assert.deepEqual([run.results.samples, run.results.epochs, run.results.maintenance],
    [3000, 5, 0]);
  assert.match(run.provenance.spec_sha256, /^[0-9a-f]{64}$/);
  for (const hash of Object.values(run.provenance.dataset_sha256)) {
    assert.match(hash, /^[0-9a-f]{64}$/);
  }
  for (const time of [run.created, run.started, run.finished]) {
    assert.match(time, fields.TIME);
  }
  assert.ok(run.created <= run.started && run.started <= run.finished);
});

test("a run that waits has a place, no progress and no results", async (t) => {
  const server = await startServer(t, { workers: 1 });
  await server.submit(endless);
  await until(async () => (await server.get("/v1/runs/1")).state === "running", "run 1");
  await server.submit(spec(short, { seeds: 2 }));
  const run = await server.get("/v1/runs/3");
  assert.deepEqual(sorted(Object.keys(run)), sorted(fields.RUN_IN_FULL));
  const { state, place, progress, results, provenance, started, finished } = run;
  assert.deepEqual({ state, place, progress, results, provenance, started, finished },
    { state: "queued", place: 2, progress: null, results: null, provenance: null,
      started: null, finished: null });
  const trace = await server.get("/v1/runs/3/trace");
  assert.deepEqual([trace.run, trace.last], [3, null]);
});

test("the ways in which a run ends", async (t) => {
  const server = await startServer(t);
  const ends = [
    [{ stop: { accuracy: 0.5, epochs: 5 } }, "succeeded", "goal"],
    [{ stop: { accuracy: null, epochs: 1 } }, "succeeded", "epochs"],
    [{ stop: { accuracy: null, samples: 900 } }, "succeeded", "samples"],
    [{ stop: { accuracy: null, epochs: 5, m0: 100000 } }, "succeeded", "energy"],
    [{ stop: { accuracy: null, epochs: 5, m1: 20 } }, "succeeded", "energy"],
    [{ training: { learning_rate: 100 } }, "failed", "diverged"],
    [{ stop: { accuracy: null, epochs: null, seconds: 0.1 } }, "timed_out", "seconds"],
  ];
  for (const [change, state, outcome] of ends) {
    const job = await server.submit(spec(short, change));
    const done = await server.done(job.id);
    const [run] = (await server.get(`/v1/runs?job=${job.id}`)).items;
    assert.deepEqual([run.state, run.outcome], [state, outcome], JSON.stringify(change));
    assert.equal(done.state, state === "succeeded" ? "succeeded" : "failed");
    assert.equal(done.runs[state], 1);
    assert.equal(state === "succeeded", run.reason === null, String(run.reason));
    assert.equal((await server.request(`/v1/runs/${run.id}/trace`)).status, 200);
    checkBudget(run, change.stop);
  }
});

function checkBudget({ results }, stop = {}) {
  if (stop.m0) assert.ok(results.m0 >= stop.m0 && results.m0 < 2 * stop.m0);
  if (stop.m1) assert.ok(results.m1 >= stop.m1 && results.m1 < 2 * stop.m1);
  if (stop.accuracy) assert.ok(results.test_accuracy >= stop.accuracy);
  if (stop.samples) assert.equal(results.samples, stop.samples);
}

test("runs are filtered by job and by state", async (t) => {
  const server = await startServer(t, { workers: 1 });
  const good = await server.submit(spec(short, { seeds: 3 }));
  const bad = await server.submit(spec(short, { seeds: 2, training: { learning_rate: 99 } }));
  await server.done(bad.id);
  const ids = async (query) => (await server.get(`/v1/runs?${query}`)).items
    .map((run) => run.id);
  assert.deepEqual(await ids(""), [1, 2, 3, 4, 5]);
  assert.deepEqual(await ids(`job=${good.id}`), [1, 2, 3]);
  assert.deepEqual(await ids(`job=${bad.id}`), [4, 5]);
  assert.deepEqual(await ids("state=failed"), [4, 5]);
  assert.deepEqual(await ids("state=succeeded"), [1, 2, 3]);
  assert.deepEqual(await ids(`state=failed&job=${good.id}`), []);
  assert.deepEqual(await ids("state=queued"), []);
  assert.deepEqual(await ids("job=77"), []);
  await server.submit(spec(endless, { seeds: 2 }));
  await until(async () => (await ids("state=running")).length === 1, "one run at work");
  assert.deepEqual(await ids("state=running"), [6]);
  assert.deepEqual(await ids("state=queued"), [7]);
  for (const query of ["state=nonsense", "state=", "job=x", "job=0", "job=-1", "limit=0",
    "cursor=a", "state=%00", "job=1e3"]) {
    const r = await server.request(`/v1/runs?${query}`);
    assert.equal(r.status, 400, query);
    assert.match(r.headers["content-type"], /problem\+json/);
  }
});

test("a list longer than a page comes in pages without gap or repetition", async (t) => {
  const server = await startServer(t);
  const tiny = spec(short, { stop: { accuracy: null, samples: 20 } });
  const first = await server.submit(spec(tiny, { seeds: 530 }));
  const second = await server.submit(spec(tiny, { seeds: 23 }));
  await server.done(second.id);
  const page = await server.get("/v1/runs");
  assert.equal(page.items.length, 100);
  const ids = (runs) => runs.map((run) => run.id);
  const every = Array.from({ length: 553 }, (_, i) => i + 1);
  for (const limit of [500, 100, 79, 7]) {
    assert.deepEqual(ids(await server.all(`/v1/runs?limit=${limit}`)), every, limit);
  }
  assert.deepEqual(ids(await server.all(`/v1/runs?job=${first.id}&limit=200`)),
    every.slice(0, 530));
  assert.deepEqual(ids(await server.all(`/v1/runs?job=${second.id}&limit=5&state=succeeded`)),
    every.slice(530));
});

test("runs that do not exist are not found", async (t) => {
  const server = await startServer(t);
  const ids = ["1", "0", "-1", "x", "1x", "999999999999999999", "99999999999999999999", ""];
  for (const id of ids) {
    for (const path of [`/v1/runs/${id}`, `/v1/runs/${id}/trace`]) {
      if (path === "/v1/runs/") continue;
      const r = await server.request(path);
      assert.equal(r.status, 404, path);
      assert.equal(r.json().status, 404, path);
    }
  }
  assert.equal((await server.request("/v1/runs/")).status, 404);
});
