// The routes of workers, by hand: what a worker may do, and what is refused whoever does it.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";
import test from "node:test";
import { token } from "../lib/accounts.mjs";
import { until } from "../lib/cleanup.mjs";
import { startServer, workspace } from "../lib/server.mjs";
import { short, spec } from "../lib/specs.mjs";
import { BACK, byHand, coreOf, FINISH, lease, row, values, VERIFIED } from "../lib/work.mjs";

const TWO = spec(short, { seeds: 2 });

async function withWork(t, job = TWO, options = {}) {
  const server = await startServer(t, { workers: 0, ...options });
  await server.submit(job);
  const core = await coreOf(server);
  return { server, core, hand: byHand(server, { core }) };
}

/* A state as a worker sends it. */
function state(seq, text, { seconds = 1, damage = 0 } = {}) {
  const head = Buffer.alloc(16);
  head.writeBigInt64LE(BigInt(seq), 0);
  head.writeDoubleLE(seconds, 8);
  const bytes = Buffer.from(text);
  const hash = crypto.createHash("sha256").update(bytes).digest("hex");
  bytes[0] ^= damage;
  return Buffer.concat([head, bytes, Buffer.from(hash)]);
}

const rowsOf = async (server, run) =>
  (await server.get(`/v1/runs/${run}/trace?columns=samples`)).columns.samples;

test("a run from its claim to its end", async (t) => {
  const { server, hand } = await withWork(t);
  const { lease: id, claim, lease_seconds: seconds, heartbeat } = await lease(hand);
  assert.deepEqual([claim.run, claim.job, claim.attempt, claim.seed, claim.last, seconds],
    [1, 1, 1, 1, -1, 90]);
  assert.ok(heartbeat > 0 && heartbeat <= 10);
  assert.equal(JSON.parse(claim.spec).dataset, "tiny");
  assert.equal((await server.get("/v1/runs/1")).state, "running");
  assert.deepEqual((await hand.start(id)).json(), { reused: false, checkpoint: false });
  assert.equal((await hand.checkpoint(id)).status, 404);
  assert.equal((await hand.rows(id, Buffer.concat([row(0, values(0)), row(1, values(1))]))).status,
    200);
  assert.equal((await hand.rows(id, row(2, values(2)), "")).status, 200, "a patient one");
  assert.deepEqual((await hand.sign(id, { samples: 25, per_second: 5 })).json().unwanted, false);
  assert.equal((await server.get("/v1/runs/1")).progress.samples, 25);
  const [worker] = (await server.get("/v1/workers")).items;
  assert.deepEqual([worker.worker, worker.host, worker.run, worker.per_second],
    ["hand", "here", 1, 5]);
  assert.equal((await hand.put(id, "weights", Buffer.from("PK"))).status, 200);
  assert.equal((await hand.end(id, { ...FINISH, weights: 2 })).status, 200);
  const run = await server.get("/v1/runs/1");
  assert.deepEqual([run.state, run.outcome, run.weights], ["succeeded", "samples", 2]);
  assert.deepEqual(await rowsOf(server, 1), [0, 10, 20]);
  const { items } = await server.get("/v1/runs/1/attempts");
  assert.deepEqual(items.map((a) => [a.state, a.host, a.seconds]), [["succeeded", "h", 1.5]]);
  assert.equal((await server.get("/v1/workers")).remote_busy, 0);
});

test("what comes for a lease that is over", async (t) => {
  const { server, hand } = await withWork(t);
  const { lease: old } = await lease(hand);
  await hand.start(old);
  assert.equal((await hand.rows(old, row(0, values(0)))).status, 200);
  assert.equal((await hand.end(old, BACK)).status, 200);
  const { lease: id, claim } = await lease(hand);
  assert.ok(id > old);
  assert.deepEqual([claim.run, claim.attempt, claim.last], [1, 2, 0]);
  for (const late of [await hand.rows(old, row(1, values(1))), await hand.end(old),
    await hand.put(old, "checkpoint", state(0, "late")), await hand.put(old, "weights", "late"),
    await hand.sign(old), await hand.start(old), await hand.again(old), await hand.checkpoint(old),
    await hand.end(old, BACK)]) {
    assert.equal(late.status, 410, late.text);
  }
  await until(() => /what came for lease 1 was refused: it is over/.test(server.log), "a line");
  assert.deepEqual(await rowsOf(server, 1), [0]);
  assert.equal((await server.get("/v1/runs/1")).state, "running");
  await hand.start(id);
  assert.equal((await hand.end(id)).status, 200);
  assert.equal((await server.get("/v1/runs/1")).weights, null, "late weights are nobody's");
});

test("rows twice, out of order, changed, cut, or with too few numbers", async (t) => {
  const { server, hand } = await withWork(t);
  const { lease: id } = await lease(hand);
  await hand.start(id);
  const first = Buffer.concat([row(0, values(0)), row(1, values(1))]);
  for (let i = 0; i < 3; i += 1) assert.equal((await hand.rows(id, first)).status, 200);
  const refused = [
    [412, row(3, values(3))], [409, row(1, values(7))], [412, row(2, values(2).slice(1))],
    [400, row(2, values(2)).subarray(0, -1)], [400, Buffer.from("nonsense")],
    [400, row(-1, values(2))], [400, row(2, values(2), NaN)],
    [409, Buffer.concat([row(2, values(2)), row(1, values(2))])],
  ];
  for (const [status, bytes] of refused) {
    const r = await hand.rows(id, bytes);
    assert.equal(r.status, status, r.text);
    assert.deepEqual(await rowsOf(server, 1), [0, 10], "all of it, or nothing");
  }
  assert.equal((await hand.rows(id, row(2, values(2)))).status, 200);
  assert.equal((await hand.end(id)).status, 200);
});

test("a checkpoint: of this run, whole, and forgotten when it is of no use", async (t) => {
  const { server, hand, core } = await withWork(t);
  const { lease: id } = await lease(hand);
  await hand.start(id);
  await hand.rows(id, row(0, values(0)));
  const whole = state(0, "the state");
  for (const bytes of [state(0, "the state", { damage: 1 }), Buffer.from("short"),
    state(-2, "the state"), state(0, "the state", { seconds: -1 })]) {
    assert.equal((await hand.put(id, "checkpoint", bytes)).status, 400);
  }
  assert.equal((await hand.put(id, "checkpoint", whole)).status, 200);
  await hand.end(id, BACK);
  const other = byHand(server, { core, worker: "other" });
  const [a, b] = [await lease(hand), await lease(other)];
  assert.deepEqual([a.claim.run, b.claim.run], [1, 2]);
  assert.deepEqual((await hand.start(a.lease)).json(), { reused: false, checkpoint: true });
  assert.deepEqual((await other.start(b.lease)).json(), { reused: false, checkpoint: false });
  assert.equal((await hand.checkpoint(a.lease)).text, whole.toString("utf8"));
  assert.equal((await other.checkpoint(b.lease)).status, 404, "that of run 1 is not run 2's");
  assert.equal((await hand.again(a.lease)).status, 200);
  assert.equal((await hand.checkpoint(a.lease)).status, 404);
  assert.deepEqual(await rowsOf(server, 1), [0], "its rows stay, and are compared");
  assert.equal((await hand.again(a.lease, "?timed=1")).status, 200);
  assert.deepEqual(await rowsOf(server, 1), [], "where the clock ends the run, they do not come again");
});

test("a worker that asks twice gets the same run, and one of another build none", async (t) => {
  const { server, core, hand } = await withWork(t);
  const { lease: id } = await lease(hand);
  assert.equal((await lease(hand)).lease, id, "its first reply was lost");
  const r = await byHand(server, { core: "0123456789abcdef", version: "1.2.3" }).claim();
  assert.equal(r.status, 409);
  assert.match(r.json().detail, new RegExp("the worker is frugald 1.2.3 with core " +
    `0123456789abcdef, the server \\S+ with core ${core}`));
  await until(() => /a worker was refused: the worker is frugald 1.2.3/.test(server.log), "a line");
  assert.equal((await hand.claim({ worker: "" })).status, 422);
  assert.equal((await hand.claim({ host: "a\nb" })).status, 422);
  const other = byHand(server, { core, worker: "other" });
  await lease(other);
  const nothing = await byHand(server, { core, worker: "third" }).claim();
  assert.equal(nothing.json().lease, null);
  assert.ok(nothing.json().again > 0);
  assert.equal((await server.get("/v1/workers")).remote, 3);
  await byHand(server, { core, worker: "third" }).claim({ leaves: true });
  assert.equal((await server.get("/v1/workers")).remote, 2);
});

test("ends that make no sense", async (t) => {
  const { server, hand } = await withWork(t);
  const { lease: id } = await lease(hand);
  await hand.start(id);
  for (const end of [{ ...FINISH, state: "dead" }, { ...FINISH, state: "queued" },
    { ...FINISH, outcome: "mine" }, { ...FINISH, seconds: -1 }, { ...FINISH, weights: "1" },
    { ...FINISH, changes: [1, 2] }, { ...BACK, state: "succeeded" }, { ...BACK, kind: "wait" },
    { ...VERIFIED, state: "fine" }, { kind: "vanish" }]) {
    assert.equal((await hand.end(id, end)).status, 422, JSON.stringify(end));
  }
  assert.equal((await hand.end(id, VERIFIED)).status, 412, "this is no verification");
  assert.equal((await hand.end(id, { ...FINISH, weights: 9 })).status, 412, "no file has come");
  assert.equal((await server.get("/v1/runs/1")).state, "running");
  assert.equal((await hand.end(id, { ...BACK, kind: "wait", dataset: "tiny" })).status, 200);
  assert.match((await server.get("/v1/runs/1/why")).why, /waits for data set "tiny"/);
});

test("cancelled, a run is unwanted; drained, none is given", async (t) => {
  const { server, hand } = await withWork(t);
  const { lease: id } = await lease(hand);
  await hand.start(id);
  await server.order("/v1/jobs/1/cancel");
  assert.equal((await hand.sign(id)).json().unwanted, true);
  assert.equal((await hand.rows(id, row(0, values(0)))).json().unwanted, true);
  await hand.end(id, BACK);
  assert.equal((await server.get("/v1/runs/1")).state, "cancelled");
  await server.submit(TWO);
  await server.order("/v1/workers", { draining: true }, "PATCH");
  assert.equal((await hand.claim()).json().lease, null);
  await server.order("/v1/workers", { draining: false }, "PATCH");
  assert.ok((await hand.claim()).json().lease > 0);
});

test("a verification: rows are compared, not kept", async (t) => {
  const { server, hand } = await withWork(t);
  const { lease: id } = await lease(hand);
  await hand.start(id);
  await hand.rows(id, row(0, values(0)));
  await hand.end(id);
  await server.order("/v1/jobs/1/cancel", { runs: [2] });
  await server.order("/v1/runs/1/verify");
  const again = await lease(hand);
  assert.deepEqual([again.claim.verifies, again.claim.run, again.claim.last], [true, 1, 0]);
  assert.equal((await hand.rows(again.lease, row(0, values(0)))).status, 200);
  assert.equal((await hand.rows(again.lease, row(0, values(1)))).status, 409);
  assert.equal((await hand.rows(again.lease, row(1, values(1)))).status, 409);
  assert.equal((await hand.put(again.lease, "checkpoint", state(0, "x"))).status, 400);
  assert.equal((await hand.end(again.lease, FINISH)).status, 412);
  assert.equal((await hand.end(again.lease, VERIFIED)).status, 200);
  assert.equal((await server.get("/v1/runs/1")).verified.state, "same");
  assert.deepEqual(await rowsOf(server, 1), [0]);
});

test("silence: the run goes back, and after five times without a row it is dead", async (t) => {
  const { server, hand } = await withWork(t, short, { args: ["--lease-seconds", "3"] });
  const job = (await server.get("/v1/jobs/1")).id;
  for (let i = 1; i <= 5; i += 1) {
    const { lease: id, claim, heartbeat } = await lease(hand);
    assert.deepEqual([claim.attempt, heartbeat], [i, 1]);
    await hand.start(id);
    if (i === 1) assert.equal((await hand.rows(id, row(0, values(0)))).status, 200);
    await until(async () => (await server.get("/v1/runs/1")).state !== "running", "its end");
    assert.equal((await hand.end(id)).status, 410);
  }
  const run = await server.get("/v1/runs/1");
  assert.deepEqual([run.state, run.outcome], ["dead", "killed"]);
  assert.match(run.reason, /its worker was lost 5 times while it was at work, .* on here/);
  const { items } = await server.get("/v1/runs/1/attempts");
  assert.deepEqual(items.map((a) => a.state), [...Array(4).fill("interrupted"), "dead"]);
  assert.match(items[0].reason, /its worker on here was not heard of any more/);
  await until(() => /worker hand on here was silent for \d s: run 1 goes on elsewhere/
    .test(server.log), "a line");
  assert.equal((await server.get(`/v1/jobs/${job}`)).runs.dead, 1);
});

test("a lease outlives the server, stopped or killed", async (t) => {
  const { server, core, hand } = await withWork(t);
  const { lease: id } = await lease(hand);
  await hand.start(id);
  await hand.rows(id, row(0, values(0)));
  await hand.put(id, "weights", "PK");
  const next = async (last, how) => {
    await last[how]();
    const again = await startServer(t, { place: server.place, workers: 0 });
    const { items } = await again.get("/v1/workers");
    assert.deepEqual(items.map((w) => [w.worker, w.run]), [["hand", 1]]);
    assert.equal((await again.get("/v1/runs/1")).state, "running");
    return [again, byHand(again, { core })];
  };
  const [second, same] = await next(server, "stop");
  assert.equal((await same.rows(id, row(1, values(1)))).status, 200);
  const [third, still] = await next(second, "kill");
  assert.equal((await still.end(id, { ...FINISH, weights: 2 })).status, 200);
  assert.deepEqual(await rowsOf(third, 1), [0, 10]);
  assert.equal((await third.get("/v1/runs/1")).weights, 2);
});

test("reuse ends the lease with the start", async (t) => {
  const { server, hand } = await withWork(t, spec(short, { reuse: true }));
  const first = await lease(hand);
  await hand.start(first.lease);
  await hand.rows(first.lease, row(0, values(0)));
  await hand.end(first.lease);
  await server.submit(spec(short, { reuse: true }));
  const { lease: id } = await lease(hand);
  assert.equal((await hand.start(id)).json().reused, true);
  assert.equal((await hand.sign(id)).status, 410);
  assert.equal((await server.get("/v1/runs/2")).reused, 1);
});

test("data sets, file by file", async (t) => {
  const place = workspace(t);
  const { hand } = await withWork(t, TWO, { place });
  const { sha256 } = (await hand.dataset("tiny")).json();
  for (const [name, hash] of Object.entries(sha256)) {
    const r = await hand.file("tiny", name);
    assert.equal(r.status, 200);
    const plain = r.text[0] === 0x1f ? zlib.gunzipSync(r.text) : r.text;
    assert.equal(crypto.createHash("sha256").update(plain).digest("hex"), hash);
    assert.equal((await hand.file("tiny", name, { "If-None-Match": r.headers.etag })).status, 304);
  }
  const { headers } = await hand.dataset("tiny");
  assert.equal((await hand.dataset("tiny", { "If-None-Match": headers.etag })).status, 304);
  assert.equal((await hand.dataset("none")).status, 404);
  assert.equal((await hand.file("none", "train_images")).status, 404);
  assert.equal((await hand.file("tiny", "passwd")).status, 404);
  assert.equal((await hand.file("..%2Ftiny", "train_images")).status, 404);
  assert.equal((await hand.dataset("")).status, 404);
  fs.cpSync(path.join(place.datasets, "tiny"), path.join(place.datasets, "a b+é"),
    { recursive: true });
  assert.deepEqual((await hand.dataset(encodeURIComponent("a b+é"))).json().sha256, sha256);
});

test("the token of a worker: work, and nothing else", async (t) => {
  const place = workspace(t);
  const secret = await token(place, "cluster", "--role", "worker");
  const reader = await token(place, "rita", "--role", "reader");
  const user = await token(place, "anna");
  const server = await startServer(t, { place, workers: 0, args: ["--require-tokens"] });
  const core = await coreOf({ request: (url, { headers, ...more }) => server.request(url,
    { ...more, headers: { ...headers, Authorization: `Bearer ${secret}` } }) });
  assert.equal((await byHand(server, { core, token: secret }).claim()).status, 200);
  for (const other of [reader, user]) {
    const r = await byHand(server, { core, token: other }).claim();
    assert.equal(r.status, 403);
    assert.match(r.json().detail, /this needs the role worker, and the token has (reader|user)/);
  }
  const r = await server.request("/v1/jobs", { headers: { Authorization: `Bearer ${secret}` } });
  assert.equal(r.status, 403);
  assert.equal((await byHand(server, { core }).claim()).status, 401);
});
