// The file of settings: what goes before what, what is wrong with it, what changes on SIGHUP.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { until } from "../lib/cleanup.mjs";
import * as paths from "../lib/paths.mjs";
import { runServer, startServer, workspace } from "../lib/server.mjs";
import { endless, spec } from "../lib/specs.mjs";

function withFile(t, text) {
  const place = workspace(t);
  const file = path.join(place.folder, "frugald.conf");
  fs.writeFileSync(file, text);
  return { place, file };
}

test("the file in docker/ is the one that frugald prints", async (t) => {
  const { folder } = workspace(t, { tiny: false });
  const { code, out, err } = await runServer(["--print-config"], { cwd: folder });
  assert.deepEqual([code, err], [0, ""]);
  assert.equal(fs.readFileSync(path.join(paths.root, "docker", "frugald.conf"), "utf8"), out,
    "build/frugald --print-config > docker/frugald.conf");
});

test("every setting of that file, and every option with a variable, is known to the other",
  async (t) => {
    const { place, file } = withFile(t, "");
    const help = (await runServer(["--help"], { cwd: place.folder })).out.replace(/\s+/g, " ");
    const printed = (await runServer(["--print-config"], { cwd: place.folder })).out;
    const keys = [...printed.matchAll(/^#([a-z-]+) =/gm)].map(([, key]) => key);
    const variables = [...help.matchAll(/\(also (FRUGAL_\w+)\)/g)].map(([, name]) => name);
    const variableOf = (key) => `FRUGAL_${key.toUpperCase().replaceAll("-", "_")}`;
    assert.deepEqual(keys.map(variableOf).sort(),
      variables.filter((name) => name !== "FRUGAL_CONFIG").sort());
    fs.writeFileSync(file, printed.replace(/^#([a-z-]+ =)/gm, "$1"));
    assert.equal((await runServer(["--config", file, "stray"], { cwd: place.folder })).code, 64);
  });

test("command line, environment, file, default", async (t) => {
  const { place, file } = withFile(t, "workers = 3\n");
  const count = async (options) => {
    const server = await startServer(t, { place, ...options });
    const workers = await server.get("/v1/workers");
    server.checkEnd(await server.stop());
    return workers.count;
  };
  const env = { FRUGAL_CONFIG: file };
  assert.equal(await count({ workers: 2, env: { ...env, FRUGAL_WORKERS: "4" } }), 2);
  assert.equal(await count({ workers: null, env: { ...env, FRUGAL_WORKERS: "4" } }), 4);
  assert.equal(await count({ workers: null, env }), 3);
  assert.equal(await count({ workers: null, args: ["--config", file] }), 3);
});

test("a mistake in the file: 78, and one line that says where", async (t) => {
  const { place, file } = withFile(t, "");
  const rows = [
    ["# x\nwrokers = 2\n", /line 2: there is no setting "wrokers"; did you mean workers\?/],
    ["workers = 2\nworkers = 2\n", /line 2: workers is set a second time/],
    ["workers = 99999999999999999999\n", /line 1: workers takes a whole number from 0 to 1024/],
    ["require-tokens = 2\n", /line 1: require-tokens takes yes or no/],
    ["log-level = loud\n", /line 1: log-level takes error\|warning\|info\|debug, not "loud"/],
    ["# x\nlisten = nowhere\n", /line 2: "nowhere" is not an address to listen on/],
    ["fetch-allow = 10.1.0.0/33\n", /line 1: .*10\.1\.0\.0\/33/],
    ["\nfetch-ports = 70000\n", /line 2: .*70000/],
    ["connections = 7\n", /line 1: connections takes a whole number from 8 to 3000/],
    ["workers\n", /line 1: this is not KEY = VALUE/],
  ];
  for (const [text, wanted] of rows) {
    fs.writeFileSync(file, text);
    const { code, out, err } = await runServer(["--config", file, "--data-dir", place.data],
      { cwd: place.folder });
    assert.deepEqual([code, out], [78, ""], text);
    assert.match(err, wanted);
    assert.ok(err.startsWith(`frugald: ${file}, `) && err.split("\n").length === 2, err);
  }
  assert.ok(!fs.existsSync(place.data), "nothing was made");
  const { code, err } = await runServer(["--config", "/nowhere/frugald.conf"],
    { cwd: place.folder });
  assert.equal(code, 78);
  assert.match(err, /\/nowhere\/frugald\.conf: No such file/);
});

test("SIGHUP reads it again, and a file with mistakes changes nothing", async (t) => {
  const { place, file } = withFile(t, "per-owner = 1\nwaiting-per-owner = 0\n");
  const server = await startServer(t, { place, env: { FRUGAL_CONFIG: file } });
  await server.submit(spec(endless, { seeds: 2 }));
  await until(async () => (await server.get("/v1/workers")).busy === 1, "the first run");
  assert.match((await server.get("/v1/runs/2/why")).why, /its owner may have 1 runs/);
  fs.writeFileSync(file, "per-owner = 2\nnonsense\n");
  server.signal("SIGHUP");
  await until(() => /stay as they are: .*line 2/.test(server.log), "the complaint");
  assert.equal((await server.get("/v1/workers")).busy, 1);
  fs.writeFileSync(file, "per-owner = 2\nwaiting-per-owner = 1\nlog-level = debug\n");
  server.signal("SIGHUP");
  await until(async () => (await server.get("/v1/workers")).busy === 2, "the second run");
  const r = await server.post(spec(endless, { seeds: 2 }));
  assert.equal(r.status, 429);
});
