// frugald's command line, and everything that can keep it from starting.
import assert from "node:assert/strict";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { defer, until } from "../lib/cleanup.mjs";
import { makeSet } from "../lib/idx.mjs";
import { runServer, serverArgs, startServer, workspace } from "../lib/server.mjs";
import { endless, short, spec } from "../lib/specs.mjs";

function oneLine(text) {
  assert.equal(text.split("\n").length, 2, `not one line: ${JSON.stringify(text)}`);
  assert.match(text, /^frugald: /);
}

test("--help and --version", async (t) => {
  const { folder } = workspace(t, { tiny: false });
  for (const flag of ["--help", "-h"]) {
    const { code, out, err } = await runServer([flag], { cwd: folder });
    assert.deepEqual([code, err], [0, ""]);
    for (const name of ["--listen", "--data-dir", "--datasets", "--workers",
      "FRUGAL_LISTEN", "FRUGAL_DATA_DIR", "FRUGAL_DATASETS", "FRUGAL_WORKERS"]) {
      assert.ok(out.includes(name), name);
    }
    assert.ok(out.split("\n").every((line) => line.length <= 100));
  }
  const { code, out } = await runServer(["--version"], { cwd: folder });
  assert.equal(code, 0);
  assert.match(out, /^frugald \S+\n$/);
  assert.deepEqual(fs.readdirSync(folder), ["datasets"], "nothing was made");
});

test("a command line that makes no sense: 64 and one line", async (t) => {
  const { folder } = workspace(t, { tiny: false });
  const wrong = [["--nonsense"], ["--workers", "x"], ["--workers", "-1"],
    ["--workers", "100000"], ["--workers"], ["stray"], ["--listen", "nowhere"],
    ["--listen", "127.0.0.1:99999"], ["--listen", "127.0.0.1"], ["--help=1"], ["-x"],
    ["--listen", "example.org:80"], ["--listen", "127.0.0.1:-1"], ["--listen", ":80"]];
  for (const args of wrong) {
    const { code, out, err } = await runServer([...args, ...(args[0] === "--listen"
      ? ["--data-dir", path.join(folder, "data")] : [])], { cwd: folder, ms: 5000 });
    assert.equal(code, 64, `${args.join(" ")}: ${code} ${err}`);
    assert.equal(out, "");
    oneLine(err.split("\n").filter((line) => !/^time=/.test(line)).join("\n"));
  }
  const { err } = await runServer(["--wrokers", "2"], { cwd: folder });
  assert.match(err, /did you mean --workers/);
});

test("options come from the environment too, and the command line wins", async (t) => {
  const place = workspace(t);
  const other = path.join(place.folder, "other");
  const env = { FRUGAL_LISTEN: "127.0.0.1:0", FRUGAL_DATA_DIR: other,
    FRUGAL_DATASETS: place.datasets, FRUGAL_WORKERS: "3" };
  const server = await startServer(t, { place, env });
  assert.ok(fs.existsSync(place.data) && !fs.existsSync(other));
  await until(() => /2 workers/.test(server.log), "the log of the start");
  const bad = await runServer([], { cwd: place.folder, env: { ...env, FRUGAL_WORKERS: "x" } });
  assert.equal(bad.code, 64);
  assert.match(bad.err, /FRUGAL_WORKERS/);
});

test("data sets are searched in the folders given, then in the data directory", async (t) => {
  const place = workspace(t);
  const more = path.join(place.folder, "more");
  makeSet(more, "elsewhere");
  makeSet(path.join(place.data, "datasets"), "own");
  const server = await startServer(t, { place,
    args: ["--datasets", `${place.datasets}:${more}:/nowhere`] });
  const names = (await server.get("/v1/datasets")).items.map((set) => set.name);
  for (const name of ["tiny", "elsewhere", "own"]) {
    assert.ok(names.includes(name), name);
    const job = await server.submit(spec(short, { dataset: name }));
    assert.equal((await server.done(job.id)).state, "succeeded");
  }
});

test("the address is the first and only line on standard output", async (t) => {
  const server = await startServer(t);
  assert.equal((await server.request("/healthz")).status, 200);
  server.checkEnd(await server.stop());
  assert.equal(server.out, `${server.url}\n`);
});

test("too few files may be open: 78, and how to change that", async (t) => {
  const place = workspace(t);
  const wrap = (files) => ["sh", "-c", `ulimit -n ${files}; exec "$0" "$@"`];
  const limited = (files, args = []) => runServer(serverArgs(place, { args }),
    { wrap: wrap(files), ms: 5000 });
  const { code, out, err } = await limited(20);
  assert.deepEqual([code, out], [78, ""]);
  oneLine(err);
  assert.match(err, /at most 20 files .* 256 connections, 2 workers .* want 324.*ulimit -n/);
  const few = ["--connections", "8", "--event-streams", "7"];
  assert.match((await limited(75, few)).err, /8 connections, .* want 76/);
  assert.ok(!fs.existsSync(place.data));
  const server = await startServer(t, { place, args: few, wrap: wrap(76) });
  await server.done((await server.submit(short)).id);
  await Promise.all(Array.from({ length: 30 }, () => server.get("/v1/runs/1/trace")));
  server.checkEnd(await server.stop());
  assert.doesNotMatch(server.log, /level=(error|warning)/);
});

test("event streams that could take every connection: 78", async (t) => {
  const place = workspace(t);
  const { code, out, err } = await runServer(serverArgs(place,
    { args: ["--connections", "8", "--event-streams", "8"] }));
  assert.deepEqual([code, out], [78, ""]);
  oneLine(err);
  assert.match(err, /8 event streams .* all 8 connections: lower --event-streams/);
  assert.ok(!fs.existsSync(place.data));
});

test("a port in use: one line, and not 0", async (t) => {
  const place = workspace(t);
  const other = net.createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => { other.on("listening", resolve); });
  defer(t, () => other.close());
  const listen = `127.0.0.1:${other.address().port}`;
  const { code, out, err } = await runServer(serverArgs(place, { listen }));
  assert.equal(code, 69);
  assert.equal(out, "");
  const lines = err.split("\n").filter((line) => line.startsWith("frugald: "));
  assert.equal(lines.length, 1);
  assert.match(lines[0], /cannot listen on .*in use/);
});

test("the port is free again at once after an end", async (t) => {
  const first = await startServer(t);
  await first.get("/healthz");
  first.checkEnd(await first.stop());
  const again = await startServer(t, { place: first.place,
    listen: `127.0.0.1:${first.port}` });
  assert.equal(again.url, first.url);
});

test("without any data set it starts, and says which are missing when asked", async (t) => {
  const place = workspace(t, { tiny: false });
  const nowhere = path.join(place.folder, "nowhere");
  const server = await startServer(t, { place, args: ["--datasets", nowhere] });
  const missing = `the folder ${nowhere} cannot be read: No such file or directory`;
  await until(() => server.log.includes(missing), "the warning");
  const r = await server.post(short);
  assert.equal(r.status, 422);
  assert.equal(r.json().errors[0].code, "unknown_dataset");
  assert.ok(r.json().errors[0].detail.includes(missing), r.text);
});

test("training gives way to answers and to other programs", async (t) => {
  const server = await startServer(t, { workers: 2, args: ["--nice", "7"] });
  await server.submit(endless);
  const niceOf = (name) => {
    const tasks = path.join("/proc", String(server.pid), "task");
    const stats = fs.readdirSync(tasks)
      .map((task) => fs.readFileSync(path.join(tasks, task, "stat"), "utf8"));
    return stats.filter((stat) => stat.includes(`(${name}`))
      .map((stat) => Number(stat.slice(stat.lastIndexOf(")")).split(" ")[17]));
  };
  await until(() => niceOf("run ").length === 1, "a run at work");
  const own = os.getPriority(server.pid);
  assert.deepEqual(niceOf("run "), [own + 7]);
  assert.deepEqual([...new Set(niceOf("MHD-worker"))], [own]);
});

test("with no workers it starts, and says that no run begins", async (t) => {
  const server = await startServer(t, { workers: 0 });
  await until(() => /0 workers: no run begins/.test(server.log), "the log of the start");
  assert.doesNotMatch(server.log, /data sets may be missing/);
  await server.submit(short);
  const { why, expected_start: start } = await server.get("/v1/runs/1/why");
  assert.match(why, /the server has no workers/);
  assert.equal(start, null);
  await server.order("/v1/workers", { count: 1 }, "PATCH");
  assert.equal((await server.done(1)).state, "succeeded");
});
