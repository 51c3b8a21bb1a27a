// The weights file that a run leaves.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { until } from "../lib/cleanup.mjs";
import { readNpz } from "../lib/npz.mjs";
import { startServer } from "../lib/server.mjs";
import { endless, short, spec } from "../lib/specs.mjs";

const SHAPES = [[65, 12], [13, 4]]; // biases included

async function runOf(server, document) {
  const job = await server.submit(document);
  await server.done(job.id);
  return (await server.get(`/v1/runs?job=${job.id}`)).items[0];
}

const file = (server, run, options = {}) =>
  server.request(`/v1/runs/${run.id}/weights`, { raw: true, ...options });

const sum = (list) => list.reduce((a, b) => a + b, 0);

async function refused(server, id, words) {
  const r = await server.request(`/v1/runs/${id}/weights`);
  assert.equal(r.status, 404, r.text);
  assert.match(r.headers["content-type"], /^application\/problem\+json/);
  assert.match(r.json().detail, words);
}

/* What is in the file fits what the trace says of the last row. */
async function checkArrays(server, run, arrays) {
  const { columns } = await server.get(`/v1/runs/${run.id}/trace`);
  SHAPES.forEach((shape, i) => {
    const [weights, changes] = [arrays[`weights_layer${i + 1}`], arrays[`changes_layer${i + 1}`]];
    assert.deepEqual([weights.descr, weights.shape], ["<f4", shape]);
    assert.deepEqual([changes.descr, changes.shape], ["<u4", shape]);
    const norm = Math.sqrt(sum([...weights.values].map((w) => w * w)));
    assert.ok(Math.abs(norm - columns[`weight_norm_layer${i + 1}`].at(-1)) < 1e-5 * norm);
    assert.equal(sum([...changes.values]), columns[`m0_layer${i + 1}`].at(-1));
  });
}

test("the arrays are the network at the end, and how often each synapse changed", async (t) => {
  const server = await startServer(t);
  const rules = [{}, { compete: { fraction: 0.1 } }, { compete: { scope: "unit", count: 3 } },
    { compete: { by: "weight", count: [30, 9] } }, { compete: { by: "error", count: [3, 2] } },
    { subnet: { units: 5 } }, { subnet: { units: 5 }, compete: { fraction: 0.2 } },
    { mask: { of: "synapses", fraction: 0.3 } }, { mask: { fraction: 0.5, redraw: "sample" } },
    { cache: { threshold: 0.03 } }, { gate: "wrong" }];
  for (const plasticity of rules) {
    const run = await runOf(server, spec(short, { plasticity }));
    const r = await file(server, run);
    assert.equal(r.status, 200);
    assert.equal(r.text.length, run.weights);
    const arrays = readNpz(r.text);
    assert.deepEqual(Object.keys(arrays),
      ["weights_layer1", "weights_layer2", "changes_layer1", "changes_layer2"]);
    await checkArrays(server, run, arrays);
  }
});

test("the same spec and seed leave the same bytes", async (t) => {
  const server = await startServer(t);
  const bytes = async (document) => (await file(server, await runOf(server, document))).text;
  const once = await bytes(short);
  assert.ok(once.equals(await bytes(short)));
  assert.ok(!once.equals(await bytes(spec(short, { seeds: [2] }))));
});

test("headers: a file of its size, with a name and a validator", async (t) => {
  const server = await startServer(t);
  const run = await runOf(server, short);
  const { status, headers, text } = await file(server, run);
  assert.equal(status, 200);
  assert.equal(headers["content-type"], "application/zip");
  assert.equal(headers["content-disposition"], `attachment; filename="run-${run.id}.npz"`);
  assert.equal(Number(headers["content-length"]), text.length);
  const head = await file(server, run, { method: "HEAD" });
  assert.deepEqual([head.status, head.text.length], [200, 0]);
  assert.equal(head.headers["content-length"], headers["content-length"]);
  const known = await file(server, run, { headers: { "If-None-Match": headers.etag } });
  assert.deepEqual([known.status, known.text.length], [304, 0]);
  const other = await file(server, run, { headers: { "If-None-Match": "\"0-0\"" } });
  assert.equal(other.status, 200);
  assert.equal((await file(server, run, { method: "POST" })).status, 405);
});

test("what is recorded can be chosen", async (t) => {
  const server = await startServer(t);
  const plain = await runOf(server, spec(short, { record: { changes: false } }));
  assert.deepEqual(Object.keys(readNpz((await file(server, plain)).text)),
    ["weights_layer1", "weights_layer2"]);
  const none = await runOf(server, spec(short, { record: { weights: false } }));
  assert.equal(none.weights, null);
  assert.ok((await server.get(`/v1/runs/${none.id}`)).changes.simpson > 0);
  await refused(server, none.id, /record\.weights/);
  assert.deepEqual(fs.readdirSync(path.join(server.place.data, "weights")), ["1.npz"]);
});

test("runs that diverged or spent their energy leave one, others say why not", async (t) => {
  const server = await startServer(t, { workers: 1 });
  const spent = await runOf(server, spec(short, { stop: { accuracy: null, epochs: 5, m1: 5 } }));
  assert.equal(spent.outcome, "energy");
  assert.equal((await file(server, spent)).status, 200);
  const diverged = await runOf(server, spec(short, { training: { learning_rate: 90 } }));
  assert.equal(diverged.outcome, "diverged");
  assert.ok(readNpz((await file(server, diverged)).text).weights_layer1.values.length === 65 * 12);
  await server.submit(spec(endless, { seeds: 2 }));
  await until(async () => (await server.get("/v1/runs/3")).state === "running", "run 3");
  await refused(server, 3, /not ended/);
  await refused(server, 4, /not ended/);
  await refused(server, 99, /no such run/);
});

test("a file that is gone is a fault of the server, not of the request", async (t) => {
  const server = await startServer(t);
  const run = await runOf(server, short);
  fs.unlinkSync(path.join(server.place.data, "weights", `${run.id}.npz`));
  assert.equal((await server.request(`/v1/runs/${run.id}/weights`)).status, 500);
});
