// The paper's plain backpropagation on the real images.
import assert from "node:assert/strict";
import test from "node:test";
import { startServer } from "../lib/server.mjs";
import { real } from "../lib/paths.mjs";

const minutes = { timeout: 420000 };
const skip = real === null && "neither FRUGAL_TEST_DATASETS nor /usr/share/datasets";
const mean = (numbers) => numbers.reduce((a, b) => a + b) / numbers.length;

function near(value, wanted, share, what) {
  assert.ok(Math.abs(value / wanted - 1) <= share, `${what} is ${value}, not ${wanted}`);
}

test("plain backpropagation takes what it takes", { skip, ...minutes }, async (t) => {
  const args = ["--datasets", real.folder];
  const server = await startServer(t, { args, tiny: false });
  const isMnist = real.name === "mnist";
  const stop = isMnist ? {} : { accuracy: 0.8 };
  const job = await server.submit({ dataset: real.name, network: { hidden: [100] },
    stop, seeds: 5 });
  const done = await server.done(job.id, 400000);
  assert.equal(done.runs.succeeded, 5, JSON.stringify(done.runs));
  const runs = (await server.get(`/v1/runs?job=${job.id}`)).items;
  const of = (name) => mean(runs.map((run) => run.results[name]));
  for (const { results, outcome } of runs) {
    assert.equal(outcome, "goal");
    assert.ok(results.test_accuracy >= (isMnist ? 0.95 : 0.8));
    assert.equal(results.m0_direct, 79510);
    assert.ok(results.m0 > 0.95 * 79510 * results.samples);
  }
  if (!isMnist) return;
  assert.ok(of("samples") >= 36000 && of("samples") <= 48000, `${of("samples")} samples`);
  near(of("m0"), 3.3e9, 0.1, "M0");
  near(of("m1"), 6.4e4, 0.1, "M1");
});
