// A bit that turns on the disk, anywhere: the server says so, or computes again what it cannot
// trust. It does not crash, and shows no other trace for the same spec.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { execFileSync } from "node:child_process";
import { until } from "../lib/cleanup.mjs";
import { numbers } from "../lib/idx.mjs";
import { copyData, startServer } from "../lib/server.mjs";
import { long, short, spec } from "../lib/specs.mjs";

const seed = Number(process.env.FRUGAL_SEED ?? 1);
const FLIPS = Number(process.env.FRUGAL_FLIPS ?? 40);

const rows = spec(short, { evaluate: { every: 5 }, energy: { exponents: [0.5] }, seeds: 3 }); // many: most of the database
const work = spec(long, { evaluate: { every: 2000 }, seeds: 2,
  stop: { accuracy: null, epochs: null, samples: 60000 } });

/* What a run is of, its trace, and what it came to, but for the time it took. */
async function look(server, run) {
  const { spec: of } = await server.get(`/v1/jobs/${run.job}`);
  const { text } = await server.request(`/v1/runs/${run.id}/trace?format=csv`);
  const { seconds, ...results } = run.results ?? {};
  return { of: JSON.stringify([of, run.params, run.seed]), csv: text, results };
}

/* The files of a server that was killed while the runs 4 and 5 were at work, all traces as they
   shall be, and how much of the log was written. */
async function record(t) {
  const server = await startServer(t, { workers: 2, args: ["--checkpoint-seconds", "0"] });
  await server.done((await server.submit(rows)).id);
  server.checkEnd(await server.stop());
  const again = await startServer(t, { workers: 2, place: server.place,
    args: ["--checkpoint-seconds", "0"] });
  await again.submit(work);
  await until(async () => (await again.all("/v1/runs")).slice(3)
    .every((run) => run.results?.samples > 10000), "two runs at work");
  await again.kill();
  const saved = path.join(server.place.folder, "saved");
  fs.renameSync(server.place.data, saved);
  const whole = { ...server.place, data: path.join(server.place.folder, "whole") };
  copyData(saved, whole.data);
  const good = await startServer(t, { place: whole });
  await good.done(2);
  const wanted = new Map();
  for (const run of await good.all("/v1/runs")) {
    const { of, ...is } = await look(good, run);
    wanted.set(of, is);
  }
  assert.equal(wanted.size, 5);
  good.checkEnd(await good.stop());
  return { place: server.place, saved, wanted };
}

function flip(file, next) {
  const fd = fs.openSync(file, "r+");
  const byte = Buffer.alloc(1);
  const at = next(fs.fstatSync(fd).size);
  fs.readSync(fd, byte, 0, 1, at);
  byte[0] ^= 1 << next(8);
  fs.writeSync(fd, byte, 0, 1, at);
  fs.closeSync(fd);
  return `${path.basename(file)} ${at}`;
}

/* Through SQLite, so that it is the state that changes, and nothing around it. */
function flipState(file, next) {
  execFileSync("python3", ["-c", `import sqlite3, sys
c = sqlite3.connect(sys.argv[1])
for run, state in c.execute("SELECT run, state FROM checkpoint").fetchall():
    state = bytearray(state)
    state[int(sys.argv[2]) % len(state)] ^= 1 << int(sys.argv[3])
    c.execute("UPDATE checkpoint SET state = ? WHERE run = ?", (state, run))
c.commit()`, file, String(next(1 << 30)), String(next(8))]);
  return "checkpoint";
}

/* A long trace breaks off at the damaged row, which the client sees: the last chunk is missing. */
function cutOff(error) {
  assert.equal(error.code, "ECONNRESET", String(error));
  return { status: 500 };
}

/* Until everything has ended, or cannot: what the server shows by then. */
async function outcome(server, wanted, what) {
  const found = { same: 0, refused: 0, failed: 0, other: 0 };
  const runs = await until(async () => {
    const all = await server.all("/v1/runs").catch(() => []);
    return all.every((run) => !["queued", "running"].includes(run.state)) && all;
  }, what, 20000);
  for (const run of runs) {
    const r = await server.request(`/v1/runs/${run.id}/trace?format=csv`).catch(cutOff);
    const job = await server.request(`/v1/jobs/${run.job}`);
    if (r.status >= 500 || job.status !== 200) found.refused += 1;
    else if (run.state !== "succeeded") found.failed += 1;
    else {
      const { of, csv, results } = await look(server, run);
      if (!wanted.has(of)) found.other += 1; // the spec that is shown is another one, too
      else {
        assert.equal(csv, wanted.get(of).csv, `${what}: run ${run.id} shows another trace`);
        if (run.results) assert.deepEqual(results, wanted.get(of).results, `${what}: run ${run.id}`);
        found.same += 1;
      }
    }
  }
  return found;
}

test("bits that turn on the disk are found", { timeout: 5000000 }, async (t) => {
  t.diagnostic(`FRUGAL_SEED=${seed}`);
  const next = numbers(seed);
  const { place, saved, wanted } = await record(t);
  const database = path.join(place.data, "frugal.db");
  const total = { same: 0, refused: 0, failed: 0, other: 0, start: 0 };
  for (let i = 0; i < FLIPS; i += 1) {
    fs.rmSync(place.data, { recursive: true, force: true });
    copyData(saved, place.data);
    const what = `flip ${i}: ${i % 4 === 3 ? flipState(database, next)
      : flip(i % 4 === 1 ? `${database}-wal` : database, next)}`;
    const server = await startServer(t, { place }).catch((error) => {
      assert.match(error.message, /ended with (65|78) before[^]*frugald: .*database/, what);
      return null;
    });
    if (!server) {
      total.start += 1;
      continue;
    }
    try {
      const found = await outcome(server, wanted, what);
      for (const key of Object.keys(found)) total[key] += found[key];
    } finally {
      server.signal("SIGTERM");
      const { code, signal } = await server.ended();
      assert.ok(code === 0 || code === 74, `${what}: ${code ?? signal}\n${server.log}`);
    }
  }
  t.diagnostic(JSON.stringify(total));
  assert.ok(total.same > FLIPS);
});

test("results come from a row that is whole, or leave out what only the row says", async (t) => {
  const first = await startServer(t);
  await first.done((await first.submit(spec(short,
    { energy: { exponents: [0.5] }, seeds: 2 }))).id);
  const before = await first.all("/v1/runs");
  first.checkEnd(await first.stop());
  execFileSync("python3", ["-c", `import sqlite3, sys
c = sqlite3.connect(sys.argv[1])
columns, last, value = c.execute("SELECT columns, last, value FROM run JOIN trace ON "
    "run = id AND seq = last WHERE id = 1").fetchone()
value = bytearray(value)
value[columns.split().index("m0.5") * 8 + 6] ^= 16
c.execute("UPDATE trace SET value = ? WHERE run = 1 AND seq = ?", (bytes(value), last))
c.execute("UPDATE run SET samples = samples + 16, m1 = 2 * m1 WHERE id = 2")
c.commit()`, path.join(first.place.data, "frugal.db")]);
  const server = await startServer(t, { place: first.place });
  const { "m0.5": spent, "m0.5_direct": direct, ...rest } = before[0].results;
  assert.ok(spent > 0 && direct > 0);
  const listed = await server.all("/v1/runs");
  assert.deepEqual(listed.map((run) => run.results), [rest, before[1].results]);
  assert.deepEqual((await server.get("/v1/runs/1")).results, rest);
});
