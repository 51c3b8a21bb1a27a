// The trace of a run: columns, formats, parts, and what its numbers must fulfil.
import assert from "node:assert/strict";
import test from "node:test";
import { columns as parse } from "../lib/csv.mjs";
import { ENERGIES, traceColumns } from "../lib/fields.mjs";
import { startServer } from "../lib/server.mjs";
import { short, spec } from "../lib/specs.mjs";

async function finished(t, change = {}) {
  const server = await startServer(t);
  const job = await server.submit(spec(short, change));
  assert.equal((await server.done(job.id)).state, "succeeded");
  return server;
}

async function csv(server, query = "", headers = {}) {
  const r = await server.request(`/v1/runs/1/trace${query}`, { headers });
  assert.equal(r.status, 200, r.text);
  assert.match(r.headers["content-type"], /^text\/csv/);
  return r.text;
}

test("CSV and JSON hold the same numbers under the same names", async (t) => {
  const server = await finished(t, { network: { hidden: [9, 5] } });
  const trace = await server.get("/v1/runs/1/trace");
  assert.deepEqual(Object.keys(trace).sort(), ["columns", "last", "run"]);
  assert.deepEqual([trace.run, trace.last], [1, 4]);
  const names = Object.keys(trace.columns);
  const wanted = traceColumns(3);
  assert.deepEqual(names.filter((name) => wanted.includes(name)), wanted);
  for (const name of names.filter((n) => n.endsWith("_layer3"))) {
    const all = [name.replace("_layer3", ""), name.replace("3", "1"), name.replace("3", "2")];
    for (const other of all) assert.ok(names.includes(other), `${name} but no ${other}`);
  }
  const text = await csv(server, "?format=csv");
  assert.deepEqual(parse(text), trace.columns);
  assert.equal(text.split("\n", 1)[0], names.join(","));
  assert.equal(await csv(server, "", { Accept: "text/csv" }), text);
});

test("the first row is the untrained network, the last one the results", async (t) => {
  const server = await finished(t);
  const { columns } = await server.get("/v1/runs/1/trace");
  assert.deepEqual(columns.samples, [0, 750, 1500, 2250, 3000]);
  assert.deepEqual(columns.epoch, [0, 1.25, 2.5, 3.75, 5]);
  assert.equal(columns.train_accuracy[0], null);
  for (const name of traceColumns(2).filter((n) => /^m[01]/.test(n))) {
    assert.equal(columns[name][0], 0, name);
  }
  assert.ok(columns.test_accuracy[0] >= 0 && columns.test_accuracy[0] < 0.8);
  const { results } = await server.get("/v1/runs/1");
  for (const name of ["samples", "test_accuracy", "m0", "m1", "m0_direct", "m1_direct"]) {
    assert.equal(results[name], columns[name].at(-1), name);
  }
  assert.equal(results.inefficiency_m0, results.m0 / results.m0_direct);
  assert.equal(results.inefficiency_m1, results.m1 / results.m1_direct);
});

test("totals are the sums of the layers; energies grow, and exceed the direct path",
  async (t) => {
    const server = await finished(t, { network: { hidden: [11, 6] }, evaluate: { every: 40 } });
    const { columns } = await server.get("/v1/runs/1/trace");
    assert.equal(columns.samples.length, 76);
    for (const energy of ENERGIES) {
      columns[energy].forEach((total, row) => {
        const sum = [1, 2, 3].reduce((s, l) => s + columns[`${energy}_layer${l}`][row], 0);
        assert.ok(Math.abs(total - sum) <= 1e-12 * Math.max(1, sum), `${energy} ${row}`);
      });
    }
    for (const m of ["m0", "m1"]) {
      for (let row = 1; row < columns.samples.length; row += 1) {
        assert.ok(columns[m][row] > columns[m][row - 1], `${m} grows`);
        assert.ok(columns[m][row] >= columns[`${m}_direct`][row] * (1 - 1e-6));
      }
    }
    const synapses = 65 * 11 + 12 * 6 + 7 * 4;
    assert.ok(columns.m0.every((m0, row) => m0 <= synapses * columns.samples[row]));
    assert.ok(columns.m0.every(Number.isInteger));
    assert.ok(columns.m0_direct.every((m0) => m0 <= synapses));
  });

test("a choice of columns", async (t) => {
  const server = await finished(t);
  const whole = (await server.get("/v1/runs/1/trace")).columns;
  const some = (await server.get("/v1/runs/1/trace?columns=samples,m1_layer2,m0")).columns;
  assert.deepEqual(Object.keys(some).sort(), ["m0", "m1_layer2", "samples"]);
  for (const name of Object.keys(some)) assert.deepEqual(some[name], whole[name]);
  assert.deepEqual(parse(await csv(server, "?format=csv&columns=m1")), { m1: whole.m1 });
  assert.deepEqual(parse(await csv(server, "?format=csv&columns=m0%2Cm1")),
    { m0: whole.m0, m1: whole.m1 });
  for (const bad of ["nothing", "m0,nothing", "m0,,m1", "m0,m0", "M0", "", "m0_layer3",
    "m0%20", "samples;m0"]) {
    const r = await server.request(`/v1/runs/1/trace?columns=${bad}`);
    assert.equal(r.status, 400, `columns=${bad}: ${r.text.slice(0, 200)}`);
  }
  const why = async (list) =>
    (await server.request(`/v1/runs/1/trace?columns=${list}`)).json().detail;
  assert.match(await why("m0,m2,m3"), /^there is no column "m2" in this trace, but samples /);
  for (const name of [...Object.keys(whole), "seconds"]) {
    assert.match(await why("m2"), new RegExp(`[ ,]${name.replace(".", "\\.")}( |$)`));
  }
  assert.equal(await why("m1,m0,m1"), "columns names one of them twice");
  assert.ok((await why("%ffx")).length > 5, "no UTF-8");
  assert.ok((await why("x".repeat(5000))).length < 1000);
});

test("only the rows after a given one", async (t) => {
  const server = await finished(t);
  const samples = async (after) => {
    const { columns, last } = await server.get(`/v1/runs/1/trace?after=${after}`);
    return [columns.samples, last];
  };
  assert.deepEqual(await samples(-1), [[0, 750, 1500, 2250, 3000], 4]);
  assert.deepEqual(await samples(0), [[750, 1500, 2250, 3000], 4]);
  assert.deepEqual(await samples(3), [[3000], 4]);
  assert.deepEqual(await samples(4), [[], 4]);
  assert.deepEqual(await samples(1000), [[], 4]);
  assert.deepEqual(parse(await csv(server, "?format=csv&columns=samples&after=2")),
    { samples: [2250, 3000] });
  for (const bad of ["x", "-2", "1.5", "", "9223372036854775808"]) {
    assert.equal((await server.request(`/v1/runs/1/trace?after=${bad}`)).status, 400, bad);
  }
});

test("formats: by argument, by Accept, and no others", async (t) => {
  const server = await finished(t);
  const type = async (query, headers) => {
    const r = await server.request(`/v1/runs/1/trace${query}`, { headers });
    return r.status === 200 ? r.headers["content-type"].split(";")[0] : r.status;
  };
  const [json, text] = ["application/json", "text/csv"];
  assert.equal(await type(""), json);
  assert.equal(await type("", { Accept: "*/*" }), json);
  assert.equal(await type("?format=json", { Accept: "text/csv" }), json);
  assert.equal(await type("?format=csv", { Accept: "application/json" }), text);
  assert.equal(await type("?format=xml"), 400);
  assert.equal(await type("?format="), 400);
});

test("numbers survive: a diverged run is valid JSON and CSV with gaps", async (t) => {
  const server = await startServer(t);
  const job = await server.submit(spec(short, { training: { learning_rate: 100 },
    evaluate: { every: 1 } }));
  await server.done(job.id);
  const trace = await server.get("/v1/runs/1/trace");
  const text = await csv(server, "?format=csv");
  assert.doesNotMatch(text, /\b(nan|inf)/i);
  assert.deepEqual(parse(text), trace.columns);
  assert.ok((await server.request("/v1/runs/1")).json());
  assert.ok(trace.columns.samples.length >= 1);
});
