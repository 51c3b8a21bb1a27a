// Rules of plasticity through the whole service: they are kept, and counted.
import assert from "node:assert/strict";
import test from "node:test";
import { startServer } from "../lib/server.mjs";
import { short, spec } from "../lib/specs.mjs";

const SAMPLES = 3000;
const HIDDEN = 12;
const LAYERS = [65 * HIDDEN, (HIDDEN + 1) * 4]; // synapses, biases included

async function traceOf(server, plasticity, more = {}) {
  const job = await server.submit(spec(short, { plasticity, ...more }));
  assert.equal((await server.done(job.id)).state, "succeeded");
  const [run] = (await server.get(`/v1/runs?job=${job.id}`)).items;
  const { columns } = await server.get(`/v1/runs/${run.id}/trace`);
  return { run, columns, spec: job.spec.plasticity };
}

/* Changes per sample in each layer at most. */
async function atMost(server, plasticity, first, second) {
  const { columns, run } = await traceOf(server, plasticity);
  const m0 = [columns.m0_layer1.at(-1), columns.m0_layer2.at(-1)];
  assert.ok(m0[0] > 0 && m0[0] <= first * SAMPLES, `${JSON.stringify(plasticity)}: ${m0}`);
  assert.ok(m0[1] > 0 && m0[1] <= second * SAMPLES, `${JSON.stringify(plasticity)}: ${m0}`);
  assert.equal(run.results.m0, m0[0] + m0[1]);
}

test("each rule keeps what it says", async (t) => {
  const server = await startServer(t);
  const [a, b] = LAYERS;
  await atMost(server, { compete: { count: [50, 7] } }, 50, 7);
  await atMost(server, { compete: { fraction: [0.1, 1] } }, Math.ceil(a / 10), b);
  await atMost(server, { compete: { by: "weight", count: [9, 9] } }, 9, 9);
  await atMost(server, { compete: { scope: "unit", count: [3, 2] } }, 3 * HIDDEN, 2 * 4);
  await atMost(server, { compete: { by: "error", count: [2, 1] } }, 2 * 65, HIDDEN + 1);
  await atMost(server, { subnet: { units: [4] } }, 4 * 65, 5 * 4);
  await atMost(server, { subnet: { fraction: 0.5 } }, 6 * 65, 7 * 4);
  await atMost(server, { mask: { of: "synapses", fraction: 0.25 } }, a / 4 + 1, b / 4 + 1);
  await atMost(server, { mask: { of: "units", fraction: 0.5, redraw: "sample" } }, 6 * 65,
    2 * (HIDDEN + 1));
});

test("no rule at all is more than any", async (t) => {
  const server = await startServer(t);
  const plain = await traceOf(server, {});
  assert.equal(plain.run.results.m0, SAMPLES * (LAYERS[0] + LAYERS[1]));
  const gated = await traceOf(server, { gate: "wrong" });
  assert.ok(gated.run.results.m0 > 0 && gated.run.results.m0 < plain.run.results.m0);
  const cached = await traceOf(server, { cache: { threshold: 0.05, decay: 0.001 } });
  assert.ok(cached.run.results.m0 > 0);
  assert.ok(cached.run.results.maintenance > 0);
  assert.ok(cached.run.results.m1 < plain.run.results.m1);
  assert.equal(cached.columns.maintenance.at(-1), cached.run.results.maintenance);
  assert.equal(plain.run.results.maintenance, 0);
});

test("rules may be swept, and give the same bytes again", async (t) => {
  const server = await startServer(t);
  const work = spec(short, { seeds: 2, sweep: {
    "/plasticity/compete/fraction": [[0.1, 1], 0.5],
    "/plasticity/mask/redraw": ["never", "sample", "class", { cycle: 3 }],
  }, plasticity: { mask: { fraction: 0.5 } } });
  const csv = async () => {
    const job = await server.submit(work);
    assert.deepEqual([job.cells, job.runs.total], [8, 16]);
    assert.equal((await server.done(job.id)).state, "succeeded");
    const runs = await server.all(`/v1/runs?job=${job.id}`);
    return Promise.all(runs.map(async (run) =>
      (await server.request(`/v1/runs/${run.id}/trace?format=csv`)).text));
  };
  const first = await csv();
  assert.equal(new Set(first).size, 16);
  assert.deepEqual(await csv(), first);
});
