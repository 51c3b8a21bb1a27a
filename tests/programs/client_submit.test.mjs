// frugal submit, from a file and from standard input, followed and not.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { until } from "../lib/cleanup.mjs";
import { clientOf } from "../lib/client.mjs";
import { startServer } from "../lib/server.mjs";
import { endless, long, short, spec } from "../lib/specs.mjs";

async function setUp(t, options) {
  const server = await startServer(t, options);
  const client = clientOf(server);
  const submit = (document, ...args) => client("submit", "-", ...args,
    { input: JSON.stringify(document) });
  return { server, client, submit };
}

test("a spec from a file and from standard input", async (t) => {
  const { server, client, submit } = await setUp(t);
  const file = path.join(server.place.folder, "spec.json");
  fs.writeFileSync(file, JSON.stringify(spec(short, { name: "from a file", seeds: 2 })));
  const first = await client("submit", file);
  assert.deepEqual([first.code, first.err], [0, ""]);
  assert.match(first.out, /^job 1: 2 runs in 1 cell\b/);
  const second = await submit(spec(short, { name: "from a pipe" }));
  assert.match(second.out, /^job 2: 1 run/);
  const names = (await server.get("/v1/jobs")).items.map((job) => job.name);
  assert.deepEqual(names, ["from a pipe", "from a file"]);
});

test("-q prints the number only, --json the job", async (t) => {
  const { server, submit } = await setUp(t);
  assert.deepEqual(await submit(short, "-q"), { code: 0, out: "1\n", err: "" });
  const { code, out, err } = await submit(short, "--json");
  assert.deepEqual([code, err], [0, ""]);
  const job = JSON.parse(out);
  assert.equal(job.id, 2);
  assert.deepEqual(job.spec, (await server.get("/v1/jobs/2")).spec);
});

test("--set and --seeds change the spec", async (t) => {
  const { server, submit } = await setUp(t);
  await submit(short, "-q", "--set", "network.hidden=[5,6]", "--set", "name=a name",
    "-s", "/stop/epochs=2", "--set", "training.learning_rate=0.02", "--seeds", "4");
  await submit({ dataset: "tiny" }, "-q", "--seeds", "7,3", "--set", "stop.accuracy=null",
    "--set", "tags=[\"x\"]", "--set", "/sweep={\"/network/hidden/0\": [4, 5]}");
  const first = (await server.get("/v1/jobs/1")).spec;
  assert.deepEqual([first.network.hidden, first.name, first.stop.epochs, first.seeds,
    first.training.learning_rate], [[5, 6], "a name", 2, [1, 2, 3, 4], 0.02]);
  const second = await server.get("/v1/jobs/2");
  assert.deepEqual([second.spec.seeds, second.spec.stop.accuracy, second.tags, second.cells],
    [[7, 3], null, ["x"], 2]);
  for (const args of [["--set", "nonsense"], ["--set", "=1"], ["--seeds", "x"],
    ["--seeds", "1,,2"], ["--seeds", "-1"], ["--set", "dataset.x=1"]]) {
    const { code, out } = await submit(short, ...args);
    assert.deepEqual([code, out], [2, ""], args.join(" "));
  }
  assert.equal((await server.get("/v1/jobs")).items.length, 2);
});

test("--sweep makes cells", async (t) => {
  const { server, submit } = await setUp(t);
  const r = await submit(short, "--sweep", "network.hidden.0=[4,5]",
    "--sweep", "/training/learning_rate=0.02", "--seeds", "2");
  assert.match(r.out, /^job 1: 4 runs in 2 cells\n$/);
  assert.deepEqual((await server.get("/v1/jobs/1")).spec.sweep,
    { "/network/hidden/0": [4, 5], "/training/learning_rate": [0.02] });
  assert.equal((await submit(short, "--sweep", "network.hidden.0")).code, 2);
  const bad = await submit(short, "--sweep", "network.hiden=[[4]]");
  assert.equal(bad.code, 3);
});

test("--wait: no progress, the results, and the exit code", async (t) => {
  const { submit } = await setUp(t);
  const good = await submit(spec(short, { seeds: 2 }), "--wait");
  assert.deepEqual([good.code, good.err], [0, ""]);
  assert.match(good.out, /^job 1: 2 runs in 1 cell\n.*\n *2 +3000 ± 0/);
  const bad = await submit(spec(short, { training: { learning_rate: 99 } }), "-w", "-q");
  assert.deepEqual([bad.code, bad.out], [1, "2\n"]);
  assert.match(bad.err, /^frugal: run 3 failed: .*diverged[^\n]*\n$/);
  const json = await submit(short, "--wait", "--json");
  assert.equal(JSON.parse(json.out).summary.cells[0].metrics.m0.n, 1);
});

test("--dry-run prints the whole spec and stores nothing", async (t) => {
  const { server, submit } = await setUp(t);
  const { code, out, err } = await submit(spec(short, { seeds: 3 }), "--dry-run");
  assert.equal(code, 0);
  assert.match(err, /3 runs in 1 cell, at most about .* of computing/);
  assert.deepEqual(JSON.parse(out).seeds, [1, 2, 3]);
  const json = JSON.parse((await submit(short, "--dry-run", "--json")).out);
  assert.deepEqual([json.runs, json.cells], [1, 1]);
  assert.deepEqual((await submit(short, "--dry-run", "-q")).out, "");
  assert.equal((await submit({ dataset: "tinny" }, "--dry-run")).code, 3);
  assert.deepEqual((await server.get("/v1/jobs")).items, []);
});

test("--follow shows the progress and how it ended", async (t) => {
  const { server, submit } = await setUp(t);
  const work = spec(long, { seeds: 2, stop: { accuracy: null, epochs: null, samples: 200000 } });
  const { code, out, err } = await submit(work, "--follow");
  assert.equal(code, 0, err);
  for (const run of [1, 2]) assert.match(err, new RegExp(`run ${run} succeeded`));
  assert.match(out, /^job 1: 2 runs/);
  assert.match(out, /200000 ± 0/);
  assert.doesNotMatch(out + err, /\u001b/, "no colours where there is no terminal");
  const quiet = await submit(short, "--follow", "-q");
  assert.deepEqual(quiet, { code: 0, out: "2\n", err: "" });
  const json = await submit(short, "--follow", "--json");
  assert.equal(JSON.parse(json.out).summary.cells[0].metrics.m0.n, 1);
  assert.equal((await server.get("/v1/jobs")).items.length, 3);
});

test("--follow of runs that fail: 1, and why", async (t) => {
  const { submit } = await setUp(t);
  const diverged = await submit(spec(short, { training: { learning_rate: 99 } }), "-f");
  assert.equal(diverged.code, 1);
  assert.match(diverged.err, /run 1 failed: .*diverged/);
  const late = await submit(spec(long, { stop: { accuracy: null, epochs: null,
    seconds: 0.2 } }), "-f");
  assert.equal(late.code, 1);
  assert.match(late.err, /run 2 timed_out/);
});

test("Ctrl-C leaves --follow and not the job", async (t) => {
  const { server, client } = await setUp(t);
  let child;
  const followed = client("submit", "-", "--follow", { input: JSON.stringify(endless),
    started: (c) => { child = c; } });
  await until(async () => (await server.get("/v1/runs?state=running")).items.length === 1,
    "the run at work");
  await new Promise((resolve) => { setTimeout(resolve, 600); });
  child.kill("SIGINT");
  const { code, err } = await followed;
  assert.equal(code, 130, err);
  assert.match(err, /job 1 goes on; frugal watch 1 follows it again/);
  assert.equal((await server.get("/v1/jobs/1")).state, "running");
});

test("--follow survives a restart of the server", async (t) => {
  const { server, client } = await setUp(t);
  const work = spec(long, { stop: { accuracy: null, epochs: null, samples: 400000 } });
  const followed = client("submit", "-", "--follow", { input: JSON.stringify(work) });
  await until(async () => (await server.get("/v1/runs")).items[0]?.results, "a row");
  server.checkEnd(await server.stop());
  const again = await startServer(t, { place: server.place,
    listen: `127.0.0.1:${server.port}` });
  const { code, out, err } = await followed;
  assert.equal(code, 0, err);
  assert.match(out, /400000/);
  assert.equal((await again.get("/v1/jobs")).items.length, 1);
});

test("a spec that is wrong: 3, each error with its place", async (t) => {
  const { server, submit, client } = await setUp(t);
  const wrong = spec(short, { network: { hiden: [5] }, training: { learning_rate: -1 } });
  const { code, out, err } = await submit(wrong);
  assert.deepEqual([code, out], [3, ""]);
  assert.match(err, /2 errors/);
  assert.match(err, /\/network\/hiden: .*hidden/s);
  assert.match(err, /\/training\/learning_rate: /);
  const sweep = await submit(short, "--sweep", "network.hidden.0=[5,0]");
  assert.match(sweep.err, /\n {2}\/sweep\/"\/network\/hidden\/0"\/1: must be at least 1/);
  const axis = await submit(short, "--sweep", "training.12=[1]");
  assert.match(axis.err, /\n {2}\/sweep\/"\/training\/12": .*did you mean "\/training\/l2"/);
  const bare = async (word) => (await submit(short, "--sweep", word)).err;
  assert.match(await bare("network.hidden.0=10,20"), /brackets: 'network\.hidden\.0=\[10,20\]'\n$/);
  assert.match(await bare("network.activation=relu,tanh"), /=\["relu","tanh"\]'\n$/);
  for (const [option, value] of [["-s", "network.hidden=[1,2"], ["-s", "tags={"],
    ["-s", "name=\"x"], ["--sweep", "network.hidden.0=[1,2"]]) {
    const r = await submit(short, option, value);
    const json = value.slice(value.indexOf("=") + 1);
    assert.deepEqual([r.code, r.out], [2, ""]);
    assert.ok(r.err.startsWith(`frugal: "${json}" is no JSON value: `), r.err);
  }
  for (const input of ["{", "[]", "{\"dataset\": \"tiny\", \"dataset\": \"tiny\"}", "", "{}"]) {
    assert.equal((await client("submit", "-", { input })).code, 3, input);
  }
  const place = (await client("submit", "-", { input: "{\n  \"dataset\": tiny}" })).err;
  assert.match(place, /:2:\d+: /);
  const missing = await client("submit", "/nowhere/spec.json");
  assert.deepEqual([missing.code, missing.out], [2, ""]);
  assert.match(missing.err, /No such file/);
  assert.deepEqual((await server.get("/v1/jobs")).items, []);
});
