// The same bits on every processor: each rule, activation and loss is trained natively, with
// every variant of the inner loops, and under emulated processors without AVX2 or AVX-512.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import path from "node:path";
import test from "node:test";
import { promisify } from "node:util";
import { plainEnvironment, removeFolder, temporaryFolder } from "../lib/cleanup.mjs";
import { makeSet } from "../lib/idx.mjs";
import * as paths from "../lib/paths.mjs";

const run = promisify(execFile);
const program = path.join(paths.build, "tests", "trace");

const compete = (more) => ({ compete: { fraction: [0.1, 0.5], ...more } });
const rules = {
  plain: {},
  "by update": compete({}),
  "by update, smallest": compete({ keep: "smallest" }),
  "by update, per unit": compete({ scope: "unit" }),
  "by weight": compete({ by: "weight" }),
  "by weight, per unit, smallest": compete({ by: "weight", scope: "unit", keep: "smallest" }),
  "by error": compete({ by: "error" }),
  "by activity": compete({ by: "activity" }),
  subnet: { subnet: { units: 7 } },
  "subnet and competition": { subnet: { units: 9 }, ...compete({}) },
  "unit mask per class": { mask: { of: "units", fraction: [0.4, 1], redraw: "class" } },
  "synapse mask per sample": { mask: { of: "synapses", fraction: 0.3, redraw: "sample" } },
  "gate wrong": { gate: "wrong" },
  "gate by error": { gate: 0.4 },
  cache: { cache: { threshold: 0.01, decay: 0.001 } },
  "cache of synapses": { cache: { threshold: 0.005, decay: 0.001, consolidate: "synapse" } },
};

const spec = (more) => ({
  dataset: "tiny", network: { hidden: [20] }, evaluate: { every: 100 },
  stop: { accuracy: null, epochs: null, samples: 300 }, ...more,
});
const cases = Object.entries(rules).map(([name, plasticity]) => [name, spec({ plasticity })]);
for (const activation of ["relu", "elu", "sigmoid", "tanh"]) {
  cases.push([activation, spec({ network: { hidden: [20, 9], activation } })]);
}
cases.push(["cross entropy", spec({ network: { hidden: [20], loss: "cross_entropy" } })]);
cases.push(["exponents", spec({ energy: { exponents: [0.5, 1.7, 2, 3.3] } })]);
for (const name of ["by update", "by weight", "cache"]) {
  cases.push([`exponents, ${name}`,
    spec({ plasticity: rules[name], energy: { exponents: [0.3, 2.5] } })]);
}
for (const name of ["plain", "by update", "by error", "subnet"]) { // more than one block of columns
  cases.push([`${name}, 150 units`, spec({ network: { hidden: [150] }, plasticity: rules[name] })]);
}
cases.push(["a frozen layer", spec({ training: { learning_rate: [0, 0.01] } })]);
cases.push(["weight decay", spec({ training: { l2: 0.001 } })]);
cases.push(["shuffled, not centred", spec({ training: { order: "shuffled", centre: false } })]);

async function trace(folder, spec, { kernels = [], emulated = [] } = {}) {
  const words = [...emulated, program, folder, JSON.stringify(spec), ...kernels];
  const options = { env: plainEnvironment(), maxBuffer: 1 << 24, timeout: 120000 };
  const { stdout } = await run(words[0], words.slice(1), options);
  assert.equal(stdout.split("\n").length, 5, stdout);
  return stdout;
}

test("traces have the same bits on every processor", async (t) => {
  const folder = temporaryFolder();
  t.after(() => removeFolder(folder));
  makeSet(folder, "tiny");
  for (const [name, spec] of cases) {
    await t.test(name, async () => {
      const native = await trace(folder, spec);
      assert.equal(await trace(folder, spec, { kernels: ["kernels_v1"] }), native, "v1");
      for (const cpu of ["Nehalem", "Haswell"]) {
        const emulated = ["qemu-x86_64", "-cpu", cpu];
        assert.equal(await trace(folder, spec, { emulated }), native, cpu);
      }
    });
  }
});
