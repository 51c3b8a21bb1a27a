// The same spec and seed give the same bytes; a sweep gives the runs it says.
import assert from "node:assert/strict";
import test from "node:test";
import { startServer } from "../lib/server.mjs";
import { short, spec } from "../lib/specs.mjs";

const grid = spec(short, {
  seeds: [1, 2, 9007199254740991],
  sweep: {
    "/network/hidden": [[10], [8, 6]],
    "/network/activation": ["tanh", "leaky_relu"],
    "/training/order": ["random", "shuffled"],
  },
});

/* The traces of all runs, by what the runs are. */
async function traces(server, job) {
  assert.equal((await server.done(job)).state, "succeeded");
  const found = {};
  for (const run of await server.all(`/v1/runs?job=${job}`)) {
    const r = await server.request(`/v1/runs/${run.id}/trace?format=csv`);
    assert.equal(r.status, 200);
    found[`${run.cell} ${run.seed} ${JSON.stringify(run.params)}`] = r.text;
  }
  return found;
}

test("the same bytes again, also on another server with more workers", async (t) => {
  const one = await startServer(t, { workers: 1 });
  const four = await startServer(t, { workers: 4 });
  const jobs = [await one.submit(grid), await one.submit(grid), await four.submit(grid)];
  const [first, again, other] = [await traces(one, jobs[0].id),
    await traces(one, jobs[1].id), await traces(four, jobs[2].id)];
  assert.equal(Object.keys(first).length, 24);
  assert.deepEqual(again, first);
  assert.deepEqual(other, first);
  assert.equal(new Set(Object.values(first)).size, 24, "every run differs from the others");
});

test("the hash of a run's spec tells runs apart, and names and notes do not", async (t) => {
  const server = await startServer(t);
  const a = await server.submit(spec(short, { seeds: 2, name: "a", tags: ["x"] }));
  const b = await server.submit(spec(short, { seeds: 2, name: "b", note: "other" }));
  const c = await server.submit(spec(short, { seeds: 1, network: { hidden: [13] } }));
  const d = await server.submit(spec(short, { seeds: 1,
    sweep: { "/network/hidden/0": [13] } }));
  await Promise.all([a, b, c, d].map((job) => server.done(job.id)));
  const hashes = (await server.get("/v1/runs")).items
    .map((run) => run.provenance.spec_sha256);
  assert.equal(hashes[0], hashes[2]);
  assert.equal(hashes[1], hashes[3]);
  assert.equal(hashes[4], hashes[5]);
  assert.equal(new Set(hashes).size, 3);
});

test("a grid has every combination, each with every seed", async (t) => {
  const server = await startServer(t);
  const job = await server.submit(spec(short, {
    seeds: [5, 3],
    sweep: { "/network/hidden/0": [4, 6, 8], "/training/learning_rate/1": [0.01, 0.02] },
  }));
  assert.deepEqual([job.cells, job.runs.total], [6, 12]);
  await server.done(job.id);
  const runs = (await server.get("/v1/runs")).items;
  const wanted = [];
  [4, 6, 8].forEach((hidden, i) => [0.01, 0.02].forEach((rate, j) => {
    for (const seed of [5, 3]) {
      wanted.push({ cell: 2 * i + j, seed,
        params: { "/network/hidden/0": hidden, "/training/learning_rate/1": rate } });
    }
  }));
  assert.deepEqual(runs.map(({ cell, seed, params }) => ({ cell, seed, params })), wanted);
  for (const run of runs) {
    const hidden = run.params["/network/hidden/0"];
    assert.equal(run.results.m0_direct, 65 * hidden + 4 * (hidden + 1));
  }
});

test("a count of seeds means 1 to n; without any it is seed 1", async (t) => {
  const server = await startServer(t);
  const seeds = async (given) => {
    const job = await server.submit(spec(short, given));
    return (await server.get(`/v1/runs?job=${job.id}`)).items.map((run) => run.seed);
  };
  assert.deepEqual(await seeds({ seeds: 4 }), [1, 2, 3, 4]);
  assert.deepEqual(await seeds({}), [1]);
  assert.deepEqual(await seeds({ seeds: [0, 17] }), [0, 17]);
});
