// A restore that is killed at any of its steps: all that was there is there, or all that is to
// come, database and weights files alike.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { plainEnvironment, spawnChild, within } from "../lib/cleanup.mjs";
import * as paths from "../lib/paths.mjs";
import { copyData, runServer, serverArgs, startServer, workspace } from "../lib/server.mjs";
import { short, spec } from "../lib/specs.mjs";

const CALLS = ["mkdir", "write", "pwrite64", "ftruncate", "fsync", "fdatasync", "linkat",
  "rename", "unlink", "unlinkat", "rmdir"];

const OLD = "two with 2.npz";
const EVERY = process.env.FRUGAL_FAULTS ? 1 : 60; // steps that a server starts after

/* A killed server with run 2, and a copy from when it had run 1. */
async function twoStates(t) {
  const server = await startServer(t);
  const { place } = server;
  await server.done((await server.submit(spec(short, { name: "one" }))).id);
  const { path: copy } = (await server.order("/v1/backups")).json();
  const kept = path.join(place.folder, "kept");
  fs.mkdirSync(kept);
  for (const end of [".db", ".weights"])
    fs.renameSync(copy.replace(/\.db$/, end), path.join(kept, `copy${end}`));
  for (const query of ["", "?purge=1"])
    await server.request(`/v1/jobs/1${query}`, { method: "DELETE" });
  await server.done((await server.submit(spec(short, { name: "two", seeds: [7] }))).id);
  await server.kill();
  const saved = path.join(place.folder, "saved");
  fs.renameSync(place.data, saved);
  return { place, copy: path.join(kept, "copy.db"), saved };
}

const list = (folder) => (fs.existsSync(folder) ? fs.readdirSync(folder).sort() : []);

function layOut(place, saved) {
  fs.rmSync(place.data, { recursive: true, force: true });
  copyData(saved, place.data);
}

/* What a server that starts there has: which jobs, and which files. */
async function found(t, place) {
  const server = await startServer(t, { place, workers: 0 });
  const names = (await server.get("/v1/jobs")).items.map((job) => job.name);
  server.checkEnd(await server.stop());
  return `${names} with ${list(path.join(place.data, "weights"))}`;
}

/* Whether there was an nth call of that kind, which killed the restore. */
async function killedAt(place, copy, call, n) {
  const child = spawnChild("strace", ["-f", "-qq", "-o", path.join(place.folder, "strace.log"),
    "-e", `trace=${call}`, "-e", `inject=${call}:signal=KILL:when=${n}`,
    paths.frugald, "restore", copy, ...serverArgs(place)],
  { env: plainEnvironment(), stdio: "ignore" });
  const { code, signal } = await within(20000, child.ended, "the end of restore");
  if (signal === null) assert.equal(code, 0);
  return signal !== null;
}

/* Where it was killed before the decision, nothing of it is left; else what was there is kept,
   and comes back. */
async function check(t, place, now, wanted) {
  const backups = path.join(place.data, "backups");
  assert.deepEqual(list(place.data).filter((name) => /restor|replaced/.test(name)), []);
  const kept = list(backups).filter((name) => !name.startsWith("frugal-"));
  if (now === OLD) {
    assert.deepEqual(kept, []);
    return "old";
  }
  assert.equal(now, wanted);
  assert.match(kept.join(), /^replaced-[\d.-]+\.db,replaced-[\d.-]+\.weights$/);
  const back = await runServer(["restore", path.join(backups, kept[0]), ...serverArgs(place)]);
  assert.equal(back.code, 0, back.err);
  assert.equal(await found(t, place), OLD);
  return "new";
}

for (const [what, wanted] of [["with weights files", "one with 1.npz"],
  ["without any", "one with 2.npz"]]) {
  test(`killed at each of its steps, a restore ${what} is whole or nothing`,
    { timeout: 1200000 }, async (t) => {
      const { place, copy, saved } = await twoStates(t);
      if (what === "without any")
        fs.rmSync(copy.replace(/\.db$/, ".weights"), { recursive: true });
      const seen = { old: 0, new: 0 };
      for (const call of CALLS) {
        let before = "";
        for (let n = 1, killed = true; killed; n += 1) {
          layOut(place, saved);
          killed = await killedAt(place, copy, call, n);
          const names = `${list(place.data)} ${list(path.join(place.data, "backups")).length}`;
          if (!killed || (names === before && n % EVERY > 0)) continue;
          before = names;
          seen[await check(t, place, await found(t, place), wanted)] += 1;
        }
      }
      t.diagnostic(`old in ${seen.old} places, new in ${seen.new}`);
      assert.ok(seen.old > 5 && seen.new > 5, JSON.stringify(seen));
    });
}

test("a restore goes on after another one that was killed", { timeout: 120000 }, async (t) => {
  const { place, copy, saved } = await twoStates(t);
  for (let n = 1; !list(place.data).includes("restoring"); n += 1) {
    layOut(place, saved);
    assert.ok(await killedAt(place, copy, "rename", n));
  }
  const again = await runServer(["restore", copy, ...serverArgs(place)]);
  assert.equal(again.code, 0, again.err);
  assert.equal(await found(t, place), "one with 1.npz");
  const kept = list(path.join(place.data, "backups")).filter((name) => name.endsWith(".db"));
  assert.equal(kept.length, 2, "that of before both, and that of between them");
});

test("what cannot be restored makes no data directory", async (t) => {
  const place = workspace(t);
  for (const file of [path.join(place.folder, "none"), place.folder]) {
    assert.notEqual((await runServer(["restore", file, ...serverArgs(place)])).code, 0);
    assert.ok(!fs.existsSync(place.data));
  }
});

test("a note that cannot be read: 65, and nothing is touched", async (t) => {
  const { place, saved } = await twoStates(t);
  fs.renameSync(saved, place.data);
  for (const text of ["", "\n", "../x.db", "."]) {
    fs.writeFileSync(path.join(place.data, "restoring"), text);
    const r = await runServer(serverArgs(place));
    assert.equal(r.code, 65, r.err);
    assert.match(r.err, /restoring, of a restore that was interrupted, is damaged/);
  }
  fs.rmSync(path.join(place.data, "restoring"));
  assert.equal(await found(t, place), OLD);
});
