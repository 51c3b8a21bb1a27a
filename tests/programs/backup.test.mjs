// Copies of a live database, and the way back; migrations keep a copy of what they change.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { execFileSync } from "node:child_process";
import { plainEnvironment, sleep, spawnChild, until, within } from "../lib/cleanup.mjs";
import { clientOf } from "../lib/client.mjs";
import { request } from "../lib/http.mjs";
import * as paths from "../lib/paths.mjs";
import { runServer, serverArgs, startServer, workspace } from "../lib/server.mjs";
import { endless, long, short, spec } from "../lib/specs.mjs";

const restore = (file, place) => runServer(["restore", file, ...serverArgs(place)]);
const csv = async (server, run) =>
  (await server.request(`/v1/runs/${run}/trace?format=csv`)).text;

test("backups of a server at work are whole, and a restored one finishes the work",
  { timeout: 120000 }, async (t) => {
    const work = spec(long, { seeds: 4, evaluate: { every: 500 },
      stop: { accuracy: null, epochs: null, samples: 150000 } });
    const server = await startServer(t, { workers: 2 });
    await server.submit(work);
    await until(async () => (await server.get("/v1/runs/1")).results, "a run at work");
    const files = [];
    for (let i = 0; i < 10; i += 1) {
      await server.submit(spec(short, { name: `before ${i}` }));
      const r = await server.order("/v1/backups");
      assert.equal(r.status, 201, r.text);
      const { path: file, bytes } = r.json();
      assert.equal(fs.statSync(file).size, bytes);
      assert.equal(fs.statSync(file).mode & 0o077, 0);
      files.push(file);
    }
    assert.equal(new Set(files).size, 10);
    for (let job = 1; job <= 11; job += 1) await server.done(job);
    const wanted = {};
    for (const run of [1, 2, 3, 4, 9]) wanted[run] = await csv(server, run);
    for (const i of [0, 4, 9]) {
      const place = workspace(t);
      const { code, out, err } = await restore(files[i], place);
      assert.equal(code, 0, err);
      assert.equal(out, `restored ${files[i]}\n`);
      const again = await startServer(t, { place });
      assert.equal((await again.get("/v1/jobs?limit=50")).items.length, i + 2);
      await again.done(1);
      for (const run of [1, 2, 3, 4]) assert.equal(await csv(again, run), wanted[run]);
      again.checkEnd(await again.stop());
    }
    const names = fs.readdirSync(path.join(server.place.data, "backups"));
    assert.ok(names.every((name) => /\.(db|weights)$/.test(name)), names.join(" "));
  });

test("restore keeps what was there", async (t) => {
  const server = await startServer(t);
  await server.done((await server.submit(spec(short, { name: "old" }))).id);
  const r = await clientOf(server)("admin", "backup");
  assert.equal(r.code, 0, r.err);
  const file = r.out.trim();
  await server.done((await server.submit(spec(short, { name: "new" }))).id);
  const busy = await restore(file, server.place);
  assert.equal(busy.code, 75, "a server is running there");
  assert.equal((await server.get("/v1/jobs")).items.length, 2);
  await server.kill(); // what is in the log must be kept too
  const done = await restore(file, server.place);
  assert.equal(done.code, 0, done.err);
  const kept = /what was there is now (.*)\n$/.exec(done.out)[1];
  const old = await startServer(t, { place: server.place });
  assert.deepEqual((await old.get("/v1/jobs")).items.map((job) => job.name), ["old"]);
  old.checkEnd(await old.stop());
  assert.equal((await restore(kept, server.place)).code, 0);
  const fresh = await startServer(t, { place: server.place });
  assert.deepEqual((await fresh.get("/v1/jobs")).items.map((job) => job.name), ["new", "old"]);
});

const weights = async (server, run) =>
  (await request(`${server.url}/v1/runs/${run}/weights`, { raw: true }));

test("weights files go with the database, to another disk and back", async (t) => {
  const server = await startServer(t);
  await server.done((await server.submit(spec(short, { seeds: 2 }))).id);
  const wanted = [await weights(server, 1), await weights(server, 2)].map((r) => r.text);
  const { path: file } = (await server.order("/v1/backups")).json();
  await server.request("/v1/jobs/1", { method: "DELETE" });
  await server.request("/v1/jobs/1?purge=1", { method: "DELETE" });
  await server.done((await server.submit(spec(short, { seeds: [7] }))).id);
  const newer = (await weights(server, 3)).text;
  server.checkEnd(await server.stop());
  const { out } = await restore(file, server.place);
  const kept = /what was there is now (.*)\n$/.exec(out)[1];
  const old = await startServer(t, { place: server.place });
  for (const run of [1, 2])
    assert.ok((await weights(old, run)).text.equals(wanted[run - 1]), `run ${run}`);
  const files = () => fs.readdirSync(path.join(server.place.data, "weights")).sort();
  assert.deepEqual(files(), ["1.npz", "2.npz"]);
  old.checkEnd(await old.stop());
  assert.equal((await restore(kept, server.place)).code, 0);
  assert.deepEqual(files(), ["3.npz"]);
  const again = await startServer(t, { place: server.place });
  assert.ok((await weights(again, 3)).text.equals(newer));
  again.checkEnd(await again.stop());

  // Moved elsewhere, as people do; /dev/shm is another file system.
  const far = fs.mkdtempSync(fs.existsSync("/dev/shm") ? "/dev/shm/frugal-" : "/tmp/frugal-");
  t.after(() => fs.rmSync(far, { recursive: true }));
  for (const end of [".db", ".weights"])
    fs.cpSync(file.replace(/\.db$/, end), path.join(far, `mine${end}`), { recursive: true });
  const place = workspace(t);
  assert.equal((await restore(path.join(far, "mine.db"), place)).code, 0);
  const third = await startServer(t, { place });
  assert.ok((await weights(third, 2)).text.equals(wanted[1]));
  fs.rmSync(path.join(far, "mine.weights"), { recursive: true });
  third.checkEnd(await third.stop());
  assert.equal((await restore(path.join(far, "mine.db"), place)).code, 0);
  assert.equal(fs.readdirSync(path.join(place.data, "weights")).length, 2, "they stay");
});

test("what cannot be restored changes nothing", async (t) => {
  const server = await startServer(t);
  await server.done((await server.submit(short)).id);
  const good = (await server.order("/v1/backups")).json().path;
  server.checkEnd(await server.stop());
  const database = path.join(server.place.data, "frugal.db");
  const before = fs.readFileSync(database);
  const bad = (name, change) => {
    const file = path.join(server.place.folder, name);
    const bytes = fs.readFileSync(good);
    fs.writeFileSync(file, change(bytes) ?? bytes);
    return file;
  };
  const cases = [
    [path.join(server.place.folder, "none"), 73], [server.place.folder, 65],
    [bad("empty", () => Buffer.alloc(0)), 65], [bad("garbage", (b) => b.fill(7)), 65],
    [bad("short", (b) => b.subarray(0, 9000)), 65],
    [bad("holes", (b) => b.fill(0x5a, 4096, 4096 * 5)), 65],
    [bad("future", (b) => { b.writeUInt32BE(99, 60); }), 78],
    [bad("foreign", (b) => { b.writeUInt32BE(1, 68); }), 78],
  ];
  for (const [file, code] of cases) {
    const r = await restore(file, server.place);
    assert.equal(r.code, code, `${file}: ${r.err}`);
    assert.match(r.err, /^frugald: /m);
    assert.deepEqual(fs.readFileSync(database), before, file);
    assert.deepEqual(fs.readdirSync(server.place.data).filter((n) => /restored|part/.test(n)), []);
  }
  const words = await runServer(["restore", ...serverArgs(server.place)]);
  assert.equal(words.code, 64);
  assert.match(words.err, /restore takes the name of one backup/);
  assert.equal((await runServer(["restor", good, ...serverArgs(server.place)])).code, 64);
});

/* A database of the first version, with one job of two runs, made by its own schema. */
function firstVersion(place, more = "") {
  const schema = path.join(paths.root, "schema", "migrations", "0001_jobs.sql");
  fs.mkdirSync(place.data, { mode: 0o700 });
  const job = JSON.stringify({ ...short, seeds: [1, 2], sweep: {} });
  const text = `${fs.readFileSync(schema, "utf8")}
    INSERT INTO job (name, note, tags, dataset, spec, cells, priority, created)
      VALUES ('first', '', '[]', 'tiny', '${job}', 1, 3, 1000);
    INSERT INTO run (job, cell, seed, params, priority, state, attempts, created, started)
      VALUES (1, 0, 1, '{}', 3, 'running', 1, 1000, 2000), (1, 0, 2, '{}', 3, 'queued', 0, 1000, NULL);
    ${more}
    PRAGMA application_id = 0x46525547; PRAGMA user_version = 1;`;
  execFileSync("python3", ["-c", "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); "
    + "c.executescript(sys.stdin.read()); c.commit()", path.join(place.data, "frugal.db")],
  { input: text });
  fs.chmodSync(path.join(place.data, "frugal.db"), 0o600);
}

test("a database of the first version is copied, then brought up to date", async (t) => {
  const place = workspace(t);
  firstVersion(place);
  const server = await startServer(t, { place });
  const job = await server.done(1);
  assert.deepEqual([job.name, job.state, job.priority, job.owner, job.runs.total],
    ["first", "succeeded", 3, "anonymous", 2]);
  const { items } = await server.get("/v1/runs/1/attempts");
  assert.deepEqual(items.map((a) => a.state), ["interrupted", "succeeded"]);
  server.checkEnd(await server.stop());
  const [copy, ...more] = fs.readdirSync(path.join(place.data, "backups"));
  assert.match(copy, /^before-v\d+-\d{8}-\d{6}\.\d{3}\.db$/);
  assert.deepEqual(more, []);
  const again = await startServer(t, { place });
  assert.equal(fs.readdirSync(path.join(place.data, "backups")).length, 1, "only once");
  again.checkEnd(await again.stop());
  assert.equal((await restore(path.join(place.data, "backups", copy), place)).code, 0);
  assert.equal((await (await startServer(t, { place })).done(1)).state, "succeeded");
});

test("what waits in an old database counts", async (t) => {
  const place = workspace(t);
  firstVersion(place, `INSERT INTO run (job, cell, seed, params, priority, state, created)
    VALUES (1, 0, 3, '{}', 3, 'held', 1000), (1, 0, 4, '{}', 3, 'succeeded', 1000);`);
  const server = await startServer(t, { place, workers: 0, args: ["--waiting-per-owner", "4"] });
  assert.equal((await server.get("/v1/runs/2")).place, 2, "behind the one that was running");
  assert.equal((await server.post({ ...short, seeds: 2 })).status, 429);
  assert.equal((await server.post({ ...short, priority: 4 })).status, 201);
  assert.equal((await server.get("/v1/runs/2")).place, 3);
  assert.equal((await server.post(short)).status, 429);
});

test("killed while it migrates: old or new, never between", { timeout: 120000 }, async (t) => {
  for (let i = 0; i < 15; i += 1) {
    const place = workspace(t);
    firstVersion(place);
    const child = spawnChild(paths.frugald, serverArgs(place),
      { env: plainEnvironment(), stdio: "ignore" });
    await sleep(i * 3);
    child.kill("SIGKILL");
    await within(5000, child.ended, "the end");
    const again = await startServer(t, { place });
    assert.equal((await again.done(1)).state, "succeeded");
    again.checkEnd(await again.stop());
  }
});

test("a purge gives its space back to the disk", async (t) => {
  const server = await startServer(t);
  await server.done((await server.submit(spec(short, { evaluate: { every: 1 }, seeds: 4 }))).id);
  server.checkEnd(await server.stop());
  const size = () => fs.statSync(path.join(server.place.data, "frugal.db")).size;
  const before = size();
  assert.ok(before > 3e6, `${before} bytes`);
  const again = await startServer(t, { place: server.place });
  await again.request("/v1/jobs/1", { method: "DELETE" });
  assert.equal((await again.request("/v1/jobs/1?purge=1", { method: "DELETE" })).status, 200);
  await until(() => size() < before / 4, `the file, still ${size()} bytes`, 5000);
});

test("a purge that a kill interrupts goes on at the next start", async (t) => {
  const server = await startServer(t);
  await server.done((await server.submit(spec(short, { evaluate: { every: 1 }, seeds: 6 }))).id);
  await server.request("/v1/jobs/1", { method: "DELETE" });
  const purge = server.request("/v1/jobs/1?purge=1", { method: "DELETE" }).catch(() => null);
  await sleep(15);
  await server.kill();
  await purge;
  const again = await startServer(t, { place: server.place });
  const { status } = await again.request("/v1/jobs/1");
  assert.ok([200, 404].includes(status));
  if (status === 200) return; // the kill came before anything was accepted
  const size = () => fs.statSync(path.join(server.place.data, "frugal.db")).size;
  await until(() => size() < 1e6, `the file, still ${size()} bytes`, 10000);
  await again.submit(endless);
});
