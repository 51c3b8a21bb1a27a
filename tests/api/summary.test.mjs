// The summary of a job against means and deviations computed here from its runs.
import assert from "node:assert/strict";
import test from "node:test";
import { METRICS } from "../lib/fields.mjs";
import { startServer } from "../lib/server.mjs";
import { endless, short, spec } from "../lib/specs.mjs";

function close(actual, wanted, what) {
  const size = Math.max(1, Math.abs(wanted));
  assert.ok(Math.abs(actual - wanted) <= 1e-9 * size, `${what}: ${actual}, not ${wanted}`);
}

function statistics(values) {
  const n = values.length;
  const mean = values.reduce((a, b) => a + b) / n;
  const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  const sd = Math.sqrt(squares / (n - 1));
  const sorted = [...values].sort((a, b) => a - b);
  const median = (sorted[(n - 1) >> 1] + sorted[n >> 1]) / 2;
  return { n, missed: 0, mean, sd, sem: sd / Math.sqrt(n), median, min: sorted[0],
    max: sorted[n - 1], at_least: null };
}

test("mean, s.d., s.e.m., minimum and maximum over the seeds of a cell", async (t) => {
  const server = await startServer(t);
  const sweep = { "/network/hidden/0": [6, 20], "/training/learning_rate": [0.01, 0.03] };
  const stop = { accuracy: 0.9, epochs: 5 };
  const job = await server.submit(spec(short, { seeds: [3, 1, 7], sweep, stop,
    evaluate: { every: 50 } }));
  assert.equal((await server.done(job.id)).state, "succeeded");
  const runs = (await server.get(`/v1/runs?job=${job.id}`)).items;
  const summary = await server.get(`/v1/jobs/${job.id}/summary`);
  assert.equal(summary.job, job.id);
  assert.deepEqual(summary.cells.map((cell) => cell.cell), [0, 1, 2, 3]);
  for (const cell of summary.cells) {
    const own = runs.filter((run) => run.cell === cell.cell);
    assert.deepEqual([cell.runs, cell.finished, own.length], [3, 3, 3]);
    assert.deepEqual([cell.reached, cell.missed, cell.open], [3, 0, 0]);
    const outcomes = {};
    for (const run of own) outcomes[run.outcome] = (outcomes[run.outcome] ?? 0) + 1;
    assert.deepEqual(cell.outcomes, outcomes);
    assert.deepEqual(cell.params, own[0].params);
    assert.deepEqual(Object.keys(cell.metrics).sort(), [...METRICS].sort());
    for (const metric of METRICS) {
      const wanted = statistics(own.map((run) => run.results[metric]));
      const got = cell.metrics[metric];
      assert.deepEqual(Object.keys(got).sort(), Object.keys(wanted).sort());
      assert.equal(got.at_least, null);
      for (const key of Object.keys(wanted).filter((name) => name !== "at_least")) {
        close(got[key], wanted[key], `cell ${cell.cell} ${metric} ${key}`);
      }
    }
  }
  const [a, b] = summary.cells.map((cell) => cell.metrics.m0);
  assert.ok(a.mean !== b.mean && a.sd > 0, "the cells differ");
});

test("one seed has no deviation, and what has not succeeded does not count", async (t) => {
  const server = await startServer(t, { workers: 1 });
  const one = await server.submit(short);
  await server.done(one.id);
  const { metrics } = (await server.get(`/v1/jobs/${one.id}/summary`)).cells[0];
  assert.deepEqual([metrics.m0.n, metrics.m0.sd, metrics.m0.sem], [1, null, null]);
  assert.equal(metrics.m0.mean, metrics.m0.min);

  const diverging = spec(short, { training: { learning_rate: 100 }, seeds: 2 });
  const failing = await server.submit(diverging);
  assert.equal((await server.done(failing.id)).state, "failed");
  const [cell] = (await server.get(`/v1/jobs/${failing.id}/summary`)).cells;
  assert.deepEqual([cell.runs, cell.finished], [2, 2]);
  const nothing = { n: 0, missed: 0, mean: null, sd: null, sem: null, median: null, min: null,
    max: null, at_least: null };
  for (const metric of METRICS) assert.deepEqual(cell.metrics[metric], nothing, metric);

  const open = await server.submit(spec(endless, { seeds: 2 }));
  const [waiting] = (await server.get(`/v1/jobs/${open.id}/summary`)).cells;
  assert.deepEqual([waiting.runs, waiting.finished, waiting.metrics.m1.n], [2, 0, 0]);
});

test("more runs than the server reads at once are all counted", async (t) => {
  const server = await startServer(t);
  const job = await server.submit(spec(short, { seeds: 620, evaluate: { every: 1000 },
    stop: { accuracy: null, samples: 20 } }));
  await server.done(job.id);
  const { cells } = await server.get(`/v1/jobs/${job.id}/summary`);
  assert.equal(cells.length, 1);
  assert.deepEqual([cells[0].runs, cells[0].finished, cells[0].metrics.m0.n],
    [620, 620, 620]);
});
