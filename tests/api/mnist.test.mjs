// The paper's questions on the real images: samples and energy to 95 %, rule by rule, beside
// what the authors' published program gets.
import assert from "node:assert/strict";
import test from "node:test";
import { startServer } from "../lib/server.mjs";
import { real } from "../lib/paths.mjs";

const minutes = { timeout: 600000 };
const skip = real === null && "neither FRUGAL_TEST_DATASETS nor /usr/share/datasets";
const mean = (numbers) => numbers.reduce((a, b) => a + b) / numbers.length;

// Mean and standard deviation over seeds, on MNIST.
const published = [
  { rule: "plain, 100 units", hidden: 100, samples: [4.12e4, 1.8e3], m0: [3.28e9, 1.4e8],
    m1: [6.37e4, 2.2e3] },
  { rule: "plain, 200 units", hidden: 200, samples: [3.12e4, 2.3e3], m0: [4.96e9, 3.6e8],
    m1: [7.3e4, 4e3] },
  { rule: "plain, 1000 units", hidden: 1000, samples: [1.67e4, 1.2e3], m0: [1.32e10, 9.2e8],
    m1: [1.22e5, 5.6e3] },
  { rule: "competition by update, 200 units", hidden: 200,
    plasticity: { compete: { by: "update", fraction: [0.1, 1] } },
    samples: [3.6e4, 1.4e3], m0: [6.37e8, 2.5e7], m1: [5.82e4, 1.4e3] },
  { rule: "subnet of 100 in 1000 units", hidden: 1000, plasticity: { subnet: { units: 100 } },
    samples: [4.36e4, 1.7e3], m0: [3.47e9, 1.3e8], m1: [8.51e4, 1.7e3] },
  { rule: "fixed mask of units, 1000 units", hidden: 1000,
    plasticity: { mask: { of: "units", fraction: [0.1, 1] } },
    samples: [4e4, 3.5e3], m0: [3.54e9, 3.1e8], m1: [9.13e4, 7e3] },
];

const specOf = ({ hidden, plasticity = {} }) =>
  ({ dataset: "mnist", network: { hidden: [hidden] }, plasticity, seeds: 5 });

async function meansOf(server, job) {
  const done = await server.done(job.id, 500000);
  assert.equal(done.runs.succeeded, 5, JSON.stringify(done.runs));
  const runs = (await server.get(`/v1/runs?job=${job.id}`)).items;
  assert.deepEqual(new Set(runs.map((run) => run.outcome)), new Set(["goal"]));
  return (name) => mean(runs.map((run) => run.results[name]));
}

test("rules take what they take in the paper", { skip, ...minutes }, async (t) => {
  const server = await startServer(t, { args: ["--datasets", real.folder], tiny: false });
  if (real.name !== "mnist") { // the figures are MNIST's; a goal that is reached says something
    const job = await server.submit({ dataset: real.name, network: { hidden: [100] },
      stop: { accuracy: 0.8 }, seeds: 5 });
    const of = await meansOf(server, job);
    assert.equal(of("m0_direct"), 79510);
    assert.ok(of("m0") > 0.95 * 79510 * of("samples"));
    return;
  }
  const jobs = [];
  for (const row of published) jobs.push(await server.submit(specOf(row)));
  for (const [i, row] of published.entries()) {
    const of = await meansOf(server, jobs[i]);
    for (const name of ["samples", "m0", "m1"]) {
      const [wanted, deviation] = row[name], found = of(name);
      const within = Math.max(2 * deviation, 0.06 * wanted);
      t.diagnostic(`${row.rule}: ${name} ${found.toPrecision(4)}, published ${wanted}`);
      assert.ok(Math.abs(found - wanted) <= within,
        `${row.rule}: ${name} is ${found}, not ${wanted} within ${within}`);
    }
  }
});
