// The same submission twice is one job; the same run twice may be one computation.
import assert from "node:assert/strict";
import test from "node:test";
import { startServer } from "../lib/server.mjs";
import { short, spec } from "../lib/specs.mjs";

const keyed = (server, key, body, query) =>
  server.post(body, { headers: { "Idempotency-Key": key }, query });

test("one key, one job", async (t) => {
  const server = await startServer(t);
  const first = await keyed(server, "a-B_9", short);
  assert.equal(first.status, 201, first.text);
  assert.equal(first.headers["idempotency-replayed"], undefined);
  const { id } = first.json();
  await server.done(id);
  // The same spec, however it is written.
  for (const again of [short, JSON.stringify({ stop: short.stop, evaluate: short.evaluate,
    dataset: "tiny", network: short.network, seeds: [1] }, null, 4)]) {
    const r = await keyed(server, "a-B_9", again);
    assert.equal(r.status, 200, r.text);
    assert.equal(r.headers["idempotency-replayed"], "true");
    assert.equal(r.headers.location, `/v1/jobs/${id}`);
    assert.deepEqual([r.json().id, r.json().state], [id, "succeeded"]);
  }
  await server.order(`/v1/jobs/${id}/extend`, { seeds: 2 });
  assert.equal((await keyed(server, "a-B_9", short)).status, 200, "an extension changes nothing");
  const other = await keyed(server, "a-B_9", spec(short, { seeds: 2 }));
  assert.equal(other.status, 422);
  assert.equal(other.json().errors[0].code, "key_in_use");
  assert.equal((await keyed(server, "another", short)).status, 201);
  assert.equal((await server.post(short)).status, 201);
  assert.equal((await server.get("/v1/jobs")).items.length, 3);
});

test("a key lives as long as its job, a restart included", async (t) => {
  const server = await startServer(t);
  await server.done((await keyed(server, "k", short)).json().id);
  server.checkEnd(await server.stop());
  const again = await startServer(t, { place: server.place });
  assert.equal((await keyed(again, "k", short)).status, 200);
  await again.request("/v1/jobs/1", { method: "DELETE" });
  assert.equal((await keyed(again, "k", short)).json().id, 1, "from the trash it still counts");
  await again.request("/v1/jobs/1?purge=1", { method: "DELETE" });
  const fresh = await keyed(again, "k", short);
  assert.deepEqual([fresh.status, fresh.json().id], [201, 2]);
});

test("twenty at once with one key make one job", async (t) => {
  const server = await startServer(t);
  const answers = await Promise.all(Array.from({ length: 20 }, () => keyed(server, "k", short)));
  assert.equal(answers.filter((r) => r.status === 201).length, 1);
  assert.equal(answers.filter((r) => r.status === 200).length, 19);
  assert.equal((await server.get("/v1/jobs")).items.length, 1);
});

test("keys that are none, and keys that are not used up", async (t) => {
  const server = await startServer(t);
  for (const key of ["", "x".repeat(65), "a b", "a.b", "ä", "a/b", "a,b"]) {
    assert.equal((await keyed(server, Buffer.from(key).toString("latin1"), short)).status, 400, key);
  }
  assert.equal((await keyed(server, "k", short, "?dry_run=1")).status, 200);
  assert.equal((await keyed(server, "k", { dataset: "tiny", seeds: 0 })).status, 422);
  assert.equal((await keyed(server, "k", short)).status, 201);
  assert.equal((await server.get("/v1/jobs")).items.length, 1);
});

test("reuse: a finished run stands in for one that is the same", async (t) => {
  const server = await startServer(t, { workers: 1 });
  const csv = async (run) => (await server.request(`/v1/runs/${run}/trace?format=csv`)).text;
  await server.done((await server.submit(spec(short, { seeds: 2 }))).id);
  const job = await server.done((await server.submit(
    spec(short, { seeds: 3, reuse: true, name: "again" }))).id);
  assert.equal(job.state, "succeeded");
  const runs = (await server.get("/v1/runs")).items;
  assert.deepEqual(runs.map((run) => run.reused), [null, null, 1, 2, null]);
  for (const [twin, run] of [[1, 3], [2, 4]]) {
    assert.equal(await csv(run), await csv(twin));
    const [a, b] = [runs[twin - 1], runs[run - 1]];
    assert.deepEqual([b.outcome, b.results, b.provenance.spec_sha256],
      [a.outcome, a.results, a.provenance.spec_sha256]);
  }
  assert.notEqual(await csv(5), await csv(1));
  await server.done((await server.submit(short)).id);
  assert.equal((await server.get("/v1/runs/6")).reused, null, "only where it was asked for");
});

test("reuse: not what failed, was cancelled, or is something else", async (t) => {
  const server = await startServer(t, { workers: 1 });
  const bad = spec(short, { training: { learning_rate: 99 }, reuse: true });
  const timed = spec(short, { stop: { accuracy: null, epochs: 1, seconds: 50 }, reuse: true });
  for (const one of [bad, timed]) {
    await server.done((await server.submit(one)).id);
    await server.done((await server.submit(one)).id);
  }
  const runs = (await server.get("/v1/runs")).items;
  assert.deepEqual(runs.map((run) => run.reused), [null, null, null, null]);
});
