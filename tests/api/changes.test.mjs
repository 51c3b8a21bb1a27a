// How often each synapse changed: histogram and Simpson index of a run.
import assert from "node:assert/strict";
import test from "node:test";
import { startServer } from "../lib/server.mjs";
import { endless, short, spec } from "../lib/specs.mjs";

const LAYERS = [65 * 12, 13 * 4]; // synapses, biases included

async function runOf(server, document) {
  const job = await server.submit(document);
  await server.done(job.id);
  const [{ id }] = (await server.get(`/v1/runs?job=${job.id}`)).items;
  return server.get(`/v1/runs/${id}`);
}

const sum = (list) => list.reduce((a, b) => a + b, 0);

test("plain learning changes every synapse on every sample", async (t) => {
  const server = await startServer(t);
  const { changes } = await runOf(server, short);
  assert.deepEqual(changes.histogram.most.slice(0, 6), [0, 1, 2, 4, 8, 16]);
  assert.equal(changes.histogram.most.at(-1), 4096); // 2049 to 4096 times
  for (const [end, size] of [["", LAYERS[0] + LAYERS[1]], ["_layer1", LAYERS[0]],
    ["_layer2", LAYERS[1]]]) {
    const synapses = changes.histogram[`synapses${end}`];
    assert.equal(synapses.length, changes.histogram.most.length);
    assert.equal(synapses.at(-1), size);
    assert.equal(sum(synapses), size);
    assert.ok(Math.abs(1 / changes[`simpson${end}`] - size) < 1e-6 * size);
  }
});

test("rules concentrate plasticity", async (t) => {
  const server = await startServer(t);
  const rules = [{ compete: { fraction: 0.1 } }, { compete: { by: "weight", fraction: 0.1 } },
    { subnet: { units: 4 } }, { mask: { of: "synapses", fraction: 0.2 } },
    { cache: { threshold: 0.05, consolidate: "synapse" } }, { gate: "wrong" }];
  for (const plasticity of rules) {
    const { changes, results } = await runOf(server, spec(short, { plasticity }));
    const { most, synapses, synapses_layer1, synapses_layer2 } = changes.histogram;
    assert.deepEqual(synapses.map((_, b) => synapses_layer1[b] + synapses_layer2[b]), synapses);
    assert.equal(sum(synapses), LAYERS[0] + LAYERS[1]);
    const upper = sum(synapses.map((n, b) => n * most[b]));
    const lower = sum(synapses.map((n, b) => n * (b < 2 ? most[b] : most[b - 1] + 1)));
    assert.ok(lower <= results.m0 && results.m0 <= upper, JSON.stringify(plasticity));
    const effective = 1 / changes.simpson;
    assert.ok(effective >= 1 && effective <= sum(synapses.slice(1)) * (1 + 1e-12));
  }
  const { changes } = await runOf(server, spec(short, { plasticity: { subnet: { units: 4 } } }));
  assert.equal(changes.histogram.synapses_layer1[0], LAYERS[0] - 4 * 65);
  assert.equal(changes.histogram.synapses_layer2[0], LAYERS[1] - 5 * 4);
  assert.ok(Math.abs(1 / changes.simpson - (4 * 65 + 5 * 4)) < 1e-6);
});

test("a layer that learns nothing has no index", async (t) => {
  const server = await startServer(t);
  const { changes } = await runOf(server, spec(short, { training: { learning_rate: [0, 0.01] } }));
  assert.equal(changes.simpson_layer1, null);
  assert.ok(changes.simpson_layer2 > 0 && changes.simpson === changes.simpson_layer2);
  assert.equal(changes.histogram.synapses_layer1[0], LAYERS[0]);
  assert.equal(changes.histogram.synapses_layer2.at(-1), LAYERS[1]);
});

test("they are there when the run has ended, unless it should not count", async (t) => {
  const server = await startServer(t);
  assert.equal((await runOf(server, spec(short, { record: { changes: false } }))).changes, null);
  const spent = await runOf(server, spec(short, {
    stop: { accuracy: null, epochs: 5, m0: 100000 } }));
  assert.equal(spent.outcome, "energy");
  assert.ok(spent.changes.simpson > 0);
  const diverged = await runOf(server, spec(short, { training: { learning_rate: 90 } }));
  assert.equal(diverged.outcome, "diverged");
  assert.ok(diverged.changes.simpson > 0);
  const { id } = await server.submit(endless);
  const [run] = (await server.get(`/v1/runs?job=${id}`)).items;
  assert.equal((await server.get(`/v1/runs/${run.id}`)).changes, null);
  assert.ok(!("changes" in run));
});
