// frugal verify: a trace is computed again and compared bit for bit.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { execFileSync } from "node:child_process";
import { sleep, until } from "../lib/cleanup.mjs";
import { clientOf } from "../lib/client.mjs";
import { makeSet } from "../lib/idx.mjs";
import { startServer } from "../lib/server.mjs";
import { endless, long, short, spec } from "../lib/specs.mjs";

const ended = (server, run) => until(async () => {
  const { verified } = await server.get(`/v1/runs/${run}`);
  return !["queued", "running"].includes(verified.state) && verified;
}, `the verification of run ${run}`);

/* Changes a database that no server uses. */
function edit(place, sql) {
  execFileSync("python3", ["-c", "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); "
    + "c.executescript(sys.argv[2]); c.commit()", path.join(place.data, "frugal.db"), sql]);
}

test("the same trace is the same, and the run stays as it is", async (t) => {
  const server = await startServer(t, { workers: 1 });
  const frugal = clientOf(server);
  await server.done((await server.submit(spec(short, { seeds: 2 }))).id);
  const before = await server.get("/v1/runs/2");
  const file = () => fs.statSync(path.join(server.place.data, "weights", "2.npz"));
  const { ino, mtimeMs } = file();
  assert.equal(before.verified, null);
  const r = await frugal("verify", "2");
  assert.deepEqual([r.code, r.out], [0, "run 2: the trace is the same, bit for bit\n"], r.err);
  const { verified, ...after } = await server.get("/v1/runs/2");
  assert.deepEqual({ ...after, verified: null }, before);
  assert.deepEqual([file().ino, file().mtimeMs], [ino, mtimeMs], "its weights file, too");
  assert.deepEqual([verified.state, verified.row, verified.reason], ["same", null, null]);
  assert.ok(verified.requested <= verified.finished && verified.build);
  assert.equal((await server.get("/v1/runs/2/attempts")).items.length, 1);
  const diverged = await server.submit(spec(short, { training: { learning_rate: 99 } }));
  await server.done(diverged.id);
  assert.equal((await frugal("verify", "3", "--json")).code, 0, "what diverged does so again");
});

test("a bit that was changed, and a row that is missing, are found", async (t) => {
  let server = await startServer(t);
  await server.done((await server.submit(spec(short, { seeds: 4 }))).id);
  server.checkEnd(await server.stop());
  const odd = "substr(value, 1, 40) || x'01' || substr(value, 42)";
  edit(server.place, `UPDATE trace SET value = CAST(${odd} AS BLOB) WHERE run = 1 AND seq = 2;
    UPDATE trace SET value = CAST(${odd} AS BLOB), hash = NULL WHERE run = 4 AND seq = 1;
    DELETE FROM trace WHERE run = 2 AND seq = 4; UPDATE run SET last = 3 WHERE id = 2;`);
  server = await startServer(t, { place: server.place });
  for (const [run, row, words] of [[1, 2, "is damaged on the disk"], [2, 4, "differs"],
    [4, 1, "differs"]]) {
    const r = await clientOf(server)("verify", String(run));
    assert.deepEqual([r.code, r.out], [1, `run ${run}: different: row ${row} ${words}\n`], r.err);
    const { verified, state } = await server.get(`/v1/runs/${run}`);
    assert.deepEqual([verified.state, verified.row, state], ["different", row, "succeeded"]);
  }
  assert.equal((await clientOf(server)("verify", "3")).code, 0);
});

test("reuse passes over a trace that is damaged, and one that was found to differ", async (t) => {
  let server = await startServer(t);
  const csv = async (run) => (await server.request(`/v1/runs/${run}/trace?format=csv`)).text;
  for (let i = 0; i < 3; i += 1) await server.done((await server.submit(spec(short, { seeds: 2 }))).id);
  const wanted = [await csv(1), await csv(2)];
  server.checkEnd(await server.stop());
  const odd = "CAST(substr(value, 1, 40) || x'01' || substr(value, 42) AS BLOB)";
  edit(server.place, `UPDATE trace SET value = ${odd} WHERE run IN (1, 2, 4) AND seq = 2;
    UPDATE trace SET value = ${odd}, hash = NULL WHERE run = 3 AND seq = 1;
    UPDATE trace SET hash = hash + 1 WHERE run = 6 AND seq = 4;`);
  server = await startServer(t, { place: server.place });
  await server.order("/v1/runs/3/verify");
  assert.equal((await ended(server, 3)).state, "different");
  await server.order("/v1/runs/6/verify");
  const { state, reason } = await ended(server, 6);
  assert.deepEqual([state, reason], ["different", "row 4 is damaged on the disk"]);
  await server.done((await server.submit(spec(short, { seeds: 2, reuse: true }))).id);
  const runs = (await server.get("/v1/runs")).items.slice(6);
  assert.deepEqual(runs.map((run) => [run.state, run.reused]),
    [["succeeded", 5], ["succeeded", null]]);
  assert.deepEqual([await csv(7), await csv(8)], wanted);
});

test("another data set under the same name", async (t) => {
  let server = await startServer(t);
  await server.done((await server.submit(short)).id);
  server.checkEnd(await server.stop());
  makeSet(server.place.datasets, "tiny", { seed: 8 });
  server = await startServer(t, { place: server.place });
  const r = await clientOf(server)("verify", "1");
  assert.equal(r.code, 1);
  assert.match(r.out, /^run 1: failed: the data set "tiny" is no longer the one/);
});

test("what has no whole trace cannot be verified", async (t) => {
  const server = await startServer(t, { workers: 1 });
  await server.submit(spec(endless, { seeds: 2 }));
  await until(async () => (await server.get("/v1/runs/1")).results, "run 1 at work");
  const refused = async (run, status, words) => {
    const r = await server.order(`/v1/runs/${run}/verify`);
    assert.equal(r.status, status, r.text);
    assert.match(r.json().detail, words);
  };
  await refused(1, 409, /run 1 is running: it has no whole trace/);
  await refused(2, 409, /run 2 is queued/);
  await server.order("/v1/jobs/1/cancel");
  await until(async () => (await server.get("/v1/jobs/1")).finished, "the end");
  await refused(1, 409, /run 1 is cancelled/);
  await refused(9, 404, /no such run/);
});

test("a stop and a kill only delay a verification; cancelling the job does not touch it",
  async (t) => {
    let server = await startServer(t, { workers: 1 });
    await server.done((await server.submit(spec(long,
      { stop: { accuracy: null, epochs: null, samples: 300000 } }))).id);
    const { status } = await server.order("/v1/runs/1/verify");
    assert.equal(status, 202);
    await sleep(100);
    server.checkEnd(await server.stop());
    server = await startServer(t, { place: server.place, workers: 1 });
    await sleep(100);
    await server.kill();
    server = await startServer(t, { place: server.place, workers: 1 });
    await server.order("/v1/jobs/1/extend", { seeds: 2 });
    await server.order("/v1/jobs/1/cancel");
    assert.equal((await ended(server, 1)).state, "same");
    assert.equal((await server.get("/v1/runs/1")).state, "succeeded");
  });

test("a verification at work ends with its job, and says nothing", async (t) => {
  const server = await startServer(t, { workers: 1 });
  await server.done((await server.submit(spec(long))).id);
  await server.order("/v1/runs/1/verify");
  await until(async () => (await server.get("/v1/runs/1")).verified.state === "running", "it");
  assert.equal((await server.request("/v1/jobs/1", { method: "DELETE" })).status, 200);
  assert.equal((await server.request("/v1/jobs/1?purge=1", { method: "DELETE" })).status, 200);
  await until(async () => (await server.get("/v1/workers")).busy === 0, "an idle worker");
  server.checkEnd(await server.stop());
  assert.doesNotMatch(server.log, /verified|verification/);
});

test("a verification takes its turn in the queue, and is work of its owner", async (t) => {
  const server = await startServer(t, { workers: 2, args: ["--per-owner", "1"] });
  await server.done((await server.submit(spec(short, { seeds: 2 }))).id);
  const busy = await server.submit(endless);
  const earlier = await server.submit(short);
  await until(async () => (await server.get("/v1/runs/3")).results, "run 3 at work");
  for (const run of [1, 2]) await server.order(`/v1/runs/${run}/verify`);
  const later = await server.submit(short);
  const verified = async () => Promise.all([1, 2].map(async (run) =>
    (await server.get(`/v1/runs/${run}`)).verified.state));
  assert.equal((await server.get("/v1/runs/4/why")).place, 1);
  assert.equal((await server.get("/v1/runs/5/why")).place, 4);
  assert.deepEqual(await verified(), ["queued", "queued"], "there is a free worker");
  await server.order(`/v1/jobs/${busy.id}/cancel`);
  await server.done(later.id);
  const [before, after] = await Promise.all([earlier, later].map(async ({ id }) =>
    (await server.get(`/v1/jobs/${id}`)).finished));
  for (const run of [1, 2]) {
    const { state, finished } = (await server.get(`/v1/runs/${run}`)).verified;
    assert.equal(state, "same");
    assert.ok(before <= finished && finished <= after);
  }
});

test("why says that verifications go before a run", async (t) => {
  const server = await startServer(t, { workers: 1 });
  await server.done((await server.submit(spec(short, { seeds: 2 }))).id);
  await server.submit(endless);
  await until(async () => (await server.get("/v1/runs/3")).results, "run 3 at work");
  await server.order("/v1/runs/1/verify");
  await server.submit(short);
  const why = async () => (await server.get("/v1/runs/4/why")).why;
  assert.match(await why(), /^1 run or verification goes before it: 1 of its owner, 0 of others/);
  await server.submit(spec(short, { priority: 1 }));
  assert.match(await why(), /^2 runs and verifications go before it: 2 of its owner/);
});
