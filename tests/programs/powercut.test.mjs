// The power goes at any moment: what was acknowledged is on the disk. All that the server
// does to its files is recorded and played again up to a moment; of what was not yet synced
// then, each write may be there, be missing, or be there in part.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { execFileSync } from "node:child_process";
import { until } from "../lib/cleanup.mjs";
import { numbers } from "../lib/idx.mjs";
import { startServer, workspace } from "../lib/server.mjs";
import { long, short, spec } from "../lib/specs.mjs";
import { parse } from "../lib/strace.mjs";

const seed = Number(process.env.FRUGAL_SEED ?? 1);
const CUTS = Number(process.env.FRUGAL_CUTS ?? 40);
const STARTS = 5, CONTROLS = 12; // of the images, so many are given to a server, or spoilt
const SECTOR = 512;
const CALLS = "pwrite64,fsync,fdatasync,ftruncate,sendmsg,sendto,writev";

const CHECK = `
import json, sqlite3, sys
try:
    c = sqlite3.connect(sys.argv[1])
    ok = c.execute("PRAGMA integrity_check").fetchone()[0]
    jobs = [row[0] for row in c.execute("SELECT id FROM job")]
    halves = c.execute("SELECT count(*) FROM job WHERE cells > 0 AND NOT EXISTS "
                       "(SELECT 1 FROM run WHERE run.job = job.id)").fetchone()[0]
    print(json.dumps({"ok": ok, "jobs": jobs, "halves": halves}))
except sqlite3.DatabaseError as error:
    print(json.dumps({"ok": str(error), "jobs": [], "halves": 0}))`;

/* Jobs by submissions while runs train, until the server is killed; what it did meanwhile. */
async function record(t) {
  const place = workspace(t);
  const log = path.join(place.folder, "strace.log");
  const args = ["--checkpoint-seconds", "1"]; // all that there is to write
  const server = await startServer(t, { place, args, wrap: ["strace", "-D", "-f", "-y", "-xx", "-qq",
    "-s", "70000", "-o", log, "-e", `trace=${CALLS}`] });
  await server.submit(spec(long, { seeds: 4, evaluate: { every: 100 } }));
  await until(async () => (await server.get("/v1/runs/1")).results, "a run at work");
  for (let i = 0; i < 8; i += 1) {
    await Promise.all(Array.from({ length: 8 }, () => server.submit(spec(short, { seeds: 3 }))));
  }
  await server.kill();
  await until(() => fs.readFileSync(log, "latin1").includes("SIGKILL"), "the end of strace");
  return { place, events: parse(fs.readFileSync(log, "latin1")) };
}

/* The job that a reply acknowledges; 0: none. */
function acknowledged({ call, bytes }) {
  if (call !== "send") return 0;
  const head = bytes.toString("latin1");
  return Number(/^HTTP\/1\.1 201 [^]*\r\nLocation: \/v1\/jobs\/(\d+)\r\n/.exec(head)?.[1] ?? 0);
}

function put(file, { call, bytes, offset, size }, length) {
  if (call === "truncate") return file.length > size ? file.subarray(0, size)
    : Buffer.concat([file, Buffer.alloc(size - file.length)]);
  const end = offset + length;
  const room = end > file.length ? Buffer.concat([file, Buffer.alloc(end - file.length)]) : file;
  bytes.copy(room, offset, 0, length);
  return room;
}

/* The files after the power went behind event `cut`. */
function imageAt(events, cut, next, syncs) {
  const files = new Map(); // path -> {bytes, unsynced}
  for (const event of events.slice(0, cut)) {
    if (!event.path || !/frugal\.db(-wal)?$/.test(event.path)) continue;
    if (!files.has(event.path)) files.set(event.path, { bytes: Buffer.alloc(0), unsynced: [] });
    const file = files.get(event.path);
    if (event.call !== "sync") {
      file.unsynced.push(event);
    } else if (syncs(event)) {
      for (const e of file.unsynced) file.bytes = put(file.bytes, e, e.bytes?.length);
      file.unsynced = [];
    }
  }
  for (const file of files.values()) {
    for (const e of file.unsynced) {
      const fate = next(3); // gone, there, torn
      const length = e.bytes?.length ?? 0;
      const torn = Math.min(length, next(Math.ceil(length / SECTOR) + 1) * SECTOR);
      if (fate === 1) file.bytes = put(file.bytes, e, length);
      if (fate === 2 && e.call === "write") file.bytes = put(file.bytes, e, torn);
    }
  }
  return files;
}

function lay(files, folder) {
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { mode: 0o700 });
  for (const [name, { bytes }] of files) {
    fs.writeFileSync(path.join(folder, path.basename(name)), bytes, { mode: 0o600 });
  }
}

/* What is wrong with the database of that image; null: nothing. */
function fault(folder, acked) {
  const file = path.join(folder, "frugal.db");
  const { ok, jobs, halves } = JSON.parse(execFileSync("python3", ["-c", CHECK, file]));
  const lost = acked.filter((id) => !jobs.includes(id));
  if (ok !== "ok") return `damaged: ${ok}`;
  if (halves > 0) return `${halves} jobs without runs`;
  return lost.length > 0 ? `acknowledged jobs are lost: ${lost}` : null;
}

test("the power goes at any moment", { timeout: 3000000 }, async (t) => {
  t.diagnostic(`FRUGAL_SEED=${seed}`);
  const next = numbers(seed);
  const { place, events } = await record(t);
  const acks = events.map(acknowledged);
  assert.equal(acks.filter((id) => id > 0).length, 65, "not every reply was seen");
  const first = acks.findIndex((id) => id > 0);
  const folder = path.join(place.folder, "image");
  let controls = 0;
  for (let i = 0; i < CUTS; i += 1) {
    const cut = first + 1 + next(events.length - first);
    const acked = acks.slice(0, cut).filter((id) => id > 0);
    const files = imageAt(events, cut, next, () => true);
    lay(files, folder);
    assert.equal(fault(folder, acked), null, `cut behind event ${cut}`);
    if (i % Math.ceil(CUTS / STARTS) === 0) {
      lay(files, folder);
      const server = await startServer(t, { place: { ...place, data: folder } });
      for (const id of acked) assert.equal((await server.get(`/v1/jobs/${id}`)).id, id);
      await server.kill();
    }
    if (i >= CONTROLS) continue;
    // As if the log were not synced at each commit (synchronous=NORMAL).
    lay(imageAt(events, cut, next, ({ path: name }) => !name.endsWith("-wal")), folder);
    controls += fault(folder, acked) !== null;
  }
  t.diagnostic(`${events.length} events; without syncs of the log ${controls} of ${CONTROLS} fail`);
  assert.ok(controls > CONTROLS / 4, "the test is blind: it does not notice missing syncs");
});
