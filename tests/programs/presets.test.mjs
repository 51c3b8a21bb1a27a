// The presets: their index, and that each of them is a job.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { clientOf, frugal } from "../lib/client.mjs";
import { makeSet } from "../lib/idx.mjs";
import * as paths from "../lib/paths.mjs";
import { startServer, workspace } from "../lib/server.mjs";

const examples = path.join(paths.root, "schema/examples");
const RESULTS = ["samples", "m0", "m1", "inefficiency_m0", "inefficiency_m1", "maintenance"];

const index = JSON.parse(fs.readFileSync(path.join(paths.root, "schema/presets.json"), "utf8"));
const fileOf = (name) => JSON.parse(fs.readFileSync(path.join(examples, `${name}.json`), "utf8"));

test("the index names every preset, and figures of what is swept", () => {
  const files = fs.readdirSync(examples).map((file) => path.basename(file, ".json"));
  assert.deepEqual(index.map((entry) => entry.name).sort(),
    files.filter((name) => fileOf(name).tags.includes("preset")).sort());
  for (const { name, look, figures, baseline, quick, seconds } of index) {
    const spec = fileOf(name);
    assert.ok(look.endsWith(".") && spec.note.endsWith("."), name);
    assert.equal(quick.seeds, 3, name);
    assert.equal(spec.seeds, 10, name);
    assert.ok(seconds.quick > 0 && seconds.full > seconds.quick, name);
    const swept = Object.keys(spec.sweep);
    assert.deepEqual(Object.keys(quick.sweep ?? spec.sweep).sort(), [...swept].sort(), name);
    for (const figure of figures) {
      assert.ok(swept.includes(figure.x) || figure.x === "accuracy", `${name}: ${figure.x}`);
      assert.ok(figure.y.length > 0 && figure.y.every((y) => RESULTS.includes(y)), name);
    }
    for (const sweep of [spec.sweep, quick.sweep ?? spec.sweep]) {
      for (const [pointer, value] of Object.entries(baseline ?? {})) {
        assert.ok(sweep[pointer].some((v) => JSON.stringify(v) === JSON.stringify(value)), name);
      }
    }
  }
  const quick = index.reduce((sum, entry) => sum + entry.seconds.quick, 0);
  assert.ok(quick <= 1100, `${quick} seconds of computing for a quick report`);
});

test("each is a valid job, in full and quick", async (t) => {
  const place = workspace(t);
  for (const name of ["mnist", "fashion-mnist"]) makeSet(place.datasets, name);
  const server = await startServer(t, { place });
  const client = clientOf(server);
  for (const { name } of index) {
    for (const more of [[], ["--quick"]]) {
      const { code, err } = await client("submit", "--preset", name, "--dry-run", ...more);
      assert.equal(code, 0, `${name}: ${err}`);
      const printed = await frugal(["presets", name, ...more]);
      const piped = await client("submit", "-", "--dry-run", { input: printed.out });
      assert.equal(piped.code, 0, `${name}: ${piped.err}`);
    }
  }
});

test("presets are listed by the client and by the server", async (t) => {
  const server = await startServer(t);
  const { out } = await frugal(["presets"]);
  for (const { name } of index) assert.ok(out.includes(`\n${name} `), name);
  const wanted = index.map((entry) => ({ ...entry, spec: fileOf(entry.name) }));
  assert.deepEqual((await server.get("/v1/presets")).items, wanted);
  assert.deepEqual(JSON.parse((await frugal(["presets", "--json"])).out), wanted);
  const printed = JSON.parse((await frugal(["presets", "gating"])).out);
  assert.deepEqual(printed, fileOf("gating"));
  const misspelt = await frugal(["presets", "gatin"]);
  assert.equal(misspelt.code, 4);
  assert.match(misspelt.err, /did you mean "gating"/);
  for (const words of [["submit"], ["submit", "-", "--preset", "gating"]]) {
    assert.equal((await frugal(words)).code, 2);
  }
});
