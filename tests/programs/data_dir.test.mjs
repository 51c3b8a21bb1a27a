// The data directory: who may use it, and databases that are not ours to touch.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { runServer, serverArgs, startServer, workspace } from "../lib/server.mjs";
import { endless, short } from "../lib/specs.mjs";

const DATABASE = "frugal.db";

function hashes(folder) {
  const files = fs.readdirSync(folder, { withFileTypes: true }).filter((f) => f.isFile());
  return Object.fromEntries(files.map((f) => f.name).sort().map((name) => [name,
    crypto.createHash("sha256").update(fs.readFileSync(path.join(folder, name)))
      .digest("hex")]));
}

/* A place whose database was changed after a proper end. */
async function changed(t, change) {
  const server = await startServer(t);
  await server.done((await server.submit(short)).id);
  server.checkEnd(await server.stop());
  const file = path.join(server.place.data, DATABASE);
  fs.writeFileSync(file, change(fs.readFileSync(file)));
  return server.place;
}

async function refused(place, code, words) {
  const before = hashes(place.data);
  const { code: got, out, err } = await runServer(serverArgs(place));
  assert.equal(got, code, err);
  assert.equal(out, "");
  assert.match(err, words);
  assert.equal(err.split("\n").filter((line) => line.startsWith("frugald: ")).length, 1);
  const after = hashes(place.data);
  assert.equal(after[DATABASE], before[DATABASE], "the database was touched");
}

test("files are readable by their owner only", async (t) => {
  const server = await startServer(t);
  await server.done((await server.submit(short)).id);
  assert.equal(fs.statSync(server.place.data).mode & 0o777, 0o700);
  for (const name of fs.readdirSync(server.place.data)) {
    const mode = fs.statSync(path.join(server.place.data, name)).mode & 0o777;
    assert.equal(mode & 0o077, 0, `${name} ${mode.toString(8)}`);
  }
});

test("jobs, runs and traces are there after a restart", async (t) => {
  const server = await startServer(t);
  await server.done((await server.submit({ ...short, name: "kept", seeds: 3 })).id);
  const all = async (of) => [await of.get("/v1/jobs/1"), await of.get("/v1/jobs/1/summary"),
    await of.get("/v1/runs"), await of.get("/v1/runs/2/trace")];
  const before = await all(server);
  server.checkEnd(await server.stop());
  const again = await startServer(t, { place: server.place });
  assert.deepEqual(await all(again), before);
  assert.equal((await again.submit(short)).id, 2);
});

test("a second server on the same data: 75, and the first goes on", async (t) => {
  const server = await startServer(t);
  await server.submit(endless);
  const began = Date.now();
  const { code, out, err } = await runServer(serverArgs(server.place));
  assert.equal(code, 75, err);
  assert.equal(out, "");
  assert.match(err, /another frugald uses it/);
  assert.ok(Date.now() - began < 5000);
  assert.equal((await server.request("/healthz")).status, 200);
  assert.equal((await server.post(short)).status, 201);
  assert.equal((await server.get("/v1/runs/1")).state, "running");
});

test("the lock of a killed server is no obstacle", async (t) => {
  let server = await startServer(t);
  for (let i = 0; i < 10; i += 1) {
    await server.kill();
    server = await startServer(t, { place: server.place });
  }
});

test("a data directory that cannot be made", async (t) => {
  const place = workspace(t);
  const file = path.join(place.folder, "file");
  fs.writeFileSync(file, "not a folder");
  for (const data of [path.join(file, "data"), file, path.join(place.folder, "no/such/one")]) {
    const { code, out, err } = await runServer(serverArgs({ ...place, data }));
    assert.equal(code, 73, `${data}: ${err}`);
    assert.equal(out, "");
    assert.match(err, /^frugald: data directory /m);
  }
  assert.equal(fs.readFileSync(file, "utf8"), "not a folder");
});

test("a database from the future: 78, and not a byte of it changes", async (t) => {
  const place = await changed(t, (bytes) => {
    bytes.writeUInt32BE(9999, 60); // user_version
    return bytes;
  });
  await refused(place, 78, /newer version of frugal/);
});

test("a database of another program: 78", async (t) => {
  const place = await changed(t, (bytes) => {
    bytes.writeUInt32BE(0x12345678, 68); // application_id
    return bytes;
  });
  await refused(place, 78, /another program/);
});

test("garbage for a database: 65", async (t) => {
  const garbage = crypto.createHash("sha512").update("garbage").digest();
  const place = await changed(t, () => Buffer.concat(Array(500).fill(garbage)));
  await refused(place, 65, /database/);
});

test("a damaged database: 65", async (t) => {
  const place = await changed(t, (bytes) => bytes.fill(0x5a, 4096, 4096 * 6));
  await refused(place, 65, /damaged|malformed/);
});

test("a database cut off: 65", async (t) => {
  const place = await changed(t, (bytes) => bytes.subarray(0, 4096 * 3 + 100));
  await refused(place, 65, /database/);
});

test("an empty database file counts as none", async (t) => {
  const place = workspace(t);
  fs.mkdirSync(place.data);
  fs.writeFileSync(path.join(place.data, DATABASE), "", { mode: 0o600 });
  const server = await startServer(t, { place });
  assert.equal((await server.submit(short)).id, 1);
});

/* A7 */
test("a database that others can read: 78, until somebody has looked at it", async (t) => {
  const place = workspace(t);
  const server = await startServer(t, { place });
  server.checkEnd(await server.stop());
  const file = path.join(place.data, DATABASE);
  for (const mode of [0o644, 0o640, 0o602]) {
    fs.chmodSync(file, mode);
    const { code, err } = await runServer(serverArgs(place));
    assert.equal(code, 78, mode.toString(8));
    assert.match(err, /can be read or written by others; chmod 600 it/);
  }
  fs.chmodSync(file, 0o600);
  await startServer(t, { place });
});

/* O: what is left of a database without its head: a log that belongs to more than there is. */
test("an empty database file and the log of a killed server: never half of it", async (t) => {
  const place = workspace(t);
  const server = await startServer(t, { place });
  await server.done((await server.submit(short)).id);
  server.checkEnd(await server.stop());
  const again = await startServer(t, { place });
  await again.submit(short);
  await again.kill();
  assert.ok(fs.statSync(path.join(place.data, `${DATABASE}-wal`)).size > 0);
  fs.truncateSync(path.join(place.data, DATABASE), 0);
  await refused(place, 65, /database .*frugal\.db is empty or gone/);
  fs.rmSync(path.join(place.data, DATABASE));
  await refused(place, 65, /database .*frugal\.db is empty or gone/);
});
