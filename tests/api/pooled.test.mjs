// The summary of all runs of a filter: cells are what is the same but for the seed, in
// whichever jobs it is.
import assert from "node:assert/strict";
import test from "node:test";
import { columns } from "../lib/csv.mjs";
import { startServer } from "../lib/server.mjs";
import { endless, short, spec } from "../lib/specs.mjs";

const query = (words) => new URLSearchParams(words).toString();
const pooled = (server, words) => server.get(`/v1/summary?${query(words)}`);

async function done(server, more) {
  const { id } = await server.submit(spec(short, { tags: ["pool"], ...more }));
  await server.done(id);
  return id;
}

const sizes = (values) => ({ "/network/hidden/0": values });

test("runs of several jobs come together by their specs, each seed once", async (t) => {
  const server = await startServer(t);
  const whole = await done(server, { seeds: 6, sweep: sizes([6, 9]), tags: ["whole"] });
  const first = await done(server, { seeds: [1, 2, 3], sweep: sizes([6, 9]), name: "a" });
  const more = await done(server, { seeds: [3, 4, 5, 6], network: { hidden: [9] }, name: "b" });
  const rest = await done(server, { seeds: [4, 5, 6], network: { hidden: [6] }, note: "c" });
  const summary = await pooled(server, { filter: "tag = pool" });
  assert.deepEqual([summary.filter, summary.at, summary.baseline], ["tag = pool", null, null]);
  const { cells } = await server.get(`/v1/jobs/${whole}/summary`);
  assert.deepEqual(summary.cells.map(({ job, cell, params, runs, repeated }) =>
    ({ job, cell, params, runs, repeated })), [
    { job: first, cell: 0, params: { "/network/hidden/0": 6 }, runs: 6, repeated: 0 },
    { job: first, cell: 1, params: { "/network/hidden/0": 9 }, runs: 7, repeated: 1 }]);
  for (const [i, own] of summary.cells.entries()) {
    const { seconds: _, ...metrics } = own.metrics;
    const { seconds: __, ...wanted } = cells[i].metrics;
    assert.deepEqual(metrics, wanted, "as of one job with all seeds");
    assert.deepEqual([own.reached, own.missed, own.open], [6, 0, 0]);
  }
  const few = await pooled(server, { filter: `tag = pool and seed <= 2 and job != ${rest}` });
  assert.deepEqual(few.cells.map((c) => [c.runs, c.metrics.m0.n]), [[2, 2], [2, 2]]);
  assert.deepEqual((await pooled(server, { filter: "tag = none" })).cells, []);

  const saved = await pooled(server, { filter: "tag = pool", baseline: `${whole}:1` });
  assert.deepEqual(saved.baseline, { job: whole, cell: 1 });
  assert.deepEqual([saved.cells[1].saving.m0.mean, saved.cells[1].saving.m0.n], [1, 6]);
  assert.ok(saved.cells[0].saving.m0.mean > 1);
  assert.equal(saved.cells[0].unpaired, 0);

  const text = await server.request(`/v1/summary?${query({ filter: `job = ${more} or job = ${rest}`,
    format: "csv" })}`);
  const { job, cell, "/network/hidden/0": hidden, runs, repeated } = columns(text.text);
  assert.deepEqual({ job, cell, hidden, runs, repeated },
    { job: [more, rest], cell: [0, 0], hidden: [9, 6], runs: [4, 3], repeated: [0, 0] });
});

test("cells of different rules have what tells them apart, null where there is none", async (t) => {
  const server = await startServer(t);
  await done(server, { seeds: 2 });
  await done(server, { seeds: 2, plasticity: { compete: { fraction: 0.1 } } });
  await done(server, { seeds: 2, network: { hidden: [8, 5] } });
  const { cells } = await pooled(server, { filter: "tag = pool", at: "accuracy>=0.5" });
  const keys = Object.keys(cells[0].params);
  for (const { params } of cells) assert.deepEqual(Object.keys(params).sort(), keys.sort());
  assert.ok(keys.includes("/network/hidden/1"));
  assert.deepEqual(cells.map(({ params }) => params["/network/hidden/1"]), [null, null, 5]);
  assert.deepEqual(cells.map(({ params }) => params["/plasticity/compete/fraction/0"] ?? null)
    .filter((x) => x !== null && x !== 1), [0.1]);
  assert.ok(!keys.some((key) => /seed|name|tags/.test(key)), keys.join(" "));
});

test("of a seed that is there twice, the run with a result counts", async (t) => {
  const server = await startServer(t, { workers: 1 });
  const stop = { accuracy: null, epochs: null, samples: 600 };
  await done(server, { stop });
  const busy = await server.submit(spec(endless, { priority: 9 }));
  await server.submit(spec(short, { tags: ["pool"], stop, seeds: [1, 2] }));
  const { cells } = await pooled(server, { filter: "tag = pool" });
  assert.deepEqual(cells.map((c) => [c.runs, c.finished, c.repeated, c.reached, c.open]),
    [[3, 1, 1, 1, 1]]);
  assert.deepEqual([cells[0].metrics.m0.n, cells[0].metrics.samples.mean], [1, 600]);
  await server.order(`/v1/jobs/${busy.id}/cancel`, {});
});

test("filters, goals and baselines that cannot be", async (t) => {
  const server = await startServer(t);
  await done(server, {});
  const rows = [
    [{ filter: "tag ? 3" }, 400, /the query arguments have an error/],
    [{ filter: "m9 > 3" }, 400, /the query arguments have an error/],
    [{ at: "accuracy" }, 400, /no goal/],
    [{ at: "joy>=1" }, 404, /no column "joy"/],
    [{ baseline: "0" }, 400, /baseline must be JOB:CELL/],
    [{ baseline: "7:0" }, 404, /job 7 has no cell 0/],
    [{ sort: "m0" }, 400, /sort/],
  ];
  for (const [words, status, detail] of rows) {
    const r = await server.request(`/v1/summary?${query(words)}`);
    assert.equal(r.status, status, JSON.stringify(words));
    assert.match(r.json().detail, detail);
  }
});
