// Weights files: frugal get, NumPy that reads them, and a server that is stopped or killed.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { promisify } from "node:util";
import { execFile } from "node:child_process";
import { plainEnvironment, sleep, until } from "../lib/cleanup.mjs";
import { clientOf } from "../lib/client.mjs";
import * as paths from "../lib/paths.mjs";
import { startServer } from "../lib/server.mjs";
import { endless, short, spec } from "../lib/specs.mjs";

async function withRun(t) {
  const server = await startServer(t);
  await server.done((await server.submit(short)).id);
  const { folder } = server.place;
  const call = clientOf(server);
  return { server, folder, client: (...args) => call(...args, { cwd: folder }),
    bytes: (await server.request("/v1/runs/1/weights", { raw: true })).text };
}

const names = (folder) => fs.readdirSync(folder).filter((name) => name.includes("npz"));

test("get saves the file under a name of its own, or where it is told", async (t) => {
  const { folder, client, bytes } = await withRun(t);
  assert.deepEqual(await client("get", "1"), { code: 0, out: "", err: "" });
  assert.ok(fs.readFileSync(path.join(folder, "run-1.npz")).equals(bytes));
  assert.equal((await client("get", "1", "-o", "other.npz")).code, 0);
  assert.ok(fs.readFileSync(path.join(folder, "other.npz")).equals(bytes));
  assert.equal(fs.statSync(path.join(folder, "other.npz")).mode & 0o600, 0o600);
  assert.deepEqual(names(folder).sort(), ["other.npz", "run-1.npz"]);
});

test("get replaces nothing unless it is told to", async (t) => {
  const { folder, client, bytes } = await withRun(t);
  const file = path.join(folder, "run-1.npz");
  fs.writeFileSync(file, "mine");
  const { code, err } = await client("get", "1");
  assert.equal(code, 8);
  assert.match(err, /run-1\.npz is there already; --force/);
  assert.equal(fs.readFileSync(file, "utf8"), "mine");
  assert.equal((await client("get", "1", "--force")).code, 0);
  assert.ok(fs.readFileSync(file).equals(bytes));
});

test("get says why there is nothing, and leaves nothing", async (t) => {
  const { server, folder, client } = await withRun(t);
  await server.submit(endless);
  for (const [words, code, text] of [
    [["get", "2"], 4, /run 2 has not ended yet/], [["get", "9"], 4, /there is no such run/],
    [["get", "x"], 2, /run/], [["get"], 2, /get takes RUN/],
    [["get", "1", "-o", "no/such/folder.npz"], 8, /no\/such\/folder\.npz: /],
    [["get", "1", "-o", "/dev/full/x"], 8, /Not a directory/],
  ]) {
    const result = await client(...words);
    assert.deepEqual([result.code, result.out], [code, ""], words.join(" "));
    assert.match(result.err, text);
  }
  assert.deepEqual(names(folder), []);
});

const PYTHON = `
import io, json, subprocess, sys
import numpy as np
z = np.load(io.BytesIO(subprocess.run(sys.argv[1:], check=True, stdout=subprocess.PIPE).stdout),
            allow_pickle=False)
print(json.dumps({k: [str(z[k].dtype), z[k].shape, float(z[k].sum(dtype=np.float64))]
                  for k in z.files}))
`;

test("NumPy reads what get prints", async (t) => {
  const { server } = await withRun(t);
  const { stdout } = await promisify(execFile)("/usr/bin/python3",
    ["-c", PYTHON, paths.frugal, "--server", server.url, "get", "1", "-o", "-"],
    { env: plainEnvironment() });
  const { columns } = await server.get("/v1/runs/1/trace");
  const { weights_layer1: w, ...arrays } = JSON.parse(stdout);
  assert.deepEqual(w.slice(0, 2), ["float32", [65, 12]]);
  assert.deepEqual(arrays.changes_layer1, ["uint32", [65, 12], columns.m0_layer1.at(-1)]);
  assert.deepEqual(arrays.changes_layer2, ["uint32", [13, 4], columns.m0_layer2.at(-1)]);
});

test("a run waits while its file cannot be written", async (t) => {
  const server = await startServer(t);
  const weights = path.join(server.place.data, "weights");
  fs.renameSync(weights, `${weights}.away`);
  await server.submit(short);
  await until(() => /run 1 waits to be recorded/.test(server.log), "a warning");
  assert.equal((await server.get("/v1/runs/1")).state, "running");
  fs.renameSync(`${weights}.away`, weights);
  await server.done(1);
  const run = await server.get("/v1/runs/1");
  assert.equal(run.state, "succeeded");
  assert.equal(fs.statSync(path.join(weights, "1.npz")).size, run.weights);
});

test("such a run can be cancelled", async (t) => {
  const server = await startServer(t);
  const weights = path.join(server.place.data, "weights");
  fs.renameSync(weights, `${weights}.away`);
  await server.submit(short);
  await until(() => /run 1 waits to be recorded/.test(server.log), "a warning");
  await server.order("/v1/jobs/1/cancel");
  const run = await until(async () => {
    const r = await server.get("/v1/runs/1");
    return r.finished && r;
  }, "its end");
  assert.deepEqual([run.state, run.weights, run.changes], ["cancelled", null, null]);
  fs.renameSync(`${weights}.away`, weights);
});

test("a server that stops gives such a run back", async (t) => {
  const server = await startServer(t);
  const weights = path.join(server.place.data, "weights");
  fs.renameSync(weights, `${weights}.away`);
  await server.submit(short);
  await until(() => /run 1 waits to be recorded/.test(server.log), "a warning");
  server.checkEnd(await server.stop());
  fs.rmSync(`${weights}.away`, { recursive: true });
  const again = await startServer(t, { place: server.place });
  await again.done(1);
  assert.equal((await again.request("/v1/runs/1/weights")).status, 200);
});

test("whatever has ended has its file when the server is killed, and nothing else is left",
  async (t) => {
    const server = await startServer(t);
    await server.submit(spec(short, { seeds: 60 }));
    await until(async () => (await server.get("/v1/jobs/1")).runs.succeeded >= 5, "five runs");
    await server.kill();
    const weights = path.join(server.place.data, "weights");
    fs.writeFileSync(path.join(weights, "900.npz.new"), "half");
    fs.writeFileSync(path.join(weights, "901.npz.new.x1y2z3"), "half");
    const again = await startServer(t, { place: server.place });
    assert.ok(!fs.readdirSync(weights).some((name) => name.startsWith("90")));
    for (const run of await again.all("/v1/runs?state=succeeded")) {
      const file = path.join(weights, `${run.id}.npz`);
      assert.equal(fs.statSync(file).size, run.weights, file);
    }
    await again.done(1);
    assert.equal(fs.readdirSync(weights).length, 60);
  });

test("a file that the server did not live to record is gone at the next start", async (t) => {
  const server = await startServer(t, { workers: 1 });
  await server.done((await server.submit(short)).id);
  const weights = path.join(server.place.data, "weights");
  fs.renameSync(weights, `${weights}.away`);
  await server.submit(short);
  await until(() => /run 2 waits to be recorded/.test(server.log), "a run that has come to its end");
  await server.kill();
  fs.renameSync(`${weights}.away`, weights);
  for (const name of ["2.npz", "900.npz", "02.npz"]) // the first is what the run has left
    fs.copyFileSync(path.join(weights, "1.npz"), path.join(weights, name));
  const again = await startServer(t, { place: server.place, workers: 0 });
  await again.order("/v1/jobs/2/cancel");
  assert.equal((await again.get("/v1/runs/2")).state, "cancelled");
  assert.deepEqual(files(again), ["02.npz", "1.npz", "900.npz"], "what is nobody's stays");
});

const files = (server) => fs.readdirSync(path.join(server.place.data, "weights")).sort();

test("a purge takes the files along, also where a kill interrupts it", async (t) => {
  const server = await startServer(t);
  for (let i = 0; i < 3; i += 1) await server.submit(spec(short, { seeds: 4 }));
  for (const job of [1, 2, 3]) await server.done(job);
  assert.equal(files(server).length, 12);
  const remove = async (s, job, query = "") =>
    (await s.request(`/v1/jobs/${job}${query}`, { method: "DELETE" })).status;
  assert.equal(await remove(server, 1), 200);
  assert.equal(files(server).length, 12, "the trash is not the end");
  assert.equal(await remove(server, 1, "?purge=1"), 200);
  assert.deepEqual(files(server), [5, 6, 7, 8, 9, 10, 11, 12].map((n) => `${n}.npz`).sort());
  assert.equal(await remove(server, 2), 200);
  const purge = remove(server, 2, "?purge=1").catch(() => null);
  await sleep(5);
  await server.kill();
  await purge;
  const again = await startServer(t, { place: server.place });
  if ((await again.request("/v1/jobs/2")).status === 200)
    assert.equal(await remove(again, 2, "?purge=1"), 200);
  await until(() => files(again).length === 4, "the files of job 3 alone");
});

test("a job that takes over a trace gets the weights and the changes, too", async (t) => {
  const server = await startServer(t);
  await server.done((await server.submit(short)).id);
  await server.done((await server.submit(spec(short, { reuse: true }))).id);
  const [one, two] = [await server.get("/v1/runs/1"), await server.get("/v1/runs/2")];
  assert.equal(two.reused, 1);
  assert.ok(one.changes.simpson > 0);
  assert.deepEqual([two.changes, two.weights], [one.changes, one.weights]);
  const bytes = async (run) =>
    (await server.request(`/v1/runs/${run}/weights`, { raw: true })).text;
  const wanted = await bytes(1);
  assert.ok(wanted.equals(await bytes(2)));
  await server.request("/v1/jobs/1", { method: "DELETE" });
  await server.request("/v1/jobs/1?purge=1", { method: "DELETE" });
  assert.ok(wanted.equals(await bytes(2)), "it has a file of its own");
  fs.unlinkSync(path.join(server.place.data, "weights", "2.npz"));
  await server.done((await server.submit(spec(short, { reuse: true }))).id);
  assert.equal((await server.get("/v1/runs/3")).reused, null, "without its file, it trains");
  assert.ok(wanted.equals(await bytes(3)));
});

test("a new attempt begins without the file of the old one", async (t) => {
  const server = await startServer(t, { workers: 1 });
  await server.submit(spec(endless, { stop: { accuracy: null, epochs: null, seconds: 0.3 } }));
  const ended = async () => until(async () => (await server.get("/v1/runs/1")).finished, "an end");
  await ended();
  const old = await server.get("/v1/runs/1");
  assert.equal(old.state, "timed_out");
  assert.ok(old.weights > 0 && old.changes);
  await server.order("/v1/jobs/1/retry");
  await until(async () => (await server.get("/v1/runs/1")).state === "running", "the retry");
  await until(() => files(server).length === 0, "no file");
  assert.deepEqual((await server.get("/v1/runs/1")).weights, null);
  await server.order("/v1/jobs/1/cancel");
  await ended();
  const { state, weights, changes } = await server.get("/v1/runs/1");
  if (state === "cancelled") assert.deepEqual([weights, changes, files(server)], [null, null, []]);
  else assert.equal(state, "timed_out");
});
