// Further energies: the sums of |dw|^alpha beside M0 and M1.
import assert from "node:assert/strict";
import test from "node:test";
import { startServer } from "../lib/server.mjs";
import { short, spec } from "../lib/specs.mjs";

const RULES = [{}, { compete: { fraction: 0.2 } }, { compete: { by: "weight", count: 5 } },
  { mask: { of: "synapses", fraction: 0.5 } }, { cache: { threshold: 0.02 } }];

async function runsOf(server, document) {
  const job = await server.submit(document);
  assert.equal((await server.done(job.id)).state, "succeeded");
  return server.all(`/v1/runs?job=${job.id}`);
}

/* By Cauchy and Schwarz (sum of |dw|^((a + b) / 2))^2 is at most the sum for a times that for
 * b; and it is more than nothing. */
function checkBetween(columns, low, middle, high, end) {
  const last = (name) => columns[`${name}${end}`].at(-1);
  assert.ok(last(middle) > 0, middle + end);
  assert.ok(last(middle) ** 2 <= last(low) * last(high) * (1 + 1e-5), middle + end);
}

test("further energies are columns of the trace and results, for each rule", async (t) => {
  const server = await startServer(t);
  const runs = await runsOf(server, spec(short, {
    energy: { exponents: [0.5, 2, 1.25] }, sweep: { "/plasticity": RULES } }));
  assert.equal(runs.length, RULES.length);
  for (const run of runs) {
    const { columns } = await server.get(`/v1/runs/${run.id}/trace`);
    for (const end of ["", "_layer1", "_layer2", "_direct", "_direct_layer1"]) {
      checkBetween(columns, "m0", "m0.5", "m1", end);
      checkBetween(columns, "m0.5", "m1.25", "m2", end);
      checkBetween(columns, "m0", "m1", "m2", end);
    }
    for (const name of ["m0.5", "m2", "m1.25"]) {
      const layers = columns[`${name}_layer1`].at(-1) + columns[`${name}_layer2`].at(-1);
      assert.ok(Math.abs(layers - columns[name].at(-1)) <= 1e-9 * layers);
      assert.equal(run.results[name], columns[name].at(-1));
      assert.equal(run.results[`${name}_direct`], columns[`${name}_direct`].at(-1));
    }
    assert.ok(!("m0.5_layer1" in run.results));
  }
});

test("their columns come last within totals and layers, in the order of the spec", async (t) => {
  const server = await startServer(t);
  const [run] = await runsOf(server, spec(short, { energy: { exponents: [2, 0.5] } }));
  const csv = (await server.request(`/v1/runs/${run.id}/trace?format=csv`)).text;
  const names = csv.split("\n")[0].split(",");
  const at = names.indexOf("weight_norm") + 1;
  assert.deepEqual(names.slice(at, at + 5), ["m2", "m0.5", "m2_direct", "m0.5_direct",
    "m0_layer1"]);
  assert.deepEqual(names.slice(-2), ["m2_direct_layer2", "m0.5_direct_layer2"]);
  const some = await server.get(`/v1/runs/${run.id}/trace?columns=m0.5,m2_layer1`);
  assert.deepEqual(Object.keys(some.columns).sort(), ["m0.5", "m2_layer1"]);
});

test("they change nothing else", async (t) => {
  const server = await startServer(t);
  const [plain] = await runsOf(server, short);
  const [more] = await runsOf(server, spec(short, { energy: { exponents: [3] } }));
  assert.ok(!Object.keys(plain.results).includes("m3"));
  const names = "samples,test_accuracy,test_loss,m0,m1_layer1,m1_direct";
  const of = async (run) => (await server.request(
    `/v1/runs/${run.id}/trace?format=csv&columns=${names}`)).text;
  assert.equal(await of(more), await of(plain));
});
